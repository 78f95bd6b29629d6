"""What every verb of returns needs: the locks, the step, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.queries import staff_of
from shop.accounts.services import record_audit, register_subject
from shop.catalogue.models import Producer
from shop.catalogue.services import home_by
from shop.core.errors import NotFound
from shop.notifications.services import notify
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries as payments
from shop.returns import queries, rules
from shop.returns.models import ReturnRequest, ReturnStep, ReturnWords
from shop.returns.rules import Side

register_subject("return", home_by(ReturnRequest))

TO_BUYER: Final = frozenset({"more_needed", "agreed", "refused", "settled", "closed", "noted"})
TO_PRODUCER: Final = frozenset({"asked", "answered", "appealed", "withdrawn", "closed", "noted"})


@dataclass(frozen=True)
class Said:
    """Words and pictures that go with a step; a picture is ``{"sha", "width", "height"}``."""

    text: str = ""
    photos: tuple[dict[str, Any], ...] = ()


def locked(db: Session, return_id: int) -> tuple[ReturnRequest, Order]:
    """The request and its order as they are now; the order's lock keeps both. Raises NotFound."""
    order_id = db.scalar(select(ReturnRequest.order_id).where(ReturnRequest.id == return_id))
    order = payments.lock_order(db, order_id) if order_id is not None else None
    if order is None:
        raise NotFound
    request = db.scalars(
        select(ReturnRequest)
        .where(ReturnRequest.id == return_id)
        .execution_options(populate_existing=True)
    ).one()
    return request, order


def take_step(
    db: Session,
    request: ReturnRequest,
    order: Order,
    wanted: str,
    *,
    side: Side,
    actor_id: int | None,
    now: datetime,
    said: Said,
    kind: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Take the (locked) request to the state ``wanted``, as far as the table lets this side.

    The timeline, the audit log and whoever waits for it hear of it. Raises WrongStep, AlreadyOpen.
    """
    rules.require_step(request.state, side, wanted)
    if request.state in rules.ENDED:
        _require_units(db, request)
    request.state, request.changed_at = wanted, now
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:
        raise rules.AlreadyOpen from None
    write_step(
        db,
        request,
        order,
        kind or wanted,
        side=side,
        actor_id=actor_id,
        now=now,
        said=said,
        detail=detail,
    )


def _require_units(db: Session, request: ReturnRequest) -> None:
    """An old request comes alive only if a later one did not take its units. Raises TooMany."""
    bought, _latest = queries.bought_lines(db, request.order_id, but=request.id)
    rules.require_quantities(units_of(db, request), bought)


def units_of(db: Session, request: ReturnRequest) -> dict[int, int]:
    """Order line -> units the request is about."""
    lines = queries.buyers(db, request.order_id, request.code)
    return {line.order_line_id: line.quantity for line in lines.lines} if lines else {}


def write_step(
    db: Session,
    request: ReturnRequest,
    order: Order,
    kind: str,
    *,
    side: Side,
    actor_id: int | None,
    now: datetime,
    said: Said,
    detail: Mapping[str, Any] | None = None,
) -> ReturnStep:
    """Write a step with its words, tell the order's timeline, the audit log and who waits."""
    step = ReturnStep(
        return_id=request.id,
        kind=kind,
        state=request.state,
        side=side,
        actor_id=actor_id,
        detail=dict(detail or {}),
        at=now,
    )
    db.add(step)
    db.flush()
    if said.text or said.photos:
        db.add(ReturnWords(step_id=step.id, text=said.text, photos=list(said.photos)))
    orders.tell(
        db, order, f"return_{kind}", actor_id=actor_id, now=now, detail={"return": request.code}
    )
    record_audit(
        db,
        actor_id=actor_id,
        action=f"returns.{kind}",
        subject_kind="return",
        subject_id=request.id,
        now=now,
        detail={"side": side, **(detail or {})},
    )
    db.flush()
    _tell(db, request, order, step, now)
    return step


def _tell(
    db: Session, request: ReturnRequest, order: Order, step: ReturnStep, now: datetime
) -> None:
    cause, kind = f"return_step:{step.id}", f"returns.{step.kind}"
    if step.kind in TO_BUYER:
        orders.notify_buyer(db, order, kind, now=now, cause=cause)
    if step.kind in TO_PRODUCER or (step.kind == "settled" and step.side == "staff"):
        desk_kind = f"{kind}_desk" if step.kind in TO_BUYER else kind
        orders.notify_producer(db, order, desk_kind, now=now, cause=cause, ask=request.code)
    if step.kind == "appealed":
        province = db.scalars(
            select(Producer.province_code).where(Producer.id == request.producer_id)
        ).one()
        notify(
            db,
            person_ids=staff_of(db, province),
            kind="returns.appealed_staff",
            cause=cause,
            payload={"code": order.code, "ask": request.code, "producer": order.producer_name},
            now=now,
        )
