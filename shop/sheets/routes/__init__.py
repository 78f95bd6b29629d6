"""Pages of the sheets: the grid, imports and exports, the ledger of one size."""

from shop.sheets.routes import grid, imports, ledger
from shop.sheets.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "bp", "grid", "imports", "ledger"]
