"""What pages of orders show about money."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.orders.rules import AWAITING
from shop.payments import queries
from shop.payments.banks import bank_name
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.provider import (
    Capabilities,
    Instruction,
    OrderView,
    PaymentConfig,
    Provider,
)
from shop.payments.registry import provider_called
from shop.payments.rules import (
    AWAITING_MONEY,
    COUNTED,
    KEEPS_MONEY,
    LIVE,
    OPEN_REFUNDS,
    Money,
    asked_now,
    left_to_pay,
)
from shop.payments.services import enabled_providers
from shop.payments.starting import view_attempt


@dataclass(frozen=True)
class PayView:
    """An order's money: what is asked, what came, what the buyer does next."""

    order: Order
    attempt: PaymentAttempt
    label: str
    capabilities: Capabilities
    money: Money
    left_vnd: int
    now_vnd: int
    """What to pay next: less than what is left while a deposit is awaited."""
    is_waiting: bool
    """Whether the buyer can pay now."""
    refunds: list[Refund]
    instruction: Instruction | None
    bank: str
    qr: Markup


def pay_view(db: Session, order_id: int, config: PaymentConfig, now: datetime) -> PayView | None:
    """The order's money; None when it has no attempt."""
    order = db.get_one(Order, order_id)
    attempt = queries.attempt_of(db, order_id, order.payment_provider)
    if attempt is None:
        return None
    provider = provider_called(attempt.provider)
    money, refunds = Money(), list[Refund]()
    if order.payment_state != "unpaid" or attempt.state not in LIVE:  # else nothing came yet
        money, refunds = queries.money_of(db, order.id), queries.refunds_of(db, order.id)
    left = _left_of(order, money, refunds)
    asked = asked_now(order.due_vnd, net_vnd=money.net_vnd, upfront_vnd=order.upfront_vnd)
    asked = min(left, asked)
    is_in_time = order.expires_at is None or order.expires_at > now or money.net_vnd > 0
    is_waiting = order.state in AWAITING_MONEY and left > 0 and is_in_time
    instruction = None
    if is_waiting and not provider.capabilities.redirect:
        view = OrderView(order.code, order.due_vnd, order.producer_name)
        instruction = provider.start(config, view, view_attempt(attempt, asked))
    return PayView(
        order=order,
        attempt=attempt,
        label=provider.label,
        capabilities=provider.capabilities,
        money=money,
        left_vnd=left,
        now_vnd=asked,
        is_waiting=is_waiting,
        refunds=[refund for refund in refunds if refund.state in OPEN_REFUNDS],
        instruction=instruction,
        bank=bank_name(attempt.account_bin or ""),
        qr=qr_svg(instruction.qr_payload) if instruction and instruction.qr_payload else Markup(),
    )


def _left_of(order: Order, money: Money, refunds: Sequence[Refund]) -> int:
    """The đồng that the order still waits for; nothing once it has ended or all came back."""
    if order.state not in KEEPS_MONEY or order.fulfilment_state == "returned":
        return 0
    granted = sum(
        refund.amount_vnd
        for refund in refunds
        if refund.kind == "granted" and refund.state in COUNTED
    )
    return left_to_pay(money, total_vnd=order.due_vnd, granted_vnd=granted)


def other_ways(db: Session, view: PayView, config: PaymentConfig, now: datetime) -> list[Provider]:
    """Ways the buyer may choose instead; none once money came or the order stands."""
    order = view.order
    is_open = order.state in AWAITING and view.is_waiting and view.money.net_vnd == 0
    if not is_open or order.upfront_vnd is not None or order.awaits_goods:
        return []
    offered = enabled_providers(db, producer_id=order.producer_id, config=config, now=now)
    return [provider for provider in offered if provider.slug != order.payment_provider]


def qr_svg(payload: str) -> Markup:
    """The QR as inline SVG without styles or ids."""
    code = segno.make(payload, error="m", micro=False)
    return Markup(  # noqa: S704 - our own drawing of our own payload
        code.svg_inline(scale=1, border=4, svgclass=None, lineclass=None, omitsize=True)
    )


def qr_png(payload: str) -> bytes:
    """The QR as a picture that bank apps read from the gallery."""
    out = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
