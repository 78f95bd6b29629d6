"""Somebody who was to be on air did not come: on record with the reason, told to who must know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession, ResourceHold, SessionEvent
from livestream.sessions.services.airing import EARLY, miss
from livestream.sessions.services.changing import (
    club_people,
    items_of,
    open_for_change,
    producer_people,
    record,
    staff_people,
    tell,
)
from livestream.sessions.states import STATE_LABELS, ReasonMissing, WrongState
from shop.catalogue.models import Producer
from shop.core.errors import Conflict, NotFound
from shop.core.text import N_

TOLD_WITHIN: Final = timedelta(hours=24)
"""How long after its start an absence can be put on record."""

Who = Literal["host", "producer"]


@dataclass(frozen=True)
class Absent:
    """Who did not come: a host's resource or a producer."""

    kind: Who
    id: int


class NotYetDue(Conflict):
    message = N_(
        "Ghi vắng mặt được từ 15 phút trước giờ hẹn đến 24 giờ sau. Trước đó hãy bàn giao hoặc hủy."
    )


class StillToCome(Conflict):
    message = N_("Chưa đến giờ hẹn. Nếu phiên không diễn ra, hãy hủy phiên và ghi lý do.")


class SaidAlready(Conflict):
    message = N_("Người này đã được ghi là vắng mặt.")


def record_absence(
    db: Session,
    *,
    public_id: str,
    absent: Absent,
    reason: str,
    is_off: bool,
    actor_id: int,
    now: datetime,
) -> SessionEvent:
    """Note that a host or a producer did not come; with ``is_off`` the session did not take place.

    The line-up and what was set aside stay as they are unless the session is off, when goods and
    places go back at once. Raises ReasonMissing, NotFound for who was not to come, NotYetDue,
    StillToCome, SaidAlready, WrongState.
    """
    if not reason:
        raise ReasonMissing(field="reason")
    live = open_for_change(db, public_id)
    if live.state not in {"confirmed", "live", "ended", "no_show"}:
        raise WrongState(state=STATE_LABELS[live.state])
    if not live.starts_at - EARLY <= now <= live.starts_at + TOLD_WITHIN:
        raise NotYetDue
    name = _name(db, live, absent)
    _require_unsaid(db, live, absent)
    if is_off and live.state != "no_show":
        if now < live.starts_at:
            raise StillToCome
        miss(db, live, actor_id=actor_id, now=now, note=reason)
    event = record(
        db,
        live,
        f"{absent.kind}_absent",
        actor_id=actor_id,
        now=now,
        detail={"id": absent.id, "name": name, "reason": reason},
        note=reason,
    )
    people = {*club_people(db, live), *staff_people(db, live)}
    if absent.kind == "producer":
        people |= set(producer_people(db, [absent.id]))
    tell(db, live, "session.absent", people, now=now, about=event, name=name)
    return event


def _name(db: Session, live: LiveSession, absent: Absent) -> str:
    """Whoever is meant, if they were to come. Raises NotFound."""
    if absent.kind == "producer":
        if absent.id not in {item.producer_id for item in items_of(db, live)}:
            raise NotFound
        return db.get_one(Producer, absent.id).name
    name = db.scalar(
        select(Resource.name)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(
            ResourceHold.session_id == live.id,
            Resource.id == absent.id,
            Resource.kind == "host",
        )
    )
    if name is None:
        raise NotFound
    return name


def _require_unsaid(db: Session, live: LiveSession, absent: Absent) -> None:
    details = db.scalars(
        select(SessionEvent.detail).where(
            SessionEvent.session_id == live.id, SessionEvent.kind == f"{absent.kind}_absent"
        )
    )
    if any(detail.get("id") == absent.id for detail in details):
        raise SaidAlready
