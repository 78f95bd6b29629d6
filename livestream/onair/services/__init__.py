"""Verbs of on air."""

from livestream.onair.services.pressing import Outcome, PressSent, take_presses

__all__ = ["Outcome", "PressSent", "take_presses"]
