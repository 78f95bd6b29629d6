"""A small recall that is over, and a drill, clearly marked as made up: what the pages look like."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.core.clock import today_vn
from shop.demo.people import find, person_id
from shop.orders.models import Order, OrderLine
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.orders.services import confirm_order, create_order, deliver, pack_order, ship
from shop.places.queries import list_communes
from shop.recalls import queries, services
from shop.recalls.models import Recall, RecallDrill
from shop.recalls.services import RecallDraft
from shop.traceability.models import Lot
from shop.traceability.services import open_lot, record_event, release_lot

PRODUCER: Final = "HTX Tài Hoan"
OWNER: Final = "producer@demo.test"
LOT_NO: Final = "DEMO-THU-HOI"
UNITS: Final = 12
MARK: Final = "Số liệu minh họa"
RECALL_KEY: Final = "demo-recall-000001"
DRILL_KEY: Final = "demo-drill-0000001"
REASON: Final = (
    "Số liệu minh họa: khi kiểm tra lại, hai gói của lô có mép hàn hở nên dễ hút ẩm. "
    "Không ai báo bị ảnh hưởng sức khỏe."
)
REASON_EN: Final = (
    "Illustrative data: on a second check two packages of the lot had a weak seal and may take in "
    "moisture. Nobody reported any effect on health."
)
ADVICE: Final = "Ngừng dùng, giữ nguyên gói và gọi cho chúng tôi để đổi gói mới hoặc nhận lại tiền."
ADVICE_EN: Final = "Stop using it, keep the package and call us for a new one or your money back."
PHONE: Final = "0900000009"
BUYERS: Final = (("buyer@demo.test", 3), ("buyer2@demo.test", 2), (None, 1))
"""Who bought how many; None is a guest who left a telephone number alone."""


def load_recalls(db: Session, *, sign: Callable[[str], str], now: datetime) -> int:
    """Load what is missing; how many are new."""
    producer = db.scalars(
        select(Producer).where(Producer.name == PRODUCER, Producer.is_demo)
    ).one_or_none()
    if producer is None:
        return 0
    return _load_finished(db, producer, sign, now) + _load_drill(db, producer, now)


def _load_finished(
    db: Session, producer: Producer, sign: Callable[[str], str], now: datetime
) -> int:
    if db.scalar(select(Recall.id).where(Recall.submit_key == RECALL_KEY)) is not None:
        return 0
    owner, began = person_id(db, OWNER), now - timedelta(days=24)
    variant = db.scalars(
        select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.producer_id == producer.id, Product.is_demo, Product.is_lot_tracked)
        .order_by(Variant.id.desc())
        .limit(1)
    ).one()
    lot = _lot(db, variant, owner, began)
    for place, (login, units) in enumerate(BUYERS):
        _sell(db, producer, variant, lot, login, units, owner, began + timedelta(hours=2 + place))
    at = began + timedelta(days=6)
    recall = services.open_recall(
        db,
        draft=RecallDraft(
            lot_ids=[lot.id],
            hazard="3",
            reason=REASON,
            reason_en=REASON_EN,
            advice=ADVICE,
            advice_en=ADVICE_EN,
            contact_phone=PHONE,
        ),
        actor_id=owner,
        sign=sign,
        now=at,
        submit_key=RECALL_KEY,
        is_demo=True,
    )
    _finish(db, recall, lot, owner, at)
    return 1


def _lot(db: Session, variant: Variant, owner: int, at: datetime) -> Lot:
    lot = open_lot(
        db,
        product_id=variant.product_id,
        variant_id=variant.id,
        lot_no=LOT_NO,
        quantity=UNITS,
        made_on=today_vn(at) - timedelta(days=3),
        packed_on=today_vn(at) - timedelta(days=1),
        actor_id=owner,
        is_demo=True,
        now=at,
    )
    record_event(
        db,
        lot_id=lot.id,
        kind="packing",
        facts={"units": UNITS, "package": variant.label, "remark": MARK},
        actor_id=owner,
        happened_at=at - timedelta(days=1),
        submit_key=f"demo:{lot.code}:packing",
        now=at,
    )
    return release_lot(db, lot_id=lot.id, actor_id=owner, now=at)


def _sell(
    db: Session,
    producer: Producer,
    variant: Variant,
    lot: Lot,
    login: str | None,
    units: int,
    owner: int,
    at: datetime,
) -> Order:
    person = find(db, login) if login else None
    product = db.get_one(Product, variant.product_id)
    order = create_order(
        db,
        draft=OrderDraft(
            producer_id=producer.id,
            producer_name=producer.name,
            payment_provider="cod",
            is_prepaid=False,
            lines=(
                LineDraft(
                    variant_id=variant.id,
                    product_id=product.id,
                    product_name=product.name,
                    variant_label=variant.label,
                    sku=variant.sku,
                    unit_price_vnd=variant.price_vnd,
                    quantity=units,
                    weight_g=variant.packed_weight_g,
                ),
            ),
            shipping_vnd=30_000,
            expires_at=at + timedelta(hours=48),
            is_demo=True,
        ),
        contact=ContactDraft(
            full_name=person.name if person else "Khách minh họa",
            phone=f"090000010{units}",
            email=person.email if person else None,
            province_code="01",
            commune_code=list_communes(db, "01")[0].code,
            street="Số 1 phố Minh Họa",
            place="Hà Nội",
        ),
        submit_key=f"demo-recall-order-{units}-000000",
        buyer_id=person.id if person else None,
        now=at,
    )
    confirm_order(db, order_id=order.id, actor_id=owner, now=at)
    line = db.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    picks = {line: [(lot.id, units)]}
    pack_order(db, order_id=order.id, picks=picks, actor_id=owner, now=at)
    ship(db, order_id=order.id, carrier="Bưu cục", tracking_no="DEMO", actor_id=owner, now=at)
    deliver(db, order_id=order.id, actor_id=owner, now=at + timedelta(days=3))
    return order


def _finish(db: Session, recall: Recall, lot: Lot, owner: int, at: datetime) -> None:
    """Everyone answers, three packages come back, what is left is destroyed."""
    buyers, _total = queries.buyer_page(db, recall.id, state="", page=1, size=10)
    for row, outcome in zip(buyers, ("stopped", "used_up", "reached"), strict=True):
        hours = timedelta(hours=3 + row.buyer.id % 5)
        if outcome == "reached":
            services.record_outcome(
                db,
                recall_id=recall.id,
                buyer_id=row.buyer.id,
                outcome=outcome,
                note=MARK,
                actor_id=owner,
                now=at + hours,
            )
        else:
            services.answer(db, code=row.buyer.code, outcome=outcome, now=at + hours)
    about: dict[str, Any] = {
        "recall_id": recall.id,
        "actor_id": owner,
        "now": at + timedelta(days=4),
    }
    services.record_return(db, line_id=buyers[0].lines[0].id, units=3, **about)
    [balance] = queries.lot_balances(db, recall)
    services.settle_units(
        db,
        lot_id=lot.id,
        units=balance.held_back,
        way="destroyed",
        submit_key="demo-recall-settled-01",
        **about,
    )
    services.close_recall(
        db, note="Đã báo đủ ba người mua, hủy chín gói. Số liệu minh họa.", **about
    )


def _load_drill(db: Session, producer: Producer, now: datetime) -> int:
    if db.scalar(select(RecallDrill.id).where(RecallDrill.submit_key == DRILL_KEY)) is not None:
        return 0
    owner, at = person_id(db, OWNER), now - timedelta(days=10)
    lot_id = db.scalar(
        select(Lot.id)
        .where(Lot.producer_id == producer.id, Lot.state == "released", Lot.is_demo)
        .order_by(Lot.id)
        .limit(1)
    )
    if lot_id is None:
        return 0
    drill = services.start_drill(
        db, lot_ids=[lot_id], actor_id=owner, now=at, submit_key=DRILL_KEY, is_demo=True
    )
    services.finish_drill(
        db,
        drill_id=drill.id,
        counted=int(drill.figures["in_stock"]),
        called=int(drill.figures["buyers"]),
        note="Số liệu minh họa: tìm đủ người mua; lần sau ghi rõ kệ để hàng.",
        actor_id=owner,
        now=at + timedelta(minutes=14),
    )
    return 1
