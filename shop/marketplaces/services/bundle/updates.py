"""Prices and units that changed since the export before: one line per size, to type or upload."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from shop.marketplaces.rules.changes import CHANGES, Change

COLUMNS: Final = (
    "Mã SKU",
    "Tên sản phẩm",
    "Thay đổi",
    "Giá mới (đ)",
    "Giá cũ (đ)",
    "Tồn mới",
    "Tồn cũ",
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t")


def update_file(changes: Sequence[Change]) -> bytes:
    """CSV for people (UTF-8 with BOM); texts that a spreadsheet would run as a formula get an
    apostrophe. A product that is no longer handed out has one line without figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for change in changes:
        name, what = _safe(change.name), CHANGES[change.what]
        if change.what == "gone":
            writer.writerow(["", name, what, "", "", 0, ""])
        for size in change.sizes:
            figures = (size.price_vnd, size.old_price_vnd, size.stock, size.old_stock)
            writer.writerow([_safe(size.sku), name, what, *figures])
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text
