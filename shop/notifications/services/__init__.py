"""Telling people: other features say whom and what; the outbox and the channels do the rest."""

from shop.notifications.services.delivering import (
    Desk,
    hand_over,
    reach_now,
    settle_delivery,
)
from shop.notifications.services.kinds import (
    CHANNELS,
    is_pushing,
    kind_of,
    post,
    register_message,
    use_channels,
)
from shop.notifications.services.reading import (
    allow_device,
    choose_level,
    drop_device,
    mark_all_read,
    mark_read,
    record_call,
    withdraw_calls,
)
from shop.notifications.services.writing import (
    ask_to_call,
    can_reach,
    contact,
    erase_contact,
    forget_contacts,
    keep_contacts_of,
    notify,
    reached_contact,
    tell,
)

__all__ = [
    "CHANNELS",
    "Desk",
    "allow_device",
    "ask_to_call",
    "can_reach",
    "choose_level",
    "contact",
    "drop_device",
    "erase_contact",
    "forget_contacts",
    "hand_over",
    "is_pushing",
    "keep_contacts_of",
    "kind_of",
    "mark_all_read",
    "mark_read",
    "notify",
    "post",
    "reach_now",
    "reached_contact",
    "record_call",
    "register_message",
    "settle_delivery",
    "tell",
    "use_channels",
    "withdraw_calls",
]
