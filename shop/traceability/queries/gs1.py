"""Reading GS1 numbers: what a Digital Link stands for, what waits for staff."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.catalogue.rules import gtin14
from shop.traceability.models import Gs1Key, Lot, TraceCode
from shop.traceability.rules import codes, digital_link


@dataclass(frozen=True)
class Resolved:
    """What a Digital Link stands for; ``lot`` and ``unit`` when the address names them."""

    producer: Producer
    product: Product | None = None
    product_code: str | None = None
    lot: Lot | None = None
    unit: str | None = None


def resolve(db: Session, link: digital_link.DigitalLink) -> Resolved | None:
    """What stands behind a well-formed address; None for what we do not know."""
    if link.ai == digital_link.LOCATION:
        return _resolve_location(db, link)
    if set(dict(link.qualifiers)) - {"10", "21"}:
        return None
    row = db.execute(
        select(Producer, Product, TraceCode.code, Variant.id)
        .select_from(Gs1Key)
        .join(Variant, Variant.id == Gs1Key.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(
            TraceCode, and_(TraceCode.product_id == Product.id, TraceCode.level == "product")
        )
        .where(_is_key(link))
    ).one_or_none()
    if row is None:
        return None
    producer, product, product_code, variant_id = row
    lot = _lot_of(db, product.id, variant_id, link["10"])
    unit = _unit_of(db, product.id, link["21"])
    if (link["10"] and lot is None) or (link["21"] and unit is None):
        return None
    if unit is not None and lot is None:
        lot = db.get(Lot, unit.lot_id)
    if unit is not None and (lot is None or unit.lot_id != lot.id):
        return None
    return Resolved(producer, product, product_code, lot, unit.code if unit else None)


def _is_key(link: digital_link.DigitalLink) -> ColumnElement[bool]:
    return and_(Gs1Key.ai == link.ai, Gs1Key.value == link.value, Gs1Key.state == "verified")


def _resolve_location(db: Session, link: digital_link.DigitalLink) -> Resolved | None:
    if link.qualifiers:
        return None
    producer = db.scalar(
        select(Producer)
        .join(Gs1Key, Gs1Key.producer_id == Producer.id)
        .where(_is_key(link), Producer.state == "verified")
    )
    return Resolved(producer) if producer else None


def _lot_of(db: Session, product_id: int, variant_id: int, lot_no: str | None) -> Lot | None:
    if not lot_no:
        return None
    return db.scalar(
        select(Lot).where(
            Lot.product_id == product_id, Lot.variant_id == variant_id, Lot.lot_no == lot_no
        )
    )


def _unit_of(db: Session, product_id: int, serial: str | None) -> TraceCode | None:
    if not serial or not codes.is_right(serial):
        return None
    return db.scalar(
        select(TraceCode).where(
            TraceCode.code == serial, TraceCode.product_id == product_id, TraceCode.level == "unit"
        )
    )


def printed_path(db: Session, code: str) -> str:
    """The path that a label of ``code`` carries in its QR.

    A Digital Link where staff verified the GTIN of what the code stands for, so that one symbol
    serves checkout scanners and phones; else the short path of the code itself.
    """
    row = db.execute(
        select(TraceCode.level, Lot.lot_no, Lot.variant_id, TraceCode.product_id)
        .outerjoin(Lot, Lot.id == TraceCode.lot_id)
        .where(TraceCode.code == code)
    ).one_or_none()
    gtin = None
    if row is not None and row.level in ("product", "lot", "unit"):
        gtin = printable_gtin(db, row.product_id, row.variant_id if row.lot_no else None)
    if row is None or gtin is None:
        return f"/T/{code}"
    serial = code if row.level == "unit" else ""
    return digital_link.of_item(gtin, lot_no=row.lot_no or "", serial=serial).path


def unit_paths(db: Session, lot: Lot, unit_codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(path, code) of units of a lot: what ``printed_path`` says of each, asked once for all."""
    gtin = printable_gtin(db, lot.product_id, lot.variant_id)
    for code in unit_codes:
        if gtin is None:
            yield f"/T/{code}", code
        else:
            yield digital_link.of_item(gtin, lot_no=lot.lot_no, serial=code).path, code


