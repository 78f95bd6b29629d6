"""Telling people: other features say whom and what; the outbox and the channels do the rest."""

from shop.notifications.services.delivering import (
    Desk,
    hand_over,
    reach_now,
    settle_delivery,
)
from shop.notifications.services.kinds import (
    CHANNELS,
    kind_of,
    register_message,
    use_channels,
)
from shop.notifications.services.reading import (
    choose_level,
    mark_all_read,
    mark_read,
    record_call,
    withdraw_calls,
)
from shop.notifications.services.writing import (
    ask_to_call,
    contact,
    erase_contact,
    notify,
    tell,
)

__all__ = [
    "CHANNELS",
    "Desk",
    "ask_to_call",
    "choose_level",
    "contact",
    "erase_contact",
    "hand_over",
    "kind_of",
    "mark_all_read",
    "mark_read",
    "notify",
    "reach_now",
    "record_call",
    "register_message",
    "settle_delivery",
    "tell",
    "use_channels",
    "withdraw_calls",
]
