"""Which sessions a list shows, and how many there are."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.queries.rows import with_club
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import day_interval, instant
from shop.catalogue.models import ProductFacets


def public_sessions(
    *,
    now: datetime,
    province_code: str = "",
    platform: str = "",
    day: date | None = None,
    club_id: int | None = None,
    club_slug: str = "",
    product_slug: str = "",
    campaign_id: int | None = None,
) -> Select[LiveSession, Club]:
    """Sessions on the public schedule that are not over, soonest first; all of ``day`` if given."""
    statement = with_club().where(LiveSession.state.in_(PUBLIC_STATES))
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
    if club_slug:
        statement = statement.where(Club.slug == club_slug)
    if product_slug:
        statement = statement.where(LiveSession.id.in_(_showing(product_slug)))
    if campaign_id is not None:
        statement = statement.where(LiveSession.campaign_id == campaign_id)
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def schedule_choices(
    db: Session, *, now: datetime, limit: int = 300
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Clubs and products (slug, name) that coming public sessions have, to narrow the list by."""
    coming = public_sessions(now=now).order_by(None)
    clubs = db.execute(
        coming.with_only_columns(Club.slug, Club.name).distinct().order_by(Club.name).limit(limit)
    )
    ids = coming.with_only_columns(LiveSession.id)
    products = db.execute(
        select(ProductFacets.slug, ProductFacets.name)
        .where(
            ProductFacets.product_id.in_(
                select(SessionItem.product_id).where(
                    SessionItem.session_id.in_(ids), SessionItem.withdrawn_at.is_(None)
                )
            ),
            ProductFacets.is_listed,
        )
        .order_by(ProductFacets.name)
        .limit(limit)
    )
    return [(row.slug, row.name) for row in clubs], [(row.slug, row.name) for row in products]


def _showing(product_slug: str) -> Select[int]:
    return (
        select(SessionItem.session_id)
        .join(ProductFacets, ProductFacets.product_id == SessionItem.product_id)
        .where(ProductFacets.slug == product_slug, SessionItem.withdrawn_at.is_(None))
    )


def _on_platform(platform: str) -> Select[int]:
    return (
        select(ResourceHold.session_id)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(Resource.platform == platform)
    )


def sessions_of_producer(producer_id: int, *, now: datetime) -> Select[LiveSession, Club]:
    """Coming public sessions that show anything of a producer."""
    within = select(SessionItem.session_id).where(
        SessionItem.producer_id == producer_id, SessionItem.withdrawn_at.is_(None)
    )
    return public_sessions(now=now).where(LiveSession.id.in_(within))


def sessions_of_clubs(
    club_ids: Collection[int], *, since: datetime, states: Collection[str] | None = None
) -> Select[LiveSession, Club]:
    """Sessions of these clubs that end after ``since``, soonest first."""
    statement = with_club().where(LiveSession.club_id.in_(club_ids), LiveSession.ends_at > since)
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
    """Proposals that wait in these provinces (None: everywhere), the first to start first."""
    statement = with_club().where(LiveSession.state == "proposed", LiveSession.holds_until > now)
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def count_queue(db: Session, provinces: Collection[str] | None, *, now: datetime) -> int:
    """How many proposals wait for staff."""
    ids = queue(provinces, now=now).with_only_columns(LiveSession.id).subquery()
    return db.scalar(select(func.count()).select_from(ids)) or 0


def on_air_of(provinces: Collection[str] | None) -> Select[LiveSession, Club]:
    """Sessions of clubs in these provinces (None: everywhere) that are live or were just stopped.

    One that runs over its time is among them until somebody or the clock ends it.
    """
    return _of(provinces, LiveSession.state.in_(("live", "stopped")))


def coming_of(provinces: Collection[str] | None, *, now: datetime) -> Select[LiveSession, Club]:
    """Confirmed sessions of clubs in these provinces (None: everywhere) that are not on air yet."""
    return _of(provinces, LiveSession.state == "confirmed", LiveSession.ends_at > now)


def _of(
    provinces: Collection[str] | None, *conditions: ColumnElement[bool]
) -> Select[LiveSession, Club]:
    statement = with_club().where(*conditions)
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return statement.order_by(LiveSession.starts_at, LiveSession.id)


def count_rows(db: Session, statement: Select[LiveSession, Club]) -> int:
    """How many sessions the statement has."""
    ids = statement.with_only_columns(LiveSession.id).order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(ids)) or 0
