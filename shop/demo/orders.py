"""Orders of the demo buyers in different states, through checkout and the producers' desks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.checkout.services import CheckoutRequest, add_to_basket, open_basket, place_checkout
from shop.core.text import random_code
from shop.demo.people import find, person_id
from shop.orders.models import CheckoutGroup, Order
from shop.orders.services import confirm_order, deliver, pack_order, ship
from shop.payments.models import PayeeAccount
from shop.payments.provider import PaymentConfig
from shop.payments.services import confirm_receipt, decide_account, submit_account
from shop.places.queries import list_communes

BANK_BIN: Final = "970436"
SELLERS: Final = {
    "HTX Tài Hoan": ("producer@demo.test", "1900000001", "HTX TAI HOAN DEMO"),
    "HTX Tây Bắc": ("producer2@demo.test", "1900000002", "HTX TAY BAC DEMO"),
}

EVERYBODYS_SELLER: Final = "ocop@demo.test"
"""Works for every other producer of the demo."""


@dataclass(frozen=True)
class Plan:
    """An order: when it was placed, how it is paid, how far it has come."""

    key: str
    producer: str
    buyer: str
    hours_ago: int
    payment: str
    reached: str
    """placed, confirmed, shipped or delivered."""
    guest: str = ""
    """A made-up name: whoever has it orders without an account."""
    product: str = ""
    """How the product's name begins; empty: the producer's first one."""
    quantity: int = 2


PLANS: Final = (
    Plan("new-cod", "HTX Tài Hoan", "buyer@demo.test", 3, "cod", "placed"),
    Plan("paid", "HTX Tài Hoan", "buyer@demo.test", 20, "vietqr", "confirmed"),
    Plan("on-the-way", "HTX Tài Hoan", "buyer2@demo.test", 44, "cod", "shipped"),
    Plan("done", "HTX Tài Hoan", "buyer@demo.test", 120, "vietqr", "delivered"),
    Plan("second-new", "HTX Tây Bắc", "buyer2@demo.test", 6, "cod", "placed"),
    Plan("second-done", "HTX Tây Bắc", "buyer@demo.test", 140, "vietqr", "delivered"),
)


def load_payees(db: Session, *, now: datetime) -> None:
    """Give the two demo producers a made-up bank account that staff have checked."""
    admin = person_id(db, "admin@demo.test")
    for name, (login, number, holder) in SELLERS.items():
        producer = _producer(db, name)
        known = db.scalar(select(PayeeAccount.id).where(PayeeAccount.producer_id == producer.id))
        if known is None:
            account = submit_account(
                db,
                producer_id=producer.id,
                bank_bin=BANK_BIN,
                number=number,
                holder=holder,
                actor_id=person_id(db, login),
                now=now,
            )
            decide_account(db, account_id=account.id, is_approved=True, actor_id=admin, now=now)
    _ask_for_another(db, now + timedelta(days=9))


def _ask_for_another(db: Session, now: datetime) -> None:
    """The second producer wants to be paid elsewhere: that waits for another person's look."""
    name, (login, _number, holder) = list(SELLERS.items())[1]
    producer = _producer(db, name)
    asked = select(PayeeAccount.id).where(
        PayeeAccount.producer_id == producer.id, PayeeAccount.state != "active"
    )
    if db.scalar(asked.limit(1)) is None:
        submit_account(
            db,
            producer_id=producer.id,
            bank_bin=BANK_BIN,
            number="1900000003",
            holder=holder,
            actor_id=person_id(db, login),
            now=now,
        )


def missing_orders(db: Session, plans: Sequence[Plan] = PLANS) -> list[Plan]:
    """The plans that are not loaded yet."""
    known = set(db.scalars(select(CheckoutGroup.submit_key)))
    return [plan for plan in plans if _key(plan) not in known]


def load_order(db: Session, plan: Plan, *, config: PaymentConfig, now: datetime) -> Order:
    """Place the order in the past and take it as far as the plan says."""
    placed_at = now - timedelta(hours=plan.hours_ago)
    order = _place(db, plan, config, placed_at)
    login = SELLERS[plan.producer][0] if plan.producer in SELLERS else EVERYBODYS_SELLER
    seller = person_id(db, login)
    steps = ("placed", "confirmed", "shipped", "delivered").index(plan.reached)
    if steps >= 1:
        at = placed_at + timedelta(minutes=20)
        if plan.payment == "cod":
            confirm_order(db, order_id=order.id, actor_id=seller, now=at)
        else:
            confirm_receipt(db, order_id=order.id, actor_id=seller, now=at)
    if steps >= 2:
        at = placed_at + timedelta(hours=3)
        pack_order(db, order_id=order.id, actor_id=seller, now=at)
        ship(
            db,
            order_id=order.id,
            carrier="Viettel Post",
            tracking_no=f"DEMO{order.code[:6]}",
            actor_id=seller,
            now=at + timedelta(hours=1),
        )
    if steps >= 3:
        at = placed_at + timedelta(hours=70)
        deliver(db, order_id=order.id, actor_id=seller, now=at)
        if plan.payment == "cod":
            confirm_receipt(db, order_id=order.id, actor_id=seller, now=at)
    return order


def _place(db: Session, plan: Plan, config: PaymentConfig, at: datetime) -> Order:
    buyer = None if plan.guest else find(db, plan.buyer)
    if buyer is None and not plan.guest:
        raise LookupError(plan.buyer)
    variant_id = db.scalar(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Product.producer_id == _producer(db, plan.producer).id,
            Product.is_demo,
            Product.name.startswith(plan.product),
        )
        .order_by(Variant.id)
        .limit(1)
    )
    if variant_id is None:
        raise LookupError(plan.producer)
    token_hash = hashlib.sha256(random_code(26).encode()).hexdigest()
    basket = open_basket(
        db, token_hash=token_hash, new_token_hash=token_hash, person_id=None, now=at
    )
    add_to_basket(db, basket=basket, variant_id=variant_id, quantity=plan.quantity, now=at)
    placed = place_checkout(
        db,
        basket=basket,
        request=CheckoutRequest(
            submit_key=_key(plan),
            full_name=buyer.name if buyer else plan.guest,
            phone="0900000001",
            email=buyer.email if buyer else None,
            province_code="01",
            commune_code=list_communes(db, "01")[0].code,
            street="Số 1 phố Minh Họa",
            note="",
            payment=plan.payment,
        ),
        buyer_id=buyer.id if buyer else None,
        config=config,
        now=at,
    )
    order = placed.orders[0]
    order.is_demo = True
    db.flush()
    return order


def _key(plan: Plan) -> str:
    return f"demo-order-{plan.key}-000000"


def _producer(db: Session, name: str) -> Producer:
    return db.scalars(select(Producer).where(Producer.name == name, Producer.is_demo)).one()
