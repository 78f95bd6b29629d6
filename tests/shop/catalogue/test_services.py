"""Producers, products, papers: every verb, its rights, its states, on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, Person
from shop.catalogue import jobs, queries, rules, services
from shop.catalogue.invariants import INVARIANTS
from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPhoto,
    ProductRevision,
)
from shop.catalogue.services import CertificateFacts
from shop.catalogue.services.producers import PlaceFixed
from shop.catalogue.services.products import Locked, NameTaken, NothingToSubmit, NotReady
from shop.catalogue.services.rights import OwnWork
from shop.catalogue.services.rows import ReasonNeeded
from shop.catalogue.services.variants import (
    PriceTooLow,
    SkuTaken,
    TooManyVariants,
    WrongGtin,
    WrongSku,
    WrongWeight,
)
from shop.catalogue.signals import product_published, product_withdrawn
from shop.core.db import Database
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.outbox import OutboxMessage
from tests.factories.accounts import make_admin, make_member, make_person, make_staff
from tests.factories.catalogue import (
    make_certificate,
    make_photo,
    make_producer,
    make_product,
    make_variant,
    variant_of,
)


class World:
    """A verified producer with its owner, its province's staff, and a stranger."""

    def __init__(self, db: Session) -> None:
        self.owner = make_person(db)
        self.producer = make_producer(db, owner_id=self.owner.id)
        self.staff = make_staff(db, "19")
        self.far_staff = make_staff(db, "01")
        self.admin = make_admin(db)
        self.stranger = make_person(db)


@pytest.fixture
def world(db: Session) -> World:
    return World(db)


def audit(db: Session, kind: str) -> list[str]:
    rows = select(AuditEntry.action).where(AuditEntry.subject_kind == kind).order_by(AuditEntry.id)
    return list(db.scalars(rows))


def messages(db: Session, person: Person) -> list[str]:
    rows = select(OutboxMessage.kind).where(
        OutboxMessage.recipient == f"person:{person.id}", OutboxMessage.channel == "inbox"
    )
    return list(db.scalars(rows.order_by(OutboxMessage.id)))


def check_invariants(db: Session) -> None:
    db.flush()
    for name, query in INVARIANTS.items():
        assert db.connection().exec_driver_sql(query).all() == [], name


def register(db: Session, person: Person, now: datetime, **over: Any) -> Producer:
    values = {
        "name": "HTX Tài Hoan",
        "kind": "cooperative",
        "province_code": "19",
        "commune_code": "02185",
    } | over
    return services.register_producer(db, person_id=person.id, now=now, **values)


