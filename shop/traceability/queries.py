"""Reading lots, their journals, codes and counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.core import plugs
from shop.core.clock import today_vn
from shop.traceability import events
from shop.traceability.models import Anchor, Lot, LotEvent, ScanStat, TraceCode
from shop.traceability.rules import journal
from shop.traceability.rules.events import EventKind, UnknownKind
from shop.traceability.rules.lots import UnknownLot

PAGE_SIZE = 30


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


# Codes


def code_url(code: str) -> str:
    """The path printed in the QR: upper case, so that the QR stays in alphanumeric mode."""
    return f"/T/{code}"


def lot_code(db: Session, lot_id: int) -> str:
    """The code of a lot. Raises UnknownLot."""
    code = db.scalar(select(Lot.code).where(Lot.id == lot_id))
    if code is None:
        raise UnknownLot
    return code


@dataclass(frozen=True)
class LotName:
    """What order and stock pages print of a lot."""

    lot_id: int
    code: str
    lot_no: str
    best_before: date | None
    state: str

    @property
    def url(self) -> str:
        return code_url(self.code)


def lot_names(db: Session, lot_ids: Collection[int]) -> dict[int, LotName]:
    """Code and number of several lots, in one statement."""
    rows = db.execute(
        select(Lot.id, Lot.code, Lot.lot_no, Lot.best_before, Lot.state).where(Lot.id.in_(lot_ids))
    )
    return {row.id: LotName(*row) for row in rows}


def product_code(db: Session, product_id: int) -> str | None:
    """The product-level code, if one was made."""
    return db.scalar(
        select(TraceCode.code).where(
            TraceCode.product_id == product_id, TraceCode.level == "product"
        )
    )


@dataclass(frozen=True)
class Target:
    """What a code stands for."""

    code: TraceCode
    lot: Lot | None
    product: Product
    producer: Producer
    variant: Variant | None


def target_of(db: Session, code: str) -> Target | None:
    """Everything the page behind a code starts from, in one statement."""
    row = db.execute(
        select(TraceCode, Lot, Product, Producer, Variant)
        .join(Product, Product.id == TraceCode.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(Lot, Lot.id == TraceCode.lot_id)
        .outerjoin(Variant, Variant.id == Lot.variant_id)
        .where(TraceCode.code == code)
    ).one_or_none()
    return Target(*row) if row else None


def existing(db: Session, codes: Collection[str]) -> list[str]:
    """Which of ``codes`` were given out."""
    return list(db.scalars(select(TraceCode.code).where(TraceCode.code.in_(codes)).limit(3)))


# Lots


def get_lot(db: Session, code: str) -> Lot:
    """Raises UnknownLot."""
    found = db.scalar(select(Lot).where(Lot.code == code))
    if found is None:
        raise UnknownLot
    return found


def own_lot(db: Session, code: str, producer_ids: Collection[int]) -> Lot:
    """A lot of one of these producers. Raises UnknownLot, also for other people's lots."""
    found = db.scalar(select(Lot).where(Lot.code == code, Lot.producer_id.in_(producer_ids)))
    if found is None:
        raise UnknownLot
    return found


@dataclass(frozen=True)
class LotRow:
    """A line of the producer's list."""

    lot: Lot
    product_name: str


def lots_of(
    db: Session, producer_ids: Collection[int], *, page: int = 1
) -> tuple[list[LotRow], int]:
    """The producers' lots, newest first, and how many there are."""
    is_theirs = Lot.producer_id.in_(producer_ids)
    total = db.scalar(select(func.count()).select_from(Lot).where(is_theirs)) or 0
    rows = db.execute(
        select(Lot, Product.name)
        .join(Product, Product.id == Lot.product_id)
        .where(is_theirs)
        .order_by(Lot.created_at.desc(), Lot.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [LotRow(*row) for row in rows], total


def sellable(today: date) -> Any:
    """The condition under which units of a lot may be sold."""
    return and_(Lot.state == "released", or_(Lot.best_before.is_(None), Lot.best_before >= today))


def lots_on_sale(db: Session, product_id: int, *, today: date, most: int = 5) -> list[Lot]:
    """Lots of a product that may be sold, first expiring first."""
    return list(
        db.scalars(
            select(Lot)
            .where(Lot.product_id == product_id, sellable(today))
            .order_by(Lot.best_before.is_(None), Lot.best_before, Lot.id)
            .limit(most)
        )
    )


@dataclass(frozen=True)
class ProductChoice:
    """A product one may open a lot of, with the sizes it is sold in."""

    id: int
    producer_id: int
    name: str
    shelf_life_days: int | None
    is_lot_tracked: bool
    variants: tuple[tuple[int, str], ...]


def products_for_lots(db: Session, producer_ids: Collection[int]) -> list[ProductChoice]:
    """The producers' products that are not archived, by name, services left out."""
    rows = db.execute(
        select(Product, Variant.id, Variant.label)
        .outerjoin(Variant, and_(Variant.product_id == Product.id, Variant.is_active))
        .where(
            Product.producer_id.in_(producer_ids),
            Product.state != "archived",
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Product.id, Variant.position, Variant.id)
    )
    found: dict[int, tuple[Product, list[tuple[int, str]]]] = {}
    for product, variant_id, label in rows:
        variants = found.setdefault(product.id, (product, []))[1]
        if variant_id is not None:
            variants.append((variant_id, label))
    return [
        ProductChoice(p.id, p.producer_id, p.name, p.shelf_life_days, p.is_lot_tracked, tuple(v))
        for p, v in found.values()
    ]


def lots_to_work_on(db: Session, producer_ids: Collection[int]) -> tuple[int, int]:
    """How many lots are open (journal to be kept), and how many are on hold."""
    rows = db.execute(
        select(Lot.state, func.count())
        .where(Lot.producer_id.in_(producer_ids), Lot.state.in_(("open", "on_hold")))
        .group_by(Lot.state)
    )
    counts: dict[str, int] = {row.state: row[1] for row in rows}
    return counts.get("open", 0), counts.get("on_hold", 0)


# Journals


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
        gone = _missing_leaf(anchor, lot.code, hashes)
        if gone is None:
            agreeing.append(anchor.day)
        elif fault is None or gone < fault.seq:
            fault = journal.Break(gone, "anchor")
    return Checked(len(entries), fault, tuple(agreeing))


def _missing_leaf(anchor: Anchor, code: str, hashes: Mapping[int, str]) -> int | None:
    """The entry that an anchor vouches for and the journal no longer holds; None if all is well."""
    for leaf in anchor.leaves:
        if not leaf.startswith(f"{code}:"):
            continue
        _code, seq, entry_hash = leaf.split(":")
        if hashes.get(int(seq)) != entry_hash:
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
    told = [k.slug for k in kinds().values() if k.recorder == "producer" and k.is_public]
    return bool(
        db.scalar(select(exists().where(LotEvent.lot_id == lot_id, LotEvent.kind.in_(told))))
    )


# Counts


@dataclass(frozen=True)
class Scans:
    """How often a code was looked at, and when first."""

    total: int
    first_at: datetime | None


def scans_of(db: Session, code: str) -> Scans:
    """All days together."""
    row = db.execute(
        select(func.sum(ScanStat.count), func.min(ScanStat.first_seen_at)).where(
            ScanStat.code == code
        )
    ).one()
    return Scans(int(row[0] or 0), row[1])


def last_of_kind(journal_events: Sequence[LotEvent], kind: str) -> LotEvent | None:
    """The newest entry of a kind: what "repeat last" starts from."""
    return next((event for event in reversed(journal_events) if event.kind == kind), None)
