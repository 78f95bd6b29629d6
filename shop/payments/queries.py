"""Reading attempts, the ledger, refunds and payee accounts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from shop.catalogue.models import Producer
from shop.orders.models import Order
from shop.payments.models import (
    Dispute,
    PayeeAccount,
    PaymentAttempt,
    PaymentMatch,
    PaymentSetAside,
    PaymentTxn,
    Refund,
)
from shop.payments.provider import ProviderTxn
from shop.payments.rules import (
    COUNTED,
    NOT_SENT,
    OPEN_REFUNDS,
    REPEAT_WINDOW,
    VND,
    Charge,
    Money,
    account_digest,
    add_up,
)


def lock_order(db: Session, order_id: int) -> Order | None:
    """The order as it is now, locked to the end of the transaction.

    Whoever moves money takes this lock before writing the ledger: the ledger's foreign key also
    locks the order's row, and two writers that took it the other way round would deadlock.
    """
    return db.scalar(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def order_called(db: Session, code: str) -> Order | None:
    """The order of this code."""
    return db.scalar(select(Order).where(Order.code == code))


def attempt_of(db: Session, order_id: int, provider: str) -> PaymentAttempt | None:
    """The order's attempt through this provider."""
    found: PaymentAttempt | None = db.scalar(_ATTEMPT, {"order": order_id, "provider": provider})
    return found


_ATTEMPT: Final = select(PaymentAttempt).where(
    PaymentAttempt.order_id == bindparam("order"), PaymentAttempt.provider == bindparam("provider")
)


def attempt_by_ref(db: Session, provider: str, provider_ref: str) -> PaymentAttempt | None:
    """The attempt that the provider knows by this name."""
    return db.scalar(
        select(PaymentAttempt).where(
            PaymentAttempt.provider == provider, PaymentAttempt.provider_ref == provider_ref
        )
    )


def attempts_by_memo(db: Session, codes: Sequence[str]) -> list[PaymentAttempt]:
    """The attempts whose transfer carries one of these codes."""
    if not codes:
        return []
    return list(db.scalars(select(PaymentAttempt).where(PaymentAttempt.memo_code.in_(codes))))


def _facts_of(order_id: int) -> Select[Any]:
    facts = union_all(
        select(PaymentTxn.kind, PaymentTxn.amount_vnd).where(
            PaymentTxn.order_id == order_id, PaymentTxn.currency == VND
        ),
        select(PaymentTxn.kind, PaymentTxn.amount_vnd)
        .join(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .where(PaymentMatch.order_id == order_id, PaymentTxn.currency == VND),
    ).subquery()
    return select(facts.c.kind, func.sum(facts.c.amount_vnd)).group_by(facts.c.kind)


def money_of(db: Session, order_id: int) -> Money:
    """What the ledger says of the order: its own facts and those matched to it by a person."""
    return add_up((kind, int(amount)) for kind, amount in db.execute(_facts_of(order_id)))


def granted_vnd(db: Session, order_id: int) -> int:
    """What people decided to give back of the order, on its way or done, in đồng."""
    granted = db.scalar(
        select(func.coalesce(func.sum(Refund.amount_vnd), 0)).where(
            Refund.order_id == order_id, Refund.kind == "granted", Refund.state.in_(COUNTED)
        )
    )
    return int(granted or 0)


def charges_of(db: Session, order_id: int) -> list[Charge]:
    """The order's charges with what is left of each to give back."""
    used = (
        select(func.coalesce(func.sum(Refund.amount_vnd), 0))
        .where(Refund.txn_row_id == PaymentTxn.id, Refund.state.in_(COUNTED))
        .scalar_subquery()
    )
    rows = db.execute(
        select(PaymentTxn.id, PaymentTxn.provider, PaymentTxn.amount_vnd - used)
        .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .where(
            func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id) == order_id,
            PaymentTxn.kind == "charge",
            PaymentTxn.currency == VND,
        )
    )
    return [Charge(row_id, provider, int(left)) for row_id, provider, left in rows]


