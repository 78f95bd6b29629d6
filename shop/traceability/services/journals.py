"""Writing journals: one entry after the other, never a fork, never a change of what stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, random_code
from shop.traceability import queries
from shop.traceability.models import Lot, LotEvent
from shop.traceability.rules import journal, lots
from shop.traceability.rules.events import EventKind, Facts, UnknownKind, read_facts
from shop.traceability.services.leaving import take

MAX_ATTACHMENTS = 4
NOBODY = 0
"""Who recorded what the system recorded by itself."""


class UsedKey(Conflict):
    message = N_("Biểu mẫu này đã gửi cho việc khác. Vui lòng tải lại trang.")


class UnknownEntry(Invalid):
    message = N_("Không có mục nhật ký này để đính chính.")


class TooManyPhotos(Invalid):
    message = N_("Mỗi sự kiện kèm tối đa 4 ảnh.")


class ChangedMeanwhile(Conflict):
    message = N_("Lô vừa có người khác ghi. Vui lòng gửi lại.")


def lock_lot(db: Session, lot_id: int) -> Lot:
    """The lot as it is now, held until the transaction ends: journals are written one at a time.

    Rows that only point at the lot (movements, parcels) need not wait, or they would deadlock.
    """
    lot = db.scalar(
        select(Lot)
        .where(Lot.id == lot_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if lot is None:
        raise lots.UnknownLot
    return lot


def record_event(
    db: Session,
    *,
    lot_id: int,
    kind: str,
    facts: Mapping[str, Any],
    actor_id: int,
    now: datetime,
    submit_key: str,
    happened_at: datetime | None = None,
    attachments: Sequence[str] = (),
) -> LotEvent:
    """Append an entry to a lot's journal; the same ``submit_key`` again gives the same entry.

    ``facts`` are judged by the kind's fields; ``attachments`` are names the photo store gave.
    A kind that ``takes`` makes the lot smaller by that much, here and in stock. Raises UnknownLot,
    UnknownKind, BadFact, BadMoment, LotClosed, TooManyPhotos, UsedKey, NotSellable, MoreThanMade,
    OverConsumed, and stock's NotEnoughStock.
    """
    plug = queries.kind_of(kind)
    if plug.recorder != "producer":
        raise UnknownKind(field="kind")
    lot = lock_lot(db, lot_id)
    known = recorded(db, submit_key, lot.id)
    if known is not None:
        return known
    if lot.state == "closed":
        raise lots.LotClosed
    if lot.kind not in plug.lots:
        raise UnknownKind(field="kind")
    moment = happened_at or now
    lots.require_moment(moment, now)
    read = read_facts(plug, facts, today=today_vn(now))
    take(db, lot, plug, before={}, after=read, now=now, actor_id=actor_id)
    return append(
        db,
        lot,
        plug,
        read,
        happened_at=moment,
        actor_id=actor_id,
        now=now,
        submit_key=submit_key,
        attachments=attachments,
    )


def correct_event(
    db: Session,
    *,
    lot_id: int,
    seq: int,
    facts: Mapping[str, Any],
    reason: str,
    actor_id: int,
    now: datetime,
    submit_key: str,
) -> LotEvent:
    """Say what is right instead of entry ``seq``: a new entry that names it; the old one stays.

    ``facts`` are judged as the corrected kind's; where that kind ``takes``, the difference is taken
    or given back. Raises UnknownEntry, BadFact, LotClosed, UsedKey, and what taking raises.
    """
    lot = lock_lot(db, lot_id)
    known = recorded(db, submit_key, lot.id)
    if known is not None:
        return known
    if lot.state == "closed":
        raise lots.LotClosed
    wrong = db.scalar(select(LotEvent).where(LotEvent.lot_id == lot.id, LotEvent.seq == seq))
    if wrong is None or queries.kind_of(wrong.kind).recorder != "producer":
        raise UnknownEntry(field="seq")
    today = today_vn(now)
    plug = queries.kind_of("correction")
    said = read_facts(plug, {"reason": reason}, today=today)
    about = queries.kind_of(wrong.kind)
    right = read_facts(about, facts, today=today)
    before = queries.facts_in_force(db, wrong)
    take(db, lot, about, before=before, after=right, now=now, actor_id=actor_id)
    return append(
        db,
        lot,
        plug,
        Facts(said.public | {"facts": right.public}, said.inner | {"facts": right.inner}),
        happened_at=now,
        actor_id=actor_id,
        now=now,
        submit_key=submit_key,
        corrects=seq,
    )


def record_dispatch(
    db: Session,
    *,
    units_by_lot: Mapping[int, int],
    order_code: str,
    key: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Note in each lot's journal, sealed, that so many units left for an order.

    Once per ``key`` and lot; lots that were closed meanwhile too, as the parcel was packed before.
    Raises UnknownLot.
    """
    plug = queries.kind_of("dispatch")
    for lot_id, units in sorted(units_by_lot.items()):
        lot, submit_key = lock_lot(db, lot_id), f"dispatch:{key}:{lot_id}"
        if recorded(db, submit_key, lot.id) is None:
            append(
                db,
                lot,
                plug,
                read_facts(plug, {"units": units, "order": order_code}, today=today_vn(now)),
                happened_at=now,
                actor_id=actor_id or NOBODY,
                now=now,
                submit_key=submit_key,
            )


