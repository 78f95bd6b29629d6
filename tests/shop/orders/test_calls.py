"""The log of calls: what each outcome does, when to call again, when to give up, what to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core import jobs
from shop.core.db import Database
from shop.core.errors import Invalid
from shop.core.outbox import OutboxMessage
from shop.orders import jobs as _declared  # noqa: F401
from shop.orders import queries, services
from shop.orders.models import Order, OrderCall
from shop.orders.rules import OrderOver, WrongState
from shop.orders.rules.calls import (
    VN,
    BadCallTime,
    CodLimits,
    CodRecord,
    calling,
    cod_warnings,
    next_try,
)
from tests.factories.accounts import make_member
from tests.factories.orders import make_order


def call(db: Session, order: Order, outcome: str, now: datetime, **more: Any) -> OrderCall:
    values: dict[str, Any] = {
        "submit_key": f"call-{order.id}-{outcome}-{now.timestamp()}",
        "actor_id": 7,
    }
    return services.record_call(db, order_id=order.id, outcome=outcome, now=now, **(values | more))


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(7, (22, 10)), (10, (22, 13)), (16, (22, 19)), (18, (23, 8)), (23, (23, 8))],
)
def test_the_next_try_is_by_day(hour: int, expected: tuple[int, int]) -> None:
    found = next_try(datetime(2026, 11, 22, hour, tzinfo=VN).astimezone(UTC))
    assert (found.astimezone(VN).day, found.astimezone(VN).hour) == expected
    early = next_try(datetime(2026, 11, 22, 2, tzinfo=VN)).astimezone(VN)
    assert (early.day, early.hour) == (22, 8)


def test_a_call_that_agrees_confirms_the_order_once(db: Session, now: datetime) -> None:
    order = make_order(db)
    first = call(db, order, "confirmed", now)
    assert call(db, order, "confirmed", now).id == first.id
    fresh = db.get_one(Order, order.id, populate_existing=True)
    assert (fresh.state, first.actor_id, first.at) == ("confirmed", 7, now)
    with pytest.raises(WrongState):
        call(db, order, "no_answer", now)
    other = make_order(db)
    with pytest.raises(WrongState):
        call(db, other, "confirmed", now, submit_key=first.submit_key)
    kinds = [event.kind for event in queries.timeline(db, order.id, public_only=False)]
    assert kinds == ["placed", "called", "confirmed"]
    public = [event.kind for event in queries.timeline(db, order.id, public_only=True)]
    assert "called" not in public
    db.commit()


def test_an_agreed_time_moves_the_deadline_in_bounds(db: Session, now: datetime) -> None:
    order = make_order(db)
    for wrong in (None, now, now - timedelta(hours=1), now + timedelta(days=8)):
        with pytest.raises(BadCallTime):
            call(db, order, "call_again", now, next_at=wrong)
    when = now + timedelta(days=3)
    call(db, order, "call_again", now, next_at=when)
    fresh = db.get_one(Order, order.id, populate_existing=True)
    assert fresh.expires_at == when + timedelta(hours=12)
    with pytest.raises(OrderOver):
        call(db, order, "confirmed", now + timedelta(days=4))
    last = now + timedelta(days=7)
    call(db, order, "call_again", now + timedelta(days=1), next_at=last)
    assert db.get_one(Order, order.id, populate_existing=True).expires_at == last


@pytest.mark.parametrize("outcome", ["", "x" * 10_000, "\x00"])
def test_an_unknown_outcome_is_refused(db: Session, now: datetime, outcome: str) -> None:
    order = make_order(db)
    with pytest.raises(Invalid):
        call(db, order, outcome, now, submit_key="k")


def test_giving_up_is_proposed_after_three_or_a_refusal(now: datetime) -> None:
    missed = ("no_answer", now)
    assert calling([], now).give_up == ""
    assert calling([missed] * 2, now).give_up == ""
    assert calling([missed] * 3, now).give_up == "no_answer"
    assert calling([missed] * 3 + [("call_again", now + timedelta(1))], now).give_up == ""
    assert calling([("refused", None)], now).give_up == "refused"
    assert calling([("wrong_number", None)], now).give_up == "wrong_number"
    assert calling([missed], now).is_due
    assert not calling([missed], now - timedelta(seconds=1)).is_due


def test_the_producer_is_reminded_once_when_the_newest_call_is_due(
    database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        order, other = make_order(db), make_order(db)
        owner = make_member(db, "producer", order.producer_id)
        make_member(db, "producer", other.producer_id)
        call(db, order, "no_answer", now)
        call(db, order, "call_again", now, next_at=now + timedelta(hours=5))
        call(db, other, "no_answer", now)
        call(db, other, "confirmed", now)

    def told() -> list[str]:
        with database.read() as db:
            rows = db.scalars(
                select(OutboxMessage.recipient).where(
                    OutboxMessage.kind == "orders.call_due", OutboxMessage.channel == "inbox"
                )
            )
            return list(rows)

    jobs.run_once("orders.remind_calls", database, now + timedelta(hours=4))
    assert told() == [], "the first call was followed by another one"
    for _ in range(2):
        jobs.run_once("orders.remind_calls", database, now + timedelta(hours=5))
    assert told() == [f"person:{owner.id}"]


def test_the_log_can_only_grow(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        call(db, make_order(db), "no_answer", now)
    for change in ("UPDATE order_call SET outcome = 'refused'", "DELETE FROM order_call"):
        with database.write() as db, pytest.raises(IntegrityError, match="append-only"):
            db.execute(text(change))


def test_a_number_carries_its_record(db: Session, now: datetime) -> None:
    act: dict[str, Any] = {"actor_id": 7, "now": now}
    good = make_order(db, confirmed=True, phone="0911111111")
    bad = make_order(db, confirmed=True, phone="0922222222")
    for order in (good, bad):
        services.pack_order(db, order_id=order.id, **act)
        services.ship(db, order_id=order.id, carrier="A", tracking_no="", **act)
    services.deliver(db, order_id=good.id, **act)
    services.fail_delivery(db, order_id=bad.id, reason="refused", **act)
    again = make_order(db, phone="0922222222")
    found = queries.cod_records(db, ["0911111111", "0922222222", "0933333333"])
    assert found["0911111111"] == CodRecord(delivered=1, failed=0, waiting=0)
    assert found["0922222222"] == CodRecord(delivered=0, failed=1, waiting=2)
    assert found["0933333333"] == CodRecord()
    assert again.code


def test_warnings_name_what_is_unusual() -> None:
    limits = CodLimits(new_phone_vnd=1_000_000, waiting=2)
    assert cod_warnings(CodRecord(), 999_999, limits) == []
    assert len(cod_warnings(CodRecord(), 1_000_000, limits)) == 1
    assert cod_warnings(CodRecord(delivered=1), 9_000_000, limits) == []
    assert len(cod_warnings(CodRecord(delivered=1, failed=2, waiting=2), 1, limits)) == 2
