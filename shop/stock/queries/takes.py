"""Reading count sheets: which piles there are, what was counted, what differs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Person
from shop.catalogue.models import Product, Variant
from shop.stock.models import LotLevel, StockLevel, StockTake, StockTakeLine
from shop.stock.queries.levels import is_sellable_lot
from shop.traceability.models import Lot

Pile = tuple[int, int | None]
"""A variant and a lot of it (None: units in no lot)."""


def piles_of(db: Session, producer_id: int, product_id: int | None, today: date) -> list[Pile]:
    """What there is to count: each lot that may be sold, and loose units where some can lie."""
    goods = (
        Variant.producer_id == producer_id,
        Variant.is_active.is_(True),
        Product.state != "archived",
        Product.is_service.is_(False),
        *((Product.id == product_id,) if product_id is not None else ()),
    )
    order = (Product.name, Product.id, Variant.position, Variant.id)
    in_lots = (
        select(func.coalesce(func.sum(LotLevel.on_hand), 0))
        .where(LotLevel.variant_id == Variant.id)
        .correlate(Variant)
        .scalar_subquery()
    )
    loose = func.coalesce(StockLevel.on_hand, 0) - in_lots
    rows = db.execute(
        select(Variant.id, or_(Product.is_lot_tracked.is_(False), loose > 0))
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(*goods)
        .order_by(*order)
    ).all()
    lots: dict[int, list[int]] = {}
    for variant_id, lot_id in db.execute(
        select(LotLevel.variant_id, LotLevel.lot_id)
        .join(Lot, Lot.id == LotLevel.lot_id)
        .join(Variant, Variant.id == LotLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(*goods, is_sellable_lot(today))
        .order_by(Lot.best_before, Lot.id)
    ):
        lots.setdefault(variant_id, []).append(lot_id)
    piles: list[Pile] = []
    for variant_id, has_loose in rows:
        piles += [(variant_id, lot_id) for lot_id in lots.get(variant_id, ())]
        if has_loose:
            piles.append((variant_id, None))
    return piles


@dataclass(frozen=True)
class TakeRow:
    """A sheet in the list."""

    take: StockTake
    opened_by: str
    closed_by: str
    lines: int
    counted: int
    differing: int


def takes_of(
    db: Session, producer_ids: Collection[int], *, offset: int, limit: int
) -> tuple[list[TakeRow], int]:
    """A page of the producers' sheets, open ones first, then the newest; and how many."""
    own = StockTake.producer_id.in_(producer_ids)
    total = db.scalar(select(func.count()).select_from(StockTake).where(own))
    opener, closer = aliased(Person), aliased(Person)
    takes = db.execute(
        select(StockTake, opener.name, closer.name)
        .outerjoin(opener, opener.id == StockTake.opened_by)
        .outerjoin(closer, closer.id == StockTake.closed_by)
        .where(own)
        .order_by(StockTake.state != "open", StockTake.opened_at.desc(), StockTake.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    differs = and_(
        StockTakeLine.counted.is_not(None), StockTakeLine.counted != StockTakeLine.booked
    )
    sums = {
        row.take_id: (row[1], row[2], row[3])
        for row in db.execute(
            select(
                StockTakeLine.take_id,
                func.count(),
                func.count(StockTakeLine.counted),
                func.count().filter(differs),
            )
            .where(StockTakeLine.take_id.in_([take.id for take, _opener, _closer in takes]))
            .group_by(StockTakeLine.take_id)
        )
    }
    rows = [
        TakeRow(take, opened_by or "", closed_by or "", *sums.get(take.id, (0, 0, 0)))
        for take, opened_by, closed_by in takes
    ]
    return rows, total or 0


def take_of(db: Session, take_id: int, producer_ids: Collection[int]) -> StockTake | None:
    """The sheet if it is one of the producers'."""
    return db.scalar(
        select(StockTake).where(StockTake.id == take_id, StockTake.producer_id.in_(producer_ids))
    )


@dataclass(frozen=True)
class SheetLine:
    """A pile on the sheet with its names."""

    id: int
    product_name: str
    label: str
    sku: str
    lot_no: str | None
    best_before: date | None
    counted: int | None
    booked: int | None
    reason: str
    counted_by: str
    counted_at: datetime | None

    @property
    def difference(self) -> int | None:
        """Counted less booked, at the moment of counting; None: not counted yet."""
        if self.counted is None or self.booked is None:
            return None
        return self.counted - self.booked


def sheet(db: Session, take_id: int) -> list[SheetLine]:
    """The sheet's lines in the order in which it was made."""
    rows = db.execute(
        select(
            StockTakeLine.id,
            Product.name,
            Variant.label,
            Variant.sku,
            Lot.lot_no,
            Lot.best_before,
            StockTakeLine.counted,
            StockTakeLine.booked,
            StockTakeLine.reason,
            func.coalesce(Person.name, ""),
            StockTakeLine.counted_at,
        )
        .join(Variant, Variant.id == StockTakeLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Lot, Lot.id == StockTakeLine.lot_id)
        .outerjoin(Person, Person.id == StockTakeLine.counted_by)
        .where(StockTakeLine.take_id == take_id)
        .order_by(StockTakeLine.id)
    )
    return [SheetLine(*row) for row in rows]


def own_products(db: Session, producer_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """(product, its producer, name) of goods one may count, by name."""
    rows = db.execute(
        select(Product.id, Product.producer_id, Product.name)
        .where(
            Product.producer_id.in_(producer_ids),
            Product.state != "archived",
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Product.id)
    )
    return [(row.id, row.producer_id, row.name) for row in rows]
