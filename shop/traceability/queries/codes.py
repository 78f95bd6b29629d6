"""Reading codes: what they stand for, how often they were looked at, what their label says."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Label, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shop.catalogue.models import (
    CatalogueVersion,
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPhoto,
    Variant,
)
from shop.catalogue.queries import valid_certificates
from shop.core.text import N_
from shop.places.models import Commune, Province
from shop.traceability.models import CloneAlert, CodeOpening, Lot, ScanStat, TraceCode
from shop.traceability.queries.gs1 import printable_gtin
from shop.traceability.rules.lots import UnknownLot


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
    if not lot_ids:
        return {}
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


def open_recall_code(db: Session, product_id: int) -> str | None:
    """The newest open recall of lots of the product, as recalls told the catalogue."""
    return db.scalar(
        select(ProductFacets.recall_code).where(ProductFacets.product_id == product_id)
    )


@dataclass(frozen=True)
class Target:
    """What a code stands for, with what its page and its label say of it."""

    code: TraceCode
    lot: Lot | None
    product: Product
    producer: Producer
    variant: Variant | None
    place: str
    """Commune and province of the producer."""
    made_in: str
    """Commune and province of the lot, where they were recorded; else ``place``."""
    photo: ProductPhoto | None
    scans: int
    first_scan_at: datetime | None
    opened_at: datetime | None
    """When a buyer first said that they opened the jar with this code."""
    alert: str | None
    """The worst level of its open alerts."""


def target_of(db: Session, code: str) -> Target | None:
    """Everything the page behind a code starts from, in one statement."""
    row = db.execute(_target(), {"code": code}).one_or_none()
    if row is None:
        return None
    place = ", ".join(filter(None, (row.commune, row.province)))
    made_in = ", ".join(filter(None, (row.lot_commune, row.lot_province)))
    return Target(
        code=row.TraceCode,
        lot=row.Lot,
        product=row.Product,
        producer=row.Producer,
        variant=row.Variant,
        place=place,
        made_in=made_in or place,
        photo=row.ProductPhoto,
        scans=int(row.scans or 0),
        first_scan_at=row.first,
        opened_at=row.opened,
        alert=row.alert,
    )


def _looks() -> tuple[Label[Any], ...]:
    """What was seen of a code: how often and since when it was looked at, opened, suspected."""
    seen = ScanStat.code == TraceCode.code
    opening = select(CodeOpening.first_at).where(CodeOpening.code == TraceCode.code)
    alert = select(func.max(CloneAlert.level)).where(
        CloneAlert.code == TraceCode.code, CloneAlert.state == "open"
    )
    return (
        select(func.sum(ScanStat.count)).where(seen).scalar_subquery().label("scans"),
        select(func.min(ScanStat.first_seen_at)).where(seen).scalar_subquery().label("first"),
        opening.scalar_subquery().label("opened"),
        alert.scalar_subquery().label("alert"),
    )


class Glance(NamedTuple):
    """How a code stands now: all that can change on its page between two changes of the catalogue,
    and what was seen of it."""

    version: int
    """The catalogue's: it moves with every change of what the public sees."""
    level: str
    state: str
    lot_state: str | None
    head_seq: int | None
    opened_at: datetime | None
    alert: str | None
    scans: int
    first_scan_at: datetime | None


def glance_of(db: Session, code: str) -> Glance | None:
    """How a code stands, read in one light statement."""
    row = db.connection().execute(_glance(), {"code": code}).one_or_none()
    if row is None:
        return None
    return Glance._make(row)._replace(scans=int(row.scans or 0))


@lru_cache
def _glance() -> Select[Any]:
    code, lot = TraceCode.__table__.c, Lot.__table__.c
    scans, first, opened, alert = _looks()
    version = select(CatalogueVersion.number).limit(1).scalar_subquery()
    return (
        select(
            version, code.level, code.state, lot.state, lot.head_seq, opened, alert, scans, first
        )
        .select_from(TraceCode.__table__.outerjoin(Lot.__table__, lot.id == code.lot_id))
        .where(code.code == bindparam("code"))
    )


@lru_cache
def _target() -> Any:
    lot_commune, lot_province = aliased(Commune), aliased(Province)
    first_photo = (
        select(ProductPhoto.id)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    return (
        select(
            TraceCode,
            Lot,
            Product,
            Producer,
            Variant,
            Commune.name.label("commune"),
            Province.name.label("province"),
            lot_commune.name.label("lot_commune"),
            lot_province.name.label("lot_province"),
            ProductPhoto,
            *_looks(),
        )
        .join(Product, Product.id == TraceCode.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .join(Province, Province.code == Producer.province_code)
        .outerjoin(Commune, Commune.code == Producer.commune_code)
        .outerjoin(Lot, Lot.id == TraceCode.lot_id)
        .outerjoin(Variant, Variant.id == Lot.variant_id)
        .outerjoin(lot_commune, lot_commune.code == Lot.commune_code)
        .outerjoin(lot_province, lot_province.code == lot_commune.province_code)
        .outerjoin(ProductPhoto, ProductPhoto.id == first_photo)
        .where(TraceCode.code == bindparam("code"))
    )


def own_target(db: Session, code: str, producer_ids: Collection[int]) -> Target:
    """A code of one of these producers. Raises UnknownLot, also for other people's codes."""
    found = target_of(db, code)
    if found is None or found.producer.id not in producer_ids:
        raise UnknownLot
    return found


def label_facts(db: Session, target: Target, *, today: date) -> dict[str, Any]:
    """What stands on the label of a code: ``labels.LabelFacts`` without address and code."""
    papers = valid_certificates(db, target.product.id, today)
    stars = best_stars(papers, target.product.id)
    lot, variant = target.lot, target.variant
    gtin = printable_gtin(db, target.product.id, variant.id if variant else None)
    return {
        "product": target.product.name,
        "producer": target.producer.name,
        "place": target.place,
        "net_content": variant.label if variant else target.product.net_content,
        "lot_no": lot.lot_no if lot else "",
        "made_on": lot.made_on if lot else None,
        "best_before": lot.best_before if lot else None,
        "stars": stars.stars if stars else None,
        "note": N_("Sao OCOP: hồ sơ minh họa") if stars and stars.is_illustration else "",
        "phone": target.producer.public_phone,
        "keeping": target.product.storage,
        "ean": gtin[1:] if gtin and gtin.startswith("0") else "",
    }


def best_stars(papers: Iterable[Certificate], product_id: int) -> Certificate | None:
    """The paper with the most stars among valid ones of this very product."""
    own = [p for p in papers if p.kind == "ocop" and p.product_id == product_id and p.stars]
    return max(own, key=lambda paper: paper.stars or 0, default=None)


def existing(db: Session, codes: Collection[str]) -> list[str]:
    """Which of ``codes`` were given out."""
    return list(db.scalars(select(TraceCode.code).where(TraceCode.code.in_(codes)).limit(3)))


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
