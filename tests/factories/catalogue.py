"""Producers and products as tests need them: written straight to the tables, then indexed."""

import hashlib
import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Membership
from shop.catalogue import rules
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductPhoto,
    Variant,
    YouthEndorsement,
)
from shop.catalogue.services.facets import refresh_facets
from shop.core.text import slugify

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)

PROVINCE = "19"
"""Thái Nguyên."""
COMMUNE = "02185"
"""Xã Côn Minh."""


def make_producer(db: Session, *, owner_id: int | None = None, **over: Any) -> Producer:
    """A verified cooperative of Xã Côn Minh, Thái Nguyên; ``owner_id`` becomes its owner."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": f"HTX Thử nghiệm {number}",
        "kind": "cooperative",
        "province_code": PROVINCE,
        "commune_code": COMMUNE if over.get("province_code", PROVINCE) == PROVINCE else None,
        "address": "thôn Chè Cọ",
        "state": "verified",
        "created_at": NOW,
        "verified_at": NOW,
    } | over
    values.setdefault("slug", f"{slugify(values['name'])}-{number}")
    producer = Producer(**values)
    db.add(producer)
    db.flush()
    if owner_id is not None:
        db.add(
            Membership(
                person_id=owner_id,
                unit_kind="producer",
                unit_id=producer.id,
                role="owner",
                created_at=NOW,
            )
        )
        db.flush()
    return producer


def make_variant(db: Session, product: Product, **over: Any) -> Variant:
    """Another size of a product: 65,000 đồng, 550 g packed."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "product_id": product.id,
        "producer_id": product.producer_id,
        "sku": f"SKU-{number}",
        "label": "Gói 500 g",
        "price_vnd": 65_000,
        "net_weight_g": 500,
        "packed_weight_g": 550,
    } | over
    variant = Variant(**values)
    db.add(variant)
    db.flush()
    return variant


def make_photo(db: Session, product: Product, **over: Any) -> ProductPhoto:
    """A photo row; no file is stored behind it."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "product_id": product.id,
        "sha": hashlib.sha256(f"photo {number}".encode()).hexdigest(),
        "width": 1200,
        "height": 1200,
        "alt": product.name,
        "has_right_to_use": True,
        "created_at": NOW,
    } | over
    photo = ProductPhoto(**values)
    db.add(photo)
    db.flush()
    return photo


def make_certificate(db: Session, product: Product, **over: Any) -> Certificate:
    """A verified 4-star OCOP record, valid from 1 March 2025 to 1 March 2028."""
    values: dict[str, Any] = {
        "producer_id": product.producer_id,
        "product_id": product.id,
        "kind": "ocop",
        "product_name_printed": product.name,
        "stars": 4,
        "certificate_no": "12/2025/OCOP",
        "decision_no": "345/QĐ-UBND",
        "issuer": "UBND tỉnh Thái Nguyên",
        "issued_on": date(2025, 3, 1),
        "is_illustration": True,
        "state": "verified",
        "created_at": NOW,
        "verified_at": NOW,
    } | over
    values.setdefault("expires_on", rules.default_expiry(values["issued_on"]))
    certificate = Certificate(**values)
    db.add(certificate)
    db.flush()
    return certificate


def make_endorsement(db: Session, producer: Producer, **over: Any) -> YouthEndorsement:
    """A union unit that vouches for the producer's project of 2025."""
    values: dict[str, Any] = {
        "producer_id": producer.id,
        "union_unit": "Xã đoàn Côn Minh",
        "project": "Miến dong sạch",
        "year": 2025,
        "state": "confirmed",
        "created_at": NOW,
    } | over
    row = YouthEndorsement(**values)
    db.add(row)
    producer.is_youth_led = row.state == "confirmed"
    db.flush()
    return row


def make_product(
    db: Session,
    *,
    producer: Producer | None = None,
    published: bool = True,
    price_vnd: int = 65_000,
    stars: int | None = None,
    variant: bool = True,
    photo: bool = True,
    now: datetime = NOW,
    **over: Any,
) -> Product:
    """A complete product with one variant, one photo and its facets row.

    Published unless told otherwise; ``stars`` adds a verified, unexpired OCOP record. Its variant
    is ``variant_of(db, product)``.
    """
    producer = producer or make_producer(db)
    number = next(_numbers)
    values: dict[str, Any] = {
        "producer_id": producer.id,
        "name": f"Miến dong số {number}",
        "subgroup": "F32",
        "summary": "Sợi dai, trong, làm từ củ dong riềng.",
        "ingredients": "100 % bột dong riềng",
        "net_content": "500 g",
        "storage": "Để nơi khô ráo, thoáng mát.",
        "usage": "Ngâm nước cho mềm rồi nấu.",
        "origin": "Xã Côn Minh, Thái Nguyên, Việt Nam",
        "shelf_life_days": 365,
        "state": "published" if published else "draft",
        "created_at": now,
        "updated_at": now,
        "submitted_at": now if published else None,
        "published_at": now if published else None,
    } | over
    values.setdefault("slug", f"{slugify(values['name'])}-{number}")
    product = Product(**values)
    db.add(product)
    db.flush()
    if variant:
        make_variant(db, product, price_vnd=price_vnd)
    if photo:
        make_photo(db, product)
    if stars is not None:
        make_certificate(db, product, stars=stars)
    refresh_facets(db, product.id, now=now)
    return product


def variant_of(db: Session, product: Product) -> Variant:
    """The product's first variant."""
    found = select(Variant).where(Variant.product_id == product.id).order_by(Variant.id).limit(1)
    return db.scalars(found).one()
