"""Reading for the pages of refunds and disputes: who sees which, and who may do what with one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Person
from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.orders.models import Order
from shop.payments.models import Dispute, Refund
from shop.payments.panels import qr_svg
from shop.payments.queries import granted_within
from shop.payments.registry import all_providers, provider_called
from shop.payments.rules import NOT_SENT, OPEN_REFUNDS
from shop.payments.transfer_qr import BadTransferQr, Transfer, encode
from shop.web.actor import Actor

ROWS = 100
Tab = Literal["viec", "hong", "xong"]
SELLERS = frozenset({"owner", "member"})
"""Roles whose holders may move the producer's money."""


@dataclass(frozen=True)
class RefundPage:
    """One refund, what is to be known of it, and what the person looking may do."""

    refund: Refund
    order: Order
    producer: Producer
    label: str
    is_operator_money: bool
    is_large: bool
    is_disputed: bool
    names: dict[str, str]
    """Who asked, approved and paid: field -> name."""
    may_approve: bool
    may_reject: bool
    may_pay: bool
    may_take_over: bool
    may_return: bool
    granted_vnd: int
    """What people granted of the order and may have been for the same goods; 0 for none."""
    qr: Markup


def _operators() -> list[str]:
    return [slug for slug, one in all_providers().items() if one.capabilities.operator_money]


def _seen_by_staff(actor: Actor) -> ColumnElement[bool]:
    """What staff look at: the operator's money, and whatever needs a second person."""
    provinces = staff_scope_of(actor)
    return (
        Producer.province_code.is_not(None)
        if provinces is None
        else Producer.province_code.in_(sorted(provinces))
    )


def _in_tab(tab: Tab) -> ColumnElement[bool]:
    if tab == "viec":
        return Refund.state.in_(OPEN_REFUNDS)
    if tab == "hong":
        return and_(Refund.state == "failed", not_(_followed()))
    return Refund.state.in_(("done", "rejected", "failed"))


def _followed() -> ColumnElement[bool]:
    """Whether a later refund of the order took the place of a failed one."""
    later = aliased(Refund)
    return exists(
        select(later.id).where(
            later.order_id == Refund.order_id,
            later.id > Refund.id,
            later.amount_vnd >= Refund.amount_vnd,
            later.state != "rejected",
        )
    )


def refunds_of_sellers(db: Session, actor: Actor, tab: Tab) -> Sequence[Any]:
    """The refunds of the producers whose money the actor may move: (Refund, code, producer)."""
    own = [number for number, role in actor.producers.items() if role in SELLERS]
    return _rows(db, Order.producer_id.in_(own), tab)


def refunds_for_staff(db: Session, actor: Actor, tab: Tab) -> Sequence[Any]:
    """The refunds in the provinces of the actor: (Refund, order's code, producer's name)."""
    return _rows(db, _seen_by_staff(actor), tab)


def _rows(db: Session, seen: ColumnElement[bool], tab: Tab) -> Sequence[Any]:
    rows: Sequence[Any] = db.execute(
        select(Refund, Order.code, Producer.name)
        .join(Order, Order.id == Refund.order_id)
        .join(Producer, Producer.id == Order.producer_id)
        .where(seen, _in_tab(tab))
        .order_by(Refund.id.desc() if tab == "xong" else Refund.id)
        .limit(ROWS)
    ).all()
    return rows


def count_for_sellers(db: Session, actor: Actor) -> int:
    """How many refunds the actor's producers have to pay by hand."""
    own = [number for number, role in actor.producers.items() if role in SELLERS]
    return int(
        db.scalar(
            select(func.count(Refund.id))
            .join(Order, Order.id == Refund.order_id)
            .where(
                Order.producer_id.in_(own),
                Refund.is_by_hand,
                Refund.provider.not_in(_operators()),
                Refund.state.in_(NOT_SENT),
            )
        )
        or 0
    )


