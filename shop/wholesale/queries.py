"""Reading requests and quotes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from shop.catalogue.models import Producer, Product, ProductFacets, Variant
from shop.core.clock import today_vn
from shop.enquiries.models import Enquiry, EnquiryContact
from shop.orders.models import Order
from shop.wholesale import rules
from shop.wholesale.models import Quote, WholesaleRequest
from shop.wholesale.rules import Tier


@dataclass(frozen=True)
class Sold:
    """A size that can be quoted, as orders show it."""

    variant_id: int
    product_id: int
    product_name: str
    product_name_en: str | None
    label: str
    label_en: str | None
    sku: str
    price_vnd: int
    weight_g: int
    photo_sha: str | None


def sizes_of(db: Session, producer_id: int) -> dict[int, Sold]:
    """The producer's goods on sale by variant id."""
    rows = db.execute(
        select(
            Variant.id.label("variant_id"),
            Variant.product_id,
            Product.name.label("product_name"),
            Product.name_en.label("product_name_en"),
            *(Variant.label, Variant.label_en, Variant.sku, Variant.price_vnd),
            Variant.packed_weight_g.label("weight_g"),
            ProductFacets.photo_sha,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .where(
            Product.producer_id == producer_id,
            Variant.is_active,
            ProductFacets.is_listed,
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Variant.position, Variant.id)
        .limit(300)
    )
    return {row.variant_id: Sold(**row._mapping) for row in rows}


def verified_producer(db: Session, slug: str) -> Producer | None:
    """The producer of this address, if it may sell."""
    return db.scalar(select(Producer).where(Producer.slug == slug, Producer.state == "verified"))


def product_of(db: Session, producer_id: int, slug: str) -> Product | None:
    """The producer's listed goods of this address."""
    return db.scalar(
        select(Product)
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .where(
            Product.slug == slug,
            Product.producer_id == producer_id,
            ProductFacets.is_listed,
            Product.is_service.is_(False),
        )
    )


@dataclass(frozen=True)
class QuoteView:
    """A quote with all that its page shows."""

    quote: Quote
    enquiry: Enquiry
    request: WholesaleRequest
    producer: Producer
    contact: EnquiryContact | None
    goods: dict[int, Sold]
    order_code: str | None
    today: date

    @property
    def state(self) -> str:
        """How it stands today."""
        return rules.shown_state(self.quote.state, self.quote.valid_until, self.today)

    @property
    def tiers(self) -> dict[int, list[Tier]]:
        """Prices by size."""
        return rules.by_variant(
            [
                Tier(tier.variant_id, tier.from_quantity, tier.unit_price_vnd)
                for tier in self.quote.tiers
            ]
        )


def _views(db: Session, condition: Any, now: datetime) -> list[QuoteView]:
    rows = db.execute(
        select(Quote, Enquiry, WholesaleRequest, Producer, EnquiryContact, Order.code)
        .join(Enquiry, Enquiry.id == Quote.enquiry_id)
        .join(WholesaleRequest, WholesaleRequest.enquiry_id == Enquiry.id)
        .join(Producer, Producer.id == Enquiry.producer_id)
        .outerjoin(EnquiryContact, EnquiryContact.enquiry_id == Enquiry.id)
        .outerjoin(Order, Order.id == Quote.order_id)
        .options(selectinload(Quote.tiers))
        .where(condition)
        .order_by(Quote.seq.desc())
        .execution_options(populate_existing=True)
    ).all()
    named = _named(db, {tier.variant_id for row in rows for tier in row[0].tiers})
    return [QuoteView(*row[:5], named, row[5], today_vn(now)) for row in rows]


def _named(db: Session, variant_ids: Collection[int]) -> dict[int, Sold]:
    """What was quoted, whether or not it is still on sale."""
    rows = db.execute(
        select(Variant, Product, ProductFacets.photo_sha)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .where(Variant.id.in_(variant_ids))
    )
    return {
        variant.id: Sold(
            variant.id,
            product.id,
            product.name,
            product.name_en,
            variant.label,
            variant.label_en,
            variant.sku,
            variant.price_vnd,
            variant.packed_weight_g,
            photo_sha,
        )
        for variant, product, photo_sha in rows
    }


def quote_called(db: Session, code: str, now: datetime) -> QuoteView | None:
    """The quote of this code."""
    return next(iter(_views(db, Quote.code == code, now)), None)


def quotes_of(db: Session, enquiry_id: int, now: datetime) -> list[QuoteView]:
    """What was offered to an enquiry, the newest first."""
    return _views(db, Quote.enquiry_id == enquiry_id, now)


def request_of(db: Session, enquiry_id: int) -> WholesaleRequest | None:
    """What a company asked for."""
    return db.get(WholesaleRequest, enquiry_id)


def enquiry_code(db: Session, enquiry_id: int) -> str:
    """The enquiry's address."""
    return db.get_one(Enquiry, enquiry_id).code


def own_request(
    db: Session, code: str, producer_ids: Collection[int]
) -> tuple[Enquiry, WholesaleRequest] | None:
    """The wholesale enquiry of this code, if it was asked of one of the producers."""
    row = db.execute(
        select(Enquiry, WholesaleRequest)
        .join(WholesaleRequest, WholesaleRequest.enquiry_id == Enquiry.id)
        .where(Enquiry.code == code, Enquiry.producer_id.in_(producer_ids))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def last_seq(db: Session, enquiry_id: int) -> int:
    """How many quotes the enquiry has had."""
    return db.scalar(select(func.max(Quote.seq)).where(Quote.enquiry_id == enquiry_id)) or 0


@dataclass(frozen=True)
class AskAt:
    """Where a wholesale price is asked for."""

    producer_slug: str
    product_slug: str


def ask_at_product(db: Session, product_id: int) -> AskAt | None:
    """The address for listed goods; None for services."""
    row = db.execute(
        select(ProductFacets.producer_slug, Product.slug)
        .join(Product, Product.id == ProductFacets.product_id)
        .where(Product.id == product_id, ProductFacets.is_listed, Product.is_service.is_(False))
    ).one_or_none()
    return AskAt(*row) if row else None


def ask_at_producer(db: Session, producer_id: int) -> AskAt | None:
    """The address for a verified producer."""
    slug = db.scalar(
        select(Producer.slug).where(Producer.id == producer_id, Producer.state == "verified")
    )
    return AskAt(slug, "") if slug else None
