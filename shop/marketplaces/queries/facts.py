"""Reading what listings are made of, in a fixed number of statements."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Membership, Person
from shop.catalogue.models import Certificate, Producer, Product, ProductPhoto, Variant
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces.models import Listing
from shop.marketplaces.rules.choices import words_of
from shop.marketplaces.rules.facts import (
    Choice,
    PaperFacts,
    PhotoFacts,
    ProducerFacts,
    ProductFacts,
    VariantFacts,
)
from shop.marketplaces.rules.listing import offered_units
from shop.marketplaces.rules.pricing import PriceRule
from shop.places.queries import place_names
from shop.stock.queries import is_sellable_lot, kept_by_channel, levels
from shop.stock.rules import SHOP, Level
from shop.traceability.models import Lot, TraceCode

RowT = TypeVar("RowT")

Measure = Callable[[str], tuple[int, int, int, tuple[int, ...]] | None]
"""Width, height, bytes and look of the photo that would be handed on; None when it cannot be
read."""


class UnknownProduct(NotFound):
    message = N_("Không tìm thấy sản phẩm này trong cơ sở của bạn.")


def producers_of(db: Session, producer_ids: Collection[int]) -> list[Producer]:
    """The producers by name."""
    return list(
        db.scalars(
            select(Producer)
            .where(Producer.id.in_(producer_ids))
            .order_by(Producer.name, Producer.id)
        )
    )


def producers_with_goods(db: Session) -> list[Producer]:
    """Verified producers with a published product, by id."""
    selling = select(Product.producer_id).where(
        Product.state == "published", Product.is_service.is_(False)
    )
    return list(
        db.scalars(
            select(Producer)
            .where(Producer.state == "verified", Producer.id.in_(selling))
            .order_by(Producer.id)
        )
    )


def producer_called(db: Session, slug: str) -> Producer | None:
    """The producer of this slug."""
    return db.scalar(select(Producer).where(Producer.slug == slug))


def owner_of(db: Session, product_id: int) -> int | None:
    """Whose product it is; None for one that does not exist or is put away."""
    return db.scalar(
        select(Product.producer_id).where(
            Product.id == product_id,
            Product.state != "archived",
            Product.is_service.is_(False),
        )
    )


def producer_facts(db: Session, producers: Collection[Producer]) -> dict[int, ProducerFacts]:
    """The producers by id with their addresses in words."""
    keys = {one.id: (one.province_code, one.commune_code) for one in producers}
    places = place_names(db, sorted(set(keys.values()), key=str))
    owners = _owner_names(db, [one.id for one in producers])
    return {
        one.id: ProducerFacts(
            id=one.id,
            slug=one.slug,
            name=one.name,
            place=", ".join(filter(None, (one.address, places.get(keys[one.id], "")))),
            phone=one.public_phone or "",
            contact=owners.get(one.id, ""),
        )
        for one in producers
    }


def _owner_names(db: Session, producer_ids: Collection[int]) -> dict[int, str]:
    """The name of the owner who joined first, by producer: who is asked about the goods."""
    rows = db.execute(
        select(Membership.unit_id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.unit_kind == "producer",
            Membership.unit_id.in_(producer_ids),
            Membership.role == "owner",
            Person.disabled_at.is_(None),
        )
        .order_by(Membership.id.desc())
    )
    return {row.unit_id: row.name for row in rows}


def products_of(
    db: Session, producer_ids: Collection[int], *, today: date, measure: Measure
) -> dict[int, tuple[ProductFacts, ...]]:
    """Each producer's goods that are not put away, by name, with all that hangs on them."""
    products = list(
        db.scalars(
            select(Product)
            .where(
                Product.producer_id.in_(producer_ids),
                Product.state != "archived",
                Product.is_service.is_(False),
            )
            .order_by(Product.name, Product.id)
        )
    )
    ids = [product.id for product in products]
    variants = _by_product(
        db.scalars(
            select(Variant)
            .where(Variant.product_id.in_(ids), Variant.is_active)
            .order_by(Variant.position, Variant.id)
        )
    )
    photos = _by_product(
        db.scalars(
            select(ProductPhoto)
            .where(ProductPhoto.product_id.in_(ids))
            .order_by(ProductPhoto.position, ProductPhoto.id)
        )
    )
    papers: dict[int, list[Certificate]] = {}
    for paper in db.scalars(
        select(Certificate)
        .where(Certificate.producer_id.in_(producer_ids))
        .order_by(Certificate.kind, Certificate.issued_on, Certificate.id)
    ):
        papers.setdefault(paper.producer_id, []).append(paper)
    variant_ids = [variant.id for found in variants.values() for variant in found]
    stock, kept = levels(db, variant_ids), kept_by_channel(db, variant_ids)
    codes = _trace_codes(db, ids, today)
    goods: dict[int, list[ProductFacts]] = {producer_id: [] for producer_id in producer_ids}
    for product in products:
        sizes = [
            _variant(variant, stock[variant.id], kept.get(variant.id, {}))
            for variant in variants.get(product.id, [])
        ]
        made = _product(
            product,
            sizes,
            photos=tuple(_photo(photo, measure) for photo in photos.get(product.id, [])),
            papers=tuple(
                _paper(paper)
                for paper in papers.get(product.producer_id, [])
                if paper.product_id in (None, product.id)
            ),
            trace_code=codes.get(product.id, ""),
        )
        goods[product.producer_id].append(made)
    return {producer_id: tuple(found) for producer_id, found in goods.items()}


