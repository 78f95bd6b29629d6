"""The real OCOP products go through the same doors as a producer's own: create, submit, approve."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.catalogue.queries import Photo
from shop.catalogue.rules import default_expiry
from shop.catalogue.services import refresh_facets
from shop.catalogue.services.certificates import (
    CertificateFacts,
    decide_certificate,
    record_certificate,
)
from shop.catalogue.services.endorsements import EndorsementFacts, record_endorsement
from shop.catalogue.services.judging import decide_product
from shop.catalogue.services.photos import add_photo
from shop.catalogue.services.producers import decide_producer, register_producer
from shop.catalogue.services.products import create_product, submit_product
from shop.catalogue.services.variants import add_variant
from shop.core.clock import today_vn
from shop.demo.figures import figures_for
from shop.demo.labels import label_for
from shop.demo.people import person_id
from shop.demo.seed_rows import SeedProduct

OWNERS: Final = {
    "HTX Tài Hoan": "producer@demo.test",
    "HTX Tây Bắc": "producer2@demo.test",
}
"""Producers that a demo account runs; the others belong to the account that entered the data."""

KINDS: Final = {"unknown": "household"}


def producer_name(row: SeedProduct) -> str:
    """The producer's name; rows whose source names none share one producer a province."""
    return row.producer_name or f"Nhà sản xuất chưa rõ tên ({place_of(row)})"


def place_of(row: SeedProduct) -> str:
    """The province as people call it."""
    return row.province_name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def load_producer(db: Session, row: SeedProduct, *, now: datetime) -> tuple[Producer, int]:
    """The row's producer, verified, and the person who runs it."""
    name = producer_name(row)
    owner_id = person_id(db, OWNERS.get(name, "ocop@demo.test"))
    known = db.scalar(select(Producer).where(Producer.name == name, Producer.is_demo))
    if known is not None:
        return known, owner_id
    producer = register_producer(
        db,
        person_id=owner_id,
        name=name,
        kind=KINDS.get(row.producer_kind, row.producer_kind),
        province_code=row.province_code,
        commune_code=row.commune_code or None,
        address=row.place_as_printed if row.producer_name else "",
        is_demo=True,
        now=now,
    )
    admin = person_id(db, "admin@demo.test")
    decide_producer(db, producer_id=producer.id, actor_id=admin, approve=True, now=now)
    if row.is_youth_led:
        _let_the_union_vouch(db, producer, row, admin, now)
    return producer, owner_id


def _let_the_union_vouch(
    db: Session, producer: Producer, row: SeedProduct, judge_id: int, now: datetime
) -> None:
    """The source calls it a young people's start-up; which unit vouches is our illustration."""
    record_endorsement(
        db,
        producer_id=producer.id,
        actor_id=judge_id,
        facts=EndorsementFacts(
            union_unit=f"Tỉnh đoàn {place_of(row)}",
            project=row.name_vi,
            year=today_vn(now).year,
            programme="Thanh niên khởi nghiệp",
            is_illustration=True,
        ),
        now=now,
    )


def find_product(db: Session, row: SeedProduct) -> Product | None:
    """The product of this row, if it was loaded before."""
    return db.scalar(
        select(Product)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Product.is_demo, Product.name == row.name_vi, Producer.name == producer_name(row))
    )


def load_product(db: Session, row: SeedProduct, *, cover: Photo, now: datetime) -> Product:
    """Create and publish the row's product with its illustrative figures, marked as such."""
    producer, owner_id = load_producer(db, row, now=now)
    label = label_for(row)
    product = create_product(
        db,
        producer_id=producer.id,
        actor_id=owner_id,
        name=row.name_vi,
        subgroup=row.ocop_subgroup,
        now=now,
        facts={
            "name_en": row.name_en or None,
            "summary": f"{row.name_vi}: làm tại {row.place}.",
            "summary_en": f"{row.name_en}: made in {row.place}." if row.name_en else None,
            "regulated_class": row.regulated_class,
            "ingredients": label.ingredients,
            "net_content": label.net_content,
            "storage": label.storage,
            "usage": label.usage,
            "warnings": label.warnings,
            "origin": label.origin,
            "shelf_life_days": label.shelf_life_days,
            "season_mask": row.season_mask,
            "is_lot_tracked": figures_for(row).is_lot_tracked,
        },
    )
    product.is_demo = True
    product.source_note = ", ".join(filter(None, (row.source, row.source_date)))
    _keep_history(product, row)
    _add_variants(db, product, row, owner_id, now)
    add_photo(db, product_id=product.id, actor_id=owner_id, photo=cover, now=now)
    submit_product(db, product_id=product.id, actor_id=owner_id, now=now)
    admin = person_id(db, "admin@demo.test")
    decide_product(db, product_id=product.id, actor_id=admin, approve=True, now=now)
    _add_certificate(db, product, row, owner_id, admin, now)
    refresh_facets(db, product.id, now=now)
    return product


def _keep_history(product: Product, row: SeedProduct) -> None:
    if row.stars is not None:
        product.historic_stars = row.stars
        product.historic_stars_note = str(row.recognised_on.first.year) if row.recognised_on else ""


def _add_variants(
    db: Session, product: Product, row: SeedProduct, owner_id: int, now: datetime
) -> None:
    for variant in figures_for(row).variants:
        add_variant(
            db,
            product_id=product.id,
            actor_id=owner_id,
            label=variant.label,
            price_vnd=variant.price_vnd,
            packed_weight_g=variant.packed_weight_g,
            now=now,
            sku=variant.sku,
            label_en=variant.label_en,
            net_weight_g=variant.net_weight_g,
            net_volume_ml=variant.net_volume_ml,
            length_mm=variant.length_mm,
            width_mm=variant.width_mm,
            height_mm=variant.height_mm,
            is_price_illustrative=True,
        )


def _add_certificate(
    db: Session, product: Product, row: SeedProduct, owner_id: int, judge_id: int, now: datetime
) -> None:
    """A record of the recognition that the source reports, said to be an illustration: its number
    and scan are not known. Made only where the earliest possible end is still ahead."""
    recognised = row.recognised_on
    if row.stars is None or recognised is None:
        return
    if not is_surely_valid(row, today_vn(now)):
        return
    certificate = record_certificate(
        db,
        producer_id=product.producer_id,
        product_id=product.id,
        actor_id=owner_id,
        facts=CertificateFacts(
            kind="ocop",
            issued_on=recognised.first,
            stars=row.stars,
            issuer_level="national" if row.stars == 5 else "province",
            product_name_printed=row.name_vi,
            entity_name_printed=row.producer_name,
            is_illustration=True,
        ),
        now=now,
    )
    decide_certificate(db, certificate_id=certificate.id, actor_id=judge_id, approve=True, now=now)


def is_surely_valid(row: SeedProduct, today: date) -> bool:
    """Whether the recognition holds even if it began on its earliest possible day."""
    if row.recognised_on is None or row.recognition(today) != "valid":
        return False
    return default_expiry(row.recognised_on.first) >= today


def missing(db: Session, rows: Iterable[SeedProduct]) -> list[SeedProduct]:
    """The rows that are not loaded yet."""
    return [row for row in rows if find_product(db, row) is None]
