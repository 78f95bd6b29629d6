"""Rows as pages and calendars show them; each reader needs a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.clubs.rules import is_address
from livestream.sessions.models import (
    LiveSession,
    ResourceHold,
    RuleOverride,
    SessionEvent,
    SessionItem,
)
from livestream.sessions.queries.plans import owner_key
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import day_interval, instant
from shop.accounts.models import Person
from shop.catalogue.models import ProductFacets, Variant
from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.core.text import fold
from shop.stock.queries import held_by, levels

KEEP_CANCELLED: Final = timedelta(days=30)
"""How long a cancelled session stays in calendars, so that every subscriber hears of it."""
FEED_PAST: Final = timedelta(days=60)

WAS_PUBLIC: Final = ("confirmed", "live", "stopped", "ended", "reconciled", "cancelled", "no_show")


def get_session(db: Session, public_id: str) -> LiveSession:
    """Raises NotFound."""
    if not is_address(public_id):
        raise NotFound
    live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one_or_none()
    if live is None:
        raise NotFound
    return live


def public_session(db: Session, slug: str) -> LiveSession:
    """A session that is or was on the public schedule. Raises NotFound."""
    if not is_address(slug):
        raise NotFound
    live = db.scalars(
        select(LiveSession).where(
            LiveSession.slug == slug,
            LiveSession.state.in_(WAS_PUBLIC),
            LiveSession.confirmed_by.is_not(None),
        )
    ).one_or_none()
    if live is None:
        raise NotFound
    return live


@dataclass(frozen=True)
class Shown:
    """A product of a session as a card shows it."""

    name: str
    photo_sha: str | None


@dataclass(frozen=True)
class SessionRow:
    """A session with its club, resources and first products."""

    live: LiveSession
    club: Club
    resources: tuple[Resource, ...] = ()
    shown: tuple[Shown, ...] = ()
    item_count: int = 0

    def named(self, kind: str) -> list[str]:
        """Names of its hosts, studios, …"""
        return [resource.name for resource in self.resources if resource.kind == kind]

    @property
    def platforms(self) -> list[str]:
        """Slugs of the platforms it is shown on."""
        return sorted({resource.platform for resource in self.resources if resource.platform})


def session_rows(db: Session, statement: Select[LiveSession, Club]) -> list[SessionRow]:
    """Fill the sessions of ``statement``; three statements in all."""
    found = db.execute(statement).all()
    ids = [live.id for live, _club in found]
    resources: dict[int, list[Resource]] = {}
    items: dict[int, list[Shown]] = {}
    if ids:
        for session_id, resource in db.execute(
            select(ResourceHold.session_id, Resource)
            .join(Resource, Resource.id == ResourceHold.resource_id)
            .where(ResourceHold.session_id.in_(ids))
            .order_by(Resource.kind, Resource.name, Resource.id)
        ):
            resources.setdefault(session_id, []).append(resource)
        for session_id, name, photo in db.execute(
            select(SessionItem.session_id, ProductFacets.name, ProductFacets.photo_sha)
            .join(ProductFacets, ProductFacets.product_id == SessionItem.product_id)
            .where(SessionItem.session_id.in_(ids), SessionItem.withdrawn_at.is_(None))
            .order_by(SessionItem.position, SessionItem.id)
        ):
            items.setdefault(session_id, []).append(Shown(name, photo))
    return [
        SessionRow(
            live=live,
            club=club,
            resources=tuple(resources.get(live.id, ())),
            shown=tuple(items.get(live.id, ())[:3]),
            item_count=len(items.get(live.id, ())),
        )
        for live, club in found
    ]


def _with_club() -> Select[LiveSession, Club]:
    return select(LiveSession, Club).join(Club, Club.id == LiveSession.club_id)


def public_sessions(
    *,
    now: datetime,
    province_code: str = "",
    platform: str = "",
    day: date | None = None,
    club_id: int | None = None,
    campaign_id: int | None = None,
) -> Select[LiveSession, Club]:
    """Sessions on the public schedule that are not over, soonest first; all of ``day`` if given."""
    statement = _with_club().where(LiveSession.state.in_(PUBLIC_STATES))
    if day is None:
        statement = statement.where(LiveSession.ends_at > now, LiveSession.state != "ended")
    else:
        whole = day_interval(day)
        statement = statement.where(
            LiveSession.starts_at < instant(whole.end), LiveSession.ends_at > instant(whole.start)
        )
    if province_code:
        statement = statement.where(Club.province_code == province_code)
    if platform:
        statement = statement.where(LiveSession.id.in_(_on_platform(platform)))
    if club_id is not None:
        statement = statement.where(LiveSession.club_id == club_id)
    if campaign_id is not None:
        statement = statement.where(LiveSession.campaign_id == campaign_id)
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def _on_platform(platform: str) -> Select[int]:
    return (
        select(ResourceHold.session_id)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(Resource.platform == platform)
    )


def sessions_with_product(
    product_id: int | None = None, *, producer_id: int | None = None, now: datetime
) -> Select[LiveSession, Club]:
    """Coming public sessions that show a product, or anything of a producer."""
    condition = (
        SessionItem.product_id == product_id
        if product_id is not None
        else SessionItem.producer_id == producer_id
    )
    within = select(SessionItem.session_id).where(condition, SessionItem.withdrawn_at.is_(None))
    return public_sessions(now=now).where(LiveSession.id.in_(within))


def sessions_of_clubs(
    club_ids: Collection[int], *, since: datetime, states: Collection[str] | None = None
) -> Select[LiveSession, Club]:
    """Sessions of these clubs that end after ``since``, soonest first."""
    statement = _with_club().where(LiveSession.club_id.in_(club_ids), LiveSession.ends_at > since)
    if states is not None:
        statement = statement.where(LiveSession.state.in_(states))
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def count_of_clubs(db: Session, club_ids: Collection[int], *, now: datetime) -> dict[str, int]:
    """How many drafts, waiting proposals and coming sessions these clubs have, by state."""
    rows = db.execute(
        select(LiveSession.state, func.count().label("number"))
        .where(
            LiveSession.club_id.in_(club_ids),
            LiveSession.ends_at > now,
            or_(
                LiveSession.state.in_(("draft", "confirmed", "live")),
                and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
            ),
        )
        .group_by(LiveSession.state)
    )
    return {row.state: row.number for row in rows}


def queue(provinces: Collection[str] | None, *, now: datetime) -> Select[LiveSession, Club]:
    """Proposals that wait in these provinces (None: everywhere), the first to lapse first."""
    statement = _with_club().where(LiveSession.state == "proposed", LiveSession.holds_until > now)
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return statement.order_by(LiveSession.holds_until, LiveSession.id)


def coming_of(provinces: Collection[str] | None, *, now: datetime) -> Select[LiveSession, Club]:
    """Confirmed and live sessions of clubs in these provinces (None: everywhere)."""
    statement = _with_club().where(
        LiveSession.state.in_(("confirmed", "live", "stopped")), LiveSession.ends_at > now
    )
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def count_rows(db: Session, statement: Select[LiveSession, Club]) -> int:
    """How many sessions the statement has."""
    ids = statement.with_only_columns(LiveSession.id).order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(ids)) or 0


@dataclass(frozen=True)
class FoundVariant:
    """A variant on sale that a club may choose."""

    variant_id: int
    product_name: str
    label: str
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
            label=variant.label,
            producer_name=facets.producer_name,
            price_vnd=variant.price_vnd,
            available=stock[variant.id].available,
        )
        for variant, facets in rows
    ]


def count_queue(db: Session, provinces: Collection[str] | None, *, now: datetime) -> int:
    """How many proposals wait for staff."""
    ids = queue(provinces, now=now).with_only_columns(LiveSession.id).subquery()
    return db.scalar(select(func.count()).select_from(ids)) or 0


@dataclass(frozen=True)
class ItemRow:
    """A line-up item with what is known of its variant now."""

    item: SessionItem
    sale: SaleRow
    left: int
    """Units a viewer could buy: free ones and those set aside for this item."""

    @property
    def price_vnd(self) -> int:
        """What it costs during the session."""
        return self.item.live_price_vnd or self.sale.price_vnd


def item_rows(
    db: Session, session_id: int, *, now: datetime, with_withdrawn: bool = False
) -> list[ItemRow]:
    """The line-up in order; four statements."""
    statement = select(SessionItem).where(SessionItem.session_id == session_id)
    if not with_withdrawn:
        statement = statement.where(SessionItem.withdrawn_at.is_(None))
    items = db.scalars(statement.order_by(SessionItem.position, SessionItem.id)).all()
    variant_ids = [item.variant_id for item in items]
    sale = variants_for_sale(db, variant_ids, today=today_vn(now))
    stock = levels(db, variant_ids)
    held = held_by(db, [owner_key(item.id) for item in items])
    return [
        ItemRow(
            item,
            sale[item.variant_id],
            stock[item.variant_id].available + held.get(owner_key(item.id), 0),
        )
        for item in items
    ]


@dataclass(frozen=True)
class Consent:
    """A line-up item that a producer is asked about or has answered."""

    item: SessionItem
    live: LiveSession
    club: Club
    sale: SaleRow
    available: int


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


def consents_for(
    db: Session, producer_ids: Collection[int], *, now: datetime, limit: int = 200
) -> list[Consent]:
    """What clubs want to show of these producers, soonest session first."""
    rows = db.execute(
        select(SessionItem, LiveSession, Club)
        .join(LiveSession, LiveSession.id == SessionItem.session_id)
        .join(Club, Club.id == LiveSession.club_id)
        .where(_of_producers(producer_ids, now))
        .order_by(LiveSession.starts_at, SessionItem.id)
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


@dataclass(frozen=True)
class EventRow:
    """One line of a session's story."""

    kind: str
    at: datetime
    actor_name: str
    detail: dict[str, Any] = field(default_factory=dict)


