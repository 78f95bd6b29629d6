"""Pages of shipping: papers, carriers' files, settlements."""

from shop.shipping.routes import exports, papers, settlements
from shop.shipping.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "bp", "exports", "papers", "settlements"]
