"""What the verbs of results share: when figures may change, the audit log, whom to tell."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.services import managers_of
from livestream.results.models import Settlement
from livestream.results.rules.settling import AlreadyClosed, NotOver
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import lock_session, producer_people
from shop.accounts.services import record_audit
from shop.notifications.services import notify

OVER = ("ended", "reconciled")


def open_for_figures(db: Session, live: LiveSession) -> tuple[LiveSession, frozenset[int] | None]:
    """The session, locked, and whose items may change: None means everyone's.

    Before closing all figures may change; afterwards only those of a producer who disputes the
    statement. Raises NotOver, AlreadyClosed.
    """
    live = lock_session(db, live.id)
    if live.state not in OVER:
        raise NotOver
    if live.state == "ended":
        return live, None
    disputed = db.scalars(
        select(Settlement.producer_id).where(
            Settlement.session_id == live.id, Settlement.state == "disputed"
        )
    ).all()
    if not disputed:
        raise AlreadyClosed
    return live, frozenset(disputed)


def audit(
    db: Session,
    live: LiveSession,
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    note: str = "",
    **detail: Any,
) -> None:
    """Write an act on a session's result into the audit log."""
    record_audit(
        db,
        actor_id=actor_id,
        action=f"results.{action}",
        subject_kind="live_session",
        subject_id=live.id,
        now=now,
        detail=detail,
        note=note,
    )


def tell_side(
    db: Session,
    live: LiveSession,
    side: str,
    producer_id: int,
    kind: str,
    *,
    cause: str,
    now: datetime,
    **extra: Any,
) -> None:
    """Tell the producer's people, or the club's managers."""
    people: Collection[int] = (
        producer_people(db, [producer_id]) if side == "producer" else managers_of(db, live.club_id)
    )
    notify(
        db,
        person_ids=people,
        kind=kind,
        cause=cause,
        payload={"title": live.title, "session": live.public_id, **extra},
        now=now,
        ref=f"session:{live.id}",
    )
