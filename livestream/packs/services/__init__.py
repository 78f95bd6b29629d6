"""Packs made for people, and what is sent to a platform that has a door for programs."""

from livestream.packs.services.making import advice_by_platform, make_pack
from livestream.packs.services.sending import (
    begin_push,
    forget_unsure,
    record_opened,
    record_outcome,
    tell_remote_id,
)

__all__ = [
    "advice_by_platform",
    "begin_push",
    "forget_unsure",
    "make_pack",
    "record_opened",
    "record_outcome",
    "tell_remote_id",
]
