"""Pages of sessions: of the club, the producer, the staff, and of everyone."""

from livestream.sessions.routes import (
    airing,
    booking,
    calendars,
    club,
    commune,
    gate,
    opening,
    producer,
    public,
    staff,
    unfit,
)
from livestream.sessions.routes.frame import bp

__all__ = [
    "airing",
    "booking",
    "bp",
    "calendars",
    "club",
    "commune",
    "gate",
    "opening",
    "producer",
    "public",
    "staff",
    "unfit",
]
