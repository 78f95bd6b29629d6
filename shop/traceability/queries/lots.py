"""Reading lots: one, a producer's, those on sale."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.traceability.models import Lot, TraceCode
from shop.traceability.rules.lots import UnknownLot, UnknownProduct

PAGE_SIZE = 30


def get_lot(db: Session, code: str) -> Lot:
    """Raises UnknownLot."""
    found = db.scalar(select(Lot).where(Lot.code == code))
    if found is None:
        raise UnknownLot
    return found


def own_lot(db: Session, code: str, producer_ids: Collection[int]) -> Lot:
    """A lot of one of these producers. Raises UnknownLot, also for other people's lots."""
    found = db.scalar(select(Lot).where(Lot.code == code, Lot.producer_id.in_(producer_ids)))
    if found is None:
        raise UnknownLot
    return found


@dataclass(frozen=True)
class LotRow:
    """A line of the producer's list."""

    lot: Lot
    product_name: str

    @property
    def title(self) -> str:
        return f"{self.lot.material or self.product_name} · {self.lot.lot_no}"


def lots_of(
    db: Session, producer_ids: Collection[int], *, page: int = 1
) -> tuple[list[LotRow], int]:
    """The producers' lots, newest first, and how many there are."""
    is_theirs = Lot.producer_id.in_(producer_ids)
    total = db.scalar(select(func.count()).select_from(Lot).where(is_theirs)) or 0
    rows = db.execute(
        select(Lot, Product.name)
        .join(Product, Product.id == Lot.product_id)
        .where(is_theirs)
        .order_by(Lot.created_at.desc(), Lot.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [LotRow(*row) for row in rows], total


def sellable(today: date) -> Any:
    """The condition under which units of a lot may be sold."""
    return and_(Lot.state == "released", or_(Lot.best_before.is_(None), Lot.best_before >= today))


def lots_on_sale(db: Session, product_id: int, *, today: date, most: int = 5) -> list[Lot]:
    """Lots of a product that may be sold, first expiring first."""
    return list(
        db.scalars(
            select(Lot)
            .where(Lot.product_id == product_id, sellable(today))
            .order_by(Lot.best_before.is_(None), Lot.best_before, Lot.id)
            .limit(most)
        )
    )


@dataclass(frozen=True)
class ProductChoice:
    """A product one may open a lot of, with the sizes it is sold in."""

    id: int
    producer_id: int
    name: str
    shelf_life_days: int | None
    is_lot_tracked: bool
    variants: tuple[tuple[int, str], ...]


def products_for_lots(db: Session, producer_ids: Collection[int]) -> list[ProductChoice]:
    """The producers' products that are not archived, by name, services left out."""
    rows = db.execute(
        select(Product, Variant.id, Variant.label)
        .outerjoin(Variant, and_(Variant.product_id == Product.id, Variant.is_active))
        .where(
            Product.producer_id.in_(producer_ids),
            Product.state != "archived",
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Product.id, Variant.position, Variant.id)
    )
    found: dict[int, tuple[Product, list[tuple[int, str]]]] = {}
    for product, variant_id, label in rows:
        variants = found.setdefault(product.id, (product, []))[1]
        if variant_id is not None:
            variants.append((variant_id, label))
    return [
        ProductChoice(p.id, p.producer_id, p.name, p.shelf_life_days, p.is_lot_tracked, tuple(v))
        for p, v in found.values()
    ]


def lots_to_sell(db: Session, producer_ids: Collection[int], *, most: int = 100) -> list[LotRow]:
    """The producers' finished lots that are neither closed nor recalled, newest first."""
    rows = db.execute(
        select(Lot, Product.name)
        .join(Product, Product.id == Lot.product_id)
        .where(
            Lot.producer_id.in_(producer_ids),
            Lot.kind == "finished",
            Lot.state.in_(("open", "released", "on_hold")),
        )
        .order_by(Lot.id.desc())
        .limit(most)
    )
    return [LotRow(*row) for row in rows]


def lots_to_work_on(db: Session, producer_ids: Collection[int]) -> tuple[int, int]:
    """How many lots are open (journal to be kept), and how many are on hold."""
    rows = db.execute(
        select(Lot.state, func.count())
        .where(Lot.producer_id.in_(producer_ids), Lot.state.in_(("open", "on_hold")))
        .group_by(Lot.state)
    )
    counts: dict[str, int] = {row.state: row[1] for row in rows}
    return counts.get("open", 0), counts.get("on_hold", 0)


@dataclass(frozen=True)
class LotlessProduct:
    """A product sold without lots, and its code if one was made."""

    id: int
    name: str
    code: str | None


def lotless_products(db: Session, producer_ids: Collection[int]) -> list[LotlessProduct]:
    """The producers' goods that are sold with a product-level code, by name."""
    rows = db.execute(
        select(Product.id, Product.name, TraceCode.code)
        .outerjoin(
            TraceCode, and_(TraceCode.product_id == Product.id, TraceCode.level == "product")
        )
        .where(
            Product.producer_id.in_(producer_ids),
            Product.is_lot_tracked.is_(False),
            Product.is_service.is_(False),
            Product.state != "archived",
        )
        .order_by(Product.name, Product.id)
    )
    return [LotlessProduct(*row) for row in rows]


def require_own_product(db: Session, product_id: int, producer_ids: Collection[int]) -> None:
    """Raise UnknownProduct unless the product is of one of these producers."""
    owner = db.scalar(select(Product.producer_id).where(Product.id == product_id))
    if owner is None or owner not in producer_ids:
        raise UnknownProduct
