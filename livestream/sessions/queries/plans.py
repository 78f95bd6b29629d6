"""From rows to the plan that the rules judge."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.clubs.queries import bookable_hours
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.rules import Busy, Plan, PlanItem, PlanResource
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import (
    VN,
    Interval,
    day_interval,
    epoch,
    instant,
)
from shop.catalogue.models import Certificate, Producer, Product, ProductFacets, Variant
from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.catalogue.rules.groups import SUBGROUPS, group_of
from shop.core.clock import today_vn
from shop.marketplaces.models import ListingSighting
from shop.stock.models import LotLevel
from shop.stock.queries import held_by, levels
from shop.traceability.models import Lot

HORIZON: Final = timedelta(days=8)
"""How far around a session rivals are read: a host's week, and where free slots are offered."""


def owner_key(item_id: int) -> str:
    """Who holds a line-up item's set-aside and price, as stock knows it."""
    return f"session_item:{item_id}"


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """``20:00–21:30 28/11`` in Vietnam's time."""
    start, end = starts_at.astimezone(VN), ends_at.astimezone(VN)
    return f"{start:%H:%M}–{end:%H:%M} {start:%d/%m}"


def load_plan(
    db: Session,
    live: LiveSession,
    *,
    now: datetime,
    viewer_clubs: Collection[int] = (),
    only: Collection[int] | None = None,
) -> Plan:
    """The session as the rules see it; in a fixed number of statements.

    ``viewer_clubs``: whose sessions may be named; of others only public ones are. ``only``: the
    resources that count, when the session is about to let others go.
    """
    resources = [row for row in _resources_of(db, live.id) if only is None or row.id in only]
    busy = busy_around(
        db,
        [resource.id for resource in resources],
        around=Interval(epoch(live.starts_at - HORIZON), epoch(live.ends_at + HORIZON)),
        now=now,
        but=live.id,
        viewer_clubs=viewer_clubs,
    )
    hours = hours_of(db, resources, live.starts_at, live.ends_at)
    return Plan(
        now=now,
        starts_at=live.starts_at,
        ends_at=live.ends_at,
        resources=tuple(
            PlanResource(
                id=resource.id,
                kind=resource.kind,
                name=resource.name,
                before_minutes=resource.buffer_before_minutes,
                after_minutes=resource.buffer_after_minutes,
                platform=resource.platform,
                is_active=resource.is_active,
                is_identity_checked=resource.identity_checked_at is not None,
                hours=hours.get(resource.id),
                busy=tuple(busy.get(resource.id, ())),
            )
            for resource in resources
        ),
        items=tuple(_items(db, live.id, now)),
    )


def _resources_of(db: Session, session_id: int) -> Sequence[Resource]:
    return db.scalars(
        select(Resource)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == session_id)
        .order_by(Resource.id)
    ).all()


def busy_around(
    db: Session,
    resource_ids: Collection[int],
    *,
    around: Interval,
    now: datetime,
    but: int | None = None,
    viewer_clubs: Collection[int] = (),
) -> dict[int, list[Busy]]:
    """Active holds of other sessions by resource; proposals whose time has lapsed do not count."""
    rows = db.execute(
        select(ResourceHold, LiveSession)
        .join(LiveSession, LiveSession.id == ResourceHold.session_id)
        .where(
            ResourceHold.resource_id.in_(resource_ids),
            ResourceHold.is_active,
            ResourceHold.hold_start < around.end,
            ResourceHold.hold_end > around.start,
            LiveSession.id != (but or 0),
            or_(
                LiveSession.state != "proposed",
                LiveSession.holds_until.is_(None),
                LiveSession.holds_until > now,
            ),
        )
        .order_by(ResourceHold.hold_start, ResourceHold.id)
    )
    found: dict[int, list[Busy]] = {}
    for hold, live in rows:
        found.setdefault(hold.resource_id, []).append(
            Busy(
                session=Interval(epoch(live.starts_at), epoch(live.ends_at)),
                hold=Interval(hold.hold_start, hold.hold_end),
                label=_label(live, viewer_clubs),
            )
        )
    return found


def _label(live: LiveSession, viewer_clubs: Collection[int]) -> str:
    """When a rival is on air; its title only if it is the viewer's or public."""
    span = span_text(live.starts_at, live.ends_at)
    is_seen = live.club_id in viewer_clubs or live.state in PUBLIC_STATES
    return f"{span}, “{live.title}”" if is_seen else span


def hours_of(
    db: Session, resources: Sequence[Resource], starts_at: datetime, ends_at: datetime
) -> dict[int, tuple[Interval, ...]]:
    """When each resource can be booked around a time; one that keeps no hours is left out."""
    first = starts_at.astimezone(VN).date() - timedelta(days=1)
    last = ends_at.astimezone(VN).date()
    kept = bookable_hours(db, [resource.id for resource in resources], first=first, last=last)
    return {
        resource_id: tuple(
            Interval(
                day_interval(hours.day).start + hours.from_minute * 60,
                day_interval(hours.day).start + hours.to_minute * 60,
            )
            for hours in days
        )
        for resource_id, days in kept.items()
    }


