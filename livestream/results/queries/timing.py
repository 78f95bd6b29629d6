"""How long each product was really shown, by what was pressed on air."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.onair.models import LivePress
from livestream.onair.rules.cues import DONE, SHOW, SKIP
from livestream.results.rules.stretches import Pressed, actual, planned
from livestream.runsheets.queries import parts_of
from livestream.runsheets.rules.sheet import Part
from livestream.sessions.models import LiveSession


def _presses(db: Session, session_id: int) -> list[Pressed]:
    rows = db.execute(
        select(LivePress.item_id, LivePress.kind, LivePress.happened_at)
        .where(LivePress.session_id == session_id, LivePress.kind.in_((SHOW, DONE, SKIP)))
        .order_by(LivePress.happened_at, LivePress.id)
    )
    return [(item_id, kind, at) for item_id, kind, at in rows]


@dataclass(frozen=True)
class StretchRow:
    """Parts between two products: what they are, minutes planned and as they went, if known."""

    parts: tuple[Part, ...]
    planned: int
    actual: int | None


def stretch_rows(db: Session, live: LiveSession) -> list[StretchRow]:
    """What was planned beside the products, against what the presses tell of it."""
    went = actual(_presses(db, live.id), began=live.went_live_at, ended=live.ended_at)
    return [
        StretchRow(one.parts, one.minutes, went.get(one.after))
        for one in planned(parts_of(db, live))
    ]


def actual_minutes(db: Session, live: LiveSession) -> dict[int, int]:
    """Item id -> minutes on air, rounded; items that nobody pressed are left out.

    A product is on from the press that showed it to the press that ended it or showed another, or
    to the session's end.
    """
    seconds: dict[int, float] = {}
    on: tuple[int, datetime] | None = None
    for item_id, kind, at in _presses(db, live.id):
        _add(seconds, on, at)
        on = (item_id, at) if kind == SHOW and item_id is not None else None
    if live.ended_at is not None:
        _add(seconds, on, live.ended_at)
    return {item_id: round(total / 60) for item_id, total in seconds.items()}


def _add(seconds: dict[int, float], on: tuple[int, datetime] | None, until: datetime) -> None:
    if on is not None:
        item_id, since = on
        seconds[item_id] = seconds.get(item_id, 0.0) + max((until - since).total_seconds(), 0.0)
