"""Reading journals: event kinds, entries, the check of a chain, daily roots."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from shop.core import plugs
from shop.core.clock import today_vn
from shop.traceability import events
from shop.traceability.models import Anchor, Lot, LotEvent
from shop.traceability.rules import journal
from shop.traceability.rules.events import EventKind, UnknownKind
from shop.traceability.rules.lots import UnknownLot


@cache
def kinds() -> Mapping[str, EventKind]:
    """Every event kind by slug."""
    return plugs.load(events, "EVENT", EventKind)


def kind_of(slug: str) -> EventKind:
    """Raises UnknownKind."""
    found = kinds().get(slug)
    if found is None:
        raise UnknownKind
    return found


def kinds_to_record(lot_kind: str) -> list[EventKind]:
    """What a producer may record in a lot of this kind, in the order of the work."""
    offered = (
        kind for kind in kinds().values() if kind.recorder == "producer" and lot_kind in kind.lots
    )
    return sorted(offered, key=lambda kind: kind.position)


def recordable_kind(slug: str) -> EventKind:
    """A kind that people record themselves. Raises UnknownKind."""
    found = kind_of(slug)
    if found.recorder != "producer":
        raise UnknownKind
    return found


def events_of(db: Session, lot_id: int) -> list[LotEvent]:
    """A journal from its first entry to its last."""
    return list(
        db.scalars(select(LotEvent).where(LotEvent.lot_id == lot_id).order_by(LotEvent.seq))
    )


def entry_of(event: LotEvent, code: str) -> journal.Entry:
    """An entry as it is published and checked."""
    is_public = kinds()[event.kind].is_public if event.kind in kinds() else False
    shown = event.attachments if is_public else []
    sealed = journal.seal(
        actor_id=event.actor_id,
        facts=event.inner_facts,
        attachments=[] if is_public else event.attachments,
        salt=event.salt,
    )
    return journal.Entry(
        body=journal.make_body(
            code=code,
            seq=event.seq,
            kind=event.kind,
            happened_at=event.happened_at,
            recorded_at=event.recorded_at,
            facts=event.facts,
            attachments=shown,
            corrects=event.corrects_seq,
            sealed=event.sealed,
        ),
        previous=event.previous_hash,
        hash=event.hash,
        is_seal_right=sealed == event.sealed,
    )


@dataclass(frozen=True)
class Checked:
    """The outcome of an integrity check."""

    count: int
    fault: journal.Break | None
    anchors: tuple[date, ...]
    """Days whose published root agrees with this journal."""


def check_lot(db: Session, lot: Lot) -> Checked:
    """Check a journal from its first hash to its head and against the published daily roots."""
    journal_events = events_of(db, lot.id)
    entries = [entry_of(event, lot.code) for event in journal_events]
    fault = journal.first_break(lot.code, entries, head_seq=lot.head_seq, head_hash=lot.head_hash)
    anchors = anchors_on(db, {today_vn(event.recorded_at) for event in journal_events})
    hashes = {event.seq: event.hash for event in journal_events}
    agreeing: list[date] = []
    for anchor in anchors:
        gone = missing_leaf(anchor, lot.code, hashes)
        if gone is None:
            agreeing.append(anchor.day)
        elif fault is None or gone < fault.seq:
            fault = journal.Break(gone, "anchor")
    return Checked(len(entries), fault, tuple(agreeing))


def missing_leaf(anchor: Anchor, code: str, hashes: Mapping[int, str]) -> int | None:
    """The entry that an anchor vouches for and the journal no longer holds; None if all is well.

    An anchor whose root does not cover its leaves vouches for none of them.
    """
    is_whole = journal.merkle_root(anchor.leaves) == anchor.merkle_root
    for leaf in anchor.leaves:
        if not leaf.startswith(f"{code}:"):
            continue
        _code, seq, entry_hash = leaf.split(":")
        if not is_whole or hashes.get(int(seq)) != entry_hash:
            return int(seq)
    return None


def anchors_on(db: Session, days: Collection[date]) -> list[Anchor]:
    """The published roots of these days."""
    return list(db.scalars(select(Anchor).where(Anchor.day.in_(days)).order_by(Anchor.day)))


def last_anchor(db: Session) -> Anchor | None:
    """The newest published root."""
    return db.scalar(select(Anchor).order_by(Anchor.day.desc()).limit(1))


def heads_between(db: Session, start: datetime, end: datetime) -> list[tuple[str, int, str]]:
    """(code, seq, hash) of the last entry that each journal got in [start, end), by code."""
    newest = (
        select(LotEvent.lot_id, func.max(LotEvent.seq).label("seq"))
        .where(LotEvent.recorded_at >= start, LotEvent.recorded_at < end)
        .group_by(LotEvent.lot_id)
        .subquery()
    )
    rows = db.execute(
        select(Lot.code, LotEvent.seq, LotEvent.hash)
        .join(newest, and_(newest.c.lot_id == LotEvent.lot_id, newest.c.seq == LotEvent.seq))
        .join(Lot, Lot.id == LotEvent.lot_id)
        .order_by(Lot.code)
    )
    return [(row.code, row.seq, row.hash) for row in rows]


def has_story(db: Session, lot_id: int) -> bool:
    """Whether anything about how the lot was made is recorded for everybody to read."""
    told = [
        kind.slug
        for kind in kinds().values()
        if kind.recorder == "producer" and kind.is_public and not kind.takes
    ]
    return bool(
        db.scalar(select(exists().where(LotEvent.lot_id == lot_id, LotEvent.kind.in_(told))))
    )


def event_at(db: Session, lot_id: int, seq: int) -> LotEvent:
    """One entry. Raises UnknownLot."""
    found = db.scalar(select(LotEvent).where(LotEvent.lot_id == lot_id, LotEvent.seq == seq))
    if found is None:
        raise UnknownLot
    return found


def facts_in_force(db: Session, event: LotEvent) -> dict[str, Any]:
    """What an entry says once its corrections are read: those of the last one, else its own."""
    last = db.scalar(
        select(LotEvent)
        .where(LotEvent.lot_id == event.lot_id, LotEvent.corrects_seq == event.seq)
        .order_by(LotEvent.seq.desc())
        .limit(1)
    )
    if last is None:
        return {**event.facts, **event.inner_facts}
    return {**last.facts.get("facts", {}), **last.inner_facts.get("facts", {})}


def last_facts(db: Session, *, product_id: int, kind: str) -> dict[str, Any] | None:
    """What was written the last time this happened to a lot of the product: "như lần trước"."""
    row = db.execute(
        select(LotEvent.facts, LotEvent.inner_facts)
        .join(Lot, Lot.id == LotEvent.lot_id)
        .where(Lot.product_id == product_id, LotEvent.kind == kind)
        .order_by(LotEvent.id.desc())
        .limit(1)
    ).one_or_none()
    return {**row.facts, **row.inner_facts} if row else None
