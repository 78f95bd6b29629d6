"""The shelf: everything of a producer that a sheet may touch, and its rows for an export."""

from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductRevision, Variant
from shop.catalogue.queries import EDITABLE
from shop.sheets.rules.columns import PRODUCT_KEYS, SIZE_KEYS
from shop.sheets.rules.plan import LotNow, ProductNow, Shelf, SizeNow
from shop.stock.models import LotLevel, StockLevel
from shop.stock.queries import is_sellable_lot
from shop.traceability.models import Lot

_OPEN: Final = ("draft", "submitted")
_SIZE_COLUMNS: Final = tuple(getattr(Variant, key) for key in SIZE_KEYS)
_PRODUCT_COLUMNS: Final = tuple(getattr(Product, key) for key in EDITABLE)


def shelf(db: Session, producer_id: int, *, today: date) -> Shelf:
    """Everything of a producer that a sheet may touch, in four statements."""
    revised = _revised(db, producer_id)
    products = {
        row.id: ProductNow(
            id=row.id,
            state=row.state,
            values={key: getattr(row, key) for key in PRODUCT_KEYS} | revised.get(row.id, {}),
            is_lot_tracked=row.is_lot_tracked,
            is_service=row.is_service,
        )
        for row in db.execute(
            select(Product.id, Product.state, Product.is_service, *_PRODUCT_COLUMNS).where(
                Product.producer_id == producer_id
            )
        )
    }
    lots = _lots(db, producer_id, today)
    sizes = {
        row.sku.upper(): SizeNow(
            id=row.id,
            product_id=row.product_id,
            sku=row.sku,
            values={key: getattr(row, key) for key in SIZE_KEYS},
            on_hand=row.on_hand or 0,
            reserved=row.reserved or 0,
            lots=lots.get(row.id, {}),
        )
        for row in db.execute(
            select(
                *(Variant.id, Variant.product_id, Variant.sku, *_SIZE_COLUMNS),
                *(StockLevel.on_hand, StockLevel.reserved),
            )
            .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
            .where(Variant.producer_id == producer_id)
            .order_by(Variant.id)
        )
    }
    return Shelf(products=products, sizes=sizes)


def _revised(db: Session, producer_id: int) -> dict[int, dict[str, Any]]:
    rows = db.execute(
        select(ProductRevision.product_id, ProductRevision.changes)
        .join(Product, Product.id == ProductRevision.product_id)
        .where(Product.producer_id == producer_id, ProductRevision.state.in_(_OPEN))
    )
    return {
        product_id: {key: value for key, value in changes.items() if key in PRODUCT_KEYS}
        for product_id, changes in rows
    }


def _lots(db: Session, producer_id: int, today: date) -> dict[int, dict[str, LotNow]]:
    """Lots that ever came into stock, by size and lot number."""
    rows = db.execute(
        select(
            *(LotLevel.variant_id, Lot.lot_no, Lot.id, LotLevel.on_hand, Lot.quantity),
            is_sellable_lot(today),
        )
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(Lot.producer_id == producer_id)
    )
    found: dict[int, dict[str, LotNow]] = {}
    for variant_id, lot_no, lot_id, units, most, is_sellable in rows:
        found.setdefault(variant_id, {})[lot_no.upper()] = LotNow(
            lot_id, units, most, bool(is_sellable)
        )
    return found


def catalogue_rows(db: Session, producer_id: int, *, today: date) -> list[dict[str, Any]]:
    """The producer's catalogue as rows of the sheet: field -> value, products by name."""
    there = shelf(db, producer_id, today=today)
    rows = []
    order = {
        product.id: (str(product.values["name"]).casefold(), product.id)
        for product in there.products.values()
        if product.state != "archived"
    }
    for size in there.sizes.values():
        if size.product_id not in order:
            continue
        product = there.products[size.product_id]
        rows.append(
            {"sku": size.sku, **product.values, **size.values, "stock": size.on_hand}
            | {"_order": (*order[size.product_id], size.id)}
        )
    return sorted(rows, key=lambda row: row["_order"])