def test_a_producer_is_registered_verified_and_told(
    db: Session, world: World, now: datetime
) -> None:
    producer = register(db, world.stranger, now)
    assert producer.state == "submitted"
    assert register(db, world.stranger, now) is producer, "a second click asks for nothing more"
    assert register(db, make_person(db), now).slug.startswith("htx-tai-hoan-")
    services.decide_producer(
        db, producer_id=producer.id, actor_id=world.staff.id, approve=True, now=now
    )
    assert (producer.state, producer.verified_by) == ("verified", world.staff.id)
    assert messages(db, world.stranger) == ["catalogue.producer_verified"]
    assert audit(db, "producer") == [
        "producer.submitted",
        "producer.submitted",
        "producer.verified",
    ]
    with pytest.raises(rules.WrongStep):
        services.decide_producer(
            db, producer_id=producer.id, actor_id=world.staff.id, approve=True, now=now
        )


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"kind": "empire"}, "kind"),
        ({"province_code": "99"}, "province_code"),
        ({"commune_code": "00004"}, "commune_code"),
    ],
)
def test_a_wrong_registration_names_its_field(
    db: Session, world: World, now: datetime, over: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        register(db, world.stranger, now, **over)
    assert refusal.value.field == field


def test_only_staff_of_the_province_judge_and_never_their_own(
    db: Session, world: World, now: datetime
) -> None:
    producer = register(db, world.staff, now)
    for person, error in (
        (world.far_staff, NotFound),
        (world.stranger, NotAllowed),
        (world.staff, OwnWork),
    ):
        with pytest.raises(error):
            services.decide_producer(
                db, producer_id=producer.id, actor_id=person.id, approve=True, now=now
            )
    world.admin.disabled_at = now
    db.flush()
    with pytest.raises(NotAllowed):
        services.decide_producer(
            db, producer_id=producer.id, actor_id=world.admin.id, approve=True, now=now
        )
    world.admin.disabled_at = None
    services.decide_producer(
        db, producer_id=producer.id, actor_id=world.admin.id, approve=True, now=now
    )


def test_a_producer_sent_back_mends_and_is_handed_in_again(
    db: Session, world: World, now: datetime
) -> None:
    producer = register(db, world.stranger, now)
    given = {"producer_id": producer.id, "actor_id": world.staff.id, "now": now}
    with pytest.raises(ReasonNeeded):
        services.decide_producer(db, approve=False, **given)
    services.decide_producer(db, approve=False, note="Thiếu số thuế", **given)
    assert producer.state == "rejected"
    services.edit_producer(
        db,
        producer_id=producer.id,
        actor_id=world.stranger.id,
        changes={"tax_code": "4700", "name": "HTX Mới", "kind": "household"},
        now=now,
    )
    assert (producer.state, producer.name) == ("submitted", "HTX Mới")


def test_verified_identity_is_fixed_but_the_story_is_free(
    db: Session, world: World, now: datetime
) -> None:
    make_product(db, producer=world.producer)
    given = {"producer_id": world.producer.id, "actor_id": world.owner.id, "now": now}
    with pytest.raises(PlaceFixed):
        services.edit_producer(db, changes={"province_code": "01"}, **given)
    services.edit_producer(db, changes={"story": "Từ 2010"}, **given)
    with pytest.raises(NotFound):
        services.edit_producer(db, **(given | {"actor_id": world.stranger.id}), changes={})


def test_suspending_takes_everything_off_sale_and_says_so(
    db: Session, world: World, now: datetime
) -> None:
    products = [make_product(db, producer=world.producer) for _ in range(2)]
    told: list[int] = []

    def hear(_sender: object, *, product_id: int, **_rest: object) -> None:
        told.append(product_id)

    given = {"producer_id": world.producer.id, "actor_id": world.staff.id, "now": now}
    with product_withdrawn.connected_to(hear):
        services.suspend_producer(db, note="Hàng giả", **given)
    assert told == [product.id for product in products]
    assert not db.get_one(ProductFacets, products[0].id).is_listed
    check_invariants(db)
    services.restore_producer(db, **given)
    assert db.get_one(ProductFacets, products[0].id).is_listed
    assert messages(db, world.owner) == ["catalogue.producer_suspended"]


def create(db: Session, world: World, now: datetime, **over: Any) -> Product:
    values: dict[str, Any] = {
        "producer_id": world.producer.id,
        "actor_id": world.owner.id,
        "name": "Miến dong Tài Hoan",
        "subgroup": "F32",
        "facts": {
            "summary": "Sợi dai.",
            "ingredients": "bột dong riềng",
            "net_content": "500 g",
            "storage": "khô ráo",
            "usage": "nấu",
            "origin": "Việt Nam",
            "shelf_life_days": 365,
        },
    } | over
    return services.create_product(db, now=now, **values)


def fill(db: Session, world: World, product: Product, now: datetime) -> None:
    services.add_variant(
        db,
        product_id=product.id,
        actor_id=world.owner.id,
        label="Gói 500 g",
        price_vnd=65_000,
        packed_weight_g=550,
        now=now,
    )
    services.add_photo(
        db,
        product_id=product.id,
        actor_id=world.owner.id,
        photo=queries.Photo("a" * 64, 1200, 800, "Bó miến", False, True),
        now=now,
    )


def test_a_product_from_draft_to_sale(db: Session, world: World, now: datetime) -> None:
    product = create(db, world, now)
    mine: dict[str, Any] = {
        "product_id": product.id,
        "actor_id": world.owner.id,
        "now": now,
    }
    assert (product.slug, product.is_lot_tracked) == ("mien-dong-tai-hoan", True)
    with pytest.raises(NotReady) as refusal:
        services.submit_product(db, **mine)
    assert "Chưa có ảnh sản phẩm." in str(refusal.value)
    fill(db, world, product, now)
    services.submit_product(db, **mine)
    with pytest.raises(Locked):
        services.edit_product(db, changes={"summary": "Khác"}, **mine)
    services.withdraw_submission(db, **mine)
    services.edit_product(db, changes={"summary": "Sợi dai, trong."}, **mine)
    services.submit_product(db, **mine)
    heard: list[int] = []

    def hear(_sender: object, *, product_id: int, **_rest: object) -> None:
        heard.append(product_id)

    judge = mine | {"actor_id": world.staff.id}
    with product_published.connected_to(hear):
        services.decide_product(db, approve=True, **judge)
    assert heard == [product.id]
    row = db.get_one(ProductFacets, product.id)
    assert row.is_listed
    assert (product.state, product.published_at) == ("published", now)
    assert messages(db, world.owner) == ["catalogue.product_approved"]
    check_invariants(db)
    db.commit()


def test_rights_over_products(db: Session, world: World, now: datetime) -> None:
    other = make_product(db)
    for verb in (
        services.submit_product,
        services.archive_product,
        services.withdraw_submission,
        services.discard_revision,
        services.restore_product,
    ):
        with pytest.raises(NotFound):
            verb(db, product_id=other.id, actor_id=world.owner.id, now=now)
    with pytest.raises(NotFound):
        create(db, world, now, actor_id=world.stranger.id)
    with pytest.raises(NotFound):
        services.edit_product(db, product_id=other.id, actor_id=world.owner.id, changes={}, now=now)
    with pytest.raises(NotFound):
        services.edit_variant(
            db, variant_id=variant_of(db, other).id, actor_id=world.owner.id, changes={}, now=now
        )
    with pytest.raises(NotFound):
        services.archive_product(db, product_id=2**31 - 1, actor_id=world.owner.id, now=now)
    helper = make_member(db, "producer", world.producer.id, "supporter")
    create(db, world, now, actor_id=helper.id)
    with pytest.raises(NotAllowed):
        services.decide_product(
            db, product_id=other.id, actor_id=world.owner.id, approve=True, now=now
        )
    with pytest.raises(NotFound):
        services.take_down_product(
            db, product_id=other.id, actor_id=world.far_staff.id, note="x", now=now
        )


def test_one_name_once(db: Session, world: World, now: datetime) -> None:
    product = create(db, world, now)
    with pytest.raises(NameTaken):
        create(db, world, now, name="miến dong tài hoan")
    other = create(db, world, now, name="Miến dong Tài Hoán")
    assert other.slug != product.slug
    mine = {"actor_id": world.owner.id, "now": now}
    with pytest.raises(NameTaken):
        services.edit_product(
            db, product_id=other.id, changes={"name": "Miến Dong Tài Hoan"}, **mine
        )
    services.archive_product(db, product_id=product.id, **mine)
    services.edit_product(db, product_id=other.id, changes={"name": "Miến Dong Tài Hoan"}, **mine)
    with pytest.raises(NameTaken):
        services.restore_product(db, product_id=product.id, **mine)
    with pytest.raises(Invalid):
        create(db, world, now, name="Khác", subgroup="Z9")


def test_an_edit_of_a_published_product_waits_while_it_stays_on_sale(
    db: Session, world: World, now: datetime
) -> None:
    product = make_product(db, producer=world.producer)
    before = product.storage
    mine: dict[str, Any] = {"product_id": product.id, "actor_id": world.owner.id, "now": now}
    judge = mine | {"actor_id": world.staff.id}
    with pytest.raises(NothingToSubmit):
        services.submit_product(db, **mine)
    services.edit_product(db, changes={"storage": "Nơi mát", "usage": product.usage}, **mine)
    photo = queries.Photo("b" * 64, 800, 800, "Ảnh mới", False, True)
    services.add_photo(db, photo=photo, **mine)
    revision = db.scalars(select(ProductRevision)).one()
    assert set(revision.changes) == {"storage", "photos"}
    assert (product.storage, len(queries.photos_of(db, product.id))) == (before, 1)
    services.submit_product(db, **mine)
    draft = queries.draft_of(db, product.id)
    changes = queries.changes_since(draft, queries.baseline_of(db, draft))
    assert (changes[0].field, changes[0].before) == ("storage", before)
    assert draft.waits_for_staff
    with pytest.raises(ReasonNeeded):
        services.decide_product(db, approve=False, **judge)
    services.decide_product(db, approve=True, **judge)
    assert product.storage == "Nơi mát"
    assert [p.sha for p in queries.photos_of(db, product.id)][-1] == "b" * 64
    assert revision.before["storage"] == before
    assert (product.state, revision.state) == ("published", "approved")
    check_invariants(db)


def test_edits_that_lead_back_vanish_and_submitted_ones_return_to_draft(
    db: Session, world: World, now: datetime
) -> None:
    product = make_product(db, producer=world.producer)
    before = product.storage
    mine: dict[str, Any] = {"product_id": product.id, "actor_id": world.owner.id, "now": now}
    services.edit_product(db, changes={"storage": "Mát"}, **mine)
    services.edit_product(db, changes={"storage": before}, **mine)
    assert queries.open_revision(db, product.id) is None
    services.edit_product(db, changes={"storage": "Mát"}, **mine)
    services.submit_product(db, **mine)
    services.edit_product(db, changes={"usage": "Nấu canh"}, **mine)
    revision = queries.open_revision(db, product.id)
    assert revision
    assert revision.state == "draft"
    services.submit_product(db, **mine)
    services.decide_product(
        db, **(mine | {"actor_id": world.staff.id}), approve=False, note="Chưa đúng"
    )
    assert product.state == "published"
    services.edit_product(db, changes={"usage": "Nấu canh"}, **mine)
    services.discard_revision(db, **mine)
    assert queries.open_revision(db, product.id) is None
    with pytest.raises(NotFound):
        services.discard_revision(db, **mine)


def test_archiving_keeps_what_was_being_edited(db: Session, world: World, now: datetime) -> None:
    product = make_product(db, producer=world.producer)
    mine: dict[str, Any] = {"product_id": product.id, "actor_id": world.owner.id, "now": now}
    services.edit_product(db, changes={"storage": "Mát"}, **mine)
    services.archive_product(db, **mine)
    assert (product.state, product.storage) == ("archived", "Mát")
    assert not db.get_one(ProductFacets, product.id).is_listed
    check_invariants(db)
    services.restore_product(db, **mine)
    assert product.state == "draft"
    with pytest.raises(rules.WrongStep):
        services.restore_product(db, **mine)


def test_taking_down_needs_a_reason_and_is_told(db: Session, world: World, now: datetime) -> None:
    product = make_product(db, producer=world.producer)
    heard: list[int] = []

    def hear(_sender: object, *, product_id: int, **_rest: object) -> None:
        heard.append(product_id)

    given: dict[str, Any] = {"product_id": product.id, "actor_id": world.staff.id, "now": now}
    with pytest.raises(ReasonNeeded):
        services.take_down_product(db, note="", **given)
    with product_withdrawn.connected_to(hear):
        services.take_down_product(db, note="Ảnh lấy của nơi khác", **given)
    assert heard == [product.id]
    assert messages(db, world.owner) == ["catalogue.product_rejected"]
    assert product.state == "rejected"


@pytest.mark.parametrize(
    ("over", "error", "field"),
    [
        ({"price_vnd": 999}, PriceTooLow, "price_vnd"),
        ({"packed_weight_g": 0}, WrongWeight, "packed_weight_g"),
        ({"net_weight_g": 600}, WrongWeight, "packed_weight_g"),
        ({"sku": "có dấu"}, WrongSku, "sku"),
        ({"sku": "-X"}, WrongSku, "sku"),
        ({"gtin": "123"}, WrongGtin, "gtin"),
        ({"gtin": "8931234567890"}, WrongGtin, "gtin"),
    ],
)
def test_a_wrong_variant_names_its_field(
    db: Session,
    world: World,
    now: datetime,
    over: dict[str, Any],
    error: type[DomainError],
    field: str,
) -> None:
    product = create(db, world, now)
    values: dict[str, Any] = {"label": "Gói", "price_vnd": 65_000, "packed_weight_g": 550} | over
    with pytest.raises(error) as refusal:
        services.add_variant(db, product_id=product.id, actor_id=world.owner.id, now=now, **values)
    assert refusal.value.field == field


def test_variants_count_at_once_and_skus_are_unique_per_producer(
    db: Session, world: World, now: datetime
) -> None:
    product = make_product(db, producer=world.producer)
    mine = {"actor_id": world.owner.id, "now": now}
    added = services.add_variant(
        db,
        product_id=product.id,
        label="Gói 1 kg",
        price_vnd=125_000,
        packed_weight_g=1080,
        sku="MD-1KG",
        gtin="8931234567897",
        **mine,
    )
    assert (added.position, added.gtin_status) == (1, "declared")
    assert db.get_one(ProductFacets, product.id).price_max_vnd == 125_000
    services.edit_variant(db, variant_id=added.id, changes={"price_vnd": 130_000}, **mine)
    assert db.get_one(ProductFacets, product.id).price_max_vnd == 130_000
    services.edit_variant(db, variant_id=added.id, changes={"gtin": None}, **mine)
    assert added.gtin_status == "none"
    first = variant_of(db, product)
    with pytest.raises(SkuTaken):
        services.edit_variant(db, variant_id=first.id, changes={"sku": "MD-1KG"}, **mine)
    services.edit_variant(db, variant_id=first.id, changes={"is_active": False}, **mine)
    assert db.get_one(ProductFacets, product.id).price_min_vnd == 130_000
    other = make_product(db)
    make_variant(db, other, sku="MD-1KG")
    check_invariants(db)
    for number in range(28):
        make_variant(db, product, position=number + 2)
    with pytest.raises(TooManyVariants):
        services.add_variant(
            db, product_id=product.id, label="x", price_vnd=1000, packed_weight_g=1, **mine
        )


def test_photos_are_ordered_named_and_limited(db: Session, world: World, now: datetime) -> None:
    product = create(db, world, now)
    mine: dict[str, Any] = {"product_id": product.id, "actor_id": world.owner.id, "now": now}
    for letter in "abc":
        photo = queries.Photo(letter * 64, 100, 100, letter, False, False)
        services.add_photo(db, photo=photo, **mine)
        services.add_photo(db, photo=photo, **mine)
    words: dict[str, Any] = {"alt": "C", "has_right_to_use": True, "is_illustration": True}
    services.edit_photo(db, sha="c" * 64, **words, **mine)
    services.move_photo(db, sha="c" * 64, to=0, **mine)
    services.remove_photo(db, sha="a" * 64, **mine)
    kept = queries.photos_of(db, product.id)
    assert [(p.alt, p.has_right_to_use) for p in kept] == [("C", True), ("b", False)]
    with pytest.raises(NotFound):
        services.remove_photo(db, sha="a" * 64, **mine)
    for number in range(10):
        make_photo(db, product, position=number + 5)
    with pytest.raises(Conflict):
        services.add_photo(db, photo=queries.Photo("d" * 64, 1, 1, "", False, True), **mine)
    assert db.scalars(select(ProductPhoto)).all()


def paper(**over: Any) -> CertificateFacts:
    values: dict[str, Any] = {
        "kind": "ocop",
        "stars": 4,
        "issued_on": date(2025, 3, 1),
        "is_illustration": True,
        "issuer": "UBND tỉnh",
    }
    return CertificateFacts(**(values | over))


def test_stars_appear_with_the_verified_paper_and_vanish_with_it(
    db: Session, world: World, now: datetime
) -> None:
    product = make_product(db, producer=world.producer)
    record = services.record_certificate(
        db,
        producer_id=world.producer.id,
        product_id=product.id,
        actor_id=world.owner.id,
        facts=paper(),
        now=now,
    )
    row = db.get_one(ProductFacets, product.id)
    assert (record.state, record.expires_on) == ("submitted", date(2028, 3, 1))
    assert row.stars is None
    given: dict[str, Any] = {
        "certificate_id": record.id,
        "actor_id": world.staff.id,
        "now": now,
    }
    with pytest.raises(NotFound):
        services.decide_certificate(db, approve=True, **(given | {"actor_id": world.far_staff.id}))
    with pytest.raises(NotAllowed):
        services.decide_certificate(db, approve=True, **(given | {"actor_id": world.owner.id}))
    services.decide_certificate(db, approve=True, **given)
    assert (row.stars, row.stars_until) == (4, date(2028, 3, 1))
    check_invariants(db)
    services.revoke_certificate(db, note="Giấy giả", **given)
    assert row.stars is None
    check_invariants(db)
    with pytest.raises(rules.WrongStep):
        services.decide_certificate(db, approve=True, **given)
    assert audit(db, "certificate") == [
        "certificate.submitted",
        "certificate.verified",
        "certificate.revoked",
    ]


def test_the_real_lapsed_record_shows_nothing(db: Session, world: World, now: datetime) -> None:
    product = make_product(db, producer=world.producer)
    record = services.record_certificate(
        db,
        producer_id=world.producer.id,
        product_id=product.id,
        actor_id=world.owner.id,
        facts=paper(stars=5, issued_on=date(2021, 9, 30), issuer_level="national"),
        now=now,
    )
    services.decide_certificate(
        db, certificate_id=record.id, actor_id=world.staff.id, approve=True, now=now
    )
    assert db.get_one(ProductFacets, product.id).stars is None
    db.commit()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"stars": None}, "stars"),
        ({"stars": 6}, "stars"),
        ({"issued_on": date(2026, 11, 23)}, "issued_on"),
        ({"issued_on": date(1, 1, 1)}, "issued_on"),
        ({"expires_on": date(2025, 3, 1)}, "expires_on"),
        ({"expires_on": date(9999, 12, 31)}, "expires_on"),
    ],
)
def test_a_wrong_paper_names_its_field(
    db: Session, world: World, now: datetime, over: dict[str, Any], field: str
) -> None:
    product = make_product(db, producer=world.producer)
    given: dict[str, Any] = {
        "producer_id": world.producer.id,
        "actor_id": world.owner.id,
        "now": now,
    }
    with pytest.raises(Invalid) as refusal:
        services.record_certificate(db, product_id=product.id, facts=paper(**over), **given)
    assert refusal.value.field == field
    with pytest.raises(Invalid):
        services.record_certificate(db, product_id=None, facts=paper(), **given)
    with pytest.raises(NotFound):
        services.record_certificate(db, product_id=make_product(db).id, facts=paper(), **given)


