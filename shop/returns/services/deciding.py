"""What producers and staff do: agree, refuse, ask for more, settle with the money, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shop.core.errors import Invalid
from shop.core.money import format_vnd
from shop.orders.models import Order
from shop.payments.services import ask_refund
from shop.returns import queries, rules
from shop.returns.models import ReturnRequest
from shop.returns.rules import Side
from shop.returns.services.goods import take_back
from shop.returns.services.parts import Said, locked, take_step, units_of, write_step


@dataclass(frozen=True)
class Answer:
    """Who answers, when, and with what words."""

    side: Side
    actor_id: int
    now: datetime
    text: str = ""

    @property
    def said(self) -> Said:
        """As steps keep it."""
        return Said(self.text)


def usual_refund(db: Session, request: ReturnRequest) -> int:
    """What the units cost after discount, in đồng."""
    bought, _latest = queries.bought_lines(db, request.order_id, but=request.id)
    lines = {line.line_id: line for line in bought}
    return sum(
        rules.share_vnd(lines[line_id], units) for line_id, units in units_of(db, request).items()
    )


def most_refund(db: Session, request: ReturnRequest, order: Order) -> int:
    """The most that may be agreed: what the units cost, and the delivery."""
    return usual_refund(db, request) + order.shipping_vnd


def agree_return(
    db: Session, *, return_id: int, refund_vnd: int | None, answer: Answer
) -> ReturnRequest:
    """Take the goods back for ``refund_vnd`` (None: what they cost); the money follows the goods.

    Raises WrongStep, BadRefund (field ``refund``), TooMany, AlreadyOpen.
    """
    request, order = locked(db, return_id)
    rules.require_step(request.state, answer.side, "agreed")
    request.refund_vnd = _judge(db, request, order, refund_vnd)
    _step(db, request, order, "agreed", answer)
    return request


def settle_return(
    db: Session,
    *,
    return_id: int,
    refund_vnd: int | None,
    counts: Mapping[int, tuple[int, int]] | None,
    answer: Answer,
) -> ReturnRequest:
    """Give the money back: after the goods came (``counts``: order line -> units put back into
    stock, units written off), or at once when the buyer may keep them (None).

    Once a sum was agreed it stays. The refund is a task of payments. Raises WrongStep, BadRefund,
    BadCount (fields ``back_<line>``), TooMany, and what ``ask_refund`` raises.
    """
    request, order = locked(db, return_id)
    is_back = request.state == "agreed"
    rules.require_step(request.state, answer.side, "settled")
    if not is_back or request.refund_vnd is None:
        request.refund_vnd = _judge(db, request, order, refund_vnd)
    if counts is not None and is_back:
        take_back(db, request, counts, actor_id=answer.actor_id, now=answer.now)
    elif is_back and answer.side == "producer":
        raise rules.BadCount(units=sum(units_of(db, request).values()), field="back")
    _step(db, request, order, "settled", answer)
    ask_refund(
        db,
        order_id=order.id,
        amount_vnd=request.refund_vnd,
        reason=rules.REFUND_REASON_OF[request.reason],
        asked_by="staff" if answer.side == "staff" else "producer",
        actor_id=answer.actor_id,
        cause=f"return:{request.id}",
        now=answer.now,
        note=request.code,
    )
    return request


def _judge(db: Session, request: ReturnRequest, order: Order, refund_vnd: int | None) -> int:
    most = most_refund(db, request, order)
    wanted = usual_refund(db, request) if refund_vnd is None else refund_vnd
    if not 0 < wanted <= most:
        raise rules.BadRefund(field="refund", most=format_vnd(most))
    return wanted


def _step(db: Session, request: ReturnRequest, order: Order, wanted: str, answer: Answer) -> None:
    money = {"refund_vnd": request.refund_vnd} if wanted in {"agreed", "settled"} else {}
    code = {"refusal": request.refusal} if wanted == "refused" else {}
    take_step(
        db,
        request,
        order,
        wanted,
        side=answer.side,
        actor_id=answer.actor_id,
        now=answer.now,
        said=answer.said,
        detail={**money, **code},
    )


def refuse_return(db: Session, *, return_id: int, refusal: str, answer: Answer) -> ReturnRequest:
    """Say no, with a reason; the buyer may turn to staff.

    Raises WrongStep, Invalid (field ``refusal``).
    """
    if refusal not in rules.REFUSALS:
        raise Invalid(field="refusal")
    request, order = locked(db, return_id)
    rules.require_step(request.state, answer.side, "refused")
    request.refusal = refusal
    _step(db, request, order, "refused", answer)
    return request


def ask_more(db: Session, *, return_id: int, answer: Answer) -> ReturnRequest:
    """Ask the buyer for pictures or words. Raises WrongStep."""
    request, order = locked(db, return_id)
    _step(db, request, order, "more_needed", answer)
    return request


def close_return(db: Session, *, return_id: int, answer: Answer) -> ReturnRequest:
    """Staff let the refusal stand. Raises WrongStep."""
    request, order = locked(db, return_id)
    _step(db, request, order, "closed", answer)
    return request


def note_return(db: Session, *, return_id: int, answer: Answer) -> ReturnRequest:
    """Staff say something to both sides; the state stays. Raises WrongStep once it has ended."""
    request, order = locked(db, return_id)
    if request.state in {"settled", "withdrawn", "closed"}:
        raise rules.WrongStep
    write_step(
        db,
        request,
        order,
        "noted",
        side=answer.side,
        actor_id=answer.actor_id,
        now=answer.now,
        said=answer.said,
    )
    return request
