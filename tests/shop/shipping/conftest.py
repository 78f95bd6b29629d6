"""A shop that sends parcels: its owner's desk, orders on delivery, parcels with numbers."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core import clock, tasks
from shop.core.db import Database
from shop.notifications.services import register_message
from shop.orders.models import Order, OrderLine, Shipment
from shop.orders.services import pack_order, ship
from shop.orders.wiring import MESSAGES
from shop.payments.services import apply_txn
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer
from tests.factories.orders import make_order
from tests.factories.payments import make_attempt, make_txn

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _message_kinds() -> None:
    for kind, (title, url) in MESSAGES.items():
        register_message(kind, title=title, url=url)


@dataclass
class Desk:
    """The owner's browser, and what stands behind it."""

    app: Flask
    client: FlaskClient
    database: Database
    producer_id: int
    owner_id: int
    uploads: int = 0

    def sent(
        self,
        tracking_no: str,
        *,
        carrier: str = "GHN",
        parts: int = 0,
        deposit_vnd: int = 0,
        **over: Any,
    ) -> Order:
        """An order of 95,000 đồng on delivery, packed (``parts`` units of it) and sent."""
        with self.database.transaction() as db:
            producer = over.pop("producer", None) or db.get_one(Producer, self.producer_id)
            order = make_order(db, producer=producer, now=NOW, confirmed=True, **over)
            make_attempt(db, provider="cod", order=order, now=NOW)
            self.transferred(db, order, deposit_vnd)
            self._send(db, order, carrier, tracking_no, parts)
            return order

    def rest_sent(self, order: Order, tracking_no: str, *, parts: int = 0) -> None:
        """Pack what is left of the order (or ``parts`` units) and send it."""
        with self.database.transaction() as db:
            self._send(db, order, "GHN", tracking_no, parts)

    def _send(self, db: Session, order: Order, carrier: str, tracking_no: str, parts: int) -> None:
        [line] = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
        picks = {line.id: [(None, parts)]} if parts else None
        act: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": NOW}
        pack_order(db, picks=picks, is_part=bool(parts), **act)
        ship(db, carrier=carrier, tracking_no=tracking_no, **act)

    @staticmethod
    def transferred(db: Session, order: Order, amount_vnd: int) -> None:
        """Money of the order that came by bank transfer."""
        if amount_vnd:
            _order, attempt = make_attempt(db, provider="vietqr", order=order, now=NOW)
            txn = make_txn(attempt, amount_vnd=amount_vnd, txn_id=f"transfer:{order.id}")
            assert apply_txn(db, txn, now=NOW) == "applied"

    def upload(self, content: bytes | str, name: str = "doi-soat.csv", **over: Any) -> Any:
        """Send a carrier's file as a browser does."""
        self.uploads += 1
        raw = content.encode() if isinstance(content, str) else content
        data = {
            "sheet": (io.BytesIO(raw), name),
            "carrier": "ghn",
            "submit_key": f"settlement-key-{self.uploads:06}",
            **over,
        }
        return self.post("/ban-hang/doi-soat-cod", data, content_type="multipart/form-data")

    def post(self, path: str, data: dict[str, Any] | None = None, **kw: Any) -> Any:
        return post(self.client, path, data, **kw)

    def book(self, content: bytes | str, **over: Any) -> str:
        """Upload, confirm and book; the file's page."""
        answer = self.upload(content, **over)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        page = str(answer.location)
        confirmed = self.post(f"{page}/ghi")
        assert confirmed.status_code == 303, confirmed.get_data(as_text=True)
        self.work()
        return page

    def work(self) -> None:
        """Do what waits in the background."""
        while tasks.run_next(self.app.extensions["house"].database, clock.now()):
            continue

    def page(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status_code
        return str(answer.get_data(as_text=True))

    def order(self, order: Order) -> Order:
        with self.database.read() as db:
            return db.get_one(Order, order.id)

    def parcel(self, order: Order) -> Shipment:
        with self.database.read() as db:
            return db.scalars(select(Shipment).where(Shipment.order_id == order.id)).one()


@pytest.fixture
def desk(app: Flask, database: Database, signed_in: Callable[..., FlaskClient]) -> Iterator[Desk]:
    with database.transaction() as db:
        person = make_person(db, email="seller@shipping.test")
        producer = make_producer(db, owner_id=person.id, name="HTX Của Tôi")
    made = Desk(app, signed_in("seller@shipping.test"), database, producer.id, person.id)
    yield made
    with database.read() as db:
        broken = {
            name: rows
            for name, query in app.extensions["invariants"].items()
            if name.startswith(("shipping", "payments", "taxes"))
            and (rows := db.execute(text(query)).all())
        }
    assert broken == {}