def test_a_paper_sent_back_is_mended(db: Session, world: World, now: datetime) -> None:
    product = make_product(db, producer=world.producer)
    record = make_certificate(db, product, state="submitted", scan_sha="c" * 64)
    services.decide_certificate(
        db,
        certificate_id=record.id,
        actor_id=world.staff.id,
        approve=False,
        note="Ảnh mờ",
        now=now,
    )
    given: dict[str, Any] = {
        "certificate_id": record.id,
        "actor_id": world.owner.id,
        "now": now,
    }
    services.correct_certificate(db, facts=paper(stars=3), **given)
    assert (record.state, record.stars, record.scan_sha) == ("submitted", 3, "c" * 64)
    with pytest.raises(rules.WrongStep):
        services.correct_certificate(db, facts=paper(), **given)


def test_a_newer_paper_replaces_the_older(db: Session, world: World, now: datetime) -> None:
    product = make_product(db, producer=world.producer, stars=3)
    old = db.scalars(select(Certificate)).one()
    new = make_certificate(db, product, issued_on=date(2026, 3, 1), state="submitted", stars=4)
    services.decide_certificate(
        db, certificate_id=new.id, actor_id=world.staff.id, approve=True, now=now
    )
    db.refresh(old)
    assert old.superseded_by == new.id
    assert db.get_one(ProductFacets, product.id).stars == 4


