"""Reading wish lists and stock alerts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductFacets, Variant
from shop.stock.models import StockLevel
from shop.wishes.models import StockAlert, Wish, WishList


@dataclass(frozen=True)
class WaitingAlert:
    """An alert as its owner sees it."""

    code: str
    asked_at: datetime
    name: str
    name_en: str | None
    slug: str
    label: str
    label_en: str | None


def find_list(db: Session, *, token_hash: str, person_id: int | None) -> WishList | None:
    """The visitor's list: by the cookie, else (signed in) the latest of the person."""
    if token_hash:
        found = db.scalar(select(WishList).where(WishList.token_hash == token_hash))
        if found is not None and found.person_id in {None, person_id}:
            return found
    if person_id is None:
        return None
    return db.scalar(
        select(WishList)
        .where(WishList.person_id == person_id)
        .order_by(WishList.updated_at.desc(), WishList.id.desc())
        .limit(1)
    )


_WISHES: Final = Wish.__table__.c
_LISTS: Final = WishList.__table__.c
_HAS: Final = (
    select(_LISTS.token_hash, _LISTS.person_id)
    .join(_WISHES.id.table, _WISHES.list_id == _LISTS.id)
    .where(
        _WISHES.product_id == bindparam("product"),
        (_LISTS.token_hash == bindparam("token")) | (_LISTS.person_id == bindparam("person")),
    )
)


def has_wish(db: Session, product_id: int, *, token_hash: str, person_id: int | None) -> bool:
    """Whether the product is on the visitor's list; one statement, for a product page."""
    bound = {"product": product_id, "token": token_hash, "person": person_id}
    rows = db.connection().execute(_HAS, bound).all()
    return any(row.person_id in {None, person_id} for row in rows)


def listed_slug(db: Session, product_id: int) -> str | None:
    """The slug of a product that is on sale; None for any other."""
    return db.scalar(
        select(ProductFacets.slug).where(
            ProductFacets.product_id == product_id, ProductFacets.is_listed
        )
    )


def wished_products(db: Session, list_id: int) -> list[int]:
    """Ids of the products on a list, the newest first."""
    return list(
        db.scalars(select(Wish.product_id).where(Wish.list_id == list_id).order_by(Wish.id.desc()))
    )


def wish_count(db: Session, list_id: int) -> int:
    """How many products are on a list."""
    return db.scalar(select(func.count()).select_from(Wish).where(Wish.list_id == list_id)) or 0


def waiting_alerts(db: Session, recipient: str) -> Sequence[WaitingAlert]:
    """What the recipient waits for, the newest first."""
    rows = db.execute(
        select(
            *(StockAlert.code, StockAlert.asked_at),
            *(Product.name, Product.name_en, Product.slug, Variant.label, Variant.label_en),
        )
        .join(Variant, Variant.id == StockAlert.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(StockAlert.recipient == recipient, StockAlert.state == "waiting")
        .order_by(StockAlert.id.desc())
    )
    return [WaitingAlert(**row._mapping) for row in rows]


def waited_variants(db: Session, recipient: str, product_id: int) -> frozenset[int]:
    """Sizes of a product that the recipient waits for."""
    return frozenset(
        db.scalars(
            select(StockAlert.variant_id)
            .join(Variant, Variant.id == StockAlert.variant_id)
            .where(
                Variant.product_id == product_id,
                StockAlert.recipient == recipient,
                StockAlert.state == "waiting",
            )
        )
    )


def waiting_recipients() -> Select[str]:
    """Whom an alert is still to reach."""
    return select(StockAlert.recipient).where(StockAlert.is_open())


def count_open(db: Session, recipient: str) -> int:
    """Open alerts of one recipient."""
    statement = select(func.count()).select_from(StockAlert)
    return db.scalar(statement.where(StockAlert.recipient == recipient, StockAlert.is_open())) or 0


@dataclass(frozen=True)
class AskedSize:
    """A size that somebody wants to hear of."""

    variant_id: int
    label: str
    label_en: str | None
    name: str
    name_en: str | None
    slug: str
    is_for_sale: bool
    available: int


def asked_size(db: Session, variant_id: int) -> AskedSize | None:
    """The size with its product and what is left; None for an unknown one."""
    row = db.execute(
        select(
            *(Variant.id, Variant.label, Variant.label_en),
            *(Product.name, Product.name_en, Product.slug),
            and_(Variant.is_active, ProductFacets.is_listed, Product.is_service.is_(False)),
            func.coalesce(StockLevel.on_hand - StockLevel.reserved, 0),
        )
        .join(Product, Product.id == Variant.product_id)
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.id == variant_id)
    ).one_or_none()
    return None if row is None else AskedSize(*row)


def back_in_stock(db: Session, variant_ids: Collection[int]) -> list[int]:
    """Those of the sizes that somebody waits for and that can be bought: listed, active, there."""
    return list(
        db.scalars(
            select(Variant.id)
            .join(ProductFacets, ProductFacets.product_id == Variant.product_id)
            .join(StockLevel, StockLevel.variant_id == Variant.id)
            .where(
                Variant.id.in_(variant_ids),
                Variant.is_active,
                ProductFacets.is_listed,
                StockLevel.on_hand > StockLevel.reserved,
                select(StockAlert.id)
                .where(StockAlert.variant_id == Variant.id, StockAlert.state == "waiting")
                .exists(),
            )
            .order_by(Variant.id)
        )
    )


def old_lists(db: Session, before: datetime, *, limit: int) -> list[int]:
    """Lists of guests that nobody touched since."""
    return list(
        db.scalars(
            select(WishList.id)
            .where(WishList.person_id.is_(None), WishList.updated_at < before)
            .order_by(WishList.id)
            .limit(limit)
        )
    )
