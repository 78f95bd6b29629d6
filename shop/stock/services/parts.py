"""What every verb of stock stands on: locks, the ledger, levels, telling the catalogue."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.catalogue.models import ProductFacets, Variant
from shop.core.db import insert_into
from shop.stock.models import LotLevel, StockLevel, StockMovement
from shop.stock.rules import (
    NotEnoughStock,
)
from shop.stock.signals import stock_came_in

_FREE: Final = (
    select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.reserved), 0))
    .join(Variant, Variant.id == StockLevel.variant_id)
    .where(Variant.product_id == ProductFacets.product_id, Variant.is_active.is_(True))
    .scalar_subquery()
)
"""Units of a listed product's sizes on offer that nobody is promised."""


def lock_levels(db: Session, variant_ids: Iterable[int]) -> None:
    """Make others wait who want the same variants; always in ascending order of id."""
    db.execute(
        select(StockLevel.variant_id)
        .where(StockLevel.variant_id.in_(sorted(set(variant_ids))))
        .order_by(StockLevel.variant_id)
        .with_for_update()
    ).all()


def is_recorded(db: Session, key: str) -> bool:
    """Whether the ledger holds a movement with this key."""
    return db.scalar(select(StockMovement.id).where(StockMovement.key == key)) is not None


def record(db: Session, *, key: str, now: datetime, **values: Any) -> bool:
    """Write a movement unless its key is there; says whether it was written."""
    made = db.execute(
        insert_into(db, StockMovement)
        .values(key=key, at=now, **values)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(StockMovement.id)
    )
    return made.one_or_none() is not None


def add_on_hand(db: Session, variant_id: int, quantity: int) -> None:
    """Change the level; taking out never touches what is promised. Raises NotEnoughStock."""
    if quantity > 0:
        added = insert_into(db, StockLevel).values(
            variant_id=variant_id, on_hand=quantity, reserved=0
        )
        db.execute(
            added.on_conflict_do_update(
                index_elements=["variant_id"],
                set_={"on_hand": StockLevel.on_hand + added.excluded.on_hand},
            )
        )
        return
    taken = db.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand - StockLevel.reserved >= -quantity,
        )
        .values(on_hand=StockLevel.on_hand + quantity)
        .returning(StockLevel.variant_id)
    )
    if taken.one_or_none() is None:
        raise not_enough(db, variant_id)


def add_to_lot(db: Session, lot_id: int, variant_id: int, quantity: int) -> None:
    """Change what lies in the lot. Raises NotEnoughStock."""
    if quantity < 0:
        if not take_from_lot(db, lot_id, -quantity):
            raise not_enough(db, variant_id)
        return
    added = insert_into(db, LotLevel).values(lot_id=lot_id, variant_id=variant_id, on_hand=quantity)
    db.execute(
        added.on_conflict_do_update(
            index_elements=["lot_id"],
            set_={"on_hand": LotLevel.on_hand + added.excluded.on_hand},
        )
    )


def take_from_lot(db: Session, lot_id: int, units: int) -> bool:
    """Take units out of the lot by one conditional UPDATE; False when it holds fewer."""
    taken = db.execute(
        update(LotLevel)
        .where(LotLevel.lot_id == lot_id, LotLevel.on_hand >= units)
        .values(on_hand=LotLevel.on_hand - units)
        .returning(LotLevel.lot_id)
    )
    return taken.one_or_none() is not None


def units_lying(db: Session, variant_id: int, lot_id: int | None) -> int:
    """Units of the lot, or those in no lot."""
    if lot_id is not None:
        in_lot = select(LotLevel.on_hand).where(
            LotLevel.lot_id == lot_id, LotLevel.variant_id == variant_id
        )
        return db.scalar(in_lot) or 0
    on_hand = db.scalar(select(StockLevel.on_hand).where(StockLevel.variant_id == variant_id)) or 0
    return on_hand - _units_in_lots(db, variant_id)


def _units_in_lots(db: Session, variant_id: int) -> int:
    return int(
        db.scalar(
            select(func.coalesce(func.sum(LotLevel.on_hand), 0)).where(
                LotLevel.variant_id == variant_id
            )
        )
        or 0
    )


def lots_fit(db: Session, variant_id: int) -> bool:
    """Whether the lots together hold no more than is on hand (the level is locked by now)."""
    return units_lying(db, variant_id, None) >= 0


def not_enough(db: Session, variant_id: int) -> NotEnoughStock:
    """The refusal, with what is left."""
    level = db.execute(
        select(StockLevel.on_hand - StockLevel.reserved).where(StockLevel.variant_id == variant_id)
    ).scalar()
    return NotEnoughStock(field="quantity", left=level or 0)


def publish(db: Session, variant_ids: Collection[int]) -> None:
    """Tell the catalogue how many of each product can be bought, products in order of id."""
    products = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    publish_products(db, set(db.scalars(products)))


def publish_products(db: Session, product_ids: Collection[int]) -> None:
    """``publish`` for whoever knows the products."""
    for product_id in sorted(product_ids):
        catalogue.set_available(db, product_id, _FREE)


def publish_available(db: Session, *, product_id: int, now: datetime) -> None:
    """Tell what is left of a product that has just gone on sale."""
    variant_ids = db.scalars(
        select(Variant.id).where(Variant.product_id == product_id).order_by(Variant.id)
    ).all()
    publish(db, variant_ids)
    stock_came_in.send(None, db=db, variant_ids=list(variant_ids), now=now)


def summed(pairs: Iterable[Any]) -> dict[Any, int]:
    """Quantities per first element, in ascending order (None last)."""
    sums: dict[Any, int] = {}
    for key, quantity in pairs:
        sums[key] = sums.get(key, 0) + quantity
    return dict(sorted(sums.items(), key=lambda pair: (pair[0] is None, pair[0] or 0)))
