"""Verbs of reminders: plan and tell them, follow a session, open an own calendar."""

from livestream.reminders.services.following import (
    ask_to_be_reminded,
    renew_feed,
    tidy,
)
from livestream.reminders.services.telling import (
    is_still_true,
    plan_turns,
    tell_turn,
)

__all__ = [
    "ask_to_be_reminded",
    "is_still_true",
    "plan_turns",
    "renew_feed",
    "tell_turn",
    "tidy",
]
