"""Pages of sessions: of the club, the producer, the staff, and of everyone."""

from livestream.sessions.routes import calendars, club, producer, public, staff
from livestream.sessions.routes.frame import bp

__all__ = ["bp", "calendars", "club", "producer", "public", "staff"]
