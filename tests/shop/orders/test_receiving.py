"""The buyer says that the goods have come."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Conflict
from shop.orders import invariants, queries, services
from shop.orders.models import Order, Shipment
from shop.orders.rules import WrongState
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.orders import make_order

NOW = datetime.now(UTC)
STEP: dict[str, Any] = {"actor_id": None, "now": NOW}


def sent_order(db: Session, **over: Any) -> Order:
    order = make_order(db, confirmed=True, now=NOW, **over)
    services.pack_order(db, order_id=order.id, **STEP)
    services.ship(db, order_id=order.id, carrier="A", tracking_no="", **STEP)
    return order


def link(app: Flask, code: str, tail: str = "/da-nhan") -> str:
    with app.app_context():
        return f"/don-hang/{code}{tail}?k={sign('order', code)}"


@pytest.mark.parametrize("has_failed", [False, True])
def test_it_settles_delivered_once_and_the_cash_is_another_matter(
    db: Session, has_failed: bool
) -> None:
    order = sent_order(db)
    if has_failed:
        services.fail_delivery(db, order_id=order.id, **STEP)
    for _time in range(2):
        order = services.confirm_arrival(db, order_id=order.id, **STEP)
    assert (order.state, order.fulfilment_state, order.payment_state) == (
        "confirmed",
        "delivered",
        "unpaid",
    )
    said = [event.kind for event in queries.timeline(db, order.id, public_only=True)]
    assert said.count("received") == said.count("delivered") == 1
    services.money_changed(db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=NOW)
    assert db.get_one(Order, order.id, populate_existing=True).state == "completed"


def test_nothing_sent_is_nothing_received(db: Session) -> None:
    order = make_order(db, confirmed=True)
    with pytest.raises(WrongState):
        services.confirm_arrival(db, order_id=order.id, **STEP)
    services.pack_order(db, order_id=order.id, **STEP)
    with pytest.raises(WrongState):
        services.confirm_arrival(db, order_id=order.id, **STEP)


def test_the_button_is_there_in_time_and_works_for_the_buyer_alone(
    app: Flask, client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        order, other = sent_order(db), sent_order(db)
        make_person(db, email="stranger@orders.test")
    page = client.get(link(app, order.code, "")).get_data(as_text=True)
    assert "Tôi đã nhận được hàng" in page
    assert post(client, f"/don-hang/{order.code}/da-nhan").status_code == 404
    foreign = link(app, other.code).replace(other.code, order.code)
    assert post(client, foreign).status_code == 404
    assert client.get(link(app, order.code)).status_code == 405
    for _time in range(2):
        answer = post(client, link(app, order.code))
        assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert 'data-fulfilment="delivered"' in page
    assert "Tôi đã nhận được hàng" not in page
    assert (
        post(signed_in("stranger@orders.test"), f"/don-hang/{other.code}/da-nhan").status_code
        == 404
    )


def test_too_early_is_told_on_the_page(app: Flask, client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        order = make_order(db, now=NOW)
    answer = post(client, link(app, order.code))
    assert answer.status_code == 409
    assert 'data-status="awaiting_confirmation"' in answer.get_data(as_text=True)


def race(database: Database, *verbs: Callable[[Session], Any]) -> list[str]:
    """Run the verbs at one moment, each in a transaction of its own; what became of each."""
    start, said = Barrier(len(verbs)), [""] * len(verbs)

    def run(number: int, verb: Callable[[Session], Any]) -> None:
        start.wait()
        try:
            with database.transaction() as db:
                verb(db)
            said[number] = "done"
        except Conflict as refusal:
            said[number] = type(refusal).__name__

    threads = [Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_the_buyers_word_beats_a_failed_delivery_whoever_comes_first(database: Database) -> None:
    for _round in range(6):
        with database.transaction() as db:
            order_id = sent_order(db).id
        said = race(
            database,
            lambda db, n=order_id: services.confirm_arrival(db, order_id=n, **STEP),
            lambda db, n=order_id: services.fail_delivery(db, order_id=n, **STEP),
        )
        assert said[0] == "done"
        with database.read() as db:
            order = db.get_one(Order, order_id)
            states = db.scalars(select(Shipment.state).where(Shipment.order_id == order_id)).all()
            assert (order.fulfilment_state, states) == ("delivered", ["delivered"])
            for query in invariants.INVARIANTS.values():
                assert db.execute(text(query)).all() == []


def test_without_the_lock_the_last_writer_would_win(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the same two steps on rows read before either wrote."""
    with database.transaction() as db:
        order_id = sent_order(db).id
    with database.read() as db:
        seen = db.scalars(select(Shipment).where(Shipment.order_id == order_id)).one().state
    with database.transaction() as db:
        services.confirm_arrival(db, order_id=order_id, **STEP)
    with database.transaction() as db:
        parcel = db.scalars(select(Shipment).where(Shipment.order_id == order_id)).one()
        if seen == "shipped":  # what fail_delivery would believe without reading under the lock
            parcel.state = "failed"
    with database.read() as db:
        assert db.scalars(select(Shipment.state).where(Shipment.order_id == order_id)).one() == (
            "failed"
        ), "so it is the lock, not luck, that keeps the buyer's word"


def test_cancelling_and_packing_at_one_moment_end_in_one_of_them(database: Database) -> None:
    for _round in range(6):
        with database.transaction() as db:
            order_id = make_order(db, confirmed=True, now=NOW).id
        said = race(
            database,
            lambda db, n=order_id: services.cancel_order(
                db, order_id=n, by="buyer", reason="other", **STEP
            ),
            lambda db, n=order_id: services.pack_order(db, order_id=n, **STEP),
        )
        assert sorted(said) in (["TooLate", "done"], ["WrongState", "done"]), said
        with database.read() as db:
            order = db.get_one(Order, order_id)
            assert (order.state, order.fulfilment_state) in {
                ("cancelled", "none"),
                ("confirmed", "packed"),
            }
            for query in invariants.INVARIANTS.values():
                assert db.execute(text(query)).all() == []
