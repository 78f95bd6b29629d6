"""Reading imports, orders and what their lines would do; always within one's own producers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Product, Variant
from shop.channel_orders.models import ChannelOrder, ChannelOrderLine, OrderImport
from shop.channel_orders.rules import Line, State, is_older, leading, owed
from shop.core.errors import NotFound
from shop.core.text import N_

DOES = {
    "take": N_("Trừ tồn kho"),
    "back": N_("Cộng lại tồn kho"),
    "none": N_("Ghi đơn, tồn không đổi"),
    "known": N_("Đã ghi trước đó, không đổi"),
    "old": N_("Tệp cũ hơn đơn đã ghi: không đổi gì"),
    "recheck": N_("Sàn nay báo không trả lại, mà tồn đã cộng lại trước đó: kiểm kho"),
    "unknown": N_("SKU không nhận ra: ghi đơn, không trừ tồn"),
    "short": N_("Không đủ tồn: ghi đơn, chưa trừ. Kiểm kho rồi nhập lại tệp"),
    "fault": N_("Không đọc được: bỏ qua"),
}
"""What a line does to stock."""


class NoSuchImport(NotFound):
    message = N_("Không tìm thấy lần nhập đơn này trong cơ sở của bạn.")


@dataclass(frozen=True)
class Foreseen:
    """A line with what recording it will do; ``units`` are taken or come back."""

    line: Line
    does: str
    units: int
    variant_id: int | None


def imports_of(
    db: Session, producer_ids: Collection[int], *, most: int
) -> list[tuple[OrderImport, str]]:
    """The imports with who made them, newest first."""
    rows = db.execute(
        select(OrderImport, Person.name)
        .join(Person, Person.id == OrderImport.made_by)
        .where(OrderImport.producer_id.in_(producer_ids))
        .order_by(OrderImport.id.desc())
        .limit(most)
    )
    return [(row, who) for row, who in rows]


def import_called(db: Session, public_id: str, producer_ids: Collection[int]) -> OrderImport:
    """Raises NoSuchImport, also for other people's."""
    found = select(OrderImport).where(
        OrderImport.public_id == public_id, OrderImport.producer_id.in_(producer_ids)
    )
    row = db.scalar(found) if public_id.isalnum() else None
    if row is None:
        raise NoSuchImport
    return row


def variants_by_sku(db: Session, producer_id: int) -> dict[str, int]:
    """SKU -> variant, one on sale before one that was put away."""
    rows = db.execute(
        select(Variant.sku, Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.producer_id == producer_id)
        .order_by(Variant.is_active, Variant.id)
    )
    return {sku: variant_id for sku, variant_id in rows}  # noqa: C416 - rows are no pairs for dict()


def known_lines(
    db: Session, producer_id: int, channel: str, numbers: Collection[str]
) -> dict[tuple[str, str], ChannelOrderLine]:
    """(order number, line key) -> the line as it is recorded."""
    rows = db.execute(
        select(ChannelOrder.number, ChannelOrderLine)
        .join(ChannelOrderLine, ChannelOrderLine.order_id == ChannelOrder.id)
        .where(
            ChannelOrder.producer_id == producer_id,
            ChannelOrder.channel == channel,
            ChannelOrder.number.in_(numbers),
        )
    )
    return {(number, line.line_key): line for number, line in rows}


def known_states(
    db: Session, producer_id: int, channel: str, numbers: Collection[str]
) -> dict[str, State]:
    """Order number -> its state as it is recorded."""
    rows = db.execute(
        select(ChannelOrder.number, ChannelOrder.state).where(
            ChannelOrder.producer_id == producer_id,
            ChannelOrder.channel == channel,
            ChannelOrder.number.in_(numbers),
        )
    )
    return {number: cast(State, state) for number, state in rows}


def foresee(db: Session, producer_id: int, channel: str, lines: Sequence[Line]) -> list[Foreseen]:
    """What each line will do, judged by what is recorded already."""
    skus = variants_by_sku(db, producer_id)
    numbers = {line.order for line in lines}
    known = known_lines(db, producer_id, channel, numbers)
    states = known_states(db, producer_id, channel, numbers)
    old = {
        number
        for number, line in leading(lines).items()
        if is_older(line.state, states.get(number, line.state))
    }
    return [
        _foreseen(line, known.get((line.order, line.key)), skus.get(line.sku), line.order in old)
        for line in lines
    ]


def _foreseen(
    line: Line, had: ChannelOrderLine | None, variant_id: int | None, is_old: bool
) -> Foreseen:
    if line.fault:
        return Foreseen(line, "fault", 0, None)
    if is_old:
        return Foreseen(line, "old", 0, variant_id)
    if had is not None and had.variant_id is not None:
        variant_id = had.variant_id
    if variant_id is None:
        return Foreseen(line, "unknown", 0, None)
    taken, given_back = (had.taken, had.given_back) if had is not None else (0, 0)
    must_leave, must_return = owed(line)
    if taken and must_return > given_back:
        return Foreseen(line, "back", must_return - given_back, variant_id)
    if line.state == "completed" and given_back > must_return:
        return Foreseen(line, "recheck", 0, variant_id)
    if not taken and must_leave and line.back < line.quantity:
        return Foreseen(line, "take", line.quantity, variant_id)
    return Foreseen(line, "known" if had is not None else "none", 0, variant_id)


@dataclass(frozen=True)
class Sold:
    """What one channel brought in one month of Vietnam: orders that stand, units that left stock
    for good, đồng for goods that were kept, orders cancelled or sent back."""

    month: str
    channel: str
    orders: int
    units: int
    revenue_vnd: int
    cancelled: int


def sold_by_month(db: Session, producer_ids: Collection[int], *, most: int) -> list[Sold]:
    """Orders that were neither cancelled nor sent back, by month and channel, newest first."""
    is_kept = ChannelOrder.state.in_(("open", "shipped", "completed"))
    rows = db.execute(
        select(
            ChannelOrder.month,
            ChannelOrder.channel,
            func.count(func.distinct(case((is_kept, ChannelOrder.id)))),
            func.coalesce(func.sum(ChannelOrderLine.taken - ChannelOrderLine.given_back), 0),
            func.coalesce(func.sum(case((is_kept, ChannelOrderLine.revenue_vnd), else_=0)), 0),
            func.count(func.distinct(case((~is_kept, ChannelOrder.id)))),
        )
        .join(ChannelOrderLine, ChannelOrderLine.order_id == ChannelOrder.id)
        .where(ChannelOrder.producer_id.in_(producer_ids))
        .group_by(ChannelOrder.month, ChannelOrder.channel)
        .order_by(ChannelOrder.month.desc(), ChannelOrder.channel)
        .limit(most)
    )
    return [Sold(*row) for row in rows]
