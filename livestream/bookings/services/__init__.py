"""Verbs of booking."""

from livestream.bookings.services.placing import place_session
from livestream.bookings.services.repeating import (
    Booked,
    SomeTaken,
    book_series,
    drop_template,
    save_template,
)
from livestream.bookings.services.swapping import hand_over, swap_sessions
from livestream.bookings.services.waiting import (
    join_queue,
    leave_queue,
    offer_slot,
    settle_offers,
    take_offer,
)

__all__ = [
    "Booked",
    "SomeTaken",
    "book_series",
    "drop_template",
    "hand_over",
    "join_queue",
    "leave_queue",
    "offer_slot",
    "place_session",
    "save_template",
    "settle_offers",
    "swap_sessions",
    "take_offer",
]
