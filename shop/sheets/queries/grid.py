"""The rows of the grid of price and stock, a page at a time, and the ledger of one size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Product, Variant
from shop.core.text import fold
from shop.orders.models import Order, OrderLine
from shop.stock.models import LotLevel, StockLevel, StockMovement
from shop.stock.queries import is_sellable_lot
from shop.traceability.models import Lot

FILTERS: Final = ("tat_ca", "sap_het", "het", "an")
MAX_LOTS: Final = 20


@dataclass(frozen=True)
class GridLot:
    """A lot to choose: its number, units in it, whether more may come in."""

    lot_no: str
    units: int
    is_sellable: bool


@dataclass(frozen=True)
class GridRow:
    """One size in the grid."""

    variant_id: int
    product_id: int
    product_name: str
    label: str
    sku: str
    price_vnd: int
    low_stock_at: int
    is_active: bool
    is_lot_tracked: bool
    state: str
    on_hand: int
    reserved: int
    lots: Sequence[GridLot] = ()

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def needs_lot(self) -> bool:
        """Whether stock of it is counted lot by lot."""
        return self.is_lot_tracked or any(lot.units for lot in self.lots)


def _sizes(producer_id: int, asked: str) -> Select[Any]:
    available = func.coalesce(StockLevel.on_hand - StockLevel.reserved, 0)
    conditions: dict[str, ColumnElement[bool]] = {
        "sap_het": available <= Variant.low_stock_at,
        "het": available <= 0,
        "an": Variant.is_active.is_(False),
    }
    found = (
        select()
        .select_from(Variant)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(
            Variant.producer_id == producer_id,
            Product.is_service.is_(False),
            Product.state != "archived",
        )
    )
    return found.where(conditions[asked]) if asked in conditions else found


def grid_rows(
    db: Session,
    producer_id: int,
    *,
    today: date,
    words: str = "",
    asked: str = "",
    offset: int,
    limit: int,
) -> tuple[list[GridRow], int]:
    """A page of the sizes by product name, and how many there are; three statements.

    ``words`` are looked for without accents in name, size and SKU; ``asked`` is one of FILTERS.
    """
    chosen = _sizes(producer_id, asked)
    named = chosen.add_columns(Variant.id, Product.name, Variant.label, Variant.sku).order_by(
        Product.name, Product.id, Variant.position, Variant.id
    )
    wanted = fold(words[:100]).split()
    ids = [
        row.id
        for row in db.execute(named)
        if not wanted or _holds(f"{row.name} {row.label} {row.sku}", wanted)
    ]
    page = ids[offset : offset + limit]
    return _rows(db, page, today), len(ids)


def _holds(text: str, wanted: Sequence[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in wanted)


def rows_by_id(
    db: Session, producer_id: int, variant_ids: Collection[int], *, today: date
) -> list[GridRow]:
    """These sizes of the producer, in the order given."""
    own = set(
        db.scalars(
            select(Variant.id).where(
                Variant.producer_id == producer_id, Variant.id.in_(variant_ids)
            )
        )
    )
    return _rows(db, [one for one in variant_ids if one in own], today)


def _rows(db: Session, ids: Sequence[int], today: date) -> list[GridRow]:
    lots: dict[int, list[GridLot]] = {}
    for variant_id, lot_no, units, is_sellable in db.execute(
        select(LotLevel.variant_id, Lot.lot_no, LotLevel.on_hand, is_sellable_lot(today))
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(LotLevel.variant_id.in_(ids))
        .order_by(Lot.id.desc())
    ):
        found = lots.setdefault(variant_id, [])
        if len(found) < MAX_LOTS:
            found.append(GridLot(lot_no, units, bool(is_sellable)))
    rows = db.execute(
        select(
            *(Variant.id, Variant.product_id, Product.name, Variant.label, Variant.sku),
            *(Variant.price_vnd, Variant.low_stock_at, Variant.is_active),
            *(Product.is_lot_tracked, Product.state),
            *(func.coalesce(StockLevel.on_hand, 0), func.coalesce(StockLevel.reserved, 0)),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.id.in_(ids))
    )
    by_id = {row[0]: GridRow(*[*row, lots.get(row[0], ())]) for row in rows}
    return [by_id[one] for one in ids if one in by_id]


@dataclass(frozen=True)
class LedgerLine:
    """One movement: when, how many, why, by whom, and where it came from."""

    id: int
    at: datetime
    quantity: int
    reason: str
    who: str
    lot_no: str
    lot_code: str
    order_code: str
    import_id: int | None


def _ledger(
    variant_id: int, *, reason: str, since: datetime | None, until: datetime | None
) -> Select[Any]:
    found = (
        select()
        .select_from(StockMovement)
        .outerjoin(Lot, Lot.id == StockMovement.lot_id)
        .outerjoin(Person, Person.id == StockMovement.actor_id)
        .where(StockMovement.variant_id == variant_id)
    )
    if reason:
        found = found.where(StockMovement.reason == reason)
    if since:
        found = found.where(StockMovement.at >= since)
    if until:
        found = found.where(StockMovement.at < until)
    return found


def ledger(
    db: Session,
    variant_id: int,
    *,
    reason: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int,
) -> tuple[list[LedgerLine], int]:
    """A page of a size's movements, newest first, and how many match; three statements."""
    chosen = _ledger(variant_id, reason=reason, since=since, until=until)
    total = db.scalar(chosen.add_columns(func.count())) or 0
    rows = db.execute(
        chosen.add_columns(
            *(StockMovement.id, StockMovement.at, StockMovement.quantity, StockMovement.reason),
            func.coalesce(Person.name, "").label("who"),
            func.coalesce(Lot.lot_no, "").label("lot_no"),
            func.coalesce(Lot.code, "").label("lot_code"),
            StockMovement.key,
        )
        .order_by(StockMovement.at.desc(), StockMovement.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    orders = _orders_of(db, [row.key for row in rows])
    return [
        LedgerLine(
            id=row.id,
            at=row.at,
            quantity=row.quantity,
            reason=row.reason,
            who=row.who,
            lot_no=row.lot_no,
            lot_code=row.lot_code,
            order_code=orders.get(_line_id(row.key), ""),
            import_id=_import_id(row.key),
        )
        for row in rows
    ], total


def _line_id(key: str) -> int:
    """The order line a movement belongs to: ``order_line:12:…``; 0 when none."""
    head, _, rest = key.partition(":")
    digits = rest.partition(":")[0]
    return int(digits) if head == "order_line" and digits.isdigit() else 0


def _import_id(key: str) -> int | None:
    head, _, rest = key.partition(":")
    digits = rest.partition(":")[0]
    return int(digits) if head == "sheet" and digits.isdigit() else None


def _orders_of(db: Session, keys: Sequence[str]) -> dict[int, str]:
    lines = {_line_id(key) for key in keys} - {0}
    rows = db.execute(
        select(OrderLine.id, Order.code)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(lines))
    )
    return {line_id: code for line_id, code in rows}  # noqa: C416 - a Row is no plain pair