def _by_product(rows: Iterable[RowT]) -> dict[int, list[RowT]]:
    found: dict[int, list[RowT]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(row)  # type: ignore[attr-defined]
    return found


def _product(product: Product, variants: list[VariantFacts], **more: Any) -> ProductFacts:
    return ProductFacts(
        id=product.id,
        slug=product.slug,
        name=product.name,
        subgroup=product.subgroup,
        state=product.state,
        regulated_class=product.regulated_class,
        summary=product.summary,
        story=product.story,
        ingredients=product.ingredients,
        net_content=product.net_content,
        storage=product.storage,
        usage=product.usage,
        warnings=product.warnings,
        origin=product.origin,
        shelf_life_days=product.shelf_life_days,
        is_lot_tracked=product.is_lot_tracked,
        is_demo=product.is_demo,
        variants=tuple(variants),
        **more,
    )


def _variant(variant: Variant, level: Level, kept: Mapping[str, int]) -> VariantFacts:
    return VariantFacts(
        id=variant.id,
        sku=variant.sku,
        label=variant.label,
        price_vnd=variant.price_vnd,
        packed_weight_g=variant.packed_weight_g,
        net_weight_g=variant.net_weight_g,
        net_volume_ml=variant.net_volume_ml,
        length_mm=variant.length_mm,
        width_mm=variant.width_mm,
        height_mm=variant.height_mm,
        gtin=variant.gtin or "",
        is_price_illustrative=variant.is_price_illustrative,
        available=level.available,
        shop_floor=kept.get(SHOP, 0),
        kept=tuple(sorted((name, units) for name, units in kept.items() if name != SHOP)),
    )


def _photo(photo: ProductPhoto, measure: Measure) -> PhotoFacts:
    width, height, size, looks = measure(photo.sha) or (photo.width, photo.height, None, ())
    return PhotoFacts(
        photo.sha,
        width,
        height,
        size,
        photo.is_illustration,
        photo.has_right_to_use,
        looks=looks,
    )


def _paper(paper: Certificate) -> PaperFacts:
    return PaperFacts(
        kind=paper.kind,
        state=paper.state,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        stars=paper.stars,
        number=paper.certificate_no,
        decision_no=paper.decision_no,
        issuer=paper.issuer,
        scan_sha=paper.scan_sha,
        is_illustration=paper.is_illustration,
        is_own=paper.product_id is not None,
    )


def _trace_codes(db: Session, product_ids: Collection[int], today: date) -> dict[int, str]:
    """The code of the lot that is sold first, else the product's own code, by product."""
    own = db.execute(
        select(TraceCode.product_id, TraceCode.code)
        .where(TraceCode.product_id.in_(product_ids), TraceCode.level == "product")
        .order_by(TraceCode.code.desc())
    )
    lots = db.execute(
        select(Lot.product_id, Lot.code)
        .where(Lot.product_id.in_(product_ids), is_sellable_lot(today))
        .order_by(Lot.best_before.is_(None).desc(), Lot.best_before.desc(), Lot.id.desc())
    )
    return {product_id: code for rows in (own, lots) for product_id, code in rows}


# Choices


def choice_of(listing: Listing) -> Choice:
    """The stored row as a plain value."""
    rule = PriceRule(listing.price_percent, listing.price_fixed_vnd, listing.price_step_vnd)
    return Choice(
        **words_of(listing.overrides),
        is_included=listing.is_included,
        price=rule,
        price_floor_vnd=listing.price_floor_vnd,
        stock_reserve=listing.stock_reserve,
    )


def are_photos_of(db: Session, product_id: int, shas: Collection[str]) -> bool:
    """Whether all of these are photos of the product."""
    known = select(func.count(ProductPhoto.sha.distinct())).where(
        ProductPhoto.product_id == product_id, ProductPhoto.sha.in_(shas)
    )
    return not shas or db.scalar(known) == len(set(shas))


def listings_of(db: Session, product_ids: Collection[int]) -> list[Listing]:
    """What was decided for these products on every channel."""
    return list(
        db.scalars(select(Listing).where(Listing.product_id.in_(product_ids)).order_by(Listing.id))
    )


def chosen_categories(db: Session, producer_id: int, channel: str) -> dict[int, str]:
    """Product id -> the channel's category that the producer chose."""
    rows = db.execute(
        select(Listing.product_id, Listing.overrides)
        .join(Product, Product.id == Listing.product_id)
        .where(Product.producer_id == producer_id, Listing.channel == channel)
    )
    chosen = ((product_id, words_of(said)["category_id"]) for product_id, said in rows)
    return {product_id: number for product_id, number in chosen if number}


def offered_elsewhere(
    listings: Iterable[Listing], products: Iterable[ProductFacts], channel: str
) -> dict[int, int]:
    """Units per variant that listings saved for other channels offer out of what is free; what is
    kept for a channel is nobody else's, so it is not counted."""
    found: dict[int, int] = {}
    by_product = {product.id: product for product in products}
    for listing in listings:
        if listing.channel == channel or not listing.is_included:
            continue
        for variant in by_product[listing.product_id].variants:
            if dict(variant.kept).get(listing.channel):
                continue
            offered = offered_units(variant, listing.stock_reserve, listing.channel)
            found[variant.id] = found.get(variant.id, 0) + offered
    return found


def shown_elsewhere(db: Session, variant_ids: Collection[int]) -> list[tuple[str, str, str]]:
    """(product, its slug here, channel) of everything made ready for elsewhere with one of the
    sizes: what its producer has to hide there by hand when a lot is called back."""
    products = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    rows = db.execute(
        select(Product.name, Product.slug, Listing.channel)
        .join(Listing, Listing.product_id == Product.id)
        .where(Product.id.in_(products), Listing.is_included)
        .order_by(Product.name, Listing.channel)
    )
    return [(name, slug, channel) for name, slug, channel in rows]
