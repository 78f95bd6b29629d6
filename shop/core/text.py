"""Text as people type it: cleaning, accent-free folding, slugs, random codes."""

import re
import secrets
import unicodedata
from functools import lru_cache

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_SPACES = re.compile(r"[^\S\n]+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""Those of Vietnamese and its neighbours; all of them combine."""
_KEPT_CONTROLS = {"\n", "\t"}
_UNTIDY = ("  ", " \n", "\n ")
"""In a text of printable signs and line breaks alone, what there is to tidy."""


def N_(message: str) -> str:
    """Mark a Vietnamese sentence for translation; the web translates it where it is shown."""
    return message


def clean(text: str) -> str:
    """NFC text without control and format characters (Cc, Cf, Cs, Co), trimmed, blanks collapsed.

    Line breaks stay. U+FFFE and U+FFFF go too: XML, and so every xlsx, refuses them.
    """
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip()  # one tidy line, as names and most words are
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if normal.replace("\n", "").isprintable() and not any(pair in normal for pair in _UNTIDY):
        return normal.strip()  # what most texts are: no sign has to be looked at
    kept = "".join(
        char
        for char in normal
        if char in _KEPT_CONTROLS
        or (unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    )
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return "\n".join(lines).strip()


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower-case text without marks, ``đ`` as ``d``: what accent-free search compares.

    Neither SQLite's ``remove_diacritics`` nor NFD alone folds ``đ`` (it has no decomposition).
    """
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = _MARKS.sub("", decomposed)
    if not bare.isascii():
        bare = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(_NOT_SLUG.sub(" ", bare).split())


def slugify(text: str, *, max_length: int = 80) -> str:
    """ASCII words joined by hyphens, e.g. ``mien-dong-tai-hoan``; ``x`` if nothing is left."""
    slug = fold(text).replace(" ", "-")[:max_length].strip("-")
    return slug or "x"


def random_code(length: int) -> str:
    """``length`` symbols of Crockford base32 from the system's secure source (5 bits each)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
