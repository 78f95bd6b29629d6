"""Refunds of demo orders in different states, and a dispute, so that every page shows something."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.demo.orders import SELLERS
from shop.demo.people import person_id
from shop.orders.models import Order
from shop.payments.models import Refund
from shop.payments.services import ask_refund, finish_refund, give_account, refundable_vnd

LIMIT_VND: Final = 10**9
"""In the demo one person may pay anything out."""
PART_VND: Final = 40_000


def load_refunds(db: Session, *, now: datetime) -> int:
    """Give part of a delivered order of each demo seller back: the first waits for its transfer,
    the second is done. Returns how many are new."""
    if db.scalar(select(Refund.id).where(Refund.reason == "damaged").limit(1)) is not None:
        return 0
    made = 0
    for number, (name, (login, _account, _holder)) in enumerate(SELLERS.items()):
        order = _delivered(db, name)
        if order is None or refundable_vnd(db, order) <= PART_VND:
            continue
        _refund(db, order, person_id(db, login), is_done=number > 0, at=now - timedelta(hours=5))
        made += 1
    return made


def _delivered(db: Session, producer: str) -> Order | None:
    return db.scalar(
        select(Order)
        .join(Producer, Producer.id == Order.producer_id)
        .where(
            Producer.name == producer,
            Order.payment_provider == "vietqr",
            Order.state == "completed",
            Order.is_demo,
        )
        .order_by(Order.id)
        .limit(1)
    )


def _refund(db: Session, order: Order, seller: int, *, is_done: bool, at: datetime) -> None:
    refund = ask_refund(
        db,
        order_id=order.id,
        amount_vnd=PART_VND,
        reason="damaged",
        asked_by="producer",
        actor_id=seller,
        cause="demo",
        note="Một hũ bị vỡ trên đường",
        now=at,
    )[0]
    give_account(
        db,
        order_id=order.id,
        bank_bin="970436",
        number="1900000077",
        holder="NGUOI MUA DEMO",
        now=at + timedelta(hours=1),
    )
    if is_done:
        finish_refund(
            db,
            refund_id=refund.id,
            reference="DEMO-FT-77",
            actor_id=seller,
            limit_vnd=LIMIT_VND,
            now=at + timedelta(hours=2),
        )
