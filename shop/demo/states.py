"""Orders in every state that can really happen, so that every page of money and goods has something
to show: each is placed in the past through checkout and taken on by the verbs people use.

What needs staff (money that fits no order) or two people (a large refund) is there too. Names,
telephones and transfers are made up and say so.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.checkout.services import (
    CheckoutRequest,
    add_to_basket,
    open_basket,
    place_checkout,
)
from shop.core.clock import today_vn
from shop.core.text import random_code
from shop.demo.people import find, person_id
from shop.orders import services as orders
from shop.orders.models import CheckoutGroup, Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules.parcels import Back
from shop.payments import queries, services
from shop.payments.models import PaymentTxn
from shop.payments.provider import DisputeFact, PaymentConfig, ProviderTxn
from shop.places.queries import list_communes

NOODLES: Final = "Miến dong Tài Hoan"
TEA: Final = "Chè shan tuyết Ôn Ốc"
GARLIC: Final = "Tỏi đen Diệp Bách"
LIMIT_VND: Final = 10**12
"""No second person for the demo's own small refunds."""


@dataclass(frozen=True)
class Scene:
    """An order and what happened to it: ``acts`` by name, an hour apart."""

    key: str
    minutes_ago: int
    payment: str
    goods: tuple[tuple[str, int], ...]
    acts: str = ""
    buyer: str = ""
    """An account; empty for a guest."""
    guest: str = "Khách Demo"
    voucher: str = ""
    note: str = ""
    way: str = "ship"
    """How it reaches the buyer; what is brought by hand stays in the producer's own commune."""
    size: int = 0
    """Which size of the goods, the first one counting 0."""


DAY: Final = 24 * 60
SCENES: Final = (
    Scene("waits", 4, "vietqr", ((NOODLES, 1),), guest="Khách Vừa Đặt Demo"),
    Scene("half", 3 * 60, "vietqr", ((NOODLES, 2),), "half", buyer="buyer@demo.test"),
    Scene("call", 5 * 60, "cod", ((NOODLES, 1),), note="Gọi giúp sau 17 giờ (minh họa)."),
    Scene("call-tea", 2 * 60, "cod", ((TEA, 1), (GARLIC, 1)), guest="Khách Chờ Gọi Demo"),
    Scene("confirmed", 7 * 60, "cod", ((NOODLES, 1),), "confirm"),
    Scene("packed", DAY, "vietqr", ((NOODLES, 1),), "pay pack", buyer="buyer2@demo.test"),
    Scene("packed-cod", DAY, "cod", ((TEA, 1),), "confirm pack"),
    Scene("sent", 2 * DAY, "vietqr", ((NOODLES, 2),), "pay pack ship", buyer="buyer@demo.test"),
    Scene("part", 30 * 60, "cod", ((NOODLES, 3),), "confirm pack-part ship", size=1),
    Scene("cut", 3 * DAY, "cod", ((NOODLES, 3),), "confirm pack-part ship cut", size=1),
    Scene(
        "one-back",
        4 * DAY,
        "cod",
        ((NOODLES, 2),),
        "confirm pack-part ship deliver pack ship fail come-back",
        size=1,
    ),
    Scene("fetched", 6 * 60, "vietqr", ((NOODLES, 1),), "pay", way="pickup", size=1),
    Scene("by-hand", 6 * 60, "cod", ((NOODLES, 2),), "confirm", way="hand", size=1),
    Scene("disputed", 9 * DAY, "vietqr", ((TEA, 1),), "pay pack ship deliver dispute"),
    Scene("on-its-way-back", 4 * DAY, "cod", ((TEA, 1),), "confirm pack ship fail turn-back"),
    Scene("came-back", 5 * DAY, "cod", ((TEA, 1),), "confirm pack ship fail come-back"),
    Scene("failed", 3 * DAY, "cod", ((NOODLES, 1),), "confirm pack ship fail"),
    Scene("cash-due", 4 * DAY, "cod", ((TEA, 2),), "confirm pack ship deliver"),
    Scene("cash-done", 5 * DAY, "cod", ((NOODLES, 1),), "confirm pack ship deliver pay"),
    Scene("arrived", 4 * DAY, "vietqr", ((GARLIC, 1),), "pay pack ship arrive", "buyer2@demo.test"),
    Scene("too-much", DAY, "vietqr", ((NOODLES, 1),), "more", buyer="buyer@demo.test"),
    Scene("too-much-back", 6 * DAY, "vietqr", ((NOODLES, 1),), "more back pack ship deliver"),
    Scene("goodwill", 6 * DAY, "vietqr", ((TEA, 1),), "pay pack ship deliver grant back"),
    Scene("grant-asked", 5 * DAY, "vietqr", ((NOODLES, 1),), "pay pack ship deliver grant"),
    Scene("withdrawn", 2 * DAY, "cod", ((NOODLES, 1),), "withdraw", buyer="buyer@demo.test"),
    Scene("called-off", 2 * DAY, "vietqr", ((TEA, 1),), "pay call-off", buyer="buyer@demo.test"),
    Scene("given-back", 4 * DAY, "vietqr", ((NOODLES, 1),), "pay call-off back"),
    Scene("unpacked", 3 * DAY, "cod", ((NOODLES, 1),), "confirm pack call-off"),
    Scene("over", DAY, "vietqr", ((NOODLES, 1),), "expire", buyer="buyer@demo.test"),
    Scene("over-cod", 4 * DAY, "cod", ((GARLIC, 1),), "expire"),
    Scene("late", 2 * DAY, "vietqr", ((NOODLES, 1),), "expire pay", buyer="buyer2@demo.test"),
    Scene("late-half", DAY, "vietqr", ((NOODLES, 1),), "expire half"),
    Scene("two-makers", 90, "cod", ((NOODLES, 1), (TEA, 1)), "confirm", "buyer@demo.test"),
    Scene(
        "percent",
        8 * 60,
        "cod",
        ((NOODLES, 3),),
        "confirm",
        "buyer@demo.test",
        voucher="MIENDONG10",
    ),
    Scene("fixed", DAY, "vietqr", ((NOODLES, 4),), "pay", voucher="KHACHQUEN20K"),
)


