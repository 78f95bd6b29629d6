"""The inbox, how messages come, and the calls to make."""

from shop.notifications.routes import calls, inbox
from shop.notifications.routes.base import bp

__all__ = ["bp", "calls", "inbox"]
