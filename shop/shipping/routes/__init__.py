"""Pages of shipping: papers, carriers' files, settlements."""

from shop.shipping.routes import papers, settlements
from shop.shipping.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "bp", "papers", "settlements"]
