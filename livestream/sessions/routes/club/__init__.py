"""The club's desk: week grid, new sessions, one session and every step with it."""

from livestream.sessions.routes.club import airing, booking, line_up, session, week

__all__ = ["airing", "booking", "line_up", "session", "week"]
