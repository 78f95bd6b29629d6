"""Basket and checkout, and the pages where producers set delivery and vouchers."""

from shop.checkout.routes import basket, delivering, ordering, vouchers
from shop.checkout.routes.frame import bp, init_context

__all__ = ["basket", "bp", "delivering", "init_context", "ordering", "vouchers"]
