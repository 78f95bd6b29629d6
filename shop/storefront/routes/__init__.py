"""Pages anyone may see: home, list, group, province, product, producer, and maps for robots."""

from shop.storefront.routes import (
    delivery,
    home,
    lists,
    makers,
    parts,
    products,
    robots,
    suggestions,
    wished,
)
from shop.storefront.routes.frame import bp

__all__ = [
    "bp",
    "delivery",
    "home",
    "lists",
    "makers",
    "parts",
    "products",
    "robots",
    "suggestions",
    "wished",
]
