"""What every change of a session shares: locks in one order, the state table, the record of it.

Order of locks, so that no two changes wait for each other: advisory locks of the resources by id
(PostgreSQL; SQLite has one writer), then session rows by id, then products, then stock.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from livestream.clubs.models import Club, Resource
from livestream.clubs.services import managers_of
from livestream.sessions.models import (
    LiveSession,
    ResourceHold,
    RuleOverride,
    SessionEvent,
    SessionItem,
)
from livestream.sessions.queries import owner_key
from livestream.sessions.queries.plans import span_text
from livestream.sessions.signals import schedule_changed
from livestream.sessions.states import Outdated, require_step
from shop.accounts.queries import members_of, staff_of
from shop.accounts.services import record_audit
from shop.catalogue.services import bump_version, set_next_session
from shop.core.errors import NotFound
from shop.notifications.services import notify
from shop.stock.services import drop_price_windows, release

CALLED: Final = frozenset(
    f"session.{kind}" for kind in ("consent_asked", "confirmed", "moved", "cancelled", "stopped")
)
"""Whom no channel reaches with one of these is telephoned by the club."""

_LOCK_CLASS: Final = 0x4C49 << 40  # "LI": the advisory locks of livestream's resources


def lock_resources(db: Session, resource_ids: Collection[int]) -> None:
    """Make others wait who book, move or drop any of these; held to the end of the transaction."""
    if db.get_bind().dialect.name != "postgresql":
        return
    for resource_id in sorted(set(resource_ids)):
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_CLASS + resource_id})


def resource_ids_of(db: Session, session_id: int) -> list[int]:
    """What the session wants, holds or had."""
    return list(
        db.scalars(
            select(ResourceHold.resource_id)
            .where(ResourceHold.session_id == session_id)
            .order_by(ResourceHold.resource_id)
        )
    )


def open_for_change(
    db: Session, public_id: str, *, version: int | None = None, further: Collection[int] = ()
) -> LiveSession:
    """The session, locked with its resources (and ``further`` ones).

    Raises NotFound, and Outdated when somebody changed it since ``version`` was shown.
    """
    session_id = db.scalar(select(LiveSession.id).where(LiveSession.public_id == public_id))
    if session_id is None:
        raise NotFound
    lock_resources(db, {*resource_ids_of(db, session_id), *further})
    live = lock_session(db, session_id)
    if version is not None and live.version != version:
        raise Outdated
    return live


def lock_session(db: Session, session_id: int) -> LiveSession:
    """The row as it is now, nobody else changing it. Events may still be added by others."""
    return db.scalars(
        select(LiveSession)
        .where(LiveSession.id == session_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def record(
    db: Session,
    live: LiveSession,
    kind: str,
    *,
    actor_id: int | None,
    now: datetime,
    detail: dict[str, Any] | None = None,
    note: str = "",
) -> SessionEvent:
    """Write what happened into the session's story and the audit log."""
    event = SessionEvent(
        session_id=live.id, kind=kind, actor_id=actor_id, detail=detail or {}, at=now
    )
    db.add(event)
    record_audit(
        db,
        actor_id=actor_id,
        action=f"session.{kind}",
        subject_kind="live_session",
        subject_id=live.id,
        now=now,
        detail=detail,
        note=note,
    )
    return event


def touch(db: Session, live: LiveSession, *, now: datetime, is_schedule: bool = True) -> None:
    """Count the change: a new version, and for the calendar a higher SEQUENCE. Raises Outdated."""
    live.updated_at = now
    flag_modified(live, "updated_at")
    if is_schedule:
        live.schedule_seq += 1
    try:
        db.flush()
    except StaleDataError:
        raise Outdated from None
    bump_version(db)
    if is_schedule:
        schedule_changed.send(db=db, live=live, now=now)


def reopen_warnings(db: Session, live: LiveSession, *, now: datetime) -> None:
    """What staff let pass, they let pass for the proposal as it was: it is judged anew.

    Only before it is firm; afterwards staff themselves change it. What was said stays on record.
    """
    if live.state not in {"draft", "proposed"}:
        return
    gone = db.scalars(
        delete(RuleOverride).where(RuleOverride.session_id == live.id).returning(RuleOverride.rule)
    ).all()
    if gone:
        detail = {"rules": sorted(gone)}
        record(db, live, "warnings_reopened", actor_id=None, now=now, detail=detail)


def propose_anew(live: LiveSession, *, actor_id: int) -> None:
    """Who changes time, host or place of a proposal proposes what it is now: somebody else of the
    club, or whose proposal it was, confirms it. Of another state nothing changes.
    """
    if live.state == "proposed":
        live.proposed_by = actor_id