def counts_for_staff(db: Session, actor: Actor, limit_vnd: int) -> tuple[int, int]:
    """(refunds that wait for staff, open disputes) in the provinces of the actor."""
    waits = or_(
        and_(
            Refund.provider.in_(_operators()),
            or_(
                Refund.state == "requested",
                and_(Refund.is_by_hand, Refund.state == "approved"),
                and_(Refund.state == "failed", not_(_followed())),
            ),
        ),
        and_(Refund.state == "requested", Refund.amount_vnd > limit_vnd),
    )
    joined = select(func.count(Refund.id)).join(Order, Order.id == Refund.order_id)
    refunds = db.scalar(
        joined.join(Producer, Producer.id == Order.producer_id).where(waits, _seen_by_staff(actor))
    )
    return int(refunds or 0), len(disputes_for_staff(db, actor))


def disputes_for_staff(db: Session, actor: Actor, *, is_open: bool = True) -> Sequence[Any]:
    """Disputes in the provinces of the actor, the next answer first: (Dispute, code, producer).

    Those of money that fits no order are for nation-wide staff and admins.
    """
    seen = _seen_by_staff(actor)
    if staff_scope_of(actor) is None:
        seen = or_(seen, Dispute.order_id.is_(None))
    rows: Sequence[Any] = db.execute(
        select(Dispute, Order.code, Producer.name)
        .outerjoin(Order, Order.id == Dispute.order_id)
        .outerjoin(Producer, Producer.id == Order.producer_id)
        .where(seen, (Dispute.state == "open") if is_open else (Dispute.state != "open"))
        .order_by(Dispute.answer_by if is_open else Dispute.ended_at.desc(), Dispute.id)
        .limit(ROWS)
    ).all()
    return rows


def refund_page(db: Session, actor: Actor, refund_id: int, limit_vnd: int) -> RefundPage:
    """One refund as the actor may see it. Raises NotFound."""
    row = db.execute(
        select(Refund, Order, Producer)
        .join(Order, Order.id == Refund.order_id)
        .join(Producer, Producer.id == Order.producer_id)
        .where(Refund.id == refund_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    refund, order, producer = row
    is_seller = actor.producers.get(producer.id) in SELLERS
    is_staff = actor.is_staff_of(producer.province_code)
    if not (is_seller or is_staff):
        raise NotFound
    is_operators = provider_called(refund.provider).capabilities.operator_money
    decides = is_staff if is_operators else is_seller or is_staff
    pays = is_staff if is_operators else is_seller
    is_large = refund.amount_vnd > limit_vnd
    is_unsent = refund.state in NOT_SENT
    is_disputed = order.payment_state == "disputed"
    return RefundPage(
        refund=refund,
        order=order,
        producer=producer,
        label=provider_called(refund.provider).label,
        is_operator_money=is_operators,
        is_large=is_large,
        is_disputed=is_disputed,
        names=_names(db, refund),
        may_approve=decides
        and refund.state == "requested"
        and (is_large or not refund.is_by_hand)
        and not (is_large and refund.requested_by == actor.person_id)
        and not is_disputed,
        may_reject=decides and is_unsent and refund.kind == "granted",
        may_pay=pays
        and refund.is_by_hand
        and is_unsent
        and not is_disputed
        and (not is_large or refund.approved_by not in {None, actor.person_id}),
        may_take_over=is_staff and is_unsent and not refund.is_by_hand,
        may_return=pays and refund.is_by_hand and refund.state == "done",
        granted_vnd=sum(one.amount_vnd for one in granted_within(db, refund, order)),
        qr=payout_qr(refund, order) if is_unsent and refund.is_by_hand else Markup(),
    )


def payout_qr(refund: Refund, order: Order) -> Markup:
    """The transfer to the buyer as a QR for the payer's bank app; empty without an account."""
    if not (refund.payee_bin and refund.payee_number):
        return Markup()
    try:
        payload = encode(
            Transfer(
                bank_bin=refund.payee_bin,
                account=refund.payee_number,
                amount_vnd=refund.amount_vnd,
                purpose=f"HOAN {order.code}",
            )
        )
    except BadTransferQr:
        return Markup()
    return qr_svg(payload)


def _names(db: Session, refund: Refund) -> dict[str, str]:
    fields = {
        "requested_by": refund.requested_by,
        "approved_by": refund.approved_by,
        "done_by": refund.done_by,
    }
    people = {one for one in fields.values() if one is not None}
    rows = db.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    found = {row.id: row.name for row in rows}
    return {name: found.get(number, "") for name, number in fields.items() if number is not None}
