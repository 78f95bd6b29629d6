"""Changing the catalogue. Services flush; routes and jobs commit."""

from shop.catalogue.services.facets import (
    add_sold,
    bump_version,
    refresh_facets,
    set_available,
    set_next_session,
    set_rating,
)

__all__ = [
    "add_sold",
    "bump_version",
    "refresh_facets",
    "set_available",
    "set_next_session",
    "set_rating",
]
