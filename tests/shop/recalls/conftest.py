"""Lots that were sold, so that there is somebody to tell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Variant
from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine
from shop.recalls import services
from shop.recalls.models import Recall
from shop.traceability.models import Lot
from shop.traceability.services import release_lot, set_input
from tests.conftest import NOW
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.traceability import make_lot

LATER = NOW + timedelta(hours=1)


def sign(code: str) -> str:
    return f"signed-{code}"


@dataclass
class World:
    """A producer with a raw lot, a finished one made from it, and another finished one."""

    producer: Producer
    owner_id: int
    variant: Variant
    raw: Lot
    lot: Lot
    other: Lot

    def sell(self, db: Session, quantity: int = 2, *, sent: bool = True, **over: Any) -> Order:
        """An order packed out of ``lot`` (the first to expire) and sent."""
        order = make_order(db, variant=self.variant, quantity=quantity, confirmed=True, **over)
        orders.pack_order(
            db,
            order_id=order.id,
            picks={line_of(db, order): [(self.lot.id, quantity)]},
            actor_id=self.owner_id,
            now=NOW,
        )
        if sent:
            orders.ship(
                db,
                order_id=order.id,
                carrier="GHN",
                tracking_no="1",
                actor_id=self.owner_id,
                now=NOW,
            )
        return order

    def draft(self, *lots: Lot, **over: Any) -> services.RecallDraft:
        values: dict[str, Any] = {
            "lot_ids": [lot.id for lot in lots or (self.lot,)],
            "hazard": "2",
            "reason": "Kiểm nghiệm lại thấy ẩm vượt mức công bố",
            "reason_en": "A new test found too much moisture",
            "advice": "Ngừng dùng, giữ nguyên gói và gọi cho chúng tôi",
            "contact_phone": "0912345670",
        }
        return services.RecallDraft(**(values | over))

    def recall(self, db: Session, *lots: Lot, key: str = "recall-key-1", **over: Any) -> Recall:
        return services.open_recall(
            db,
            draft=self.draft(*lots, **over),
            actor_id=self.owner_id,
            sign=sign,
            now=LATER,
            submit_key=key,
        )


def line_of(db: Session, order: Order) -> int:
    """The one line of an order."""
    return db.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()


def build(db: Session, *, units: int = 20, other_units: int = 30) -> World:
    """The world, with ``units`` in the lot that will be called back."""
    producer = make_producer(db)
    owner = make_member(db, "producer", producer.id).id
    product = make_product(db, producer=producer)
    raw = make_lot(db, product=product, kind="raw", material="Củ dong", uom="kg", events=False)
    lot = make_lot(db, product=product, quantity=units, lot_no="XAU-1")
    set_input(
        db,
        child_id=lot.id,
        parent_id=raw.id,
        quantity=100,
        actor_id=owner,
        now=NOW,
        submit_key=f"input-{lot.id}-key",
    )
    release_lot(db, lot_id=lot.id, actor_id=owner, now=NOW)
    other = make_lot(db, product=product, quantity=other_units, lot_no="TOT-1", released=True)
    return World(producer, owner, variant_of(db, product), raw, lot, other)


@pytest.fixture
def world(database: Database, app: object) -> World:
    """Committed; the application's wirings connect the ears."""
    with database.transaction() as db:
        return build(db)


@pytest.fixture
def statements(app: Flask) -> Callable[[Callable[[], object]], int]:
    """How many statements something sends to the application's database."""
    engine = app.extensions["house"].database.engine

    def count(act: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        act()
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return count
