"""The English catalogue: gather sentences (``update``), or say what is missing (``check``).

Vietnamese is the source: a msgid is the Vietnamese sentence. ``check`` fails when a sentence has no
English, is fuzzy, or uses other placeholders than its source.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "shop" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pick": None}
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
OPTIONS = {"**/templates/**": {"trimmed": "true", "silent": "false", "encoding": "utf-8"}}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def gathered() -> Catalog:
    """Every sentence marked in shop and livestream."""
    catalogue = Catalog(locale="en", project="Chợ Phiên", charset="utf-8")
    keywords = {name: spec for name, spec in KEYWORDS.items() if name != "pick"}
    for package in ("shop", "livestream"):
        for name, _line, message, _comments, context in extract_from_dir(
            str(ROOT / package), METHODS, OPTIONS, keywords
        ):
            catalogue.add(message, None, [(f"{package}/{name}", None)], context=context)
    return catalogue


def stored() -> Catalog:
    """The catalogue as it is committed."""
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as handle:
        return read_po(handle, locale="en")


def update() -> None:
    """Add new sentences, drop unused ones, keep every translation that still fits."""
    fresh, old = gathered(), stored()
    for message in fresh:
        known = old.get(message.id) if message.id else None
        if known is not None and known.string:
            message.string = known.string
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as handle:
        write_po(
            handle, fresh, sort_output=True, omit_header=False, width=100, include_lineno=False
        )
    print(f"{len(fresh)} sentences, {len(faults(fresh, fresh))} without good English")


def faults(needed: Catalog, have: Catalog) -> list[str]:
    """What stands between the catalogue and a complete English."""
    found = []
    for message in needed:
        if not message.id:
            continue
        known = have.get(message.id)
        if known is None or not _filled(known):
            found.append(f"no English: {message.id!r}")
        elif known.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        elif _placeholders(known.id) != _placeholders(known.string):
            found.append(f"other placeholders: {message.id!r} -> {known.string!r}")
    return found


def _filled(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings)


def _placeholders(text: object) -> set[str]:
    parts = text if isinstance(text, (tuple, list)) else (text,)
    return {name for part in parts for name in _PLACEHOLDER.findall(str(part))} - {"num"}


def main(verb: str) -> int:
    """Do ``update`` or ``check``; the latter's exit code says whether all is translated."""
    if verb == "update":
        update()
        return 0
    found = faults(gathered(), stored())
    for line in found[:40]:
        print(line)
    print(f"{len(found)} faults in {CATALOGUE.relative_to(ROOT)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
