"""Pages anyone may see: home, list, group, province, product, producer, and maps for robots."""

from shop.storefront.routes import home, lists, makers, parts, products, robots
from shop.storefront.routes.frame import bp

__all__ = ["bp", "home", "lists", "makers", "parts", "products", "robots"]
