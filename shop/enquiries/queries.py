"""Reading enquiries, for those who asked and those who answer."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductFacets
from shop.enquiries.models import Enquiry, EnquiryContact, EnquiryMessage


@dataclass(frozen=True)
class Asked:
    """What can be asked for: a service on sale."""

    product_id: int
    producer_id: int
    slug: str
    name: str
    name_en: str | None
    producer_name: str
    producer_slug: str
    place: str
    photo_sha: str | None


def service_by_slug(db: Session, slug: str) -> Asked | None:
    """The listed service of this address; None for goods, and for what is not on sale."""
    row = db.execute(
        select(
            Product.id.label("product_id"),
            Product.producer_id,
            *(ProductFacets.slug, ProductFacets.name, ProductFacets.name_en),
            *(ProductFacets.producer_name, ProductFacets.producer_slug),
            *(ProductFacets.place, ProductFacets.photo_sha),
        )
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .where(Product.slug == slug, Product.is_service, ProductFacets.is_listed)
    ).one_or_none()
    return None if row is None else Asked(**row._mapping)


@dataclass(frozen=True)
class Thread:
    """An enquiry with all that was said."""

    enquiry: Enquiry
    contact: EnquiryContact | None
    messages: list[EnquiryMessage]
    producer: Producer
    product: Product | None


def thread_of(db: Session, code: str) -> Thread | None:
    """The enquiry of this code."""
    row = db.execute(
        select(Enquiry, EnquiryContact, Producer, Product)
        .join(Producer, Producer.id == Enquiry.producer_id)
        .outerjoin(EnquiryContact, EnquiryContact.enquiry_id == Enquiry.id)
        .outerjoin(Product, Product.id == Enquiry.product_id)
        .where(Enquiry.code == code)
    ).one_or_none()
    if row is None:
        return None
    enquiry, contact, producer, product = row
    messages = db.scalars(
        select(EnquiryMessage)
        .where(EnquiryMessage.enquiry_id == enquiry.id)
        .order_by(EnquiryMessage.id)
    )
    return Thread(enquiry, contact, list(messages), producer, product)


@dataclass(frozen=True)
class EnquiryRow:
    """A line of a list."""

    enquiry: Enquiry
    name: str
    product_name: str
    product_name_en: str | None
    producer_name: str


def enquiries_of_producers(
    db: Session,
    producer_ids: Collection[int],
    *,
    state: str | None,
    limit: int,
    offset: int = 0,
) -> tuple[list[EnquiryRow], int]:
    """A page of what was asked of the producers, the newest first, and how many there are."""
    conditions: list[Any] = [Enquiry.producer_id.in_(producer_ids)]
    if state is not None:
        conditions.append(Enquiry.state == state)
    total = db.scalar(select(func.count()).select_from(Enquiry).where(*conditions)) or 0
    return _rows(db, conditions, limit, offset), total


def enquiries_of_person(db: Session, person_id: int, *, limit: int = 50) -> list[EnquiryRow]:
    """What the person asked, the newest first."""
    return _rows(db, [Enquiry.buyer_id == person_id], limit, 0)


def _rows(db: Session, conditions: list[Any], limit: int, offset: int) -> list[EnquiryRow]:
    rows = db.execute(
        select(Enquiry, EnquiryContact.name, Product.name, Product.name_en, Producer.name)
        .join(Producer, Producer.id == Enquiry.producer_id)
        .outerjoin(EnquiryContact, EnquiryContact.enquiry_id == Enquiry.id)
        .outerjoin(Product, Product.id == Enquiry.product_id)
        .where(*conditions)
        .order_by(Enquiry.asked_at.desc(), Enquiry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        EnquiryRow(enquiry, name or "", product or "", product_en, producer)
        for enquiry, name, product, product_en, producer in rows
    ]


def counts_by_state(db: Session, producer_ids: Collection[int]) -> dict[str, int]:
    """How many enquiries the producers have in each state."""
    rows = db.execute(
        select(Enquiry.state, func.count())
        .where(Enquiry.producer_id.in_(producer_ids))
        .group_by(Enquiry.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - a Row is no plain pair