def _items(db: Session, session_id: int, now: datetime) -> list[PlanItem]:
    rows = db.execute(
        select(SessionItem, Variant, Product, Producer, ProductFacets.is_listed)
        .join(Variant, Variant.id == SessionItem.variant_id)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Producer, Producer.id == SessionItem.producer_id)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .where(SessionItem.session_id == session_id, SessionItem.withdrawn_at.is_(None))
        .order_by(SessionItem.position, SessionItem.id)
    ).all()
    stock = levels(db, [item.variant_id for item, *_rest in rows])
    held = held_by(db, [owner_key(item.id) for item, *_rest in rows])
    lapses = _paper_lapses(db, [product.id for _item, _variant, product, *_rest in rows], now)
    until = _sold_until(db, [item.variant_id for item, *_rest in rows])
    listed = listed_addresses(db, {product.id for _item, _variant, product, *_rest in rows})
    papers = _papers_until(db, {product.id for _item, _variant, product, *_rest in rows}, now)
    return [
        PlanItem(
            id=item.id,
            name=f"{product.name} {variant.label}".strip(),
            producer_name=producer.name,
            minutes=item.minutes,
            set_aside=item.set_aside,
            available=stock[variant.id].available + held.get(owner_key(item.id), 0),
            is_published=product.state == "published",
            is_producer_verified=producer.state == "verified",
            is_for_sale=bool(is_listed) and variant.is_active,
            regulated_class=product.regulated_class,
            season_mask=product.season_mask,
            sold_until=until.get(variant.id),
            paper_lapses=tuple(lapses.get(product.id, ())),
            needs_quality_paper=_is_eaten(product.subgroup),
            quality_until=papers.get((product.id, "quality")),
            advert_until=papers.get((product.id, "advert")),
            listed_on=frozenset(listed.get(product.id, {})),
            name_en=_english_name(product, variant),
        )
        for item, variant, product, producer, is_listed in rows
    ]


def _english_name(product: Product, variant: Variant) -> str:
    return f"{product.name_en or product.name} {variant.label_en or variant.label}".strip()


def _paper_lapses(
    db: Session, product_ids: Collection[int], now: datetime
) -> dict[int, list[tuple[str, datetime]]]:
    """Papers that count today, with the instant after their last day."""
    rows = db.execute(
        select(Certificate.product_id, Certificate.kind, Certificate.expires_on).where(
            Certificate.product_id.in_(product_ids),
            Certificate.state == "verified",
            Certificate.expires_on >= today_vn(now),
        )
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for product_id, kind, expires_on in rows:
        lapse = (CERTIFICATE_KINDS[kind], instant(day_interval(expires_on).end))
        if product_id is not None:
            found.setdefault(product_id, []).append(lapse)
    return found


QUALITY_KINDS: Final = ("ocop", "vietgap", "organic", "food_safety", "haccp")
"""Certificates that say something of quality or food safety."""


def _is_eaten(subgroup: str) -> bool:
    return subgroup in SUBGROUPS and group_of(subgroup).nature == "eaten"


def listed_addresses(db: Session, product_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """By product and channel: where it was last seen listed; what is gone is left out."""
    rows = db.scalars(
        select(ListingSighting)
        .where(ListingSighting.product_id.in_(product_ids))
        .order_by(ListingSighting.id)
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        channels = found.setdefault(row.product_id, {})
        if row.what == "gone":
            channels.pop(row.channel, None)
        else:
            channels[row.channel] = row.address or channels.get(row.channel, "")
    return found


def _papers_until(
    db: Session, product_ids: Collection[int], now: datetime
) -> dict[tuple[int, str], datetime]:
    """By product and sort of paper (``quality``, ``advert``): when the last one ends.

    A producer's papers on quality count for each of its products; a confirmed advertisement is of
    one product.
    """
    is_advert = Certificate.kind == "ad_content"
    rows = db.execute(
        select(Product.id, is_advert, func.max(Certificate.expires_on))
        .join(
            Certificate,
            (Certificate.producer_id == Product.producer_id)
            & (
                (Certificate.product_id == Product.id)
                | (Certificate.product_id.is_(None) & ~is_advert)
            ),
        )
        .where(
            Product.id.in_(product_ids),
            Certificate.state == "verified",
            Certificate.kind.in_((*QUALITY_KINDS, "ad_content")),
            Certificate.issued_on <= today_vn(now),
        )
        .group_by(Product.id, is_advert)
    )
    return {
        (product_id, "advert" if advert else "quality"): instant(day_interval(last).end)
        for product_id, advert, last in rows
    }


def _sold_until(db: Session, variant_ids: Collection[int]) -> dict[int, datetime]:
    """For variants whose stock lies in dated lots: the end of the last day they may be sold."""
    rows = db.execute(
        select(LotLevel.variant_id, Lot.best_before)
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(LotLevel.variant_id.in_(variant_ids), LotLevel.on_hand > 0, Lot.state == "released")
    )
    days: dict[int, list[datetime | None]] = {}
    for variant_id, best_before in rows:
        end = instant(day_interval(best_before).end) if best_before else None
        days.setdefault(variant_id, []).append(end)
    return {
        variant_id: max(end for end in ends if end is not None)
        for variant_id, ends in days.items()
        if all(end is not None for end in ends)
    }