def set_state(
    db: Session,
    live: LiveSession,
    state: str,
    kind: str,
    *,
    actor_id: int | None,
    now: datetime,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Change the state along the table and record it. Raises WrongState, Outdated."""
    require_step(live.state, state)
    known = {"from": live.state, "to": state, **(detail or {})}
    live.state = state
    live.state_note = note
    touch(db, live, now=now)
    record(db, live, kind, actor_id=actor_id, now=now, detail=known, note=note)


def drop_holds(db: Session, live: LiveSession) -> None:
    """Let go of the resources; the rows stay as what the session wanted or had."""
    db.execute(
        update(ResourceHold).where(ResourceHold.session_id == live.id).values(is_active=False)
    )
    live.holds_until = None


def items_of(db: Session, live: LiveSession) -> list[SessionItem]:
    """The line-up in order, withdrawn items left out."""
    return list(
        db.scalars(
            select(SessionItem)
            .where(SessionItem.session_id == live.id, SessionItem.withdrawn_at.is_(None))
            .order_by(SessionItem.position, SessionItem.id)
        )
    )


def give_back(db: Session, live: LiveSession, *, now: datetime) -> None:
    """Return what the session set aside and end its prices. Twice does nothing more."""
    keys = [
        owner_key(item_id)
        for item_id in db.scalars(
            select(SessionItem.id).where(SessionItem.session_id == live.id).order_by(SessionItem.id)
        )
    ]
    release(db, owner_keys=keys, now=now)
    for key in keys:
        drop_price_windows(db, owner_key=key)


def tell_next_sessions(db: Session, product_ids: Collection[int], *, now: datetime) -> None:
    """Write each product's next confirmed session where lists and product pages read it."""
    for product_id in sorted(set(product_ids)):
        following = db.execute(
            select(LiveSession.starts_at, LiveSession.slug)
            .join(SessionItem, SessionItem.session_id == LiveSession.id)
            .where(
                SessionItem.product_id == product_id,
                SessionItem.withdrawn_at.is_(None),
                LiveSession.state.in_(("confirmed", "live")),
                LiveSession.ends_at > now,
            )
            .order_by(LiveSession.starts_at, LiveSession.id)
            .limit(1)
        ).one_or_none()
        starts_at, slug = following or (None, None)
        set_next_session(db, product_id, starts_at=starts_at, slug=slug)


def product_ids_of(db: Session, live: LiveSession) -> list[int]:
    """Products of the line-up, withdrawn ones too."""
    return list(db.scalars(select(SessionItem.product_id).where(SessionItem.session_id == live.id)))


def tell(
    db: Session,
    live: LiveSession,
    kind: str,
    person_ids: Collection[int],
    *,
    now: datetime,
    about: SessionEvent | None = None,
    **extra: Any,
) -> None:
    """Write one message to each of the people, once per version of the session.

    ``about``: what happens to items leaves the version alone, so it is told once per event.
    """
    cause = f"session:{live.id}:{live.version}"
    if about is not None:
        db.flush()
        cause = f"{cause}:event:{about.id}"
    notify(
        db,
        person_ids=person_ids,
        kind=kind,
        cause=cause,
        payload={
            "title": live.title,
            "title_en": live.title_en,
            "public_id": live.public_id,
            "slug": live.slug,
            "starts_at": live.starts_at.isoformat(),
            "ends_at": live.ends_at.isoformat(),
            "when": span_text(live.starts_at, live.ends_at),
            "told_at": now.isoformat(),
            "is_firm": live.confirmed_by is not None,
            "seq": live.schedule_seq,
            **extra,
        },
        now=now,
        ref=f"session:{live.id}",
        desk=f"club:{live.club_id}" if kind in CALLED else None,
    )


def club_people(db: Session, live: LiveSession) -> list[int]:
    """Managers of the club and everyone on air in this session."""
    hosts = db.scalars(
        select(Resource.person_id)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == live.id)
    )
    return [*managers_of(db, live.club_id), *(host for host in hosts if host is not None)]


def producer_people(db: Session, producer_ids: Collection[int]) -> list[int]:
    """Everyone who may answer for these producers."""
    return [
        row.person_id
        for producer_id in sorted(set(producer_ids))
        for row in members_of(db, "producer", producer_id)
    ]


def staff_people(db: Session, live: LiveSession) -> list[int]:
    """Staff of the club's province."""
    club = db.get_one(Club, live.club_id)
    return staff_of(db, club.province_code)
