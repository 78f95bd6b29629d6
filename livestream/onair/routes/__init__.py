"""Pages of on air."""

from livestream.onair.routes import console
from livestream.onair.routes.frame import bp

__all__ = ["bp", "console"]
