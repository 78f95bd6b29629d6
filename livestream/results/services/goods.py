"""Goods given to the club and brought back: written by one side, signed by the other."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from livestream.results.models import GoodsNote, GoodsNoteLine
from livestream.results.queries.sheets import item_sheets
from livestream.results.rules.settling import (
    ReasonNeeded,
    SameSide,
    TermsFixed,
    TooManyBack,
    WrongStep,
)
from livestream.results.services.parts import audit, tell_side
from livestream.results.services.settling import other
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import lock_session
from shop.core.db import insert_into
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_, random_code

HANDING = ("confirmed", "live", "stopped", "ended")


class NothingOnIt(Invalid):
    message = N_("Hãy ghi số lượng của ít nhất một sản phẩm.")


def write_note(
    db: Session,
    *,
    live: LiveSession,
    producer_id: int,
    kind: str,
    units: Mapping[int, int],
    side: str,
    remark: str,
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> GoodsNote:
    """Write what changed hands; the writer signs for their side. Once per ``submit_key``.

    ``units``: item id -> how many. Raises TermsFixed when the session is not at that point,
    NothingOnIt, NotFound for another producer's item, TooManyBack for more than was given.
    """
    live = lock_session(db, live.id)
    if live.state not in HANDING:
        raise TermsFixed
    lines = {item_id: number for item_id, number in units.items() if number > 0}
    if not lines:
        raise NothingOnIt
    sheets = {
        row.item.id: row for row in item_sheets(db, live) if row.item.producer_id == producer_id
    }
    if not lines.keys() <= sheets.keys():
        raise NotFound
    values: dict[str, Any] = {
        "public_id": random_code(26),
        "submit_key": submit_key,
        "session_id": live.id,
        "producer_id": producer_id,
        "kind": kind,
        "state": "waiting",
        "written_by_side": side,
        "made_by": actor_id,
        "made_at": now,
        "remark": remark,
        "answer_note": "",
        f"{side}_signed_by": actor_id,
        f"{side}_signed_at": now,
    }
    made: GoodsNote | None = db.scalars(
        insert_into(db, GoodsNote)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(GoodsNote)
    ).one_or_none()
    if made is None:
        known = select(GoodsNote).where(
            GoodsNote.submit_key == submit_key, GoodsNote.session_id == live.id
        )
        found = db.scalars(known).one_or_none()
        if found is None:
            raise NotFound
        return found
    for item_id, number in sorted(lines.items()):
        row = sheets[item_id]
        if kind == "returned" and number > row.given - row.brought_back:
            raise TooManyBack(field=f"units_{item_id}")
        db.add(GoodsNoteLine(note_id=made.id, item_id=item_id, units=number))
    db.flush()
    audit(db, live, "note_written", actor_id=actor_id, now=now, note_id=made.id, kind=kind)
    _tell(db, made, live, other(side), "results.note_waits", now)
    return made


def answer_note(
    db: Session,
    *,
    note: GoodsNote,
    live: LiveSession,
    side: str,
    is_right: bool,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """The other side signs or refuses. Raises SameSide, ReasonNeeded, TooManyBack, WrongStep."""
    if side == note.written_by_side or actor_id == note.made_by:
        raise SameSide
    if not is_right and not reason:
        raise ReasonNeeded(field="reason")
    lock_session(db, live.id)
    values: dict[str, Any] = {"state": "refused", "answer_note": reason}
    if is_right:
        values = {"state": "signed", f"{side}_signed_by": actor_id, f"{side}_signed_at": now}
    _step(db, note, **values)
    if is_right and note.kind == "returned":
        _check_back(db, live, note)
    said = "note_signed" if is_right else "note_refused"
    audit(db, live, said, actor_id=actor_id, now=now, note=reason, note_id=note.id)
    _tell(db, note, live, note.written_by_side, f"results.{said}", now)


def _check_back(db: Session, live: LiveSession, note: GoodsNote) -> None:
    """Two notes signed one after the other never bring back more than was given."""
    touched: Collection[int] = db.scalars(
        select(GoodsNoteLine.item_id).where(GoodsNoteLine.note_id == note.id)
    ).all()
    for row in item_sheets(db, live):
        if row.item.id in touched and row.brought_back > row.given:
            raise TooManyBack


def withdraw_note(
    db: Session,
    *,
    note: GoodsNote,
    live: LiveSession,
    side: str,
    actor_id: int,
    now: datetime,
) -> None:
    """The side that wrote it takes an unsigned note back. Raises SameSide, WrongStep."""
    if side != note.written_by_side:
        raise SameSide
    _step(db, note, state="withdrawn")
    audit(db, live, "note_withdrawn", actor_id=actor_id, now=now, note_id=note.id)


def _step(db: Session, note: GoodsNote, **values: Any) -> None:
    changed = db.execute(
        update(GoodsNote)
        .where(GoodsNote.id == note.id, GoodsNote.state == "waiting")
        .values(**values)
        .returning(GoodsNote.id)
    ).one_or_none()
    if changed is None:
        raise WrongStep
    db.refresh(note)


def _tell(
    db: Session, note: GoodsNote, live: LiveSession, side: str, kind: str, now: datetime
) -> None:
    page = "/ban-hang/quyet-toan"
    if side == "club":
        page = f"/clb/phien/{live.public_id}/giao-hang"
    tell_side(
        db,
        live,
        side,
        note.producer_id,
        kind,
        cause=f"{kind}:{note.id}",
        now=now,
        page=page,
    )
