"""What the staff's desk reads: what waits, for how long, what changed, what was done before.

``provinces`` is the scope everywhere: None is every province.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Person
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductApproval,
    ProductRevision,
    YouthEndorsement,
)
from shop.catalogue.queries.desk import PaperRow, ProductRow, product_rows
from shop.catalogue.queries.editing import EDITABLE, Draft, Photo, photos_of
from shop.catalogue.queries.sections import Section, sections_of

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
    statement = product_rows(_waits(), *_in_scope(provinces))
    total = db.scalar(
        select(func.count()).select_from(
            statement.with_only_columns(Product.id, maintain_column_froms=True).subquery()
        )
    )
    since = func.coalesce(ProductRevision.submitted_at, Product.submitted_at)
    rows = db.execute(statement.order_by(since, Product.id).limit(limit).offset(offset))
    return [ProductRow(*row) for row in rows], total or 0


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


def _ending(provinces: Scope, today: date, until: date) -> list[ColumnElement[bool]]:
    return [
        Certificate.state == "verified",
        Certificate.superseded_by.is_(None),
        Certificate.expires_on.between(today, until),
        *_in_scope(provinces),
    ]


def count_ending(db: Session, provinces: Scope, *, today: date, until: date) -> int:
    """How many verified papers of the scope end within the span and have no successor."""
    counted = (
        select(func.count())
        .select_from(Certificate)
        .join(Producer, Producer.id == Certificate.producer_id)
        .where(*_ending(provinces, today, until))
    )
    return db.scalar(counted) or 0


def certificates_ending(
    db: Session, provinces: Scope, *, today: date, until: date, limit: int, offset: int = 0
) -> tuple[list[PaperRow], int]:
    """Those papers, the next to end first, and how many there are."""
    rows = db.execute(
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(*_ending(provinces, today, until))
        .order_by(Certificate.expires_on, Certificate.id)
        .limit(limit)
        .offset(offset)
    )
    total = count_ending(db, provinces, today=today, until=until)
    return [PaperRow(*row) for row in rows], total


@dataclass(frozen=True)
class WaitingRow:
    """One thing that waits for a decision; ``kind`` says what ``id`` is."""

    kind: str
    """``producer``, ``product``, ``edit``, ``certificate`` or ``endorsement``."""
    id: int
    title: str
    producer_name: str
    province_code: str
    since: datetime


def _last_handed_in(kind: str, subject_id: Any, action: str) -> Any:
    """When a thing was last handed in: it may have been sent back and mended meanwhile."""
    return (
        select(func.max(AuditEntry.at))
        .where(
            AuditEntry.subject_kind == kind,
            AuditEntry.subject_id == subject_id,
            AuditEntry.action == action,
        )
        .scalar_subquery()
    )


def _waiting(provinces: Scope) -> Any:
    """All that waits in the scope, as a subquery."""
    scope = _in_scope(provinces)
    whose = (Producer.name.label("producer_name"), Producer.province_code.label("province_code"))
    producer_since = _last_handed_in("producer", Producer.id, "producer.submitted")
    paper_since = _last_handed_in("certificate", Certificate.id, "certificate.submitted")
    producers = select(
        literal("producer").label("kind"),
        Producer.id.label("id"),
        Producer.name.label("title"),
        *whose,
        func.coalesce(producer_since, Producer.created_at).label("since"),
    ).where(Producer.state == "submitted", *scope)
    products = (
        select(literal("product"), Product.id, Product.name, *whose, Product.submitted_at)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Product.state == "submitted", *scope)
    )
    edits = (
        select(literal("edit"), Product.id, Product.name, *whose, ProductRevision.submitted_at)
        .join(Producer, Producer.id == Product.producer_id)
        .join(ProductRevision, ProductRevision.product_id == Product.id)
        .where(ProductRevision.state == "submitted", Product.state == "published", *scope)
    )
    papers = (
        select(
            literal("certificate"),
            Certificate.id,
            func.coalesce(Product.name, Producer.name),
            *whose,
            func.coalesce(paper_since, Certificate.created_at),
        )
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(Certificate.state == "submitted", *scope)
    )
    vouching = (
        select(
            literal("endorsement"),
            YouthEndorsement.id,
            YouthEndorsement.project,
            *whose,
            YouthEndorsement.created_at,
        )
        .join(Producer, Producer.id == YouthEndorsement.producer_id)
        .where(YouthEndorsement.state == "requested", *scope)
    )
    return union_all(producers, products, edits, papers, vouching).subquery("waiting")


def waiting_counts(db: Session, provinces: Scope) -> Mapping[tuple[str, str], int]:
    """How many things wait by (kind, province code)."""
    waiting = _waiting(provinces).c
    rows = db.execute(
        select(waiting.kind, waiting.province_code, func.count()).group_by(
            waiting.kind, waiting.province_code
        )
    )
    return {(kind, code): count for kind, code, count in rows}


def waiting_things(
    db: Session,
    provinces: Scope,
    *,
    kind: str = "",
    province_code: str = "",
    limit: int,
    offset: int = 0,
) -> list[WaitingRow]:
    """What waits, longest waiting first; ``kind`` and ``province_code`` narrow it."""
    waiting = _waiting(provinces).c
    statement = select(waiting).order_by(waiting.since, waiting.kind, waiting.id)
    if kind:
        statement = statement.where(waiting.kind == kind)
    if province_code:
        statement = statement.where(waiting.province_code == province_code)
    rows = db.execute(statement.limit(limit).offset(offset))
    return [
        WaitingRow(row.kind, row.id, row.title, row.producer_name, row.province_code, row.since)
        for row in rows
    ]


@dataclass(frozen=True)
class FieldChange:
    """One line of a diff."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Baseline:
    """What a hand-in is compared with: the product as staff last approved it."""

    at: datetime | None
    values: Mapping[str, Any]
    photos: list[Photo]
    sections: list[Section]


def baseline_of(db: Session, draft: Draft) -> Baseline | None:
    """The last approved version; None for what was never approved.

    An edit of a published product is compared with what is on sale. A product that was sent back or
    taken down is compared with the record that its last approval left.
    """
    if draft.product.state == "published":
        values = {name: getattr(draft.product, name) for name in EDITABLE}
        return Baseline(
            draft.product.published_at,
            values,
            photos_of(db, draft.product.id),
            sections_of(db, draft.product.id),
        )
    kept = db.scalars(
        select(ProductApproval)
        .where(ProductApproval.product_id == draft.product.id)
        .order_by(ProductApproval.id.desc())
        .limit(1)
    ).one_or_none()
    if kept is None:
        return None
    facts = dict(kept.facts)
    photos = [Photo(**photo) for photo in facts.pop("photos", [])]
    sections = [Section(**part) for part in facts.pop("sections", [])]
    return Baseline(kept.at, facts, photos, sections)


def changes_since(draft: Draft, baseline: Baseline | None) -> list[FieldChange]:
    """Field by field, what differs from the last approved version; nothing without one."""
    if baseline is None:
        return []
    found = [
        FieldChange(name, baseline.values.get(name), draft.values[name])
        for name in EDITABLE
        if name in baseline.values and baseline.values[name] != draft.values[name]
    ]
    if baseline.photos != draft.photos:
        found.append(FieldChange("photos", baseline.photos, draft.photos))
    if baseline.sections != draft.sections:
        found.append(FieldChange("sections", baseline.sections, draft.sections))
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
