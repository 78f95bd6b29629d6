"""Reading stock: levels, live prices, lots to take from, the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core.db import UtcDateTime
from shop.stock.models import LotLevel, PriceWindow, StockLevel, StockMovement, StockReservation
from shop.stock.rules import (
    LOT_BACK,
    LOT_BLOCKED,
    SHOP,
    Level,
    LivePrice,
    LotOnHand,
    Pick,
    channel_units,
    fefo,
)
from shop.traceability.models import Lot


def levels(db: Session, variant_ids: Collection[int]) -> dict[int, Level]:
    """Units per variant; zeros for a variant that never came in."""
    rows = db.execute(
        select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved).where(
            StockLevel.variant_id.in_(variant_ids)
        )
    )
    found = {row.variant_id: Level(row.on_hand, row.reserved) for row in rows}
    return {variant_id: found.get(variant_id, Level()) for variant_id in variant_ids}


_W: Final = PriceWindow.__table__.c
_R: Final = StockReservation.__table__.c
_NOW: Final = bindparam("now", type_=UtcDateTime)
_LIVE_PRICES: Final = (
    select(
        *(_W.id, _W.variant_id, _W.owner_key, _W.price_vnd, _W.ends_at),
        *(_W.cap, _W.sold, _W.per_buyer),
        select(func.coalesce(func.sum(_R.quantity), 0))
        .where(_R.owner_key == _W.owner_key, _R.variant_id == _W.variant_id, _R.state == "held")
        .scalar_subquery()
        .label("set_aside"),
    )
    .where(
        _W.variant_id.in_(bindparam("variants", expanding=True)),
        _W.starts_at <= _NOW,
        _W.ends_at > _NOW,
        _W.is_dropped.is_(False),
        or_(_W.cap.is_(None), _W.sold < _W.cap),
    )
    .order_by(_W.price_vnd.desc(), _W.id.desc())
)
"""Built once: every product page asks it."""


def prices(db: Session, variant_ids: Collection[int], now: datetime) -> dict[int, LivePrice]:
    """The live price of each variant that has one now; the lowest when there are several."""
    if not variant_ids:
        return {}
    rows = db.execute(_LIVE_PRICES, {"variants": list(variant_ids), "now": now})
    return {row.variant_id: _live_price(row) for row in rows}


def _live_price(row: Any) -> LivePrice:
    return LivePrice(
        window_id=row.id,
        owner_key=row.owner_key,
        price_vnd=row.price_vnd,
        ends_at=row.ends_at,
        left=None if row.cap is None else row.cap - row.sold,
        per_buyer=row.per_buyer,
        set_aside=row.set_aside,
    )


_L: Final = StockLevel.__table__.c
_V: Final = Variant.__table__.c
_LIVE: Final = _LIVE_PRICES.order_by(None).subquery("live")
_SHELVES: Final = (
    select(_V.id.label("wanted_id"), _L.on_hand, _L.reserved, *_LIVE.c)
    .select_from(_V.id.table)
    .outerjoin(_L.variant_id.table, _L.variant_id == _V.id)
    .outerjoin(_LIVE, _LIVE.c.variant_id == _V.id)
    .where(_V.id.in_(bindparam("variants", expanding=True)))
    .order_by(_LIVE.c.price_vnd.desc(), _LIVE.c.id.desc())
)


def shelves(
    db: Session, variant_ids: Collection[int], now: datetime
) -> dict[int, tuple[Level, LivePrice | None]]:
    """``levels`` and ``prices`` of each variant, in one statement."""
    found: dict[int, tuple[Level, LivePrice | None]] = dict.fromkeys(variant_ids, (Level(), None))
    for row in db.execute(_SHELVES, {"variants": list(variant_ids), "now": now}):
        level = Level(row.on_hand or 0, row.reserved or 0)
        found[row.wanted_id] = (level, None if row.id is None else _live_price(row))
    return found


def is_sellable_lot(today: date) -> ColumnElement[bool]:
    """Released, and not past its best-before day."""
    return and_(Lot.state == "released", or_(Lot.best_before.is_(None), Lot.best_before >= today))


def sellable_lots(db: Session, variant_id: int, today: date) -> list[LotOnHand]:
    """Lots of the variant that may go into a parcel today, with what lies in them."""
    rows = db.execute(
        select(Lot.id, Lot.lot_no, Lot.best_before, Lot.made_on, LotLevel.on_hand)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(LotLevel.variant_id == variant_id, LotLevel.on_hand > 0, is_sellable_lot(today))
        .order_by(Lot.id)
    )
    return [LotOnHand(*row) for row in rows]


def units_without_lot(db: Session, variant_id: int) -> int:
    """Units on hand that lie in no lot."""
    in_lots = (
        select(func.coalesce(func.sum(LotLevel.on_hand), 0))
        .where(LotLevel.variant_id == variant_id)
        .scalar_subquery()
    )
    found = db.scalar(
        select(StockLevel.on_hand - in_lots).where(StockLevel.variant_id == variant_id)
    )
    return int(found or 0)


def pick_fefo(db: Session, variant_id: int, quantity: int, today: date) -> list[Pick]:
    """Lots to take ``quantity`` units from, first expired first out; loose units last.

    The sum is smaller than ``quantity`` when not enough may be sold.
    """
    lots = sellable_lots(db, variant_id, today)
    return fefo(lots, units_without_lot(db, variant_id), quantity)


def held_by(db: Session, owner_keys: Collection[str]) -> dict[str, int]:
    """Units held per owner; owners that hold nothing are left out."""
    rows = db.execute(
        select(StockReservation.owner_key, func.sum(StockReservation.quantity))
        .where(StockReservation.owner_key.in_(owner_keys), StockReservation.state == "held")
        .group_by(StockReservation.owner_key)
    )
    return {owner: int(units) for owner, units in rows}


@dataclass(frozen=True)
class StockRow:
    """One line of the producer's stock page."""

    variant_id: int
    product_id: int
    product_name: str
    label: str
    sku: str
    low_stock_at: int
    is_lot_tracked: bool
    on_hand: int
    reserved: int
    lots: Sequence[tuple[str, date | None, str, int]] = ()
    """Lot number, best-before day, state, units."""

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        """So few that the producer should make or count more."""
        return self.available <= self.low_stock_at


