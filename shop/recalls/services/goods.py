"""What becomes of recalled goods: they come back, they are destroyed, they are sent back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.errors import Invalid, NotFound
from shop.recalls import queries, rules
from shop.recalls.models import RecallBuyer, RecallLine, RecallLot
from shop.recalls.services.rights import audit, lock_recall
from shop.stock import services as stock
from shop.stock.queries import blocked_units
from shop.stock.rules import SENT_BACK, NotBlocked
from shop.traceability.models import Lot
from shop.traceability.services import record_event


def record_return(
    db: Session, *, recall_id: int, line_id: int, units: int, actor_id: int, now: datetime
) -> RecallLine:
    """So many units of a buyer's line came back: they enter the ledger and are held back at once.

    Taken by one conditional UPDATE, so never more than were sold. Raises UnknownRecall, RecallOver,
    NotFound for a line of another recall, WrongReturn (field ``units``).
    """
    recall = lock_recall(db, recall_id)
    own = select(RecallBuyer.id).where(RecallBuyer.recall_id == recall.id)
    line = db.scalar(
        select(RecallLine).where(
            RecallLine.id == line_id, RecallLine.buyer_id.in_(own), RecallLine.lot_id.is_not(None)
        )
    )
    if line is None or line.lot_id is None:
        raise NotFound
    if units < 1:
        raise rules.WrongReturn(field="units")
    taken = db.execute(
        update(RecallLine)
        .where(
            RecallLine.id == line.id,
            RecallLine.is_out,
            RecallLine.returned + units <= RecallLine.units,
        )
        .values(returned=RecallLine.returned + units)
        .returning(RecallLine.returned)
    ).scalar()
    if taken is None:
        raise rules.WrongReturn(field="units")
    db.refresh(line)
    lot = db.get_one(Lot, line.lot_id)
    if lot.variant_id is not None:
        stock.receive(
            db,
            variant_id=lot.variant_id,
            quantity=units,
            reason="returned",
            key=f"recall_line:{line.id}:{taken}",
            now=now,
            lot_id=lot.id,
            actor_id=actor_id,
        )
    audit(db, recall, "return", actor_id=actor_id, now=now, line=line.id, units=units)
    return line


def settle_units(
    db: Session,
    *,
    recall_id: int,
    lot_id: int,
    units: int,
    way: str,
    actor_id: int,
    now: datetime,
    submit_key: str,
) -> None:
    """Units of a recalled lot are gone for good, through the ledger; once per ``submit_key``.

    What is destroyed also stands in the lot's journal.

    Raises UnknownRecall, RecallOver, NotFound for a lot of another recall, Invalid (field ``way``
    or ``units``), NotBlocked for more than lie held back.
    """
    recall = lock_recall(db, recall_id)
    if way not in rules.SETTLED_WAYS:
        raise Invalid(field="way")
    if queries.is_settled(db, submit_key):
        return
    lot = db.scalar(
        select(Lot)
        .join(RecallLot, RecallLot.lot_id == Lot.id)
        .where(RecallLot.recall_id == recall.id, Lot.id == lot_id)
    )
    if lot is None or lot.variant_id is None:
        raise NotFound
    left = blocked_units(db, [lot.id]).get(lot.id, 0)
    if not 0 < units <= left:
        raise NotBlocked(field="units", left=left)
    if way == "destroyed":
        facts = {"quantity": units, "cause": f"Thu hồi {recall.code}", "way": "other"}
        record_event(
            db,
            lot_id=lot.id,
            kind="destruction",
            facts=facts,
            actor_id=actor_id,
            now=now,
            submit_key=submit_key,
        )
    else:
        stock.leave_lot(
            db,
            lot_id=lot.id,
            variant_id=lot.variant_id,
            units=units,
            reason=SENT_BACK,
            key=f"recall:{submit_key}",
            now=now,
            actor_id=actor_id,
        )
    audit(db, recall, way, actor_id=actor_id, now=now, lot=lot.id, units=units)
