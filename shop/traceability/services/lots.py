"""The life of a lot: open, on sale, on hold, closed. Each step stands in its journal."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.catalogue.services import bump_version
from shop.core.clock import today_vn
from shop.core.errors import Invalid
from shop.core.text import N_, clean
from shop.places.queries import get_commune
from shop.traceability import queries, signals
from shop.traceability.models import LOT_KINDS, Lot, TraceCode
from shop.traceability.rules import balance, codes, journal, lots
from shop.traceability.rules.events import read_facts
from shop.traceability.services.journals import UsedKey, append, lock_lot


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
    material: str = "",
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
    free number of the day is taken; without ``best_before`` that of a finished lot follows from the
    product's shelf life. ``material`` says what a raw or semi-finished lot is. Raises
    UnknownProduct, NotLotTracked, BadLotNumber, LotNumberTaken, BadLotDates, Invalid.
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
    _require_shape(kind, quantity, uom)
    _require_variant(db, product_id, variant_id, kind)
    if best_before is None and product.shelf_life_days and kind == "finished":
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
        material="" if kind == "finished" else clean(material)[:120],
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


def _require_shape(kind: str, quantity: int, uom: str) -> None:
    if kind not in LOT_KINDS:
        raise Invalid(field="kind")
    if uom not in balance.UNITS:
        raise Invalid(field="uom")
    if not 0 < quantity <= lots.MAX_QUANTITY:
        raise Invalid(N_("Số lượng phải từ 1 đến 1.000.000."), field="quantity")


def _require_variant(db: Session, product_id: int, variant_id: int | None, kind: str) -> None:
    if kind != "finished":
        if variant_id is not None:
            raise Invalid(N_("Chỉ lô thành phẩm mới có quy cách bán."), field="variant_id")
        return
    if variant_id is None:
        raise Invalid(N_("Hãy chọn quy cách bán của lô."), field="variant_id")
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

    Releasing a released lot changes nothing. Raises UnknownLot, WrongMove, NotForSale,
    NothingRecorded, NothingLeft, LotExpired, Invalid.
    """
    lot = lock_lot(db, lot_id)
    if lot.state == "released":
        return lot
    lots.require_move(lot.state, "released")
    if lot.kind != "finished":
        raise lots.NotForSale
    if not queries.has_story(db, lot.id):
        raise lots.NothingRecorded
    if lot.lost >= lot.quantity:
        raise lots.NothingLeft
    if lot.best_before is not None and lot.best_before < today_vn(now):
        raise lots.LotExpired
    _move(db, lot, "released", kind="release", facts={"remark": remark}, by=actor_id, now=now)
    lot.released_at = lot.released_at or now
    db.flush()
    signals.lot_released.send("traceability", db=db, lot=lot, now=now, actor_id=actor_id)
    return lot


def hold_lot(db: Session, *, lot_id: int, reason: str, actor_id: int, now: datetime) -> Lot:
    """Take a lot off sale for the time being. Raises UnknownLot, WrongMove, MissingFact."""
    lot = lock_lot(db, lot_id)
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
    lot = lock_lot(db, lot_id)
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
    append(
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