def stock_of(db: Session, producer_ids: Collection[int]) -> list[StockRow]:
    """Every variant of the producers with its levels and lots, by product name."""
    rows = db.execute(
        select(
            Variant.id,
            Variant.product_id,
            Product.name,
            Variant.label,
            Variant.sku,
            Variant.low_stock_at,
            Product.is_lot_tracked,
            func.coalesce(StockLevel.on_hand, 0),
            func.coalesce(StockLevel.reserved, 0),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(
            Variant.producer_id.in_(producer_ids),
            Variant.is_active.is_(True),
            Product.is_service.is_(False),
            Product.state != "archived",
        )
        .order_by(Product.name, Product.id, Variant.position, Variant.id)
    ).all()
    lots: dict[int, list[tuple[str, date | None, str, int]]] = {}
    lying = db.execute(
        select(LotLevel.variant_id, Lot.lot_no, Lot.best_before, Lot.state, LotLevel.on_hand)
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(LotLevel.variant_id.in_([row[0] for row in rows]), LotLevel.on_hand > 0)
        .order_by(Lot.best_before, Lot.id)
    )
    for variant_id, lot_no, best_before, state, units in lying:
        lots.setdefault(variant_id, []).append((lot_no, best_before, state, units))
    return [StockRow(*row, lots=lots.get(row[0], ())) for row in rows]


@dataclass(frozen=True)
class OwnVariant:
    """What the stock page of one size is headed with."""

    variant_id: int
    product_id: int
    product_name: str
    label: str
    sku: str
    is_lot_tracked: bool


def variant_of(db: Session, variant_id: int, producer_ids: Collection[int]) -> OwnVariant | None:
    """The variant if it is one of the producers', else None."""
    row = db.execute(
        select(
            Variant.id,
            Variant.product_id,
            Product.name,
            Variant.label,
            Variant.sku,
            Product.is_lot_tracked,
        )
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id == variant_id, Variant.producer_id.in_(producer_ids))
    ).one_or_none()
    return OwnVariant(*row) if row else None


def lots_of(db: Session, variant_id: int) -> list[LotOnHand]:
    """Every lot the variant has (or had) units in, sellable or not, newest first."""
    rows = db.execute(
        select(Lot.id, Lot.lot_no, Lot.best_before, Lot.made_on, LotLevel.on_hand)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(LotLevel.variant_id == variant_id)
        .order_by(Lot.id.desc())
        .limit(50)
    )
    return [LotOnHand(*row) for row in rows]


