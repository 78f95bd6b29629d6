"""Verbs of booking."""

from livestream.bookings.services.placing import place_session

__all__ = ["place_session"]
