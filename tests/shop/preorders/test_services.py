"""Windows and places on real commits: room, deposits, moves, ends, and the harvest coming in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.core.errors import DomainError, Invalid, NotFound
from shop.core.outbox import OutboxMessage
from shop.orders import invariants as order_invariants
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import WrongState
from shop.payments import invariants as payment_invariants
from shop.payments import services as payments
from shop.payments.models import Refund
from shop.payments.queries import attempt_of
from shop.preorders import invariants, queries, rules, services
from shop.preorders.models import Harvest, Preorder, ShipWindow, WindowMove
from shop.stock import invariants as stock_invariants
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer
from tests.factories.payments import make_config, make_txn
from tests.factories.preorders import (
    make_harvest,
    make_preorder,
    make_request,
    make_window,
    make_window_plan,
    producer_of,
)
from tests.factories.stock import make_stock

ALL = (
    invariants.INVARIANTS
    | order_invariants.INVARIANTS
    | stock_invariants.INVARIANTS
    | payment_invariants.INVARIANTS
)


def check(db: Session) -> None:
    db.flush()
    for name, query in ALL.items():
        assert db.execute(text(query)).all() == [], name


def fresh(db: Session, order: Order) -> Order:
    return db.get_one(Order, order.id, populate_existing=True)


def taken(db: Session, window: ShipWindow) -> int:
    return db.get_one(ShipWindow, window.id, populate_existing=True).taken


def pay(db: Session, order: Order, amount: int, now: datetime, txn_id: str = "FT1") -> str:
    attempt = attempt_of(db, order.id, "vietqr")
    assert attempt is not None
    return payments.apply_txn(db, make_txn(attempt, amount_vnd=amount, txn_id=txn_id), now=now)


def own(db: Session, window: ShipWindow) -> frozenset[int]:
    return frozenset({producer_of(db, window).id})


def size(db: Session, window: ShipWindow) -> int:
    return db.get_one(Harvest, window.harvest_id).variant_id


def told(db: Session, kind: str) -> list[str]:
    return sorted(
        db.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == f"orders.{kind}"))
    )


@pytest.fixture
def window(db: Session) -> ShipWindow:
    return make_window(db)


def test_from_a_deposit_to_the_parcel(db: Session, window: ShipWindow, now: datetime) -> None:
    order = make_preorder(db, window=window, quantity=4)
    assert (order.state, order.upfront_vnd, order.total_vnd) == (
        "awaiting_payment",
        60_000,
        4 * 50_000 + order.shipping_vnd,
    )
    assert taken(db, window) == 4
    assert pay(db, order, 60_000, now) == "applied"
    order = fresh(db, order)
    assert (order.state, order.payment_state) == ("confirmed", "partial")
    check(db)
    make_stock(db, size(db, window), 4)
    done = services.bring_in(
        db, code=window.code, producer_ids=own(db, window), actor_id=1, now=now
    )
    assert done == (1, 0)
    order = fresh(db, order)
    assert (order.awaits_goods, order.payment_provider, order.is_ready) == (False, "cod", True)
    check(db)
    orders.pack_order(db, order_id=order.id, actor_id=None, now=now)
    orders.ship(db, order_id=order.id, carrier="X", tracking_no="Y", actor_id=None, now=now)
    orders.deliver(db, order_id=order.id, actor_id=None, now=now)
    payments.confirm_receipt(db, order_id=order.id, actor_id=1, now=now, submit_key="k" * 16)
    order = fresh(db, order)
    assert (order.state, order.payment_state) == ("completed", "paid")
    assert order.received_vnd == order.total_vnd, "the carrier brought exactly the rest"
    assert taken(db, window) == 4, "places that were filled stay counted"
    check(db)
    db.commit()


def test_the_rest_by_transfer_is_due_before_packing(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    order = make_preorder(db, window=window, quantity=2, rest_by="transfer")
    pay(db, order, 30_000, now)
    make_stock(db, size(db, window), 2)
    services.bring_in(db, code=window.code, producer_ids=own(db, window), actor_id=1, now=now)
    order = fresh(db, order)
    assert (order.payment_provider, order.is_ready) == ("vietqr", False)
    with pytest.raises(WrongState):
        orders.pack_order(db, order_id=order.id, actor_id=None, now=now)
    pay(db, order, order.total_vnd - 30_000, now, "FT2")
    orders.pack_order(db, order_id=order.id, actor_id=None, now=now)
    check(db)
    db.commit()


def test_without_a_deposit_the_producer_confirms(db: Session, now: datetime) -> None:
    window = make_window(db, deposit_kind="none", deposit_amount=0)
    order = make_preorder(db, window=window, rest_by="transfer")
    assert (order.state, order.payment_provider, order.upfront_vnd) == (
        "awaiting_confirmation",
        "cod",
        None,
    )
    orders.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    make_stock(db, size(db, window), 1)
    services.bring_in(db, code=window.code, producer_ids=own(db, window), actor_id=1, now=now)
    assert fresh(db, order).is_ready
    check(db)
    db.commit()


def test_places_come_back_once_however_an_order_ends(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    first, second = (make_preorder(db, window=window, quantity=n) for n in (3, 2))
    assert taken(db, window) == 5
    for _again in range(2):
        orders.cancel_order(
            db, order_id=first.id, by="buyer", reason="other", actor_id=None, now=now
        )
        orders.expire_order(db, order_id=second.id, now=now + timedelta(hours=1))
    assert taken(db, window) == 0
    check(db)
    db.commit()


def test_a_late_deposit_comes_back_only_while_there_is_room(db: Session, now: datetime) -> None:
    window = make_window(db, capacity=3)
    order = make_preorder(db, window=window, quantity=2)
    orders.expire_order(db, order_id=order.id, now=now + timedelta(hours=1))
    pay(db, order, 30_000, now)
    assert (fresh(db, order).state, taken(db, window)) == ("confirmed", 2)
    late = make_preorder(db, window=window)
    orders.expire_order(db, order_id=late.id, now=now + timedelta(hours=1))
    make_preorder(db, window=window)
    pay(db, late, 15_000, now, "FT9")
    assert (fresh(db, late).state, taken(db, window)) == ("expired", 3)
    owed = db.scalars(select(Refund.amount_vnd).where(Refund.order_id == late.id)).all()
    assert owed == [15_000]
    check(db)
    db.commit()


def test_moving_tells_every_buyer_once_and_asks_them(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    person = make_person(db).id
    mine = make_preorder(db, window=window, buyer_id=person)
    guest = make_preorder(db, window=window, email="khach@example.test")
    gone = make_preorder(db, window=window)
    orders.cancel_order(db, order_id=gone.id, by="buyer", reason="other", actor_id=None, now=now)
    move: dict[str, Any] = {
        "code": window.code,
        "from_on": date(2026, 12, 20),
        "to_on": date(2026, 12, 24),
        "reason": "weather",
        "seen_moves": 0,
        "producer_ids": own(db, window),
        "actor_id": 1,
        "now": now,
    }
    assert services.move_window(db, **move) == 2
    assert services.move_window(db, **move) == 0, "the same form twice moves once"
    with pytest.raises(rules.WindowChanged):
        services.move_window(db, **(move | {"to_on": date(2026, 12, 30)}))
    assert len(told(db, "moved")) == len(set(told(db, "moved"))) > 0
    assert [place.answer for place in db.scalars(select(Preorder).order_by(Preorder.order_id))] == [
        "asked",
        "asked",
        "none",
    ]
    services.keep_place(db, order=mine, actor_id=person, now=now)
    services.keep_place(db, order=mine, actor_id=person, now=now)
    pay(db, guest, 15_000, now)
    orders.cancel_order(db, order_id=guest.id, by="buyer", reason="other", actor_id=None, now=now)
    refunds = db.scalars(select(Refund.amount_vnd).where(Refund.order_id == guest.id)).all()
    assert refunds == [15_000], "who does not like the new days gets everything back"
    with pytest.raises(rules.NothingToAnswer):
        services.keep_place(db, order=guest, actor_id=None, now=now)
    assert [move.seq for move in db.scalars(select(WindowMove))] == [1]
    view = queries.place_of_order(db, mine.id, now)
    assert view is not None
    assert (view.preorder.first_from_on, view.view.window.from_on) == (
        date(2026, 12, 10),
        date(2026, 12, 20),
    )
    check(db)
    db.commit()


def test_cancelling_a_window_refunds_and_tells_everybody_once(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    paid, unpaid = (make_preorder(db, window=window, quantity=2) for _ in range(2))
    pay(db, paid, 30_000, now)
    ends: dict[str, Any] = {
        "code": window.code,
        "reason": "weather",
        "producer_ids": own(db, window),
        "actor_id": 1,
        "now": now,
    }
    assert services.cancel_window(db, **ends) == 2
    assert services.cancel_window(db, **ends) == 0
    assert {fresh(db, one).state for one in (paid, unpaid)} == {"cancelled"}
    assert taken(db, window) == 0
    owed = db.execute(select(Refund.order_id, Refund.amount_vnd)).all()
    assert owed == [(paid.id, 30_000)]
    keys = db.scalars(
        select(OutboxMessage.key).where(OutboxMessage.kind == "orders.window_cancelled")
    ).all()
    assert len(keys) == len(set(keys))
    assert told(db, "cancelled") == [], "one message says it, not two"
    with pytest.raises(rules.WindowClosed):
        make_preorder(db, window=window)
    with pytest.raises(rules.WindowChanged):
        services.bring_in(db, code=window.code, producer_ids=own(db, window), actor_id=1, now=now)
    pay(db, unpaid, 30_000, now, "FT3")
    assert fresh(db, unpaid).state == "cancelled", "late money finds no window"
    check(db)
    db.commit()


def test_too_small_a_harvest_serves_who_came_first_and_the_job_the_rest(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    first, second, third = (make_preorder(db, window=window, quantity=2) for _ in range(3))
    for number, order in enumerate((first, second)):
        pay(db, order, 30_000, now, f"FT{number}")
    variant_id = size(db, window)
    make_stock(db, variant_id, 3)
    done = services.bring_in(
        db, code=window.code, producer_ids=own(db, window), actor_id=1, now=now
    )
    assert done == (1, 1)
    assert [fresh(db, one).awaits_goods for one in (first, second, third)] == [False, True, True]
    assert queries.unfinished_windows(db) == [window.id]
    make_stock(db, variant_id, 1)
    services.settle_window(db, window_id=window.id, now=now)
    assert not fresh(db, second).awaits_goods
    assert queries.unfinished_windows(db) == []
    make_stock(db, variant_id, 2)
    pay(db, third, 30_000, now, "FT7")
    assert not fresh(db, third).awaits_goods, "a deposit that comes after the harvest is served"
    check(db)
    db.commit()


def test_one_buyer_gets_no_more_than_the_limit(db: Session, now: datetime) -> None:
    window = make_window(db, per_buyer=3)
    make_preorder(db, window=window, quantity=2)
    with pytest.raises(rules.BuyerLimit), db.begin_nested():
        make_preorder(db, window=window, quantity=2)
    make_preorder(db, window=window, quantity=1)
    make_preorder(db, window=window, quantity=3, phone="0987654321")
    person = make_person(db).id
    make_preorder(db, window=window, quantity=3, phone="0911111111", buyer_id=person)
    with pytest.raises(rules.BuyerLimit), db.begin_nested():
        make_preorder(db, window=window, quantity=1, phone="0922222222", buyer_id=person)
    check(db)


def test_one_key_one_order(db: Session, window: ShipWindow, now: datetime) -> None:
    request = make_request(window)
    placed = [
        services.place_preorder(db, request=request, buyer_id=None, config=make_config(), now=now)
        for _ in range(2)
    ]
    assert [is_new for _order, is_new in placed] == [True, False]
    assert placed[0][0].id == placed[1][0].id
    assert taken(db, window) == 1


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"quantity": 11}, rules.WindowFull),
        ({"expected_total_vnd": 1}, rules.TermsChanged),
        ({"expected_deposit_vnd": 1}, rules.TermsChanged),
        ({"window_code": "0" * 12}, NotFound),
    ],
)
def test_refusals_take_no_place(
    db: Session, window: ShipWindow, over: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error), db.begin_nested():
        make_preorder(db, window=window, **over)
    assert taken(db, window) == 0


def test_after_its_last_day_nothing_is_ordered(db: Session, window: ShipWindow) -> None:
    last = datetime.fromisoformat("2026-12-05T16:59:00+00:00")
    make_preorder(db, window=window, now=last)
    with pytest.raises(rules.WindowClosed):
        make_preorder(db, window=window, now=last + timedelta(minutes=1))


def test_promises_never_exceed_what_is_expected(db: Session, now: datetime) -> None:
    harvest = make_harvest(db, expected_units=20, held_back_percent=25)
    window = make_window(db, harvest=harvest, capacity=10)
    with pytest.raises(rules.TooManyPlaces):
        make_window(db, harvest=harvest, capacity=6)
    make_window(db, harvest=harvest, capacity=5)
    mine = frozenset({harvest.producer_id})
    change: dict[str, Any] = {"code": window.code, "producer_ids": mine, "actor_id": 1, "now": now}
    with pytest.raises(rules.TooManyPlaces):
        services.change_window(db, plan=make_window_plan(capacity=11), **change)
    make_preorder(db, window=window, quantity=4)
    with pytest.raises(rules.PlacesTaken):
        services.change_window(db, plan=make_window_plan(capacity=3), **change)
    services.change_window(db, plan=make_window_plan(capacity=4, price_vnd=60_000), **change)
    plan = services.HarvestPlan("Vụ", 10, 25, "")
    with pytest.raises(rules.TooManyPlaces):
        services.change_harvest(
            db, harvest_id=harvest.id, plan=plan, producer_ids=mine, actor_id=1, now=now
        )
    check(db)


def test_a_deposit_needs_an_account_to_be_paid_to(db: Session, now: datetime) -> None:
    harvest = make_harvest(db)
    with pytest.raises(rules.AccountNeeded):
        services.open_window(
            db,
            harvest_id=harvest.id,
            plan=make_window_plan(),
            submit_key="k" * 16,
            producer_ids=frozenset({harvest.producer_id}),
            actor_id=1,
            now=now,
        )


def test_nobody_touches_another_producers_windows(
    db: Session, window: ShipWindow, now: datetime
) -> None:
    other = frozenset({make_producer(db).id})
    common: dict[str, Any] = {"producer_ids": other, "actor_id": 1, "now": now}
    plan = services.HarvestPlan("Vụ", 10, 0, "")
    days: dict[str, Any] = {"from_on": date(2026, 12, 20), "to_on": date(2026, 12, 24)}
    attempts: list[Callable[[], object]] = [
        lambda: services.move_window(
            db, code=window.code, reason="other", seen_moves=0, **days, **common
        ),
        lambda: services.cancel_window(db, code=window.code, reason="other", **common),
        lambda: services.bring_in(db, code=window.code, **common),
        lambda: services.change_window(db, code=window.code, plan=make_window_plan(), **common),
        lambda: services.open_window(
            db,
            harvest_id=window.harvest_id,
            plan=make_window_plan(),
            submit_key="k" * 16,
            **common,
        ),
        lambda: services.change_harvest(db, harvest_id=window.harvest_id, plan=plan, **common),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(Invalid):
        services.cancel_window(
            db, code=window.code, reason="x", producer_ids=own(db, window), actor_id=1, now=now
        )
    check(db)
