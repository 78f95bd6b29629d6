"""Basket and checkout, and the pages where producers set delivery and vouchers."""

from shop.checkout.routes import basket, ordering
from shop.checkout.routes.frame import bp, init_context

__all__ = ["basket", "bp", "init_context", "ordering"]
