"""Harvests that can be ordered ahead, with buyers in every state a place can have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.core.clock import today_vn
from shop.demo.orders import SELLERS
from shop.demo.people import find, person_id
from shop.orders.models import Order
from shop.orders.services import cancel_order, confirm_order
from shop.payments.provider import PaymentConfig
from shop.payments.services import confirm_receipt
from shop.places.queries import list_communes
from shop.preorders import services
from shop.preorders.models import Harvest, ShipWindow
from shop.stock import services as stock


@dataclass(frozen=True)
class Window:
    """A window of the demo: days from today, its terms, and who has a place in it."""

    from_day: int
    to_day: int
    closes_day: int
    capacity: int
    price_vnd: int
    deposit: tuple[str, int]
    places: tuple[tuple[str, int, str, str], ...] = ()
    """Buyer's login (empty: a guest), units, how the rest is paid, how far it came: placed, paid,
    or called_off."""
    then: str = ""
    """moved, arrived or cancelled."""


@dataclass(frozen=True)
class Season:
    """A harvest of the demo: made-up figures of a real product."""

    producer: str
    name: str
    expected: int
    outlook: str
    windows: tuple[Window, ...]


SEASONS: Final = (
    Season(
        "HTX Tài Hoan",
        "Miến vụ dong riềng mới (minh họa)",
        1200,
        "Dong riềng đào từ cuối tháng 11. Mưa kéo dài thì miến phơi lâu khô, có thể gửi muộn 5–10 "
        "ngày; ai đặt trước được gửi trước. Không đủ hàng thì báo sớm và hoàn tiền.",
        (
            Window(
                25,
                32,
                18,
                400,
                62_000,
                ("percent", 30),
                (
                    ("buyer@demo.test", 6, "delivery", "paid"),
                    ("buyer2@demo.test", 10, "transfer", "paid"),
                    ("", 4, "delivery", "placed"),
                    ("", 3, "delivery", "called_off"),
                ),
            ),
            Window(
                40,
                47,
                33,
                300,
                62_000,
                ("fixed", 20_000),
                (
                    ("buyer@demo.test", 5, "delivery", "paid"),
                    ("buyer2@demo.test", 8, "transfer", "paid"),
                ),
                "moved",
            ),
            Window(
                1,
                5,
                1,
                60,
                60_000,
                ("percent", 30),
                (
                    ("buyer@demo.test", 4, "delivery", "paid"),
                    ("buyer2@demo.test", 6, "transfer", "paid"),
                ),
                "arrived",
            ),
        ),
    ),
    Season(
        "HTX Tây Bắc",
        "Vụ cuối năm (minh họa)",
        500,
        "Sương muối tháng 12 có thể làm giảm sản lượng. Không cọc: chúng tôi gọi xác nhận rồi mới "
        "giữ chỗ chắc chắn.",
        (
            Window(
                30,
                36,
                22,
                200,
                95_000,
                ("none", 0),
                (("buyer2@demo.test", 3, "delivery", "placed"),),
            ),
            Window(
                14,
                18,
                8,
                100,
                92_000,
                ("percent", 50),
                (("buyer@demo.test", 2, "delivery", "paid"),),
                "cancelled",
            ),
        ),
    ),
)


def load_preorders(db: Session, *, config: PaymentConfig, now: datetime) -> int:
    """Open the demo's harvests with their buyers, once; returns how many are new."""
    known = set(db.scalars(select(Harvest.season)))
    wanted = [season for season in SEASONS if season.name not in known]
    for season in wanted:
        _load(db, season, config, now)
    return len(wanted)


