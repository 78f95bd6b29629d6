"""Reading what is booked and who waits."""

from livestream.bookings.queries.grid import Laid, Week, days_of, week_of

__all__ = ["Laid", "Week", "days_of", "week_of"]
