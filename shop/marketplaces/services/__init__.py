"""What the marketplaces feature does."""

from shop.marketplaces.services.bundle import Bundle, make_bundle
from shop.marketplaces.services.desk import load_desk, load_desks, photo_file
from shop.marketplaces.services.exports import (
    MAX_RESERVE,
    MAX_TITLE,
    TASK_KIND,
    Made,
    WrongChoice,
    finish_export,
    request_export,
    save_choice,
)

__all__ = [
    "MAX_RESERVE",
    "MAX_TITLE",
    "TASK_KIND",
    "Bundle",
    "Made",
    "WrongChoice",
    "finish_export",
    "load_desk",
    "load_desks",
    "make_bundle",
    "photo_file",
    "request_export",
    "save_choice",
]