def events_of(db: Session, session_id: int) -> list[EventRow]:
    """The session's story, newest first."""
    rows = db.execute(
        select(SessionEvent, Person.name)
        .outerjoin(Person, Person.id == SessionEvent.actor_id)
        .where(SessionEvent.session_id == session_id)
        .order_by(SessionEvent.id.desc())
        .limit(100)
    )
    return [EventRow(event.kind, event.at, name or "", event.detail) for event, name in rows]


def overrides_of(db: Session, session_id: int) -> list[tuple[RuleOverride, str]]:
    """Warnings that were let pass, each with the name of who did."""
    rows = db.execute(
        select(RuleOverride, Person.name)
        .join(Person, Person.id == RuleOverride.actor_id)
        .where(RuleOverride.session_id == session_id)
        .order_by(RuleOverride.id)
    )
    return [(override, name) for override, name in rows]


def resource_names(db: Session, session_id: int) -> list[Resource]:
    """What the session wants, holds or had: hosts, channels, kits, studios."""
    return list(
        db.scalars(
            select(Resource)
            .join(ResourceHold, ResourceHold.resource_id == Resource.id)
            .where(ResourceHold.session_id == session_id)
            .order_by(Resource.kind, Resource.name, Resource.id)
        )
    )


def feed_rows(
    db: Session,
    *,
    now: datetime,
    club_id: int | None = None,
    campaign_id: int | None = None,
    is_private: bool = False,
) -> list[SessionRow]:
    """Sessions of a calendar in stable order.

    Public feeds hold confirmed, live and ended ones, a private one proposals too. Cancelled
    sessions that were once confirmed stay for KEEP_CANCELLED.
    """
    states: Sequence[str] = (*PUBLIC_STATES, "reconciled", "stopped")
    if is_private:
        states = (*states, "proposed")
    gone = and_(
        LiveSession.state.in_(("cancelled", "no_show")),
        LiveSession.confirmed_by.is_not(None),
        LiveSession.updated_at > now - KEEP_CANCELLED,
    )
    statement = _with_club().where(
        or_(LiveSession.state.in_(states), gone), LiveSession.ends_at > now - FEED_PAST
    )
    if club_id is not None:
        statement = statement.where(LiveSession.club_id == club_id)
    if campaign_id is not None:
        statement = statement.where(LiveSession.campaign_id == campaign_id)
    return session_rows(db, statement.order_by(LiveSession.starts_at, LiveSession.id).limit(1000))


