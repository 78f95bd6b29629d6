"""The list row: what it holds, who may write which part, when caches are told."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import queries, search, services
from shop.catalogue.models import CatalogueVersion, ProductFacets
from shop.core.db import Database
from tests.factories.catalogue import (
    make_certificate,
    make_endorsement,
    make_producer,
    make_product,
    make_variant,
    variant_of,
)

TODAY = date(2026, 11, 22)


def version(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(CatalogueVersion.number)) or 1


def test_published_product_has_a_row_with_all_a_list_shows(db: Session) -> None:
    producer = make_producer(db, name="HTX Tài Hoan")
    make_endorsement(db, producer, union_unit="Xã đoàn Côn Minh")
    product = make_product(db, producer=producer, name="Miến dong Tài Hoan", stars=4)
    row = db.get_one(ProductFacets, product.id)
    assert row.is_listed
    assert (row.price_min_vnd, row.price_max_vnd) == (65_000, 65_000)
    assert row.place == "Xã Côn Minh, Tỉnh Thái Nguyên"
    assert (row.stars, row.stars_until) == (4, date(2028, 3, 1))
    assert (row.ocop_group, row.subgroup, row.is_youth_led) == ("food", "F32", True)
    assert row.youth_unit == "Xã đoàn Côn Minh"
    assert row.search_name == "mien dong tai hoan"
    assert row.search_producer == "htx tai hoan"
    assert search.search_ids(db, "mien dong", today=TODAY) == [product.id]


def test_draft_has_no_row(db: Session) -> None:
    product = make_product(db, published=False)
    assert db.get(ProductFacets, product.id) is None


def test_not_listed_without_verified_producer_photo_or_variant(db: Session) -> None:
    suspended = make_producer(db, state="suspended")
    for product in (
        make_product(db, producer=suspended),
        make_product(db, photo=False),
        make_product(db, variant=False),
    ):
        assert not db.get_one(ProductFacets, product.id).is_listed


def test_lapsed_or_unverified_paper_gives_no_stars(db: Session) -> None:
    for over in (
        {"issued_on": date(2021, 9, 30)},
        {"state": "submitted"},
        {"state": "revoked"},
        {"issued_on": date(2026, 12, 1)},
        {"kind": "vietgap", "stars": None},
    ):
        product = make_product(db)
        make_certificate(db, product, **over)
        services.refresh_facets(db, product.id, now=product.created_at)
        assert db.get_one(ProductFacets, product.id).stars is None, over
        assert queries.valid_stars(db, product.id, TODAY) is None


def test_refresh_keeps_what_higher_features_wrote(db: Session, now: datetime) -> None:
    product = make_product(db)
    services.set_available(db, product.id, 12)
    services.add_sold(db, product.id, 5)
    services.add_sold(db, product.id, -2)
    services.set_rating(db, product.id, rating_sum=9, rating_count=2)
    services.set_next_session(db, product.id, starts_at=now, slug="phien-toi-nay")
    make_variant(db, product, price_vnd=120_000)
    services.refresh_facets(db, product.id, now=now)
    row = db.get_one(ProductFacets, product.id)
    assert (row.available, row.sold_count, row.rating_sum, row.rating_count) == (12, 3, 9, 2)
    assert (row.next_session_at, row.next_session_slug) == (now, "phien-toi-nay")
    assert row.price_max_vnd == 120_000


def test_version_rises_once_a_commit_and_only_for_real_changes(database: Database) -> None:
    with database.write() as db:
        product = make_product(db)
        with db.begin_nested():
            services.bump_version(db)
        db.commit()
    first = version(database)
    with database.write() as db:
        services.set_available(db, product.id, 0)
        db.commit()
    assert version(database) == first
    with database.write() as db:
        services.set_available(db, product.id, 3)
        services.set_available(db, product.id, 4)
        db.commit()
    assert version(database) == first + 1
    with database.write() as db:
        services.set_available(db, product.id, 5)
        db.rollback()
        db.commit()
    assert version(database) in (first + 1, first + 2)


def test_variants_for_sale_say_whose_they_are(db: Session) -> None:
    product = make_product(db, stars=3)
    variant = variant_of(db, product)
    draft = variant_of(db, make_product(db, published=False))
    rows = queries.variants_for_sale(db, [variant.id, draft.id, 2**31 - 1], today=TODAY)
    assert set(rows) == {variant.id, draft.id}
    assert rows[variant.id].is_for_sale
    assert rows[variant.id].stars == 3
    assert rows[variant.id].photo_sha
    assert not rows[draft.id].is_for_sale
    late = queries.variants_for_sale(db, [variant.id], today=date(2028, 3, 2))
    assert late[variant.id].stars is None
