"""The English of a Vietnamese sentence, for pages and for messages that no request asked for."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

_CATALOGUE = (
    Path(__file__).resolve().parent.parent / "locale" / "en" / "LC_MESSAGES" / "messages.po"
)


@cache
def _english() -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    singular: dict[str, str] = {}
    plural: dict[str, tuple[str, str]] = {}
    if not _CATALOGUE.exists():
        return singular, plural
    with _CATALOGUE.open("rb") as handle:
        for message in read_po(handle, locale="en"):
            if not message.id or message.fuzzy:
                continue
            source, translated = message.id, message.string
            if isinstance(source, (tuple, list)) and isinstance(translated, (tuple, list)):
                plural[source[0]] = (translated[0], translated[1])
            elif isinstance(source, str) and isinstance(translated, str) and translated:
                singular[source] = translated
    return singular, plural


def translate(message: str, language: str) -> str:
    """``message`` in ``vi`` (as it is) or ``en`` (as it is when nobody translated it)."""
    return message if language == "vi" else _english()[0].get(message, message)


def forms(one: str, many: str) -> tuple[str, str]:
    """The English forms for one and for many."""
    return _english()[1].get(one, (one, many))
