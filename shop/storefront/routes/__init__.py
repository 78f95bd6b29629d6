"""Pages anyone may see: home, list, product, producer, province, and maps for robots."""

from shop.storefront.routes import home, lists, makers, products, robots
from shop.storefront.routes.frame import bp

__all__ = ["bp", "home", "lists", "makers", "products", "robots"]