def printable_gtin(db: Session, product_id: int, variant_id: int | None) -> str | None:
    """The verified GTIN of the variant; of a product without lots, when it is sold in one size."""
    sizes = select(Variant.gtin, Variant.gtin_status).where(Variant.product_id == product_id)
    wanted = Variant.is_active if variant_id is None else Variant.id == variant_id
    rows = db.execute(sizes.where(wanted).limit(2)).all()
    if len(rows) != 1 or rows[0].gtin_status != "verified":
        return None
    return gtin14(rows[0].gtin)


@dataclass(frozen=True)
class KeyRow:
    """A GS1 number on a desk."""

    ai: str
    value: str
    what: str
    producer_name: str
    subject_id: int
    """The variant of a declared GTIN; the row of a GLN or of a verified number."""


def gtins_waiting(db: Session, provinces: Collection[str] | None) -> list[KeyRow]:
    """Declared GTINs that no one judged yet, by producer; ``provinces`` None: everywhere."""
    rows = db.execute(_gtins_waiting(provinces).order_by(Producer.name, Variant.id).limit(200))
    return [
        KeyRow("01", gtin14(row.gtin), f"{row.product} · {row.label}", row.producer, row.id)
        for row in rows
    ]


def _gtins_waiting(provinces: Collection[str] | None) -> Select[int, str | None, str, str, str]:
    found = (
        select(
            Variant.id,
            Variant.gtin,
            Variant.label,
            Product.name.label("product"),
            Producer.name.label("producer"),
        )
        .join(Product, Product.id == Variant.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Variant.gtin_status == "declared", Product.state != "archived")
    )
    return found if provinces is None else found.where(Producer.province_code.in_(provinces))


def keys_in(
    db: Session, provinces: Collection[str] | None, *, ai: str | None, state: str
) -> list[KeyRow]:
    """Numbers in a state (``ai`` None: of both kinds), newest first, 200 at most."""
    found = (
        select(Gs1Key, Producer.name.label("producer"), Product.name.label("product"))
        .join(Producer, Producer.id == Gs1Key.producer_id)
        .outerjoin(Variant, Variant.id == Gs1Key.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .where(Gs1Key.state == state)
        .order_by(Gs1Key.id.desc())
        .limit(200)
    )
    if ai is not None:
        found = found.where(Gs1Key.ai == ai)
    if provinces is not None:
        found = found.where(Producer.province_code.in_(provinces))
    return [
        KeyRow(key.ai, key.value, product or "", producer, key.id)
        for key, producer, product in db.execute(found)
    ]


def keys_of(db: Session, producer_ids: Collection[int]) -> list[Gs1Key]:
    """A producer's own numbers, newest first."""
    return list(
        db.scalars(
            select(Gs1Key)
            .where(Gs1Key.producer_id.in_(producer_ids))
            .order_by(Gs1Key.id.desc())
            .limit(100)
        )
    )


def declared_gtins(db: Session, producer_ids: Collection[int]) -> list[KeyRow]:
    """GTINs that producers declared and nobody verified yet."""
    found = _gtins_waiting(None).where(Producer.id.in_(producer_ids)).order_by(Variant.id)
    return [
        KeyRow("01", gtin14(row.gtin), f"{row.product} · {row.label}", row.producer, row.id)
        for row in db.execute(found)
    ]


def count_keys_waiting(db: Session, provinces: Collection[str] | None) -> int:
    """How many numbers wait for staff."""
    gtins = db.scalar(select(func.count()).select_from(_gtins_waiting(provinces).subquery())) or 0
    glns = (
        select(func.count())
        .select_from(Gs1Key)
        .join(Producer, Producer.id == Gs1Key.producer_id)
        .where(Gs1Key.state == "declared")
    )
    if provinces is not None:
        glns = glns.where(Producer.province_code.in_(provinces))
    return gtins + (db.scalar(glns) or 0)


def producer_choices(db: Session, producer_ids: Collection[int]) -> list[tuple[str, str]]:
    """The person's producers as a pick list."""
    rows = db.execute(
        select(Producer.id, Producer.name)
        .where(Producer.id.in_(producer_ids))
        .order_by(Producer.name, Producer.id)
    )
    return [(str(row.id), row.name) for row in rows]
