"""Reading for the sheets."""

from shop.sheets.queries.grid import (
    FILTERS,
    GridLot,
    GridRow,
    LedgerLine,
    grid_rows,
    ledger,
    rows_by_id,
)
from shop.sheets.queries.imports import (
    ImportView,
    NoSuchImport,
    changes_by_outcome,
    import_of,
    imports_of,
    imports_with_files,
    public_ids,
    refused_undoings,
    stored_names,
    unconfirmed_imports,
    waiting_imports,
)
from shop.sheets.queries.shelf import catalogue_rows, shelf

__all__ = [
    "FILTERS",
    "GridLot",
    "GridRow",
    "ImportView",
    "LedgerLine",
    "NoSuchImport",
    "catalogue_rows",
    "changes_by_outcome",
    "grid_rows",
    "import_of",
    "imports_of",
    "imports_with_files",
    "ledger",
    "public_ids",
    "refused_undoings",
    "rows_by_id",
    "shelf",
    "stored_names",
    "unconfirmed_imports",
    "waiting_imports",
]
