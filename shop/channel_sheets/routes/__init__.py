"""Pages of templates, of what is made from them and of what comes back."""

from shop.channel_sheets.routes import fills, results, templates
from shop.channel_sheets.routes.base import bp

__all__ = ["bp", "fills", "results", "templates"]
