"""Verbs of shipping: settlements of money collected on delivery, carriers' names of places."""

from shop.shipping.services.areas import name_area
from shop.shipping.services.exports import log_export
from shop.shipping.services.settlements import (
    BOOK,
    book_chunk,
    cancel_settlement,
    choose_columns,
    close_difference,
    confirm_settlement,
    finish_settlement,
    match_again,
    start_settlement,
)

__all__ = [
    "BOOK",
    "book_chunk",
    "cancel_settlement",
    "choose_columns",
    "close_difference",
    "confirm_settlement",
    "finish_settlement",
    "log_export",
    "match_again",
    "name_area",
    "start_settlement",
]
