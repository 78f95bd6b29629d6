"""What the marketplaces feature does."""

from shop.marketplaces.services.bundle import HAND_OVER_PDF, Bundle, make_bundle, member
from shop.marketplaces.services.choosing import (
    NothingTicked,
    WrongChoice,
    change_choices,
    choose_categories,
    save_choice,
)
from shop.marketplaces.services.desk import load_desk, load_desks, photo_file
from shop.marketplaces.services.exports import (
    TASK_KIND,
    Made,
    finish_export,
    request_export,
)

__all__ = [
    "HAND_OVER_PDF",
    "TASK_KIND",
    "Bundle",
    "Made",
    "NothingTicked",
    "WrongChoice",
    "change_choices",
    "choose_categories",
    "finish_export",
    "load_desk",
    "load_desks",
    "make_bundle",
    "member",
    "photo_file",
    "request_export",
    "save_choice",
]
