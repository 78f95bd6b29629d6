"""Pages of on air."""

from livestream.onair.routes import comments, console, public
from livestream.onair.routes.frame import bp

__all__ = ["bp", "comments", "console", "public"]
