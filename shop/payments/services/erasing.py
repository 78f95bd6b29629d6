"""A buyer's bank account, name and words leave the money's tables; the ledger's facts stay."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.text import N_
from shop.orders.models import Order
from shop.payments.models import (
    PaymentAttempt,
    PaymentMatch,
    PaymentTxn,
    PaymentTxnDetail,
    Refund,
    WebhookEvent,
)
from shop.payments.rules import OPEN_REFUNDS

EVENTS_LATE: Final = timedelta(days=180)
"""So long after an order a provider may still speak of it."""


class RefundOpen(Conflict):
    message = N_("Đơn %(code)s còn khoản hoàn tiền chưa xong. Hãy hoàn xong rồi xóa dữ liệu.")


def erase_payer(_sender: object, *, db: Session, order: Order, **_more: Any) -> None:
    """Empty refund accounts, senders' names and providers' messages of one order.

    Raises RefundOpen: the account is still needed.
    """
    refunds = db.scalars(select(Refund).where(Refund.order_id == order.id)).all()
    if any(one.state in OPEN_REFUNDS for one in refunds):
        raise RefundOpen(code=order.code)
    for one in refunds:
        one.payee_bin = one.payee_number = one.payee_holder = one.note = ""
    matched = select(PaymentMatch.txn_row_id).where(PaymentMatch.order_id == order.id)
    rows = db.execute(
        select(PaymentTxn.id, PaymentTxn.txn_id).where(
            or_(PaymentTxn.order_id == order.id, PaymentTxn.id.in_(matched))
        )
    ).all()
    db.execute(
        update(PaymentTxnDetail)
        .where(PaymentTxnDetail.txn_row_id.in_([row[0] for row in rows]))
        .values(hint="", counterparty="")
    )
    attempts = db.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id)).all()
    named = {one for attempt in attempts for one in (attempt.memo_code, attempt.provider_ref)}
    _empty_events(db, order, {*named, *(row[1] for row in rows), order.code})


def _empty_events(db: Session, order: Order, names: Iterable[str | None]) -> None:
    """Providers' messages that name the order, its attempts or its facts lose their body."""
    wanted = [name.encode().upper() for name in names if name]
    events = db.execute(
        select(WebhookEvent.id, WebhookEvent.raw).where(
            WebhookEvent.received_at.between(order.placed_at, order.placed_at + EVENTS_LATE)
        )
    )
    spoke = [number for number, raw in events if any(one in raw.upper() for one in wanted)]
    db.execute(update(WebhookEvent).where(WebhookEvent.id.in_(spoke)).values(raw=b""))
