"""Pages of results: of the club, the producer and the staff."""

from livestream.results.routes import figures, goods, importing, overview, statements
from livestream.results.routes.frame import bp

__all__ = ["bp", "figures", "goods", "importing", "overview", "statements"]
