"""Nothing more of a partly sent order is sent: goods, money and the order's way on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Variant
from shop.core.db import Database
from shop.core.errors import DomainError, Invalid
from shop.core.outbox import OutboxMessage
from shop.orders import invariants, queries, services
from shop.orders.models import Order, OrderCut, OrderLine, Shipment
from shop.orders.rules import share_of_sent
from shop.orders.rules.parcels import Back
from shop.orders.services import CannotCut
from shop.payments import invariants as payment_invariants
from shop.payments.models import Refund
from shop.payments.services import apply_txn
from shop.payments.wiring import connect_signals
from shop.shipping.queries.cod import cod_left
from shop.stock import invariants as stock_invariants
from shop.stock import queries as stock_queries
from tests.conftest import csrf
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.payments import make_attempt, make_txn


@pytest.fixture(autouse=True)
def _followed() -> None:
    connect_signals()


def check(db: Session) -> None:
    db.flush()
    checks = invariants.INVARIANTS | stock_invariants.INVARIANTS | payment_invariants.INVARIANTS
    for name, query in checks.items():
        assert db.execute(text(query)).all() == [], name


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


def line_of(db: Session, order: Order) -> int:
    return db.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()


def send(db: Session, order: Order, units: int, now: datetime) -> Shipment:
    """A parcel with some of the order, on its way."""
    line_id = line_of(db, order)
    parcel = services.pack_order(
        db, order_id=order.id, picks={line_id: [(None, units)]}, is_part=True, actor_id=7, now=now
    )
    return services.ship(
        db,
        order_id=order.id,
        shipment_id=parcel.id,
        carrier="GHN",
        tracking_no="G1",
        actor_id=7,
        now=now,
    )


def cut(db: Session, order: Order, now: datetime, **over: Any) -> Order:
    values: dict[str, Any] = {"reason": "out_of_stock", "actor_id": 7, "now": now} | over
    return services.cut_rest(db, order_id=order.id, **values)


def test_cod_collects_only_for_what_was_sent(db: Session, variant: Variant, now: datetime) -> None:
    """Five of 65,000 and 30,000 for the delivery; two leave, so 355,000 · 2/5 is collected."""
    order, attempt = make_attempt(db, provider="cod", variant=variant, quantity=5, confirmed=True)
    parcel = send(db, order, 2, now)
    told = cod_left(db, [order.id])[parcel.id]
    cut(db, order, now)
    assert (order.cut_vnd, order.due_vnd, told) == (213_000, 142_000, 142_000)
    assert order.fulfilment_state == "shipped"
    assert queries.units_left(db, [order.id]) == {order.id: {line_of(db, order): 0}}
    assert stock_queries.levels(db, [variant.id])[variant.id].reserved == 0
    assert cod_left(db, [order.id]) == {parcel.id: 142_000}
    check(db)
    services.deliver(db, order_id=order.id, actor_id=7, now=now)
    assert order.state == "confirmed"
    apply_txn(db, make_txn(attempt, amount_vnd=142_000, order_hint=order.code), now=now)
    assert (order.state, order.payment_state) == ("completed", "paid")
    assert db.scalars(select(Refund)).all() == []
    check(db)


def test_money_for_the_rest_becomes_a_refund_task_and_the_buyer_is_told(
    db: Session, variant: Variant, now: datetime
) -> None:
    order, attempt = make_attempt(db, provider="vietqr", variant=variant, quantity=5)
    txn = make_txn(attempt, amount_vnd=355_000, order_hint=attempt.memo_code or "")
    assert apply_txn(db, txn, now=now) == "applied"
    send(db, order, 2, now)
    services.deliver(db, order_id=order.id, actor_id=7, now=now)
    assert order.fulfilment_state == "partly_shipped"
    cut(db, order, now)
    assert (order.state, order.fulfilment_state) == ("completed", "delivered")
    [refund] = db.scalars(select(Refund)).all()
    assert (refund.amount_vnd, refund.kind, refund.state) == (213_000, "owed", "requested")
    kinds = set(db.scalars(select(OutboxMessage.kind)))
    assert {"orders.rest_cut", "orders.delivered"} <= kinds
    [told] = [
        one for one in queries.timeline(db, order.id, public_only=True) if one.kind == "rest_cut"
    ]
    assert told.detail == {"reason": "out_of_stock", "units": 3, "amount_vnd": 213_000}
    cut(db, order, now)  # pressed again
    assert db.query(OrderCut).count() == 1
    check(db)


def test_a_parcel_opened_afterwards_can_be_packed_or_cut_too(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=5, confirmed=True)
    send(db, order, 2, now)
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    second = services.pack_order(
        db, order_id=order.id, picks={line.id: [(None, 1)]}, is_part=True, actor_id=7, now=now
    )
    cut(db, order, now)
    assert (order.cut_vnd, order.fulfilment_state) == (142_000, "partly_shipped")
    services.unpack(db, order_id=order.id, shipment_id=second.id, actor_id=7, now=now)
    assert queries.units_left(db, [order.id])[order.id] == {line.id: 1}
    assert stock_queries.levels(db, [variant.id])[variant.id].reserved == 1
    check(db)
    cut(db, order, now)
    assert (order.cut_vnd, order.fulfilment_state) == (213_000, "shipped")
    check(db)


def test_what_was_sent_and_came_back_can_be_called_off(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=5, confirmed=True)
    parcel = send(db, order, 2, now)
    services.fail_delivery(db, order_id=order.id, actor_id=7, now=now)
    cut(db, order, now)
    [row] = queries.parcels(db, order.id)[0].lines
    services.take_back(
        db, order_id=order.id, shipment_id=parcel.id, back=[Back(row.id, 2, 0)], actor_id=7, now=now
    )
    assert order.fulfilment_state == "returned"
    services.cancel_order(
        db, order_id=order.id, by="seller", reason="undelivered", actor_id=7, now=now
    )
    assert stock_queries.levels(db, [variant.id])[variant.id].available == 5
    check(db)


def test_only_an_order_that_began_to_leave_is_cut(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=2, confirmed=True)
    with pytest.raises(CannotCut):
        cut(db, order, now)
    send(db, order, 1, now)
    with pytest.raises(Invalid):
        cut(db, order, now, reason="vì thế")
    services.pack_order(db, order_id=order.id, actor_id=7, now=now)
    with pytest.raises(DomainError):  # the rest is in a parcel: it must be opened first
        cut(db, order, now)
    assert order.cut_vnd == 0


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ([(100, 1, 3), (0, 1, 1)], 43),  # 130 · (100/3) / 100 = 43.33
        ([(100, 0, 3), (50, 1, 1)], 43),
        ([(0, 0, 2)], 130),
    ],
)
def test_the_share_of_what_was_sent(lines: list[tuple[int, int, int]], due: int) -> None:
    assert share_of_sent(130, lines) == due


@pytest.fixture
def seller(database: Database, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    with database.transaction() as db:
        person = make_person(db, email="hoan@vidu.vn", name="Chị Hoan")
        make_producer(db, owner_id=person.id, name="HTX Của Tôi")
    return signed_in("hoan@vidu.vn")


def test_the_desk_offers_it_and_the_pages_say_so(
    seller: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        mine = make_order(db, producer=db.get_one(Producer, 1), quantity=3, confirmed=True, now=now)
        theirs = make_order(db, quantity=3, confirmed=True, now=now)
        for order in (mine, theirs):
            send(db, order, 1, now)
        code, other = mine.code, theirs.code
    address = f"/ban-hang/don-hang/{code}"
    assert "khong-gui-not" in seller.get(address).get_data(as_text=True)
    form = {"csrf_token": csrf(seller), "reason": "quality"}
    bad = seller.post(f"{address}/khong-gui-not", data=form | {"reason": "x" * 5_000})
    assert bad.status_code == 422
    foreign = seller.post(f"/ban-hang/don-hang/{other}/khong-gui-not", data=form)
    assert foreign.status_code == 404
    for _press in range(2):
        assert seller.post(f"{address}/khong-gui-not", data=form).status_code == 303
    page = seller.get(address).get_data(as_text=True)
    assert "2 sẽ không được gửi" in page
    assert "Phần không gửi" in page
    assert 'action="/ban-hang/don-hang/' + code + '/khong-gui-not"' not in page
    assert 'data-sum="75000"' in page  # a third of 225,000
    with database.read() as db:
        check(db)
        assert db.scalars(select(Order.cut_vnd).order_by(Order.id)).all() == [150_000, 0]


def test_what_all_came_back_is_first_called_off(
    seller: FlaskClient, database: Database, now: datetime
) -> None:
    """Not "record money": nothing will be collected for goods that lie at home again."""
    with database.transaction() as db:
        producer = db.get_one(Producer, 1)
        order, _attempt = make_attempt(db, provider="cod", producer=producer, confirmed=True)
        parcel = send(db, order, 1, now)
        [row] = queries.parcels(db, order.id)[0].lines
        services.fail_delivery(db, order_id=order.id, actor_id=7, now=now)
        back = [Back(row.id, 1, 0)]
        services.take_back(
            db, order_id=order.id, shipment_id=parcel.id, back=back, actor_id=7, now=now
        )
        code = order.code
    page = seller.get(f"/ban-hang/don-hang/{code}").get_data(as_text=True)
    assert page.index(f"/{code}/huy") < page.index(f"/{code}/nhan-tien")
    assert '<option selected value="undelivered">' in page
    assert "btn-pri" not in page[page.index('id="tien-title"') :].split("</section>")[0]
