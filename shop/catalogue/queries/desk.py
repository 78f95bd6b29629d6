"""What a producer's desk and the staff's desk list: products, papers, changes, history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Person
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPhoto,
    ProductRevision,
    Variant,
)
from shop.catalogue.queries.editing import EDITABLE, OPEN, Draft, Photo
from shop.catalogue.queries.sections import Section
from shop.core.errors import NotFound


@dataclass(frozen=True)
class ProductRow:
    """A line of a product list at a desk."""

    product: Product
    producer: Producer
    photo_sha: str | None
    price_min_vnd: int | None
    price_max_vnd: int | None
    available: int
    revision_state: str | None
    submitted_at: Any


def _rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    cover = (
        select(ProductPhoto.sha)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    prices = (
        select(
            Variant.product_id,
            func.min(Variant.price_vnd).label("low"),
            func.max(Variant.price_vnd).label("high"),
        )
        .where(Variant.is_active)
        .group_by(Variant.product_id)
        .subquery()
    )
    return (
        select(
            Product,
            Producer,
            cover,
            prices.c.low,
            prices.c.high,
            func.coalesce(ProductFacets.available, 0),
            ProductRevision.state,
            func.coalesce(ProductRevision.submitted_at, Product.submitted_at),
        )
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(prices, prices.c.product_id == Product.id)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .outerjoin(
            ProductRevision,
            (ProductRevision.product_id == Product.id) & ProductRevision.state.in_(OPEN),
        )
        .where(*conditions)
    )


def products_of(
    db: Session,
    producer_ids: Collection[int],
    *,
    state: str | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[ProductRow], int]:
    """A page of the producers' products, last changed first, and how many there are."""
    conditions: list[ColumnElement[bool]] = [Product.producer_id.in_(producer_ids)]
    conditions.append(Product.state == state if state else Product.state != "archived")
    total = db.scalar(select(func.count()).select_from(Product).where(*conditions)) or 0
    rows = db.execute(
        _rows(*conditions)
        .order_by(Product.updated_at.desc(), Product.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [ProductRow(*row) for row in rows], total


def counts_by_state(db: Session, producer_ids: Collection[int]) -> dict[str, int]:
    """How many products the producers have in each state."""
    rows = db.execute(
        select(Product.state, func.count())
        .where(Product.producer_id.in_(producer_ids))
        .group_by(Product.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - a Row is no plain pair


def producers_by_id(db: Session, producer_ids: Collection[int]) -> list[Producer]:
    """The producers, by name."""
    found = db.scalars(
        select(Producer).where(Producer.id.in_(producer_ids)).order_by(Producer.name, Producer.id)
    )
    return list(found)


def producer_names(db: Session, producer_ids: Collection[int]) -> dict[int, str]:
    """Producer id -> name."""
    rows = db.execute(select(Producer.id, Producer.name).where(Producer.id.in_(producer_ids)))
    return {row[0]: row[1] for row in rows}


def producer_called(db: Session, slug: str) -> int | None:
    """The verified producer of this slug."""
    return db.scalar(select(Producer.id).where(Producer.slug == slug, Producer.state == "verified"))


# Staff. ``provinces`` is the scope: None is every province.

Scope = frozenset[str] | None


def _in_scope(provinces: Scope) -> list[ColumnElement[bool]]:
    return [] if provinces is None else [Producer.province_code.in_(provinces)]


def producers_in_state(
    db: Session, provinces: Scope, state: str, *, limit: int, offset: int = 0
) -> tuple[list[Producer], int]:
    """Producers of the scope in one state, oldest first, and how many there are."""
    conditions = [Producer.state == state, *_in_scope(provinces)]
    total = db.scalar(select(func.count()).select_from(Producer).where(*conditions)) or 0
    found = db.scalars(
        select(Producer)
        .where(*conditions)
        .order_by(Producer.created_at, Producer.id)
        .limit(limit)
        .offset(offset)
    )
    return list(found), total


def _waits() -> ColumnElement[bool]:
    return or_(
        Product.state == "submitted",
        (Product.state == "published") & (ProductRevision.state == "submitted"),
    )


def products_waiting(
    db: Session, provinces: Scope, *, limit: int, offset: int = 0
) -> tuple[list[ProductRow], int]:
    """Products and edits of the scope that wait for a decision, longest waiting first."""
    statement = _rows(_waits(), *_in_scope(provinces))
    total = db.scalar(
        select(func.count()).select_from(
            statement.with_only_columns(Product.id, maintain_column_froms=True).subquery()
        )
    )
    since = func.coalesce(ProductRevision.submitted_at, Product.submitted_at)
    rows = db.execute(statement.order_by(since, Product.id).limit(limit).offset(offset))
    return [ProductRow(*row) for row in rows], total or 0


@dataclass(frozen=True)
class PaperRow:
    """A certificate with whose it is."""

    certificate: Certificate
    producer: Producer
    product: Product | None


def certificates_in_state(
    db: Session, provinces: Scope, state: str, *, limit: int, offset: int = 0
) -> tuple[list[PaperRow], int]:
    """Certificates of the scope in one state, oldest record first, and how many there are."""
    conditions = [Certificate.state == state, *_in_scope(provinces)]
    base = (
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(*conditions)
    )
    total = db.scalar(
        select(func.count())
        .select_from(Certificate)
        .join(Producer, Producer.id == Certificate.producer_id)
        .where(*conditions)
    )
    rows = db.execute(
        base.order_by(Certificate.created_at, Certificate.id).limit(limit).offset(offset)
    )
    return [PaperRow(*row) for row in rows], total or 0


def certificate_row(db: Session, certificate_id: int) -> PaperRow:
    """A certificate with whose it is. Raises NotFound."""
    row = db.execute(
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(Certificate.id == certificate_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return PaperRow(*row)


def expiring_certificates(
    db: Session, producer_ids: Collection[int], *, today: date, until: date
) -> list[PaperRow]:
    """Verified papers that end between today and ``until`` and have no successor."""
    rows = db.execute(
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(
            Certificate.producer_id.in_(producer_ids),
            Certificate.state == "verified",
            Certificate.superseded_by.is_(None),
            Certificate.expires_on.between(today, until),
        )
        .order_by(Certificate.expires_on, Certificate.id)
    )
    return [PaperRow(*row) for row in rows]


@dataclass(frozen=True)
class FieldChange:
    """One line of a diff."""

    field: str
    before: Any
    after: Any


def changes_of(
    draft: Draft, stored_photos: list[Photo], stored_sections: Sequence[Section] = ()
) -> list[FieldChange]:
    """What the open revision would change, against what is on sale now."""
    if draft.revision is None:
        return []
    found = [
        FieldChange(name, getattr(draft.product, name), draft.revision.changes[name])
        for name in EDITABLE
        if name in draft.revision.changes
    ]
    if "photos" in draft.revision.changes:
        found.append(FieldChange("photos", stored_photos, draft.photos))
    if "sections" in draft.revision.changes:
        found.append(FieldChange("sections", stored_sections, draft.sections))
    return found


@dataclass(frozen=True)
class HistoryLine:
    """What was done, by whom, when, with which words."""

    at: datetime
    action: str
    who: str
    note: str


def history_of(db: Session, subject_kind: str, subject_id: int) -> list[HistoryLine]:
    """The last twenty entries of the audit log on one thing, newest first."""
    rows = db.execute(
        select(AuditEntry.at, AuditEntry.action, Person.name, AuditNote.text)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(AuditNote, AuditNote.entry_id == AuditEntry.id)
        .where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(20)
    )
    return [HistoryLine(at, action, who or "", note or "") for at, action, who, note in rows]
