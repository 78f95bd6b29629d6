"""Parcels that a carrier settled, a settlement to look at, a household's tax figures."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.core import tasks
from shop.core.tables import csv_bytes
from shop.demo.orders import Plan, load_order, missing_orders
from shop.demo.people import person_id
from shop.orders.models import Order, Shipment
from shop.orders.services import deliver
from shop.payments.provider import PaymentConfig
from shop.payments.services import confirm_receipt
from shop.sheets.workbooks import read_sheet
from shop.shipping import services
from shop.shipping.models import CodSettlement
from shop.shipping.rules.carriers import Area
from shop.shipping.rules.settlement import guess_columns
from shop.taxes import jobs as taxes
from shop.web.request import House

SELLER: Final = "HTX Tài Hoan"
LOGIN: Final = "producer@demo.test"
CARRIER: Final = "viettel-post"
HEADER: Final = ("STT", "Mã vận đơn", "Tiền thu hộ", "Cước phí", "Thực nhận")

PLANS: Final = (
    Plan("cod-even", SELLER, "buyer@demo.test", 180, "cod", "shipped"),
    Plan("cod-short", SELLER, "buyer2@demo.test", 160, "cod", "shipped", quantity=1),
    Plan("cod-waits", SELLER, "buyer@demo.test", 110, "cod", "shipped", quantity=3),
)
HOUSEHOLD_KEY: Final = "household-paid"


def load_parcels(house: House, config: PaymentConfig, now: datetime) -> int:
    """Load what is missing; how many settlements there are now that were not before."""
    with house.database.transaction() as db:
        orders = _load_orders(db, config, now)
        _load_household(db, config, now)
    made = _load_settlements(house, orders, now) if orders else 0
    taxes.book(house.database, now)
    return made


def _load_orders(db: Session, config: PaymentConfig, now: datetime) -> list[int]:
    """The parcels, delivered, their money not written down: the carrier has it."""
    found = []
    for plan in missing_orders(db, PLANS):
        order = load_order(db, plan, config=config, now=now)
        deliver(db, order_id=order.id, actor_id=person_id(db, LOGIN), now=now)
        found.append(order.id)
    return found if len(found) == len(PLANS) else []


def _load_household(db: Session, config: PaymentConfig, now: datetime) -> None:
    """A household's sale, paid and delivered: what tax figures speak of."""
    name = db.scalar(
        select(Producer.name)
        .join(Product, Product.producer_id == Producer.id)
        .where(Producer.kind == "household", Producer.is_demo, Product.state == "published")
        .order_by(Producer.id)
        .limit(1)
    )
    if name is None:
        return
    plan = Plan(HOUSEHOLD_KEY, name, "buyer@demo.test", 90, "cod", "shipped", quantity=4)
    for one in missing_orders(db, [plan]):
        order = load_order(db, one, config=config, now=now)
        confirm_receipt(
            db, order_id=order.id, actor_id=person_id(db, LOGIN), now=now, reference="DEMO"
        )


def _load_settlements(house: House, order_ids: Sequence[int], now: datetime) -> int:
    with house.database.read() as db:
        producer = db.scalars(select(Producer).where(Producer.name == SELLER)).one()
        known = db.scalar(
            select(CodSettlement.id).where(CodSettlement.producer_id == producer.id).limit(1)
        )
        if known is not None:
            return 0
        actor_id = person_id(db, LOGIN)
        rows = db.execute(
            select(Shipment.tracking_no, Order.total_vnd)
            .join(Order, Order.id == Shipment.order_id)
            .where(Order.id.in_(order_ids))
            .order_by(Order.id)
        ).all()
    (even, even_vnd), (short, short_vnd), (waits, waits_vnd) = rows
    fee = 22_000
    booked = csv_bytes(
        HEADER,
        [
            (1, even, even_vnd, fee, even_vnd - fee),
            (2, short, short_vnd, "", short_vnd - fee - 5_000),
            (3, "VTPDEMO404", 120_000, fee, 98_000),
            ("", "", "", "", "Tổng cộng 3 vận đơn"),
        ],
    )
    _start(house, producer.id, actor_id, "doi-soat-tuan-46.csv", booked, now, is_booked=True)
    waiting = csv_bytes(HEADER, [(1, waits, waits_vnd, fee, waits_vnd - fee), (2, even, 1, 0, 1)])
    _start(house, producer.id, actor_id, "doi-soat-tuan-47.csv", waiting, now, is_booked=False)
    with house.database.transaction() as db:
        services.name_area(
            db,
            carrier="ghn",
            province_code="19",
            commune_code="02185",
            area=Area("Bắc Kạn", "Huyện Na Rì", "Xã Côn Minh"),
            producer_id=producer.id,
            actor_id=actor_id,
            now=now,
        )
    return 2


def _start(
    house: House,
    producer_id: int,
    actor_id: int,
    name: str,
    content: bytes,
    now: datetime,
    *,
    is_booked: bool,
) -> None:
    sheet = read_sheet(content, "csv")
    cells = house.storage.put(json.dumps(sheet.as_json(), ensure_ascii=False).encode(), "json")
    with house.database.transaction() as db:
        row = services.start_settlement(
            db,
            producer_id=producer_id,
            actor_id=actor_id,
            carrier=CARRIER,
            file_name=name,
            file_kind="csv",
            file_sha=hashlib.sha256(content).hexdigest(),
            cells_name=cells,
            layout=guess_columns(sheet.table.rows),
            submit_key=f"demo-settlement-{name}",
            now=now,
        )
        if is_booked:
            services.confirm_settlement(db, row=row, actor_id=actor_id, now=now)
    if is_booked:
        tasks.run_next(house.database, now, kinds=[services.BOOK])