def movements(
    db: Session, variant_id: int, *, offset: int, limit: int
) -> tuple[list[tuple[StockMovement, str | None]], int]:
    """A page of the variant's ledger, newest first, each with its lot number; and how many."""
    total = db.scalar(
        select(func.count())
        .select_from(StockMovement)
        .where(StockMovement.variant_id == variant_id)
    )
    rows = db.execute(
        select(StockMovement, Lot.lot_no)
        .outerjoin(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.variant_id == variant_id)
        .order_by(StockMovement.at.desc(), StockMovement.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(movement, lot_no) for movement, lot_no in rows], total or 0


def count_low(db: Session, producer_ids: Collection[int]) -> int:
    """Variants on sale of which few or none are left."""
    available = func.coalesce(StockLevel.on_hand - StockLevel.reserved, 0)
    return (
        db.scalar(
            select(func.count())
            .select_from(Variant)
            .join(Product, Product.id == Variant.product_id)
            .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
            .where(
                Variant.producer_id.in_(producer_ids),
                Variant.is_active.is_(True),
                Product.state == "published",
                Product.is_service.is_(False),
                available <= Variant.low_stock_at,
            )
        )
        or 0
    )


def blocked_units(db: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """Units of each lot that were taken off sale and are still in the house."""
    rows = db.execute(
        select(StockMovement.lot_id, func.sum(StockMovement.quantity))
        .where(
            StockMovement.lot_id.in_(lot_ids),
            StockMovement.reason.in_((LOT_BLOCKED, LOT_BACK)),
        )
        .group_by(StockMovement.lot_id)
    )
    return {lot_id: -int(units) for lot_id, units in rows if lot_id is not None}


def units_in(db: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """Units that lie in each lot and were not taken off sale (promised ones among them)."""
    rows = db.execute(select(LotLevel.lot_id, LotLevel.on_hand).where(LotLevel.lot_id.in_(lot_ids)))
    return {row.lot_id: row.on_hand for row in rows}


def good_units(
    db: Session, variant_ids: Collection[int], *, today: date, but_lots: Collection[int] = ()
) -> dict[int, int]:
    """Units on hand of each variant that may leave the house: not in a held, recalled, closed or
    expired lot, nor in one of ``but_lots``. Promised ones among them."""
    bad = (
        select(LotLevel.variant_id, func.sum(LotLevel.on_hand).label("units"))
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(
            LotLevel.variant_id.in_(variant_ids),
            or_(not_(is_sellable_lot(today)), Lot.id.in_(but_lots)),
        )
        .group_by(LotLevel.variant_id)
        .subquery()
    )
    rows = db.execute(
        select(StockLevel.variant_id, StockLevel.on_hand - func.coalesce(bad.c.units, 0))
        .outerjoin(bad, bad.c.variant_id == StockLevel.variant_id)
        .where(StockLevel.variant_id.in_(variant_ids))
    )
    found = {variant_id: int(units) for variant_id, units in rows}
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


def variants_with_blocked_lots(db: Session, today: date) -> list[int]:
    """Variants that still have units lying in lots which may not be sold."""
    return list(
        db.scalars(
            select(LotLevel.variant_id)
            .join(Lot, Lot.id == LotLevel.lot_id)
            .where(LotLevel.on_hand > 0, not_(is_sellable_lot(today)))
            .distinct()
            .order_by(LotLevel.variant_id)
        )
    )


# Channels


def kept_by_channel(db: Session, variant_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Variant -> channel -> units kept for it; the shop's own reserve among them."""
    found: dict[int, dict[str, int]] = {}
    rows = db.execute(
        select(
            StockReservation.variant_id, StockReservation.owner_key, StockReservation.quantity
        ).where(
            StockReservation.variant_id.in_(variant_ids),
            StockReservation.state == "held",
            StockReservation.owner_key.startswith("channel:"),
        )
    )
    for variant_id, owner, units in rows:
        found.setdefault(variant_id, {})[owner.split(":")[1]] = units
    floors = db.execute(
        select(StockLevel.variant_id, StockLevel.shop_floor).where(
            StockLevel.variant_id.in_(variant_ids), StockLevel.shop_floor > 0
        )
    )
    for variant_id, units in floors:
        found.setdefault(variant_id, {})[SHOP] = units
    return found


def channel_stock(db: Session, variant_ids: Collection[int], channel: str) -> dict[int, int]:
    """Units of each variant that a channel may offer; see ``rules.channel_units``."""
    kept, free = kept_by_channel(db, variant_ids), levels(db, variant_ids)
    return {
        variant_id: channel_units(
            kept=kept.get(variant_id, {}).get(channel, 0),
            available=free[variant_id].available,
            shop_floor=kept.get(variant_id, {}).get(SHOP, 0),
        )
        for variant_id in variant_ids
    }
