"""What buyers are told: by mail to guests, by telephone where only a number is left, each once."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.outbox import OutboxMessage
from shop.notifications import services as notifications
from shop.notifications.models import CallTask, Contact
from shop.notifications.rules import Post
from shop.orders import services
from shop.orders.models import Order
from shop.orders.wiring import BODIES, MESSAGES, buyers_link
from shop.web.access import signature
from tests.factories.accounts import make_person
from tests.factories.orders import make_order

SECRET = "s" * 40


@pytest.fixture
def _mail() -> None:
    notifications.use_channels(
        is_development=False, post=Post("smtp://127.0.0.1:1", "a@shop.test", "https://shop.test")
    )


def told(db: Session, order: Order) -> list[tuple[str, str]]:
    rows = db.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.ref == f"order:{order.id}:buyer")
        .order_by(OutboxMessage.id)
    )
    return [(row.kind.removeprefix("orders."), row.channel) for row in rows]


def live(db: Session, order: Order, now: datetime) -> None:
    """From placing to the end, each step said twice where it may be."""
    step: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": now}
    sums: dict[str, Any] = {"order": order, "now": now}
    for charged in (10_000, 10_000, order.total_vnd, order.total_vnd):
        services.money_changed(db, charged_vnd=charged, refunded_vnd=0, **sums)
    services.pack_order(db, **step)
    services.ship(db, carrier="Bưu điện", tracking_no="VN1", **step)
    services.deliver(db, **step)
    for back in (5_000, 5_000, 7_000):
        services.money_changed(db, charged_vnd=order.total_vnd, refunded_vnd=back, **sums)


@pytest.mark.usefixtures("_mail")
def test_a_guest_with_mail_hears_of_every_step_once(db: Session, now: datetime) -> None:
    order = make_order(db, provider="vietqr", email="mai@guest.test", language="en")
    live(db, order, now)
    assert told(db, order) == [
        (kind, "email")
        for kind in (
            *("thanks", "money", "money_full", "confirmed", "shipped", "delivered"),
            *("refunded", "refunded"),
        )
    ]
    known = db.scalars(select(Contact)).one()
    assert (known.email, known.language) == ("mai@guest.test", "en")


@pytest.mark.usefixtures("_mail")
def test_the_language_of_the_latest_order_counts(db: Session, now: datetime) -> None:
    make_order(db, email="mai@guest.test", language="en")
    make_order(db, email="mai@guest.test", language="vi")
    assert db.scalars(select(Contact.language)).all() == ["vi"]


@pytest.mark.usefixtures("_mail")
@pytest.mark.parametrize(("by", "kind"), [("seller", "cancelled"), ("buyer", "called_off")])
def test_a_cancelled_order_is_told(db: Session, now: datetime, by: Any, kind: str) -> None:
    order = make_order(db, email="mai@guest.test")
    for _time in range(2):
        services.cancel_order(db, order_id=order.id, by=by, reason="other", actor_id=None, now=now)
    assert told(db, order) == [("thanks", "email"), (kind, "email")]


def test_a_phone_alone_becomes_one_call_at_a_time(db: Session, now: datetime) -> None:
    order = make_order(db)
    assert told(db, order) == [], "the producer telephones to confirm anyway"
    step: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": now}
    services.confirm_order(db, **step)
    deliver_all(db, order, now)
    services.pack_order(db, **step)
    services.ship(db, carrier="A", tracking_no="", **step)
    assert told(db, order) == [("confirmed", "call"), ("shipped", "call")]
    tasks = db.scalars(select(CallTask).execution_options(populate_existing=True)).all()
    assert [task.settled_at is not None for task in tasks] == [True], "shipped says more"
    assert {task.desk_key for task in tasks} == {str(order.producer_id)}


def deliver_all(db: Session, order: Order, now: datetime) -> None:
    for message in db.scalars(
        select(OutboxMessage).where(OutboxMessage.ref == f"order:{order.id}:buyer")
    ):
        message.state = "sending"
        db.flush()
        reach = notifications.reach_now(db, message)
        assert reach is not None
        desk = notifications.Desk()
        fault = notifications.hand_over(message, reach, desk)
        assert notifications.settle_delivery(db, message, desk, fault, now=now) == "sent"


@pytest.mark.usefixtures("_mail")
def test_an_account_is_told_as_it_chose_and_never_called(db: Session, now: datetime) -> None:
    buyer = make_person(db)
    order = make_order(db, provider="vietqr", buyer_id=buyer.id)
    live(db, order, now)
    channels = {channel for _kind, channel in told(db, order)}
    assert "inbox" in channels
    assert "call" not in channels


def test_the_words_have_their_places_and_the_link_is_signed_for_guests_only() -> None:
    payload = defaultdict(lambda: "1 ₫", {"code": "7KQ2M9XW4T", "is_guest": True})
    for kind, (title, _url) in MESSAGES.items():
        assert "7KQ2M9XW4T" in title % payload
        assert "%" not in BODIES.get(kind, "") % payload
    link = buyers_link(SECRET)
    key = signature(SECRET, "order", "7KQ2M9XW4T")
    assert link(payload) == f"/don-hang/7KQ2M9XW4T?k={key}"
    assert link({**payload, "is_guest": False}) == "/don-hang/7KQ2M9XW4T"


def test_no_outbox_row_holds_a_key_or_a_name(db: Session, now: datetime) -> None:
    order = make_order(db, provider="vietqr", email="mai@guest.test")
    live(db, order, now)
    for row in db.scalars(select(OutboxMessage)):
        assert not {"k", "key", "phone", "email", "name"} & row.payload.keys()
        assert "Lò Thị Mai" not in str(row.payload)


def test_an_erased_guest_is_told_nothing(db: Session, now: datetime) -> None:
    order = make_order(db)
    order.contact.email, order.contact.phone = None, ""
    db.flush()
    services.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    assert told(db, order) == []
