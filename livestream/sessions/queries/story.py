"""What one session uses, what happened to it, what was let pass."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession, ResourceHold, RuleOverride, SessionEvent
from shop.accounts.models import Person


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


def proposer_of(db: Session, live: LiveSession) -> str:
    """Who proposed the session; empty when nobody did or the person is gone."""
    return db.scalar(select(Person.name).where(Person.id == live.proposed_by)) or ""
