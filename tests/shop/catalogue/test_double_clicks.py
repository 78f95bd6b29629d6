"""Two clicks on one button: one producer, one size, one paper."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Membership
from shop.catalogue import services
from shop.catalogue.models import Certificate, Producer, Variant
from shop.catalogue.services.variants import LabelTaken
from shop.core.db import Database
from shop.core.errors import Conflict
from tests.factories.accounts import make_person
from tests.factories.catalogue import NOW, make_producer, make_product

CLICKS = 4


def click(database: Database, do: Callable[[Session], Any]) -> list[Any]:
    """Do the same in several threads at once; what each gave, or the conflict it met."""
    start = threading.Barrier(CLICKS)

    def one(_number: int) -> Any:
        start.wait()
        try:
            with database.transaction() as db:
                return do(db).id
        except Conflict as refusal:
            return type(refusal)

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(one, range(CLICKS)))


def test_a_producer_is_registered_once(database: Database) -> None:
    with database.transaction() as db:
        person = make_person(db).id

    def register(db: Session) -> Producer:
        return services.register_producer(
            db,
            person_id=person,
            name="Hộ Thử Đôi",
            kind="household",
            province_code="19",
            commune_code=None,
            now=NOW,
        )

    assert len(set(click(database, register))) == 1
    with database.read() as db:
        owned = select(func.count()).where(Membership.person_id == person)
        assert db.scalar(owned) == 1


def test_a_size_and_a_paper_are_added_once(database: Database) -> None:
    with database.transaction() as db:
        maker = make_person(db).id
        producer = make_producer(db, owner_id=maker)
        producer_id, product_id = producer.id, make_product(db, producer=producer).id

    def add(db: Session) -> Variant:
        return services.add_variant(
            db,
            product_id=product_id,
            actor_id=maker,
            label="Hộp 7 kg",
            price_vnd=70_000,
            packed_weight_g=7_200,
            now=NOW,
        )

    def record(db: Session) -> Certificate:
        facts = services.CertificateFacts(
            kind="vietgap", issuer="Chi cục", issued_on=date(2025, 1, 1), certificate_no="7/X"
        )
        return services.record_certificate(
            db,
            producer_id=producer_id,
            product_id=product_id,
            actor_id=maker,
            facts=facts,
            now=NOW,
        )

    assert click(database, add).count(LabelTaken) == CLICKS - 1
    assert len(set(click(database, record))) == 1
