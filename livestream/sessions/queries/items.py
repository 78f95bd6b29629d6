"""Products: those a club may choose, those of a session, those a producer is asked about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries.plans import owner_key
from shop.catalogue.models import ProductFacets, Variant
from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.core.clock import today_vn
from shop.core.text import fold
from shop.stock.models import PriceWindow
from shop.stock.queries import held_by, levels


@dataclass(frozen=True)
class FoundVariant:
    """A variant on sale that a club may choose."""

    variant_id: int
    product_name: str
    product_name_en: str | None
    label: str
    label_en: str | None
    producer_name: str
    price_vnd: int
    available: int


def find_variants(db: Session, words: str, *, limit: int) -> list[FoundVariant]:
    """Variants on sale whose product or producer holds every word, typed with or without marks."""
    if not fold(words):
        return []
    statement = (
        select(Variant, ProductFacets)
        .join(ProductFacets, ProductFacets.product_id == Variant.product_id)
        .where(ProductFacets.is_listed, Variant.is_active)
        .order_by(ProductFacets.search_name, Variant.position, Variant.id)
        .limit(limit)
    )
    for word in fold(words).split():
        statement = statement.where(
            or_(
                ProductFacets.search_name.contains(word, autoescape=True),
                ProductFacets.search_producer.contains(word, autoescape=True),
            )
        )
    rows = db.execute(statement).all()
    stock = levels(db, [variant.id for variant, _facets in rows])
    return [
        FoundVariant(
            variant_id=variant.id,
            product_name=facets.name,
            product_name_en=facets.name_en,
            label=variant.label,
            label_en=variant.label_en,
            producer_name=facets.producer_name,
            price_vnd=variant.price_vnd,
            available=stock[variant.id].available,
        )
        for variant, facets in rows
    ]


@dataclass(frozen=True)
class ItemRow:
    """A line-up item with what is known of its variant now."""

    item: SessionItem
    sale: SaleRow
    left: int
    """Units a viewer could buy: free ones and those set aside for this item."""
    window: PriceWindow | None = None
    """When its live price holds; none when it has none or was switched off."""

    def window_ahead(self, now: datetime) -> PriceWindow | None:
        """The live price that holds now or is to come: neither over nor sold out."""
        window = self.window
        if window is None or window.ends_at <= now:
            return None
        return None if window.cap is not None and window.sold >= window.cap else window

    def price_vnd(self, now: datetime) -> int:
        """What a buyer pays at ``now``."""
        window = self.window_ahead(now)
        is_on = window is not None and window.starts_at <= now
        return window.price_vnd if window is not None and is_on else self.sale.price_vnd


def item_rows(
    db: Session, session_id: int, *, now: datetime, with_withdrawn: bool = False
) -> list[ItemRow]:
    """The line-up in order; five statements."""
    statement = select(SessionItem).where(SessionItem.session_id == session_id)
    if not with_withdrawn:
        statement = statement.where(SessionItem.withdrawn_at.is_(None))
    items = db.scalars(statement.order_by(SessionItem.position, SessionItem.id)).all()
    variant_ids = [item.variant_id for item in items]
    sale = variants_for_sale(db, variant_ids, today=today_vn(now))
    stock = levels(db, variant_ids)
    held = held_by(db, [owner_key(item.id) for item in items])
    windows = _windows_of(db, [item.id for item in items])
    return [
        ItemRow(
            item,
            sale[item.variant_id],
            stock[item.variant_id].available + held.get(owner_key(item.id), 0),
            windows.get(item.id),
        )
        for item in items
    ]


def _windows_of(db: Session, item_ids: Collection[int]) -> dict[int, PriceWindow]:
    """The price window of each item that has one, dropped ones left out."""
    keys = {owner_key(item_id): item_id for item_id in item_ids}
    rows = db.scalars(
        select(PriceWindow).where(
            PriceWindow.owner_key.in_(keys), PriceWindow.is_dropped.is_(False)
        )
    )
    return {keys[row.owner_key]: row for row in rows}


COMING: Final = ("draft", "proposed", "confirmed", "live")
"""States of sessions in which something can still be shown and sold."""


def items_showing(
    db: Session, variant_ids: Collection[int]
) -> Sequence[tuple[SessionItem, LiveSession]]:
    """Items of coming sessions that sell one of the variants, soonest session first."""
    rows = db.execute(
        select(SessionItem, LiveSession)
        .join(LiveSession, LiveSession.id == SessionItem.session_id)
        .where(
            SessionItem.variant_id.in_(variant_ids),
            SessionItem.withdrawn_at.is_(None),
            LiveSession.state.in_(COMING),
        )
        .order_by(LiveSession.starts_at, SessionItem.id)
    )
    return [(item, live) for item, live in rows]


@dataclass(frozen=True)
class Consent:
    """A line-up item that a producer is asked about or has answered."""

    item: SessionItem
    live: LiveSession
    club: Club
    sale: SaleRow
    available: int


def consents_for(
    db: Session, producer_ids: Collection[int], *, now: datetime, limit: int = 200
) -> list[Consent]:
    """What clubs want to show of these producers: what waits for an answer, then by time."""
    rows = db.execute(
        select(SessionItem, LiveSession, Club)
        .join(LiveSession, LiveSession.id == SessionItem.session_id)
        .join(Club, Club.id == LiveSession.club_id)
        .where(_of_producers(producer_ids, now))
        .order_by(
            (LiveSession.state == "proposed").desc(),
            (SessionItem.consent == "asked").desc(),
            LiveSession.starts_at,
            SessionItem.id,
        )
        .limit(limit)
    ).all()
    variant_ids = [item.variant_id for item, _live, _club in rows]
    sale = variants_for_sale(db, variant_ids, today=today_vn(now))
    stock = levels(db, variant_ids)
    return [
        Consent(item, live, club, sale[item.variant_id], stock[item.variant_id].available)
        for item, live, club in rows
    ]


def count_consents(db: Session, producer_ids: Collection[int], *, now: datetime) -> int:
    """How many items wait for these producers' answer."""
    return (
        db.scalar(
            select(func.count())
            .select_from(SessionItem)
            .join(LiveSession, LiveSession.id == SessionItem.session_id)
            .where(
                _of_producers(producer_ids, now),
                SessionItem.consent == "asked",
                LiveSession.state == "proposed",
            )
        )
        or 0
    )


def shows_goods_of(db: Session, session_id: int, producer_ids: Collection[int]) -> bool:
    """Whether the session has, or had, a product of one of these producers."""
    wanted = select(SessionItem.id).where(
        SessionItem.session_id == session_id, SessionItem.producer_id.in_(producer_ids)
    )
    return db.scalar(select(wanted.exists())) or False


def _of_producers(producer_ids: Collection[int], now: datetime) -> ColumnElement[bool]:
    return and_(
        SessionItem.producer_id.in_(producer_ids),
        SessionItem.withdrawn_at.is_(None),
        LiveSession.ends_at > now,
        or_(
            LiveSession.state.in_(("confirmed", "live")),
            and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
        ),
    )
