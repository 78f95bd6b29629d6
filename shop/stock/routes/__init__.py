"""The producer's stock pages: the shelf, units kept for channels, stock-takes."""

from shop.stock.routes import channels, shelf, takes
from shop.stock.routes.base import bp

__all__ = ["bp", "channels", "shelf", "takes"]
