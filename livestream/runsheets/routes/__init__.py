"""Pages of the run sheet."""

from livestream.runsheets.routes import line_up, sheet, words
from livestream.runsheets.routes.frame import bp

__all__ = ["bp", "line_up", "sheet", "words"]
