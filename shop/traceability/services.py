"""Verbs of traceability: open a lot, record what happens to it, put it on sale, make codes."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.catalogue.services import bump_version
from shop.core.clock import VN, today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, clean, random_code
from shop.places.queries import get_commune
from shop.traceability import queries, signals
from shop.traceability.models import (
    LOT_KINDS,
    Anchor,
    LabelBatch,
    Lot,
    LotEvent,
    ScanReport,
    ScanStat,
    TraceCode,
)
from shop.traceability.rules import codes, journal, lots
from shop.traceability.rules.events import EventKind, Facts, UnknownKind, read_facts

MAX_ATTACHMENTS = 4
MAX_LABELS = 1000
_MOST_ANCHOR_DAYS = 31


class UsedKey(Conflict):
    message = N_("Biểu mẫu này đã gửi cho việc khác. Vui lòng tải lại trang.")


class UnknownEntry(Invalid):
    message = N_("Không có mục nhật ký này để đính chính.")


class TooManyPhotos(Invalid):
    message = N_("Mỗi sự kiện kèm tối đa 4 ảnh.")


class ChangedMeanwhile(Conflict):
    message = N_("Lô vừa có người khác ghi. Vui lòng gửi lại.")


# Lots


def open_lot(
    db: Session,
    *,
    product_id: int,
    quantity: int,
    made_on: date,
    actor_id: int,
    now: datetime,
    submit_key: str | None = None,
    lot_no: str | None = None,
    variant_id: int | None = None,
    kind: str = "finished",
    uom: str = "unit",
    packed_on: date | None = None,
    best_before: date | None = None,
    site: str = "",
    province_code: str | None = None,
    commune_code: str | None = None,
    is_demo: bool = False,
) -> Lot:
    """Open a lot with its code and an empty journal; the same ``submit_key`` opens it once.

    ``quantity`` is in ``uom``: whole sellable units for a finished lot. Without ``lot_no`` the next
    free number of the day is taken; without ``best_before`` it follows from the product's shelf
    life. Raises UnknownProduct, NotLotTracked, BadLotNumber, LotNumberTaken, BadLotDates, Invalid.
    """
    key = submit_key or secrets.token_urlsafe(16)
    known = db.scalar(select(Lot).where(Lot.submit_key == key))
    if known is not None:
        if known.product_id != product_id:
            raise UsedKey
        return known
    product = _product(db, product_id)
    if not product.is_lot_tracked:
        raise lots.NotLotTracked(field="product_id")
    _require_shape(kind, quantity)
    _require_variant(db, product_id, variant_id, kind)
    if best_before is None and product.shelf_life_days:
        best_before = made_on + timedelta(days=product.shelf_life_days)
    lots.require_dates(
        made_on=made_on, packed_on=packed_on, best_before=best_before, today=today_vn(now)
    )
    if commune_code:
        get_commune(db, province_code or "", commune_code)
    code = codes.new_code()
    lot = Lot(
        code=code,
        product_id=product.id,
        producer_id=product.producer_id,
        variant_id=variant_id,
        lot_no=_free_lot_no(db, product_id, lot_no, made_on),
        kind=kind,
        quantity=quantity,
        uom=uom,
        made_on=made_on,
        packed_on=packed_on,
        best_before=best_before,
        site=clean(site)[:160],
        commune_code=commune_code or None,
        is_demo=is_demo,
        head_hash=journal.genesis(code),
        submit_key=key,
        created_at=now,
    )
    _add_lot(db, lot)
    db.add(TraceCode(code=code, level="lot", product_id=product.id, lot_id=lot.id, created_at=now))
    db.flush()
    return lot


def _product(db: Session, product_id: int) -> Product:
    product = db.get(Product, product_id)
    if product is None or product.is_service:
        raise lots.UnknownProduct(field="product_id")
    return product


def _require_shape(kind: str, quantity: int) -> None:
    if kind not in LOT_KINDS:
        raise Invalid(field="kind")
    if not 0 < quantity <= lots.MAX_QUANTITY:
        raise Invalid(N_("Số lượng phải từ 1 đến 1.000.000."), field="quantity")


def _require_variant(db: Session, product_id: int, variant_id: int | None, kind: str) -> None:
    if variant_id is None:
        if kind == "finished":
            raise Invalid(N_("Hãy chọn quy cách bán của lô."), field="variant_id")
        return
    variant = db.get(Variant, variant_id)
    if variant is None or variant.product_id != product_id:
        raise Invalid(N_("Quy cách này không thuộc sản phẩm đã chọn."), field="variant_id")


def _free_lot_no(db: Session, product_id: int, typed: str | None, made_on: date) -> str:
    taken = set(db.scalars(select(Lot.lot_no).where(Lot.product_id == product_id)))
    if not typed or not typed.strip():
        return lots.proposed_lot_no(made_on, taken)
    lot_no = lots.read_lot_no(typed)
    if lot_no in taken:
        raise lots.LotNumberTaken(field="lot_no", lot_no=lot_no)
    return lot_no


def _add_lot(db: Session, lot: Lot) -> None:
    """Add ``lot``; two people who chose one number at once: the second is told."""
    try:
        with db.begin_nested():
            db.add(lot)
    except IntegrityError as error:
        raise lots.LotNumberTaken(field="lot_no", lot_no=lot.lot_no) from error


def release_lot(db: Session, *, lot_id: int, actor_id: int, now: datetime, remark: str = "") -> Lot:
    """Put a lot on sale, for the first time or again after a hold; says so in its journal.

    Releasing a released lot changes nothing. Raises UnknownLot, WrongMove, NothingRecorded,
    LotExpired, Invalid.
    """
    lot = _lock(db, lot_id)
    if lot.state == "released":
        return lot
    lots.require_move(lot.state, "released")
    if not queries.has_story(db, lot.id):
        raise lots.NothingRecorded
    if lot.best_before is not None and lot.best_before < today_vn(now):
        raise lots.LotExpired
    _move(db, lot, "released", kind="release", facts={"remark": remark}, by=actor_id, now=now)
    lot.released_at = lot.released_at or now
    db.flush()
    signals.lot_released.send("traceability", db=db, lot=lot, now=now, actor_id=actor_id)
    return lot


def hold_lot(db: Session, *, lot_id: int, reason: str, actor_id: int, now: datetime) -> Lot:
    """Take a lot off sale for the time being. Raises UnknownLot, WrongMove, MissingFact."""
    lot = _lock(db, lot_id)
    if lot.state == "on_hold":
        return lot
    lots.require_move(lot.state, "on_hold")
    _move(db, lot, "on_hold", kind="hold", facts={"reason": reason}, by=actor_id, now=now)
    lot.state_note = clean(reason)[:300]
    db.flush()
    signals.lot_held.send("traceability", db=db, lot=lot, now=now, actor_id=actor_id)
    return lot


def close_lot(db: Session, *, lot_id: int, actor_id: int, now: datetime, remark: str = "") -> Lot:
    """End a lot: nothing of it is sold or recorded any more. Raises UnknownLot, WrongMove."""
    lot = _lock(db, lot_id)
    if lot.state == "closed":
        return lot
    lots.require_move(lot.state, "closed")
    _move(db, lot, "closed", kind="closing", facts={"remark": remark}, by=actor_id, now=now)
    db.flush()
    signals.lot_closed.send("traceability", db=db, lot=lot, now=now, actor_id=actor_id)
    return lot


def _move(
    db: Session,
    lot: Lot,
    state: str,
    *,
    kind: str,
    facts: Mapping[str, Any],
    by: int,
    now: datetime,
) -> None:
    plug = queries.kind_of(kind)
    _append(
        db,
        lot,
        plug,
        read_facts(plug, facts, today=today_vn(now)),
        happened_at=now,
        actor_id=by,
        now=now,
        submit_key=secrets.token_urlsafe(16),
    )
    lot.state = state
    bump_version(db)


def _lock(db: Session, lot_id: int) -> Lot:
    """The lot as it is now, held until the transaction ends: journals are written one at a time."""
    lot = db.scalar(
        select(Lot)
        .where(Lot.id == lot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if lot is None:
        raise lots.UnknownLot
    return lot


# Journal


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
    Raises UnknownLot, UnknownKind, BadFact, BadMoment, LotClosed, TooManyPhotos, UsedKey.
    """
    plug = queries.kind_of(kind)
    if plug.recorder != "producer":
        raise UnknownKind(field="kind")
    lot = _lock(db, lot_id)
    known = _recorded(db, submit_key, lot.id)
    if known is not None:
        return known
    if lot.state == "closed":
        raise lots.LotClosed
    if lot.kind not in plug.lots:
        raise UnknownKind(field="kind")
    moment = happened_at or now
    lots.require_moment(moment, now)
    return _append(
        db,
        lot,
        plug,
        read_facts(plug, facts, today=today_vn(now)),
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

    ``facts`` are judged as the corrected kind's. Raises UnknownEntry, BadFact, LotClosed, UsedKey.
    """
    lot = _lock(db, lot_id)
    known = _recorded(db, submit_key, lot.id)
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
    right = read_facts(queries.kind_of(wrong.kind), facts, today=today)
    return _append(
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


def _recorded(db: Session, submit_key: str, lot_id: int) -> LotEvent | None:
    known = db.scalar(select(LotEvent).where(LotEvent.submit_key == submit_key))
    if known is not None and known.lot_id != lot_id:
        raise UsedKey
    return known


def _append(
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


# Codes and labels


def ensure_product_code(db: Session, *, product_id: int, now: datetime) -> str:
    """The product-level code, made at the first asking: for goods without lots.

    It says honestly that no lot is recorded; lots that come later get codes of their own and this
    one stays alive. Raises UnknownProduct.
    """
    known = queries.product_code(db, product_id)
    if known is not None:
        return known
    _product(db, product_id)
    code = codes.new_code()
    try:
        with db.begin_nested():
            db.add(TraceCode(code=code, level="product", product_id=product_id, created_at=now))
    except IntegrityError:
        made = queries.product_code(db, product_id)
        if made is None:
            raise
        return made
    return code


def make_labels(
    db: Session, *, code: str, count: int, template: str, actor_id: int, now: datetime
) -> LabelBatch:
    """Note that ``count`` labels of a code were made, and call the code printed.

    Raises UnknownLot for a code that does not exist, Invalid for a count out of bounds.
    """
    if not 0 < count <= MAX_LABELS:
        raise Invalid(N_("Số nhãn phải từ 1 đến 1.000."), field="so")
    trace_code = db.get(TraceCode, code)
    if trace_code is None:
        raise lots.UnknownLot
    batch = LabelBatch(
        product_id=trace_code.product_id,
        lot_id=trace_code.lot_id,
        count=count,
        template=template,
        made_by=actor_id,
        made_at=now,
    )
    db.add(batch)
    if trace_code.state == "unprinted":
        trace_code.state = "active"
    trace_code.printed_at = trace_code.printed_at or now
    db.flush()
    return batch


# Counts and reports


def count_scan(db: Session, *, code: str, now: datetime) -> None:
    """Count that somebody looked at ``code`` today. Nothing about who, from where or with what."""
    make = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = make(ScanStat).values(
        code=code, day=today_vn(now), count=1, first_seen_at=now, last_seen_at=now
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=[ScanStat.code, ScanStat.day],
            set_={"count": ScanStat.count + 1, "last_seen_at": now},
        )
    )


def report_code(db: Session, *, code: str, words: str, now: datetime) -> ScanReport:
    """Keep a buyer's word that something about a code looks wrong. Raises UnknownLot, Invalid."""
    if db.get(TraceCode, code) is None:
        raise lots.UnknownLot
    text = clean(words)
    if not 5 <= len(text) <= 1000:
        raise Invalid(N_("Hãy viết từ 5 đến 1.000 ký tự."), field="words")
    report = ScanReport(code=code, words=text, at=now)
    db.add(report)
    db.flush()
    return report


# Daily roots


def publish_anchors(db: Session, *, now: datetime) -> list[Anchor]:
    """Publish the root of every past day that has none yet, from the last one to yesterday.

    A root covers the heads that moved on its day and the root before it. Days are Vietnam's; a day
    is closed ten minutes after midnight, when nothing recorded in it can still be on its way.
    """
    yesterday = today_vn(now - timedelta(minutes=10)) - timedelta(days=1)
    last = queries.last_anchor(db)
    earliest = yesterday - timedelta(days=_MOST_ANCHOR_DAYS)
    day = max(last.day + timedelta(days=1), earliest) if last else yesterday
    made = []
    while day <= yesterday:
        last = _publish(db, day, last, now)
        made.append(last)
        day += timedelta(days=1)
    return made


def _publish(db: Session, day: date, before: Anchor | None, now: datetime) -> Anchor:
    start = datetime(day.year, day.month, day.day, tzinfo=VN)
    heads = queries.heads_between(db, start, start + timedelta(days=1))
    leaves = [f"moc:{before.day.isoformat()}:{before.merkle_root}"] if before else []
    leaves += [journal.leaf(*head) for head in heads]
    anchor = Anchor(
        day=day,
        merkle_root=journal.merkle_root(leaves),
        leaves=leaves,
        count=len(heads),
        published_at=now,
    )
    db.add(anchor)
    db.flush()
    return anchor
