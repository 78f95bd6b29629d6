"""A product as its maker is editing it: what is stored with the open revision laid over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.catalogue import rules
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
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
