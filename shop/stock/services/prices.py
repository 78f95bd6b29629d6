"""Live prices: windows that end by themselves, and how much was sold in them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.stock.models import PriceWindow
from shop.stock.rules import (
    LivePriceOver,
)


def set_price_window(
    db: Session,
    *,
    owner_key: str,
    variant_id: int,
    price_vnd: int,
    starts_at: datetime,
    ends_at: datetime,
    cap: int | None = None,
    per_buyer: int | None = None,
) -> PriceWindow:
    """Set (or move) the price the variant goes for between two instants; it ends by itself.

    ``cap``: units at this price in all; ``per_buyer``: for one buyer. Raises Invalid.
    """
    if price_vnd < 1000 or ends_at <= starts_at or (cap is not None and cap < 1):
        raise Invalid(N_("Giá live phải từ 1.000 ₫ và giờ kết thúc phải sau giờ bắt đầu."))
    window = db.scalar(
        select(PriceWindow)
        .where(PriceWindow.owner_key == owner_key, PriceWindow.variant_id == variant_id)
        .with_for_update()
    )
    if window is None:
        window = PriceWindow(owner_key=owner_key, variant_id=variant_id, sold=0)
        db.add(window)
    elif cap is not None and cap < window.sold:
        raise Invalid(
            N_("Đã bán %(sold)s với giá này, không thể giảm xuống dưới."), sold=window.sold
        )
    window.price_vnd = price_vnd
    window.starts_at = starts_at
    window.ends_at = ends_at
    window.cap = cap
    window.per_buyer = per_buyer
    window.is_dropped = False
    db.flush()
    return window


def drop_price_windows(db: Session, *, owner_key: str) -> None:
    """End the owner's prices at once. What was ordered at them stays as it was agreed."""
    db.execute(
        update(PriceWindow).where(PriceWindow.owner_key == owner_key).values(is_dropped=True)
    )


def lower_price_caps(db: Session, *, owner_key: str, units: int) -> None:
    """So many units fewer go at the owner's prices; never fewer than were sold at them."""
    fewer = PriceWindow.cap - units
    db.execute(
        update(PriceWindow)
        .where(PriceWindow.owner_key == owner_key, PriceWindow.cap.is_not(None))
        .values(cap=case((fewer > PriceWindow.sold, fewer), else_=PriceWindow.sold))
    )


def take_live_price(db: Session, *, window_id: int, quantity: int, now: datetime) -> None:
    """Count units sold at a live price. Raises LivePriceOver when it ended or is used up."""
    taken = db.execute(
        update(PriceWindow)
        .where(
            PriceWindow.id == window_id,
            PriceWindow.starts_at <= now,
            PriceWindow.ends_at > now,
            PriceWindow.is_dropped.is_(False),
            PriceWindow.cap.is_(None) | (PriceWindow.sold + quantity <= PriceWindow.cap),
        )
        .values(sold=PriceWindow.sold + quantity)
        .returning(PriceWindow.id)
    )
    if taken.one_or_none() is None:
        name = db.scalar(
            select(Product.name)
            .join(Variant, Variant.product_id == Product.id)
            .join(PriceWindow, PriceWindow.variant_id == Variant.id)
            .where(PriceWindow.id == window_id)
        )
        raise LivePriceOver(product=name or "")


def lock_live_limits(db: Session, *, window_ids: Collection[int]) -> dict[int, int]:
    """Window id -> units one buyer may have at its price, where there is such a limit; the rows
    stay locked, as they are for whoever counts a sale (``take_live_price``)."""
    rows = db.execute(
        select(PriceWindow.id, PriceWindow.per_buyer)
        .where(PriceWindow.id.in_(window_ids), PriceWindow.per_buyer.is_not(None))
        .order_by(PriceWindow.id)
        .with_for_update()
    )
    return {window_id: limit for window_id, limit in rows if limit is not None}


def give_back_live_price(db: Session, *, window_id: int, quantity: int) -> None:
    """Uncount units of an order that came to nothing."""
    db.execute(
        update(PriceWindow)
        .where(PriceWindow.id == window_id, PriceWindow.sold >= quantity)
        .values(sold=PriceWindow.sold - quantity)
    )
