"""Pages of booking: week and month, free slots."""

from livestream.bookings.routes import finding, week
from livestream.bookings.routes.base import bp

__all__ = ["bp", "finding", "week"]
