"""What two people do to one thing at the same moment: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.catalogue import services
from shop.catalogue.invariants import INVARIANTS
from shop.catalogue.models import CatalogueVersion, Product, ProductFacets, ProductRevision, Variant
from shop.core.db import Database
from shop.core.errors import DomainError
from tests.careless import Careless
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_producer, make_product

AT_ONCE = 4


def race(database: Database, acts: list[Callable[[Session], Any]]) -> list[str]:
    """Run each act in its own thread and transaction; ``ok`` or the refusal's kind, in order."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> str:
        start.wait(10)
        with database.write() as db:
            try:
                act(db)
                db.commit()
            except DomainError as error:
                return type(error).__name__
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def holds(database: Database) -> None:
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.connection().exec_driver_sql(query).all() == [], name


def test_one_of_several_like_named_products_is_made(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        owner = make_person(db)
        producer = make_producer(db, owner_id=owner.id)
    outcome = race(
        database,
        [
            lambda db: services.create_product(
                db,
                producer_id=producer.id,
                actor_id=owner.id,
                name="Miến dong",
                subgroup="F32",
                now=now,
            )
        ]
        * AT_ONCE,
    )
    assert sorted(outcome) == ["NameTaken"] * (AT_ONCE - 1) + ["ok"]


def test_like_named_producers_get_different_addresses(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        people = [make_person(db) for _ in range(AT_ONCE)]
    outcome = race(
        database,
        [
            lambda db, person=person: services.register_producer(  # type: ignore[misc]
                db,
                person_id=person.id,
                name="HTX Tài Hoan",
                kind="cooperative",
                province_code="19",
                commune_code="02185",
                now=now,
            )
            for person in people
        ],
    )
    assert outcome == ["ok"] * AT_ONCE


def test_one_decision_counts_and_is_written_once(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        staff = [make_staff(db, "19") for _ in range(AT_ONCE)]
        product = make_product(db, published=False, state="submitted")
    outcome = race(
        database,
        [
            lambda db, one=one, n=n: services.decide_product(  # type: ignore[misc]
                db,
                product_id=product.id,
                actor_id=one.id,
                approve=n % 2 == 0,
                note="Xem lại",
                now=now,
            )
            for n, one in enumerate(staff)
        ],
    )
    assert sorted(outcome) == ["WrongStep"] * (AT_ONCE - 1) + ["ok"]
    with database.read() as db:
        entries = select(func.count()).where(AuditEntry.subject_kind == "product")
        assert db.scalar(entries) == 1
    holds(database)


def test_publishing_and_suspending_at_once_never_leaves_it_on_sale(
    database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        staff = [make_staff(db, "19") for _ in range(2)]
        producer = make_producer(db)
        products = [
            make_product(db, producer=producer, published=False, state="submitted")
            for _ in range(3)
        ]
    race(
        database,
        [
            *(
                lambda db, product=product: services.decide_product(  # type: ignore[misc]
                    db, product_id=product.id, actor_id=staff[0].id, approve=True, now=now
                )
                for product in products
            ),
            lambda db: services.suspend_producer(
                db, producer_id=producer.id, actor_id=staff[1].id, note="Dừng", now=now
            ),
        ],
    )
    with database.read() as db:
        assert db.scalar(select(func.count()).where(ProductFacets.is_listed)) == 0
    holds(database)


def test_edits_of_a_published_product_share_one_revision(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        owner = make_person(db)
        product = make_product(db, producer=make_producer(db, owner_id=owner.id))
    fields = ("storage", "usage", "origin", "warnings")
    outcome = race(
        database,
        [
            lambda db, field=field: services.edit_product(  # type: ignore[misc]
                db,
                product_id=product.id,
                actor_id=owner.id,
                changes={field: "Mới"},
                now=now,
            )
            for field in fields
        ],
    )
    assert outcome == ["ok"] * len(fields)
    with database.read() as db:
        revision = db.scalars(select(ProductRevision)).one()
        assert set(revision.changes) == set(fields)


def test_like_skus_meet_once(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        owner = make_person(db)
        producer = make_producer(db, owner_id=owner.id)
        products = [make_product(db, producer=producer, variant=False) for _ in range(AT_ONCE)]
    outcome = race(
        database,
        [
            lambda db, product=product: services.add_variant(  # type: ignore[misc]
                db,
                product_id=product.id,
                actor_id=owner.id,
                label="Gói",
                price_vnd=5000,
                packed_weight_g=100,
                sku="A-1",
                now=now,
            )
            for product in products
        ],
    )
    assert sorted(outcome) == ["SkuTaken"] * (AT_ONCE - 1) + ["ok"]
    with database.read() as db:
        assert db.scalar(select(func.count()).where(Variant.sku == "A-1")) == 1


def test_stock_news_of_the_same_products_in_any_order_do_not_block_each_other(
    database: Database,
) -> None:
    with database.transaction() as db:
        products = [make_product(db) for _ in range(3)]
    ids = [product.id for product in products]
    with database.read() as db:
        before = db.scalar(select(CatalogueVersion.number)) or 1

    def tell(number: int) -> Callable[[Session], None]:
        def act(db: Session) -> None:
            for product_id in sorted(ids):
                services.set_available(db, product_id, number)

        return act

    assert race(database, [tell(number) for number in range(1, 9)]) == ["ok"] * 8
    with database.transaction() as db:
        tell(0)(db)  # there are no goods, so this is the truth again
    with database.read() as db:
        assert (db.scalar(select(CatalogueVersion.number)) or 1) > before
        assert db.scalar(select(func.count()).select_from(Product)) == 3


def test_the_first_changes_of_all_are_counted_one_by_one(database: Database) -> None:
    assert race(database, [services.bump_version] * AT_ONCE) == ["ok"] * AT_ONCE
    with database.read() as db:
        assert db.scalar(select(CatalogueVersion.number)) == 1 + AT_ONCE


@pytest.mark.control
def test_the_control_counted_in_two_steps_collides(database: Database) -> None:
    def look_then_write(db: Session) -> None:
        if db.scalar(select(CatalogueVersion.number)) is None:
            db.add(CatalogueVersion(id=1, number=2))

    careless = Careless(database, together=2)
    with pytest.raises(IntegrityError):
        race(careless, [look_then_write] * 2)
    careless.dispose()


@pytest.mark.control
def test_the_control_without_locks_decides_more_than_once(
    database: Database, now: datetime
) -> None:
    """Were this not so, the test of one decision would prove nothing."""
    with database.transaction() as db:
        staff = [make_staff(db, "19") for _ in range(2)]
        product = make_product(db, published=False, state="submitted")

    def decide(actor_id: int) -> Callable[[Session], Any]:
        about: dict[str, Any] = {"product_id": product.id, "note": "Xem lại", "now": now}
        return lambda db: services.decide_product(db, actor_id=actor_id, approve=False, **about)

    careless = Careless(database, together=2)
    assert race(careless, [decide(one.id) for one in staff]).count("ok") == 2
    careless.dispose()