def test_the_job_ends_papers_and_reminds_once_at_each_step(
    database: Database, now: datetime
) -> None:
    with database.write() as db:
        world = World(db)
        product = make_product(db, producer=world.producer)
        record = make_certificate(db, product, expires_on=date(2027, 2, 1))
        services.refresh_facets(db, product.id, now=now)
        db.commit()
    seen = []
    for days in range(80):
        jobs.expire_certificates(database, now + timedelta(days=days))
        jobs.remind_of_certificates(database, now + timedelta(days=days))
        with database.read() as db:
            seen.append(len(messages(db, world.owner)))
    assert seen[0] == 1
    assert max(seen) == 4
    with database.read() as db:
        told = messages(db, world.owner)
        assert told.count("catalogue.certificate_expiring") == 3
        assert told.count("catalogue.certificate_expired") == 1
        assert db.get_one(Certificate, record.id).state == "expired"
        assert db.get_one(ProductFacets, product.id).stars is None
    jobs.expire_certificates(database, now + timedelta(days=80))
    with database.read() as db:
        assert len(messages(db, world.owner)) == 4


def test_staff_lists_keep_to_their_provinces(db: Session, world: World) -> None:
    here = make_product(db, producer=world.producer, published=False, state="submitted")
    far = make_producer(db, province_code="01")
    make_product(db, producer=far, published=False, state="submitted")
    make_certificate(db, here, state="submitted")

    def waiting(scope: queries.Scope) -> tuple[int, int, int]:
        return (
            queries.products_waiting(db, scope, limit=10)[1],
            queries.certificates_in_state(db, scope, "submitted", limit=10)[1],
            queries.producers_in_state(db, scope, "verified", limit=10)[1],
        )

    assert waiting(frozenset({"19"})) == (1, 1, 1)
    assert waiting(frozenset({"01"})) == (1, 0, 1)
    assert waiting(frozenset()) == (0, 0, 0)
    assert waiting(None) == (2, 1, 2)
    rows, _total = queries.products_waiting(db, frozenset({"19"}), limit=10)
    assert [row.product.id for row in rows] == [here.id]
