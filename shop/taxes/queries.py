"""Reading the withholding ledger: what waits to be booked, figures, entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.orders.models import Order, OrderLine
from shop.payments.models import PaymentMatch, PaymentTxn
from shop.payments.rules import VND
from shop.taxes.models import Withholding
from shop.taxes.rules import SIGNS, SUCCESSFUL


def orders_to_book(db: Session, *, after: int, limit: int) -> list[int]:
    """Orders with money that the ledger of taxes does not hold yet, in id order."""
    owner = func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id)
    booked = select(Withholding.id).where(Withholding.txn_row_id == PaymentTxn.id)
    has_entries = select(Withholding.id).where(Withholding.order_id == Order.id)
    return list(
        db.scalars(
            select(owner)
            .select_from(PaymentTxn)
            .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
            .join(Order, Order.id == owner)
            .where(
                PaymentTxn.currency == VND,
                PaymentTxn.kind.in_(SIGNS),
                PaymentTxn.amount_vnd > 0,
                ~booked.exists(),
                or_(Order.state.in_(SUCCESSFUL), has_entries.exists()),
                owner > after,
            )
            .distinct()
            .order_by(owner)
            .limit(limit)
        )
    )


@dataclass(frozen=True)
class Fact:
    """A fact of the payment ledger that counts for an order; ``amount_vnd`` is signed."""

    txn_row_id: int
    provider: str
    amount_vnd: int
    at: datetime


def facts_to_book(db: Session, order_id: int) -> list[Fact]:
    """The order's facts without an entry, in the order in which they counted for it."""
    booked = select(Withholding.id).where(Withholding.txn_row_id == PaymentTxn.id)
    rows = db.execute(
        select(PaymentTxn, PaymentMatch.at)
        .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .where(
            func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id) == order_id,
            PaymentTxn.currency == VND,
            PaymentTxn.kind.in_(SIGNS),
            PaymentTxn.amount_vnd > 0,
            ~booked.exists(),
        )
    )
    facts = [
        Fact(txn.id, txn.provider, SIGNS[txn.kind] * txn.amount_vnd, matched_at or txn.occurred_at)
        for txn, matched_at in rows
    ]
    return sorted(facts, key=lambda fact: (fact.at, fact.txn_row_id))


def entries_of(db: Session, order_id: int) -> list[Withholding]:
    """What is booked of an order, oldest first."""
    return list(
        db.scalars(
            select(Withholding).where(Withholding.order_id == order_id).order_by(Withholding.id)
        )
    )


def goods_of(db: Session, order_id: int) -> list[tuple[str, int]]:
    """(OCOP subgroup, đồng) of an order's lines."""
    rows = db.execute(
        select(Product.subgroup, OrderLine.line_total_vnd)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id == order_id)
    )
    return [(subgroup, total) for subgroup, total in rows]


@dataclass(frozen=True)
class Figures:
    """Sums of a period in đồng. ``base_vnd = received_vnd - returned_vnd``."""

    received_vnd: int = 0
    returned_vnd: int = 0
    vat_vnd: int = 0
    pit_vnd: int = 0
    held_base_vnd: int = 0
    """Of money that went through the operator's account."""
    orders: int = 0

    @property
    def base_vnd(self) -> int:
        return self.received_vnd - self.returned_vnd

    @property
    def tax_vnd(self) -> int:
        return self.vat_vnd + self.pit_vnd


_SUMS = (
    func.coalesce(func.sum(case((Withholding.base_vnd > 0, Withholding.base_vnd), else_=0)), 0),
    func.coalesce(func.sum(case((Withholding.base_vnd < 0, -Withholding.base_vnd), else_=0)), 0),
    func.coalesce(func.sum(Withholding.vat_vnd), 0),
    func.coalesce(func.sum(Withholding.pit_vnd), 0),
    func.coalesce(func.sum(case((Withholding.is_held_by_us, Withholding.base_vnd), else_=0)), 0),
    func.count(func.distinct(Withholding.order_id)),
)


def figures(db: Session, producer_id: int, months: Collection[str]) -> Figures:
    """One producer's sums of the months."""
    row = db.execute(
        select(*_SUMS).where(Withholding.producer_id == producer_id, Withholding.period.in_(months))
    ).one()
    return Figures(*(int(value) for value in row))


def figures_by_rate(
    db: Session, producer_id: int, months: Collection[str]
) -> list[tuple[str, str, int, int, Figures]]:
    """(activity, rate code, vat, pit in hundredths of a percent, sums) of one producer."""
    keys = (
        Withholding.activity,
        Withholding.rate_code,
        Withholding.vat_bp,
        Withholding.pit_bp,
    )
    rows = db.execute(
        select(*keys, *_SUMS)
        .where(Withholding.producer_id == producer_id, Withholding.period.in_(months))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [(*row[:4], Figures(*(int(value) for value in row[4:]))) for row in rows]


@dataclass(frozen=True)
class SellerFigures:
    """One producer's sums for staff."""

    producer: Producer
    figures: Figures


def figures_by_seller(
    db: Session,
    *,
    months: Collection[str],
    provinces: Collection[str] | None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[SellerFigures], int]:
    """The sellers with money in the months, by name, and how many; ``provinces`` None: all."""
    chosen = select(Withholding.producer_id).where(Withholding.period.in_(months))
    if provinces is not None:
        chosen = chosen.join(Producer, Producer.id == Withholding.producer_id).where(
            Producer.province_code.in_(provinces)
        )
    total = db.scalar(select(func.count()).select_from(chosen.distinct().subquery())) or 0
    producers = db.scalars(
        select(Producer)
        .where(Producer.id.in_(chosen))
        .order_by(Producer.name, Producer.id)
        .offset(offset)
        .limit(limit)
    ).all()
    rows = db.execute(
        select(Withholding.producer_id, *_SUMS)
        .where(
            Withholding.period.in_(months),
            Withholding.producer_id.in_([producer.id for producer in producers]),
        )
        .group_by(Withholding.producer_id)
    )
    sums = {row[0]: Figures(*(int(value) for value in row[1:])) for row in rows}
    return [SellerFigures(one, sums[one.id]) for one in producers], total


def entries(
    db: Session, producer_id: int, months: Collection[str]
) -> Sequence[tuple[Withholding, str]]:
    """The period's entries with their order's code, oldest first."""
    rows = db.execute(
        select(Withholding, Order.code)
        .join(Order, Order.id == Withholding.order_id)
        .where(Withholding.producer_id == producer_id, Withholding.period.in_(months))
        .order_by(Withholding.occurred_at, Withholding.id)
    )
    return [(entry, code) for entry, code in rows]