def recorded(db: Session, submit_key: str, lot_id: int) -> LotEvent | None:
    """The entry that this form made already. Raises UsedKey when it was for another lot."""
    known = db.scalar(select(LotEvent).where(LotEvent.submit_key == submit_key))
    if known is not None and known.lot_id != lot_id:
        raise UsedKey
    return known


def append(
    db: Session,
    lot: Lot,
    plug: EventKind,
    facts: Facts,
    *,
    happened_at: datetime,
    actor_id: int,
    now: datetime,
    submit_key: str,
    attachments: Sequence[str] = (),
    corrects: int | None = None,
) -> LotEvent:
    """Chain one entry to the head of a locked lot.

    The head moves by one conditional statement, so that even without the lock two writers could
    not both follow the same entry: the second finds the head elsewhere and is sent back.
    """
    if len(attachments) > MAX_ATTACHMENTS:
        raise TooManyPhotos(field="photos")
    seq, previous, salt = lot.head_seq + 1, lot.head_hash, random_code(26)
    happened_at, recorded_at = happened_at.replace(microsecond=0), now.replace(microsecond=0)
    sealed = journal.seal(
        actor_id=actor_id,
        facts=facts.inner,
        attachments=[] if plug.is_public else attachments,
        salt=salt,
    )
    body = journal.make_body(
        code=lot.code,
        seq=seq,
        kind=plug.slug,
        happened_at=happened_at,
        recorded_at=recorded_at,
        facts=facts.public,
        attachments=attachments if plug.is_public else [],
        corrects=corrects,
        sealed=sealed,
    )
    entry_hash = journal.chain(previous, body)
    moved = db.execute(
        update(Lot)
        .where(Lot.id == lot.id, Lot.head_seq == lot.head_seq, Lot.head_hash == previous)
        .values(head_seq=seq, head_hash=entry_hash)
        .returning(Lot.id)
    )
    if moved.one_or_none() is None:
        raise ChangedMeanwhile
    event = LotEvent(
        lot_id=lot.id,
        seq=seq,
        kind=plug.slug,
        happened_at=happened_at,
        recorded_at=recorded_at,
        actor_id=actor_id,
        facts=journal.plain(facts.public),
        inner_facts=journal.plain(facts.inner),
        salt=salt,
        sealed=sealed,
        attachments=list(attachments),
        corrects_seq=corrects,
        submit_key=submit_key,
        previous_hash=previous,
        hash=entry_hash,
    )
    db.add(event)
    db.flush()
    return event
