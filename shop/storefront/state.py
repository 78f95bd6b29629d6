"""What the storefront keeps in memory of one application."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from shop.storefront.memory import Memory
from shop.storefront.queries import Places, read_places


@dataclass
class Shopfront:
    """Facet counts for a while, the provinces for good."""

    counts: Memory
    _places: Places | None = None

    def places(self, db: Session) -> Places:
        """The provinces, read once a process."""
        if self._places is None:
            self._places = read_places(db)
        return self._places


def shopfront() -> Shopfront:
    """The current application's."""
    return cast(Shopfront, current_app.extensions["storefront"])