@dataclass(frozen=True)
class LaneHold:
    """A hold on a club's week grid. ``row`` is None for another club's session."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    state: str
    public_id: str | None
    title: str


def week_holds(
    db: Session,
    resource_ids: Collection[int],
    *,
    club_id: int,
    first: date,
    now: datetime,
) -> list[LaneHold]:
    """What lies on the resources in the seven days from ``first``; of other clubs only the time."""
    start = instant(day_interval(first).start)
    end = start + timedelta(days=7)
    rows = db.execute(
        select(ResourceHold.resource_id, LiveSession)
        .join(LiveSession, LiveSession.id == ResourceHold.session_id)
        .where(
            ResourceHold.resource_id.in_(resource_ids),
            LiveSession.starts_at < end,
            LiveSession.ends_at > start,
            or_(
                LiveSession.state.in_(("confirmed", "live", "stopped", "ended", "reconciled")),
                and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
                and_(LiveSession.state == "draft", LiveSession.club_id == club_id),
            ),
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [
        LaneHold(
            resource_id=resource_id,
            starts_at=live.starts_at,
            ends_at=live.ends_at,
            state=live.state,
            public_id=live.public_id if live.club_id == club_id else None,
            title=live.title if live.club_id == club_id or live.state in PUBLIC_STATES else "",
        )
        for resource_id, live in rows
    ]
