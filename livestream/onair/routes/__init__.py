"""Pages of on air."""

from livestream.onair.routes import buying, comments, console, public
from livestream.onair.routes.frame import bp

__all__ = ["bp", "buying", "comments", "console", "public"]