def charge_called(db: Session, provider: str, txn_id: str) -> PaymentTxn | None:
    """The charge that the provider knows by this name."""
    return db.scalar(
        select(PaymentTxn).where(
            PaymentTxn.provider == provider,
            PaymentTxn.txn_id == txn_id,
            PaymentTxn.kind == "charge",
        )
    )


def order_of_txn(db: Session, txn: PaymentTxn) -> int | None:
    """The order that a ledger fact belongs to, by itself or by a person's decision."""
    if txn.order_id is not None:
        return txn.order_id
    return db.scalar(select(PaymentMatch.order_id).where(PaymentMatch.txn_row_id == txn.id))


def is_disputed(db: Session, order_id: int) -> bool:
    """Whether a buyer's bank is questioning one of the order's charges right now."""
    found = select(Dispute.id).where(Dispute.order_id == order_id, Dispute.state == "open")
    return db.scalar(found.limit(1)) is not None


def refunds_of(db: Session, order_id: int) -> list[Refund]:
    """Every refund of the order, whatever became of it, newest last."""
    return list(db.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)))


def open_refunds(db: Session, order_id: int) -> list[Refund]:
    """Refunds promised and not yet in the ledger, newest last."""
    return list(
        db.scalars(
            select(Refund)
            .where(Refund.order_id == order_id, Refund.state.in_(OPEN_REFUNDS))
            .order_by(Refund.id)
        )
    )


def granted_within(db: Session, refund: Refund, order: Order) -> list[Refund]:
    """Refunds that people granted of the order and that fit into this owed one, newest first.

    They may have been for the goods that were cut from the order afterwards; empty where nothing
    was cut, and once this one was sent.
    """
    is_of_cut = refund.kind == "owed" and refund.reason == "excess" and order.cut_vnd > 0
    room = refund.amount_vnd if is_of_cut and refund.state in NOT_SENT else 0
    found = []
    for one in reversed(refunds_of(db, refund.order_id)):
        if one.kind == "granted" and one.state in COUNTED and one.amount_vnd <= room:
            room -= one.amount_vnd
            found.append(one)
    return found


def has_payee_account(db: Session, producer_id: int) -> bool:
    """Whether the producer can be paid by transfer.

    The first account is in force from its approval and later ones replace it without a gap, so
    this needs no clock.
    """
    return (
        db.scalar(
            select(PayeeAccount.id)
            .where(PayeeAccount.producer_id == producer_id, PayeeAccount.state == "active")
            .limit(1)
        )
        is not None
    )


def payee_account(db: Session, producer_id: int, now: datetime) -> PayeeAccount | None:
    """The account in force at ``now``."""
    return accounts_in_force(db, [producer_id], now).get(producer_id)


def accounts_in_force(
    db: Session, producer_ids: Collection[int], now: datetime
) -> dict[int, PayeeAccount]:
    """Each producer's account in force at ``now``; those without one are left out."""
    rows = db.scalars(_IN_FORCE, {"producers": list(producer_ids), "now": now})
    return {row.producer_id: row for row in rows}


_IN_FORCE: Final = (
    select(PayeeAccount)
    .where(
        PayeeAccount.producer_id.in_(bindparam("producers", expanding=True)),
        PayeeAccount.state == "active",
        PayeeAccount.effective_at <= bindparam("now"),
    )
    .order_by(PayeeAccount.effective_at, PayeeAccount.id)
)


def payee_accounts(db: Session, producer_id: int) -> list[PayeeAccount]:
    """Every account the producer ever gave, newest first."""
    return list(
        db.scalars(
            select(PayeeAccount)
            .where(PayeeAccount.producer_id == producer_id)
            .order_by(PayeeAccount.id.desc())
        )
    )


