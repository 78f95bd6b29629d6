"""Pages of booking: week and month, free slots, templates and series, the waiting list."""

from livestream.bookings.routes import finding, repeating, requests, steps, week
from livestream.bookings.routes.base import bp

__all__ = ["bp", "finding", "repeating", "requests", "steps", "week"]
