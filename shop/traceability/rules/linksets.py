"""What a resolver answers: links by type, and all of them as an RFC 9264 linkset.

Link types are terms of the GS1 Web Vocabulary 1.16 (https://ref.gs1.org/voc/).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

VOCABULARY: Final = "https://ref.gs1.org/voc/"
_PREFIXES: Final = (VOCABULARY, "http://gs1.org/voc/", "https://gs1.org/voc/", "gs1:")

TRACEABILITY: Final = "traceability"
PRODUCT_PAGE: Final = "pip"
CERTIFICATES: Final = "certificationInfo"
RECALL_STATUS: Final = "recallStatus"
VERIFICATION: Final = "verificationService"
EPCIS: Final = "epcis"
LOCATION_INFO: Final = "locationInfo"
HOMEPAGE: Final = "homepage"
DEFAULT: Final = "defaultLink"
EVERYTHING: Final = frozenset({"all", "linkset"})


@dataclass(frozen=True)
class Link:
    """One thing to look at. ``paths`` by language; a machine's file has the one language ``""``."""

    type: str
    title: str
    paths: tuple[tuple[str, str], ...]
    media: str = "text/html"

    def path(self, language: str) -> str:
        """The path in the language, or in the first one there is."""
        by_language = dict(self.paths)
        return by_language.get(language) or self.paths[0][1]


@dataclass(frozen=True)
class Level:
    """Everything known at one level: the unit, the lot, the product. The first link is default."""

    anchor: str
    description: str
    links: tuple[Link, ...]


def bare_type(asked: str) -> str:
    """``gs1:pip``, ``https://ref.gs1.org/voc/pip`` and ``pip`` are the same: ``pip``."""
    for prefix in _PREFIXES:
        if asked.startswith(prefix):
            return asked[len(prefix) :]
    return asked


def choose(levels: Sequence[Level], asked: str) -> Link:
    """The link of the asked type, of the narrowest level that has one; else the default link."""
    wanted = bare_type(asked)
    for level in levels:
        for link in level.links:
            if link.type == wanted:
                return link
    return levels[0].links[0]


def linkset(levels: Iterable[Level], *, root: str) -> dict[str, Any]:
    """The linkset as RFC 9264 JSON; ``root`` is put before every path.

    The default link carries no language, so that each level has exactly one.
    """
    return {"linkset": [_context(level, root) for level in levels]}


def _context(level: Level, root: str) -> dict[str, Any]:
    default = level.links[0]
    found: dict[str, Any] = {
        "anchor": root + level.anchor,
        "itemDescription": level.description,
        VOCABULARY + DEFAULT: [
            {"href": root + default.paths[0][1], "title": default.title, "type": default.media}
        ],
    }
    for link in level.links:
        targets = found.setdefault(VOCABULARY + link.type, [])
        for language, path in link.paths:
            target: dict[str, Any] = {"href": root + path, "title": link.title, "type": link.media}
            if language:
                target["hreflang"] = [language]
            targets.append(target)
    return found