def is_unmatched() -> Any:
    """Money in that belongs to no order yet, was not given back by its provider, and of which
    nobody said that it never will.
    """
    has_match = select(PaymentMatch.txn_row_id).where(PaymentMatch.txn_row_id == PaymentTxn.id)
    is_aside = select(PaymentSetAside.txn_row_id).where(PaymentSetAside.txn_row_id == PaymentTxn.id)
    back = aliased(PaymentTxn)
    went_back = select(back.id).where(
        back.provider == PaymentTxn.provider,
        back.charge_id == PaymentTxn.txn_id,
        back.kind == "refund",
        back.amount_vnd >= PaymentTxn.amount_vnd,
    )
    return and_(
        PaymentTxn.order_id.is_(None),
        PaymentTxn.kind == "charge",
        ~has_match.exists(),
        ~went_back.exists(),
        ~is_aside.exists(),
    )


def attempts_to_poll(now: datetime, asked_before: datetime, providers: Sequence[str]) -> Any:
    """Attempts still open at a provider that can be asked, the longest unasked first."""
    return (
        select(PaymentAttempt.id)
        .where(
            PaymentAttempt.provider.in_(providers),
            PaymentAttempt.state.in_(("created", "started")),
            or_(PaymentAttempt.polled_at.is_(None), PaymentAttempt.polled_at < asked_before),
            PaymentAttempt.created_at < now,
        )
        .order_by(PaymentAttempt.polled_at, PaymentAttempt.id)
    )


def has_txn(db: Session, provider: str, txn_id: str) -> bool:
    """Whether the ledger holds this charge already."""
    return (
        db.scalar(
            select(PaymentTxn.id).where(
                PaymentTxn.provider == provider,
                PaymentTxn.txn_id == txn_id,
                PaymentTxn.kind == "charge",
            )
        )
        is not None
    )


def known_txn_ids(db: Session, provider: str, txn_ids: Sequence[str]) -> set[str]:
    """Which of these charges the ledger holds already."""
    found: set[str] = set()
    for start in range(0, len(txn_ids), 500):
        found.update(
            db.scalars(
                select(PaymentTxn.txn_id).where(
                    PaymentTxn.provider == provider,
                    PaymentTxn.kind == "charge",
                    PaymentTxn.txn_id.in_(txn_ids[start : start + 500]),
                )
            )
        )
    return found


def is_payee_number(db: Session, number: str) -> bool:
    """Whether some producer is (or was) paid into this account."""
    return (
        db.scalar(
            select(PayeeAccount.id)
            .where(
                PayeeAccount.number_digest == account_digest(number),
                PayeeAccount.state == "active",
            )
            .limit(1)
        )
        is not None
    )


def txn_merged_as(db: Session, key: str | None) -> tuple[PaymentTxn, Order | None] | None:
    """The fact that this merge key names, and the order it went to."""
    row = db.execute(
        select(PaymentTxn, Order)
        .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .outerjoin(Order, Order.id == func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id))
        .where(PaymentTxn.merge_key == key)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def is_told_otherwise(db: Session, order_id: int, txn: ProviderTxn) -> bool:
    """Whether another way told of the same amount for this order at about the same time."""
    return (
        db.scalar(
            select(PaymentTxn.id)
            .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
            .where(
                func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id) == order_id,
                PaymentTxn.kind == "charge",
                PaymentTxn.provider != txn.provider,
                PaymentTxn.amount_vnd == txn.amount_vnd,
                PaymentTxn.occurred_at.between(
                    txn.occurred_at - REPEAT_WINDOW, txn.occurred_at + REPEAT_WINDOW
                ),
            )
            .limit(1)
        )
        is not None
    )


def is_order_of(db: Session, order_id: int, whose: ColumnElement[bool]) -> bool:
    """Whether the order's producer is one of ``whose``."""
    return (
        db.scalar(
            select(Order.id)
            .join(Producer, Producer.id == Order.producer_id)
            .where(Order.id == order_id, whose)
        )
        is not None
    )
