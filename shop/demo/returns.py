"""Return requests of demo orders, one in each state that a page shows differently."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.demo.orders import SELLERS, Plan, load_order, missing_orders
from shop.demo.people import person_id
from shop.orders.models import Order, OrderLine
from shop.payments.provider import PaymentConfig
from shop.returns import services
from shop.returns.models import ReturnRequest
from shop.returns.services import Answer, ReturnDraft, Said

_STAFF: Final = "admin@demo.test"
_SELLER: Final = "HTX Tài Hoan"
_OTHER: Final = "HTX Tây Bắc"


@dataclass(frozen=True)
class Ask:
    """A request: on which order, what the buyer says, how far it has come."""

    plan: Plan
    reason: str
    text: str
    reached: str


def _plan(key: str, hours_ago: int, seller: str = _SELLER) -> Plan:
    return Plan(f"return-{key}", seller, "buyer@demo.test", hours_ago, "vietqr", "delivered")


ASKS: Final = (
    Ask(_plan("new", 90), "damaged", "Một gói bị rách, sợi miến gãy vụn.", "asked"),
    Ask(_plan("more", 96), "spoiled", "Mở ra có mùi lạ.", "more_needed"),
    Ask(_plan("agreed", 100), "wrong_goods", "Đặt gói 500 g nhưng nhận gói nhỏ.", "agreed"),
    Ask(_plan("refused", 110), "not_as_told", "Sợi to hơn trong ảnh.", "refused"),
    Ask(_plan("appealed", 116), "spoiled", "Có đốm mốc ở đáy gói.", "appealed"),
    Ask(_plan("settled", 130), "damaged", "Hộp bị ướt, móp hết.", "settled"),
    Ask(_plan("withdrawn", 134, _OTHER), "changed_mind", "Nhà tôi có người mua rồi.", "withdrawn"),
    Ask(_plan("closed", 138, _OTHER), "not_as_told", "Trà nhạt hơn tôi nghĩ.", "closed"),
)


def load_returns(db: Session, *, config: PaymentConfig, now: datetime) -> int:
    """Place the orders, ask, and answer as far as each plan says; gives how many are new."""
    made = 0
    for ask in ASKS:
        if missing_orders(db, [ask.plan]):
            _load(db, ask, load_order(db, ask.plan, config=config, now=now))
            made += 1
    return made


def _load(db: Session, ask: Ask, order: Order) -> None:
    line = db.scalars(
        select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.id).limit(1)
    ).one()
    at = order.placed_at + timedelta(hours=74)
    request = services.ask_return(
        db,
        order_id=order.id,
        draft=ReturnDraft({line: 1}, ask.reason, Said(ask.text)),
        submit_key=f"demo-{ask.plan.key}-0000",
        days=30,
        actor_id=order.buyer_id,
        now=at,
    )
    _answer(db, ask, request, person_id(db, SELLERS[ask.plan.producer][0]), at + timedelta(hours=3))


def _answer(db: Session, ask: Ask, request: ReturnRequest, seller: int, at: datetime) -> None:
    def said(text: str) -> Answer:
        return Answer("producer", seller, at, text)

    def refuse() -> None:
        services.refuse_return(
            db, return_id=request.id, refusal="as_told", answer=said("Hàng đúng như ảnh đăng bán.")
        )

    def turn_to_staff() -> None:
        refuse()
        services.appeal(
            db,
            return_id=request.id,
            said=Said("Ảnh trên trang không có đốm nào, nhờ cán bộ xem giúp."),
            actor_id=None,
            now=at + timedelta(hours=1),
        )
        services.note_return(
            db,
            return_id=request.id,
            answer=Answer(
                "staff",
                person_id(db, _STAFF),
                at + timedelta(hours=2),
                "Cán bộ đã gọi hai bên, chờ ảnh.",
            ),
        )

    def close() -> None:
        turn_to_staff()
        services.close_return(
            db,
            return_id=request.id,
            answer=Answer(
                "staff",
                person_id(db, _STAFF),
                at + timedelta(hours=4),
                "Hàng đúng như nhãn; cán bộ đã giải thích với người mua.",
            ),
        )

    answers: dict[str, Callable[[], object]] = {
        "asked": lambda: None,
        "more_needed": lambda: services.ask_more(
            db, return_id=request.id, answer=said("Bạn chụp giúp mặt sau và hạn dùng nhé.")
        ),
        "agreed": lambda: services.agree_return(
            db,
            return_id=request.id,
            refund_vnd=None,
            answer=said("Xin lỗi bạn, gửi lại về hợp tác xã, chúng tôi trả phí."),
        ),
        "refused": refuse,
        "appealed": turn_to_staff,
        "closed": close,
        "withdrawn": lambda: services.withdraw_return(
            db, return_id=request.id, actor_id=None, now=at
        ),
        "settled": lambda: services.settle_return(
            db,
            return_id=request.id,
            refund_vnd=None,
            counts=None,
            answer=said("Bạn giữ hàng, chúng tôi hoàn tiền."),
        ),
    }
    answers[ask.reached]()
