"""Order pages: the buyer's, and the producer's desk."""

from shop.orders.routes import buyer, desk, desk_order
from shop.orders.routes.base import bp
from shop.orders.routes.buyer import buyers_order, buyers_page

__all__ = ["bp", "buyer", "buyers_order", "buyers_page", "desk", "desk_order"]
