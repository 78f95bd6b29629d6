"""Boxes: which units of which lots lie in which box."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.traceability import queries
from shop.traceability.models import BoxLine, BoxUnit, LabelBatch, Lot, TraceCode
from shop.traceability.rules import codes, lots
from shop.traceability.rules.events import read_facts
from shop.traceability.services.batches import put_codes, request_units
from shop.traceability.services.journals import append, lock_lot, recorded

MAX_BOXES: Final = 200
MAX_UNITS_A_BOX: Final = 1_000


class BadBoxes(Invalid):
    message = N_("Mỗi lần từ 1 đến 200 thùng, mỗi thùng từ 1 đến 1.000 gói.")


class NotBoxed(Conflict):
    message = N_("Lô chỉ còn %(left)s gói chưa xếp thùng; không thể xếp %(asked)s.")


class WrongUnit(Invalid):
    message = N_("Mã %(code)s không phải mã của một gói trong các lô của bạn, hoặc đã hủy.")


class UnitTaken(Conflict):
    message = N_("Một trong các gói này đã nằm trong thùng khác.")


def make_boxes(
    db: Session,
    *,
    lot_id: int,
    boxes: int,
    units: int,
    template: str,
    form: str,
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> LabelBatch:
    """Put ``units`` of a lot into each of ``boxes`` new boxes: codes, labels, one journal entry.

    The same ``submit_key`` again gives the same batch. Raises BadBoxes, NotBoxed, NotCoded,
    UnknownLot, UnknownTemplate, Invalid.
    """
    lot = lock_lot(db, lot_id)
    known = db.scalar(select(LabelBatch).where(LabelBatch.submit_key == submit_key))
    if known is not None and known.lot_id == lot.id:
        return known
    if not 0 < boxes <= MAX_BOXES or not 0 < units <= MAX_UNITS_A_BOX:
        raise BadBoxes(field="thung")
    require_room(db, lot, boxes * units)
    batch = request_units(
        db,
        lot_id=lot.id,
        count=boxes,
        template=template,
        form=form,
        skip=0,
        submit_key=submit_key,
        actor_id=actor_id,
        now=now,
        level="box",
    )
    fresh: set[str] = set()
    while len(fresh) < boxes:
        fresh.add(codes.new_code())
    put_codes(db, batch, fresh, now=now)
    db.add_all(BoxLine(box_code=code, lot_id=lot.id, quantity=units) for code in sorted(fresh))
    _note(
        db,
        lot,
        {"boxes": boxes, "units": units},
        key=f"boxes:{batch.id}",
        actor_id=actor_id,
        now=now,
    )
    return batch


def add_to_box(
    db: Session,
    *,
    box_code: str,
    producer_ids: Collection[int],
    units_by_lot: Mapping[int, int],
    unit_codes: Collection[str] = (),
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Put more into a box: units of lots by number, or units that carry codes.

    Units with codes count among those of their lot that are said to lie in the box; the number
    grows when there are more of them. Raises UnknownLot, WrongUnit, UnitTaken, NotBoxed, BadBoxes,
    UsedKey.
    """
    wanted = _lots_of_units(db, unit_codes, producer_ids)
    touched = sorted({*units_by_lot, *wanted})
    locked = {lot_id: lock_lot(db, lot_id) for lot_id in touched}
    if any(
        lot.producer_id not in producer_ids or lot.kind != "finished" for lot in locked.values()
    ):
        raise lots.UnknownLot
    _put_units(db, box_code, unit_codes)
    for lot_id, lot in locked.items():
        key = f"{submit_key}:{lot_id}"
        if recorded(db, key, lot_id) is not None:
            continue
        more = _grow(db, box_code, lot, units_by_lot.get(lot_id, 0))
        if more:
            said = {"boxes": 1, "units": more, "box": box_code}
            _note(db, lot, said, key=key, actor_id=actor_id, now=now)


def require_room(db: Session, lot: Lot, units: int) -> None:
    """Raise NotBoxed when fewer units of a locked lot are outside boxes. Raises BadBoxes."""
    boxed = db.scalar(select(func.sum(BoxLine.quantity)).where(BoxLine.lot_id == lot.id)) or 0
    left = lot.quantity - lot.lost - int(boxed)
    if units > left:
        raise NotBoxed(left=max(left, 0), asked=units)


def _lots_of_units(
    db: Session, unit_codes: Collection[str], producer_ids: Collection[int]
) -> set[int]:
    rows = db.execute(
        select(TraceCode.code, TraceCode.lot_id)
        .join(Lot, Lot.id == TraceCode.lot_id)
        .where(
            TraceCode.code.in_(unit_codes),
            TraceCode.level == "unit",
            TraceCode.state != "void",
            Lot.producer_id.in_(producer_ids),
        )
    ).all()
    missing = set(unit_codes) - {row.code for row in rows}
    if missing:
        raise WrongUnit(field="goi", code=min(missing))
    return {row.lot_id for row in rows}


def _put_units(db: Session, box_code: str, unit_codes: Collection[str]) -> None:
    here = set(db.scalars(select(BoxUnit.unit_code).where(BoxUnit.box_code == box_code)))
    try:
        with db.begin_nested():
            db.add_all(
                BoxUnit(unit_code=code, box_code=box_code)
                for code in sorted(set(unit_codes) - here)
            )
    except IntegrityError as error:
        raise UnitTaken(field="goi") from error


def _grow(db: Session, box_code: str, lot: Lot, more: int) -> int:
    """Raise the number of a lot's units in the box; by how much it rose."""
    if not 0 <= more <= MAX_UNITS_A_BOX:
        raise BadBoxes(field="so")
    coded = (
        select(func.count())
        .select_from(BoxUnit)
        .join(TraceCode, TraceCode.code == BoxUnit.unit_code)
    )
    here = coded.where(BoxUnit.box_code == box_code, TraceCode.lot_id == lot.id)
    line = db.get(BoxLine, (box_code, lot.id), with_for_update=True)
    before = line.quantity if line else 0
    after = max(before + more, db.scalar(here) or 0)
    if after == before:
        return 0
    require_room(db, lot, after - before)
    if line is None:
        db.add(BoxLine(box_code=box_code, lot_id=lot.id, quantity=after))
    else:
        line.quantity = after
    db.flush()
    return after - before


def _note(
    db: Session, lot: Lot, facts: Mapping[str, object], *, key: str, actor_id: int, now: datetime
) -> None:
    plug = queries.kind_of("boxing")
    append(
        db,
        lot,
        plug,
        read_facts(plug, facts, today=today_vn(now)),
        happened_at=now,
        actor_id=actor_id,
        now=now,
        submit_key=key,
    )