def load_states(db: Session, *, config: PaymentConfig, now: datetime) -> int:
    """Load what is missing; how many orders were placed."""
    known = set(db.scalars(select(CheckoutGroup.submit_key)))
    missing = [scene for scene in SCENES if _key(scene) not in known]
    for scene in missing:
        at = now - timedelta(minutes=scene.minutes_ago)
        for order in _place(db, scene, config, at):
            _play(db, order.id, scene.acts.split(), at, now)
    _load_stray_money(db, now)
    return len(missing)


def _size(db: Session, product: str, number: int = 0) -> Variant:
    """A size of a demo product, by default the first. Raises NoResultFound."""
    return db.scalars(
        select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.is_demo, Product.name == product)
        .order_by(Variant.id)
        .offset(number)
        .limit(1)
    ).one()


def _place(db: Session, scene: Scene, config: PaymentConfig, at: datetime) -> list[Order]:
    buyer = find(db, scene.buyer) if scene.buyer else None
    place = _place_of(db, scene)
    token = hashlib.sha256(random_code(26).encode()).hexdigest()
    basket = open_basket(db, token_hash=token, new_token_hash=token, person_id=None, now=at)
    for product, quantity in scene.goods:
        size = _size(db, product, scene.size)
        add_to_basket(db, basket=basket, variant_id=size.id, quantity=quantity, now=at)
    placed = place_checkout(
        db,
        basket=basket,
        request=CheckoutRequest(
            submit_key=_key(scene),
            full_name=buyer.name if buyer else scene.guest,
            phone=f"09000{sum(scene.key.encode()) % 100_000:05}",
            email=buyer.email if buyer else None,
            province_code=place[0],
            commune_code=place[1],
            street="Số 1 phố Minh Họa",
            note=scene.note,
            payment=scene.payment,
            voucher=scene.voucher,
            delivery_by_producer={_seller(db, scene).slug: scene.way},
        ),
        buyer_id=buyer.id if buyer else None,
        config=config,
        now=at,
    )
    for order in placed.orders:
        order.is_demo = True
    db.flush()
    return placed.orders


