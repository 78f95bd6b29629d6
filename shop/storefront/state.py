"""What the storefront keeps in memory of one application."""

import time
from dataclasses import dataclass, field
from typing import Final, cast

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.core.memory import Memory
from shop.storefront.queries import COUNTS_SECONDS, KEPT_COUNTS, Places, read_places
from shop.storefront.rules import Filters

KEPT_HITS: Final = 200
"""Lists with a query whose ids are kept: at most 80 kB each."""

KEPT_ASKED: Final = 1_000
MOST_ASKED_BYTES: Final = 300
"""How many query strings are kept as read, and how long they may be."""

SUGGESTIONS_SECONDS: Final = 60.0


def _memory(size: int, seconds: float) -> Memory:
    return Memory(size, seconds, time.monotonic)


@dataclass
class Shopfront:
    """Facet counts, found ids and suggestions for a while, drawn cards while there is room, the
    places for good."""

    counts: Memory = field(default_factory=lambda: _memory(KEPT_COUNTS, COUNTS_SECONDS))
    hits: Memory = field(default_factory=lambda: _memory(KEPT_HITS, COUNTS_SECONDS))
    suggestions: Memory = field(default_factory=lambda: _memory(2_000, SUGGESTIONS_SECONDS))
    drawn: dict[object, Markup] = field(default_factory=dict)
    """Cards by everything they show, so that they are never stale: see ``cards``."""
    asked: dict[bytes, Filters] = field(default_factory=dict)
    """Query strings as they were read."""
    seen_version: int = 0
    """The catalogue version that was read last: a guess, to be compared with what is read next."""
    _places: Places | None = None

    def places(self, db: Session) -> Places:
        """The provinces and communes, read once a process."""
        if self._places is None:
            self._places = read_places(db)
        return self._places


def shopfront() -> Shopfront:
    """The current application's."""
    return cast(Shopfront, current_app.extensions["storefront"])
