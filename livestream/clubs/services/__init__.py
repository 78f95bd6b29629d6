"""Verbs about clubs, the people in them and what they share."""

from livestream.clubs.services.hours import drop_exception, set_exception, set_weekly_hours
from livestream.clubs.services.joining import (
    change_club,
    decide_club,
    register_club,
    renew_feed_token,
    resubmit_club,
)
from livestream.clubs.services.members import answer_invitation, invite, leave_club, managers_of
from livestream.clubs.services.resources import (
    add_host,
    add_resource,
    change_resource,
    confirm_identity,
)
from livestream.clubs.services.sharing import answer_share, ask_to_share

__all__ = [
    "add_host",
    "add_resource",
    "answer_invitation",
    "answer_share",
    "ask_to_share",
    "change_club",
    "change_resource",
    "confirm_identity",
    "decide_club",
    "drop_exception",
    "invite",
    "leave_club",
    "managers_of",
    "register_club",
    "renew_feed_token",
    "resubmit_club",
    "set_exception",
    "set_weekly_hours",
]