def _load(db: Session, season: Season, config: PaymentConfig, now: datetime) -> None:
    producer = db.scalars(
        select(Producer).where(Producer.name == season.producer, Producer.is_demo)
    ).one()
    seller = person_id(db, SELLERS[season.producer][0])
    mine = frozenset({producer.id})
    harvest = services.plan_harvest(
        db,
        variant_id=_size(db, producer.id),
        plan=services.HarvestPlan(season.name, season.expected, 15, season.outlook),
        producer_ids=mine,
        actor_id=seller,
        now=now,
    )
    for number, plan in enumerate(season.windows):
        window = services.open_window(
            db,
            harvest_id=harvest.id,
            plan=_plan(plan, now),
            submit_key=f"demo-window-{number}-{producer.slug}"[:64],
            producer_ids=mine,
            actor_id=seller,
            now=now,
        )
        _fill(db, window, plan.places, seller, config, now)
        _turn(db, window, harvest, plan, mine, seller, now)


def _size(db: Session, producer_id: int) -> int:
    return db.scalars(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.producer_id == producer_id, Product.is_demo, Product.is_service.is_(False))
        .order_by(Variant.id)
        .limit(1)
    ).one()


def _plan(plan: Window, now: datetime) -> services.WindowPlan:
    today = today_vn(now)
    return services.WindowPlan(
        from_on=today + timedelta(days=plan.from_day),
        to_on=today + timedelta(days=plan.to_day),
        closes_on=today + timedelta(days=plan.closes_day),
        capacity=plan.capacity,
        price_vnd=plan.price_vnd,
        per_buyer=20,
        deposit_kind=plan.deposit[0],
        deposit_amount=plan.deposit[1],
    )


def _fill(
    db: Session,
    window: ShipWindow,
    places: Sequence[tuple[str, int, str, str]],
    seller: int,
    config: PaymentConfig,
    now: datetime,
) -> None:
    for number, (login, units, rest_by, reached) in enumerate(places):
        buyer = find(db, login) if login else None
        order, _is_new = services.place_preorder(
            db,
            request=services.PlaceRequest(
                submit_key=f"demo-preorder-{window.code}-{number}",
                window_code=window.code,
                quantity=units,
                full_name=buyer.name if buyer else "Chị Minh Họa",
                phone=f"09000000{number:02}",
                email=buyer.email if buyer else None,
                province_code="01",
                commune_code=list_communes(db, "01")[0].code,
                street="Số 1 phố Minh Họa",
                note="",
                rest_by=rest_by,
            ),
            buyer_id=buyer.id if buyer else None,
            config=config,
            now=now,
        )
        _bring_along(db, order, reached, seller, now)


def _bring_along(db: Session, order: Order, reached: str, seller: int, now: datetime) -> None:
    if reached == "called_off":
        cancel_order(
            db, order_id=order.id, by="buyer", reason="changed_mind", actor_id=None, now=now
        )
    elif reached == "paid" and order.state == "awaiting_payment":
        confirm_receipt(db, order_id=order.id, actor_id=seller, now=now)
    elif reached == "paid":
        confirm_order(db, order_id=order.id, actor_id=seller, now=now)


def _turn(
    db: Session,
    window: ShipWindow,
    harvest: Harvest,
    plan: Window,
    mine: frozenset[int],
    seller: int,
    now: datetime,
) -> None:
    if plan.then == "moved":
        later = replace(plan, from_day=plan.from_day + 9, to_day=plan.to_day + 9)
        days = _plan(later, now)
        services.move_window(
            db,
            code=window.code,
            from_on=days.from_on,
            to_on=days.to_on,
            reason="weather",
            seen_moves=0,
            producer_ids=mine,
            actor_id=seller,
            now=now,
        )
    elif plan.then == "cancelled":
        services.cancel_window(
            db, code=window.code, reason="weather", producer_ids=mine, actor_id=seller, now=now
        )
    elif plan.then == "arrived":
        stock.receive(
            db,
            variant_id=harvest.variant_id,
            quantity=10,
            reason="receipt",
            key=f"demo:harvest:{harvest.id}:{window.code}",
            actor_id=seller,
            now=now,
        )
        services.bring_in(db, code=window.code, producer_ids=mine, actor_id=seller, now=now)
