"""What a producer's desk and the staff's desk read: products as their maker is editing them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Person
from shop.catalogue import rules
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPhoto,
    ProductRevision,
    Variant,
)
from shop.catalogue.queries.sections import Section, sections_of
from shop.core.errors import NotFound

EDITABLE: Final = (
    *("name", "name_en", "subgroup", "regulated_class", "summary", "summary_en"),
    *("story", "story_en", "ingredients", "net_content", "storage", "usage", "warnings"),
    *("origin", "shelf_life_days", "season_mask", "is_lot_tracked"),
)
"""Columns that a maker edits; on a published product a change waits for staff."""

OPEN: Final = ("draft", "submitted")


@dataclass(frozen=True)
class Photo:
    """A picture of a product as edited: a row, or an entry of a waiting revision."""

    sha: str
    width: int
    height: int
    alt: str
    is_illustration: bool
    has_right_to_use: bool
    alt_en: str | None = None
    sharpness: int | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def faults(self, number: int) -> list[rules.Finding]:
        """What is worth a look on the picture that stands at place ``number`` (from one)."""
        return rules.photo_faults(
            width=self.width,
            height=self.height,
            sharpness=self.sharpness,
            has_alt=bool(self.alt),
            number=number,
        )


@dataclass(frozen=True)
class Draft:
    """A product as its maker sees it: the stored values with the open revision laid over them."""

    product: Product
    producer: Producer
    revision: ProductRevision | None
    values: Mapping[str, Any]
    photos: list[Photo]
    sections: list[Section]
    variants: list[Variant]
    certificates: list[Certificate]

    @property
    def is_locked(self) -> bool:
        """Waiting for staff, or put away: it must be taken back before it can be edited."""
        return self.product.state in {"submitted", "archived"}

    @property
    def waits_for_staff(self) -> bool:
        return self.product.state == "submitted" or (
            self.revision is not None and self.revision.state == "submitted"
        )

    @property
    def can_submit(self) -> bool:
        """Whether there is anything that could be handed in."""
        if self.product.state == "published":
            return self.revision is not None and self.revision.state == "draft"
        return self.product.state in {"draft", "rejected"}

    def stars(self, today: date) -> int | None:
        """The OCOP stars that this product's own papers show today."""
        counted = rules.valid_stars(
            (
                rules.Paper(paper.kind, paper.state, paper.issued_on, paper.expires_on, paper.stars)
                for paper in self.certificates
                if paper.product_id == self.product.id
            ),
            today,
        )
        return counted.stars if counted else None

    def state(self, today: date) -> rules.ProductState:
        """What judging the product needs."""
        return rules.ProductState(
            subgroup=self.values["subgroup"],
            regulated_class=self.values["regulated_class"],
            facts=self.values,
            active_variants=sum(variant.is_active for variant in self.variants),
            photos=len(self.photos),
            photos_with_right=sum(photo.has_right_to_use for photo in self.photos),
            producer_state=self.producer.state,
            has_address=bool(self.producer.commune_code or self.producer.address),
            valid_stars=self.stars(today),
        )

    def findings(self, today: date) -> list[rules.Finding]:
        """What is missing or worth a look today, in the order of the steps."""
        found = rules.findings(self.state(today))
        for number, photo in enumerate(self.photos, 1):
            found += photo.faults(number)
        return found

    def filled_steps(self) -> set[str]:
        """The steps of the editor in which something stands."""
        holding = {
            "facts": self.values["name"],
            "label": self.values["origin"] or self.values["net_content"],
            "story": self.values["story"] or self.values["season_mask"],
            "variants": self.variants,
            "photos": self.photos,
            "sections": self.sections,
            "certificates": self.certificates,
        }
        return {step for step, content in holding.items() if content}


def photos_of(db: Session, product_id: int) -> list[Photo]:
    """The product's stored photos in their order."""
    rows = db.scalars(
        select(ProductPhoto)
        .where(ProductPhoto.product_id == product_id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
    )
    return [
        Photo(
            row.sha,
            row.width,
            row.height,
            row.alt,
            row.is_illustration,
            row.has_right_to_use,
            alt_en=row.alt_en,
            sharpness=row.sharpness,
        )
        for row in rows
    ]


def open_revision(db: Session, product_id: int) -> ProductRevision | None:
    """The edit of a published product that is being made or waits; at most one."""
    return db.scalars(
        select(ProductRevision).where(
            ProductRevision.product_id == product_id, ProductRevision.state.in_(OPEN)
        )
    ).one_or_none()


def last_revision(db: Session, product_id: int) -> ProductRevision | None:
    """The newest edit, whatever became of it."""
    return db.scalars(
        select(ProductRevision)
        .where(ProductRevision.product_id == product_id)
        .order_by(ProductRevision.id.desc())
        .limit(1)
    ).one_or_none()


def certificates_of(db: Session, *, producer_id: int, product_id: int) -> list[Certificate]:
    """Papers of the product and papers of its producer as a whole, newest first."""
    return list(
        db.scalars(
            select(Certificate)
            .where(
                Certificate.producer_id == producer_id,
                or_(Certificate.product_id == product_id, Certificate.product_id.is_(None)),
            )
            .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
        )
    )


def valid_certificates(db: Session, product_id: int, today: date) -> list[Certificate]:
    """Papers that may be relied upon today: of this product, and of its producer as a whole."""
    producer_id = select(Product.producer_id).where(Product.id == product_id).scalar_subquery()
    return list(
        db.scalars(
            select(Certificate)
            .where(
                Certificate.producer_id == producer_id,
                or_(Certificate.product_id == product_id, Certificate.product_id.is_(None)),
                Certificate.state == "verified",
                Certificate.issued_on <= today,
                Certificate.expires_on >= today,
            )
            .order_by(Certificate.kind, Certificate.id)
        )
    )


def draft_of(db: Session, product_id: int) -> Draft:
    """The product as its maker is editing it. Raises NotFound."""
    product = db.get(Product, product_id)
    if product is None:
        raise NotFound
    revision = open_revision(db, product_id)
    values = {name: getattr(product, name) for name in EDITABLE}
    photos = photos_of(db, product_id)
    sections = sections_of(db, product_id)
    if revision is not None:
        changes = dict(revision.changes)
        waiting = changes.pop("photos", None)
        parts = changes.pop("sections", None)
        values |= changes
        if waiting is not None:
            photos = [Photo(**photo) for photo in waiting]
        if parts is not None:
            sections = [Section(**part) for part in parts]
    variants = db.scalars(
        select(Variant)
        .where(Variant.product_id == product_id)
        .order_by(Variant.position, Variant.id)
    )
    return Draft(
        product=product,
        producer=db.get_one(Producer, product.producer_id),
        revision=revision,
        values=values,
        photos=photos,
        sections=sections,
        variants=list(variants),
        certificates=certificates_of(db, producer_id=product.producer_id, product_id=product_id),
    )


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