def _seller(db: Session, scene: Scene) -> Producer:
    return db.get_one(Producer, _size(db, scene.goods[0][0]).producer_id)


def _place_of(db: Session, scene: Scene) -> tuple[str, str]:
    """Province and commune of the buyer: Hà Nội, or the seller's own when they bring it."""
    seller = _seller(db, scene)
    if scene.way == "hand" and seller.commune_code:
        return seller.province_code, seller.commune_code
    return "01", list_communes(db, "01")[0].code


def _key(scene: Scene) -> str:
    return f"demo-state-{scene.key}-000000"


# What may happen to an order; each act comes an hour after the one before.


@dataclass(frozen=True)
class Act:
    """The order it is about, who works for the producer, and when."""

    db: Session
    order_id: int
    actor_id: int
    now: datetime

    @property
    def order(self) -> Order:
        return self.db.get_one(Order, self.order_id, populate_existing=True)

    @property
    def about(self) -> dict[str, Any]:
        return {"order_id": self.order_id, "actor_id": self.actor_id, "now": self.now}


def _play(db: Session, order_id: int, acts: list[str], at: datetime, now: datetime) -> None:
    seller = _seller_of(db, order_id)
    for name in acts:
        order = db.get_one(Order, order_id)
        at = at + timedelta(minutes=min(60, max(1, int((now - at).total_seconds() // 120))))
        if name == "expire" and order.expires_at is not None:
            at = max(at, order.expires_at)
        ACTS[name](Act(db, order_id, seller, at))


def _seller_of(db: Session, order_id: int) -> int:
    """Who works at the producer's desk in the demo."""
    name = db.scalars(select(Order.producer_name).where(Order.id == order_id)).one()
    login = "producer@demo.test" if name == "HTX Tài Hoan" else "producer2@demo.test"
    return person_id(db, login)


def _money(share: float, extra_vnd: int = 0) -> Callable[[Act], None]:
    """The producer sees a transfer (or cash): this share of the total and so much on top."""

    def come(act: Act) -> None:
        amount = int(act.order.total_vnd * share) + extra_vnd
        reference = f"FT DEMO {act.order.code[:6]}"
        services.confirm_receipt(act.db, amount_vnd=amount, reference=reference, **act.about)

    return come


def _back(act: Act) -> None:
    """Every refund task of the order is paid out, with the bank's reference."""
    for refund in queries.open_refunds(act.db, act.order_id):
        services.finish_refund(
            act.db,
            refund_id=refund.id,
            reference=f"HT DEMO {refund.id}",
            limit_vnd=LIMIT_VND,
            actor_id=act.actor_id,
            now=act.now,
        )


def _grant(act: Act) -> None:
    services.ask_refund(
        act.db,
        amount_vnd=15_000,
        reason="goodwill",
        asked_by="producer",
        cause="demo",
        note="Bớt cho khách vì hộp bị móp (minh họa).",
        **act.about,
    )


def _dispute(act: Act) -> None:
    """The buyer's bank asks back what was paid."""
    charge = act.db.scalars(select(PaymentTxn).where(PaymentTxn.order_id == act.order_id)).one()
    services.record_dispute(
        act.db,
        provider=charge.provider,
        fact=DisputeFact(
            dispute_id=f"dp_demo_{act.order.code}",
            charge_id=charge.txn_id,
            amount=act.order.total_vnd,
            currency="VND",
            state="open",
            status="needs_response",
            reason="product_not_received",
            opened_at=act.now,
            raw_digest=hashlib.sha256(b"dispute").hexdigest(),
            is_withdrawn=True,
            answer_by=act.now + timedelta(days=14),
        ),
        now=act.now,
    )


def _pack_part(act: Act) -> None:
    """One unit of the first line; the rest waits."""
    lines = list(
        act.db.scalars(select(OrderLine).where(OrderLine.order_id == act.order_id).limit(1))
    )
    picks = orders.propose_picks(act.db, lines, today_vn(act.now), {lines[0].id: 1})
    orders.pack_order(act.db, picks=picks, is_part=True, **act.about)


def _parcel(act: Act) -> int:
    """The order's newest parcel."""
    newest = select(Shipment.id).where(Shipment.order_id == act.order_id)
    return act.db.scalars(newest.order_by(Shipment.id.desc()).limit(1)).one()


def _part(act: Act) -> str:
    """The end of a parcel's number: nothing for the first one."""
    known = act.db.scalars(select(Shipment.id).where(Shipment.order_id == act.order_id)).all()
    return "" if len(known) == 1 else str(len(known))


def _come_back(act: Act) -> None:
    """The carrier brought the parcel back; all of it is good and lies on the shelf again."""
    lines = act.db.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == _parcel(act)))
    back = [Back(line.id, restock=line.quantity, write_off=0) for line in lines]
    orders.take_back(act.db, shipment_id=_parcel(act), back=back, **act.about)


def _cancel(by: Any, reason: str) -> Callable[[Act], None]:
    return lambda act: _ignore(orders.cancel_order(act.db, by=by, reason=reason, **act.about))


def _ignore(_given: object) -> None:
    """Verbs give things back that the demo has no use for."""


ACTS: Final[dict[str, Callable[[Act], None]]] = {
    "pay": _money(1),
    "half": _money(0.5),
    "more": _money(1, 20_000),
    "back": _back,
    "grant": _grant,
    "confirm": lambda act: _ignore(orders.confirm_order(act.db, **act.about)),
    "pack": lambda act: _ignore(orders.pack_order(act.db, **act.about)),
    "ship": lambda act: _ignore(
        orders.ship(
            act.db, carrier="GHN", tracking_no=f"DEMO{act.order.code[:6]}{_part(act)}", **act.about
        )
    ),
    "fail": lambda act: _ignore(orders.fail_delivery(act.db, **act.about)),
    "dispute": _dispute,
    "pack-part": _pack_part,
    "cut": lambda act: _ignore(orders.cut_rest(act.db, reason="out_of_stock", **act.about)),
    "turn-back": lambda act: _ignore(
        orders.turn_back(act.db, shipment_id=_parcel(act), **act.about)
    ),
    "come-back": _come_back,
    "deliver": lambda act: _ignore(orders.deliver(act.db, **act.about)),
    "arrive": lambda act: _ignore(orders.confirm_arrival(act.db, **act.about)),
    "withdraw": _cancel("buyer", "changed_mind"),
    "call-off": _cancel("seller", "out_of_stock"),
    "expire": lambda act: _ignore(orders.expire_order(act.db, order_id=act.order_id, now=act.now)),
}


STRAY: Final = (
    ("no-code", "chuyen tien mua mien dong", 95_000, "VND", 26),
    ("wrong-code", "OC2345678A9 tien che", 120_000, "VND", 9),
    ("unknown-order", "Chi Lan gui tien hang (minh hoa)", 1_250_000, "VND", 3),
    ("foreign", "payment for tea", 25, "USD", 50),
)
"""Transfers that fit no order: name, text, amount, currency, hours ago."""


def _load_stray_money(db: Session, now: datetime) -> None:
    """Money that a bank told of and that only a person can place."""
    known = set(db.scalars(select(PaymentTxn.txn_id).where(PaymentTxn.txn_id.startswith("DEMO"))))
    for name, words, amount, currency, hours in STRAY:
        if f"DEMO:{name}" not in known:
            services.apply_txn(
                db,
                ProviderTxn(
                    provider="vietqr",
                    txn_id=f"DEMO:{name}",
                    kind="charge",
                    amount_vnd=amount,
                    currency=currency,
                    occurred_at=now - timedelta(hours=hours),
                    raw_digest=hashlib.sha256(words.encode()).hexdigest(),
                    order_hint=words,
                    counterparty="NGUOI CHUYEN DEMO",
                ),
                now=now - timedelta(hours=hours),
            )
