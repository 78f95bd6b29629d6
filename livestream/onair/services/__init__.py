"""Verbs of on air."""

from livestream.onair.services.commenting import Taken, take_comments
from livestream.onair.services.forgetting import forget_comments
from livestream.onair.services.ordering import (
    DraftDecided,
    NothingOrdered,
    drop_draft,
    place_draft,
)
from livestream.onair.services.pressing import Outcome, PressSent, take_presses

__all__ = [
    "DraftDecided",
    "NothingOrdered",
    "Outcome",
    "PressSent",
    "Taken",
    "drop_draft",
    "forget_comments",
    "place_draft",
    "take_comments",
    "take_presses",
]
