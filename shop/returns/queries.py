"""Reading returns: what came, what was asked, each step with its words; desks and lists."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, selectinload

from shop.catalogue.models import Producer
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.returns.models import ReturnLine, ReturnRequest, ReturnStep, ReturnWords
from shop.returns.rules import OPEN, Bought

NOT_GIVEN_BACK: Final = ("refused", "withdrawn", "closed")
"""States whose units count as kept by the buyer."""
TO_ANSWER: Final = ("asked", "agreed")
"""What waits for the producer: an answer, or the goods."""


def _sums(rows: Iterable[Any]) -> dict[int, int]:
    return {line_id: int(units) for line_id, units in rows}


def bought_lines(
    db: Session, order_id: int, *, but: int | None = None
) -> tuple[list[Bought], datetime | None]:
    """The order's lines with what came and what is given back, and when the latest parcel came.

    ``but``: a request whose own units do not count.
    """
    came = _sums(
        db.execute(
            select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity))
            .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
            .where(Shipment.order_id == order_id, Shipment.state == "delivered")
            .group_by(ShipmentLine.order_line_id)
        )
    )
    back = _sums(
        db.execute(
            select(ReturnLine.order_line_id, func.sum(ReturnLine.quantity))
            .join(ReturnRequest, ReturnRequest.id == ReturnLine.return_id)
            .where(
                ReturnRequest.order_id == order_id,
                ReturnRequest.state.not_in(NOT_GIVEN_BACK),
                ReturnRequest.id != (but or 0),
            )
            .group_by(ReturnLine.order_line_id)
        )
    )
    latest = db.scalar(
        select(func.max(Shipment.delivered_at)).where(
            Shipment.order_id == order_id, Shipment.state == "delivered"
        )
    )
    lines = db.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    )
    return [
        Bought(
            line_id=line.id,
            product_name=" · ".join(filter(None, (line.product_name, line.variant_label))),
            line_total_vnd=line.line_total_vnd,
            ordered=line.quantity,
            delivered=came.get(line.id, 0),
            given_back=back.get(line.id, 0),
        )
        for line in lines
    ], latest


def _whole() -> Select[ReturnRequest]:
    return select(ReturnRequest).options(selectinload(ReturnRequest.lines))


def of_order(db: Session, order_id: int) -> list[ReturnRequest]:
    """The order's requests, the newest first."""
    rows = _whole().where(ReturnRequest.order_id == order_id).order_by(ReturnRequest.id.desc())
    return list(db.scalars(rows))


def buyers(db: Session, order_id: int, code: str) -> ReturnRequest | None:
    """A request of this order."""
    return db.scalar(
        _whole().where(ReturnRequest.order_id == order_id, ReturnRequest.code == code[:12])
    )


def producers(db: Session, code: str, producer_ids: Collection[int]) -> ReturnRequest | None:
    """A request to one of these producers."""
    return db.scalar(
        _whole().where(ReturnRequest.code == code[:12], ReturnRequest.producer_id.in_(producer_ids))
    )


def staffs(db: Session, code: str, scope: Collection[str] | None) -> ReturnRequest | None:
    """A request to a producer of these provinces (None: all)."""
    return db.scalar(_whole().join(Producer).where(ReturnRequest.code == code[:12], _in(scope)))


def _in(scope: Collection[str] | None) -> ColumnElement[bool]:
    return true() if scope is None else Producer.province_code.in_(scope)


@dataclass(frozen=True)
class Step:
    """A step with what was said; words are empty once erased."""

    row: ReturnStep
    text: str
    photos: Sequence[dict[str, Any]]


def steps_of(db: Session, return_id: int) -> list[Step]:
    """The request's steps, oldest first."""
    rows = db.execute(
        select(ReturnStep, ReturnWords)
        .outerjoin(ReturnWords, ReturnWords.step_id == ReturnStep.id)
        .where(ReturnStep.return_id == return_id)
        .order_by(ReturnStep.id)
    )
    return [
        Step(step, words.text if words else "", words.photos if words else ())
        for step, words in rows
    ]


@dataclass(frozen=True)
class Row:
    """A request in a list."""

    request: ReturnRequest
    order_code: str
    producer: str


def _rows(
    db: Session, wanted: Select[*tuple[Any, ...]], *, limit: int, offset: int
) -> tuple[list[Row], int]:
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    found = db.execute(
        wanted.order_by(ReturnRequest.changed_at.desc(), ReturnRequest.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Row(request, code, name) for request, code, name in found], total


def _listed() -> Select[*tuple[Any, ...]]:
    return (
        select(ReturnRequest, Order.code, Producer.name)
        .join(Order, Order.id == ReturnRequest.order_id)
        .join(Producer, Producer.id == ReturnRequest.producer_id)
    )


def producers_rows(
    db: Session, producer_ids: Collection[int], *, only_open: bool, limit: int, offset: int
) -> tuple[list[Row], int]:
    """A page of requests to these producers, and how many there are."""
    wanted = _listed().where(ReturnRequest.producer_id.in_(producer_ids))
    if only_open:
        wanted = wanted.where(ReturnRequest.state.in_(OPEN))
    return _rows(db, wanted, limit=limit, offset=offset)


def staffs_rows(
    db: Session, scope: Collection[str] | None, *, only_appealed: bool, limit: int, offset: int
) -> tuple[list[Row], int]:
    """A page of requests to producers of these provinces, and how many there are."""
    wanted = _listed().where(_in(scope))
    if only_appealed:
        wanted = wanted.where(ReturnRequest.state == "appealed")
    return _rows(db, wanted, limit=limit, offset=offset)


def count_to_answer(db: Session, producer_ids: Collection[int]) -> int:
    """Requests that wait for one of these producers."""
    return (
        db.scalar(
            select(func.count())
            .select_from(ReturnRequest)
            .where(ReturnRequest.producer_id.in_(producer_ids), ReturnRequest.state.in_(TO_ANSWER))
        )
        or 0
    )


def count_appealed(db: Session, scope: Collection[str] | None) -> int:
    """Requests that wait for staff of these provinces."""
    return (
        db.scalar(
            select(func.count())
            .select_from(ReturnRequest)
            .join(Producer)
            .where(ReturnRequest.state == "appealed", _in(scope))
        )
        or 0
    )


def came_in(db: Session, order_line_id: int) -> dict[int, int]:
    """Line of a delivered parcel -> units of the order line in it that did not come back yet, in
    the order of the parcels."""
    rows = db.execute(
        select(
            ShipmentLine.id,
            ShipmentLine.quantity - ShipmentLine.restocked - ShipmentLine.written_off,
        )
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == order_line_id, Shipment.state == "delivered")
        .order_by(ShipmentLine.id)
    )
    return _sums(rows)
