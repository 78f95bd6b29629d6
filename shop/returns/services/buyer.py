"""What the buyer does: ask, answer what was asked back, take it back, turn to staff."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.errors import Invalid, NotFound
from shop.core.text import random_code
from shop.payments import queries as payments
from shop.returns import queries, rules
from shop.returns.models import ReturnLine, ReturnRequest
from shop.returns.services.parts import Said, locked, take_step, write_step


@dataclass(frozen=True)
class ReturnDraft:
    """What a buyer asks: units by order line, why, and what it looks like."""

    units: Mapping[int, int]
    reason: str
    said: Said = field(default_factory=Said)


def ask_return(
    db: Session,
    *,
    order_id: int,
    draft: ReturnDraft,
    submit_key: str,
    days: int,
    actor_id: int | None,
    now: datetime,
) -> ReturnRequest:
    """Ask to give delivered goods back, within ``days`` of the latest parcel's arrival.

    The same ``submit_key`` gives the same request. Raises NotFound, NotYetDelivered, TooLate,
    NothingChosen, TooMany, TooManyPhotos, AlreadyOpen, Invalid (field ``reason``).
    """
    order = payments.lock_order(db, order_id)
    if order is None:
        raise NotFound
    known = db.scalar(select(ReturnRequest).where(ReturnRequest.submit_key == submit_key))
    if known is not None and known.order_id == order.id:
        return known
    if any(one.state in rules.OPEN for one in queries.of_order(db, order.id)):
        raise rules.AlreadyOpen
    bought, latest = queries.bought_lines(db, order.id)
    if latest is None:
        raise rules.NotYetDelivered
    if not rules.is_in_time(latest, now, days):
        raise rules.TooLate(days=days)
    if draft.reason not in rules.REASONS:
        raise Invalid(field="reason")
    _require_few(draft.said)
    wanted = {line_id: units for line_id, units in draft.units.items() if units}
    rules.require_quantities(wanted, bought)
    request = ReturnRequest(
        code=random_code(rules.CODE_SYMBOLS),
        submit_key=submit_key,
        order_id=order.id,
        producer_id=order.producer_id,
        state="asked",
        reason=draft.reason,
        asked_at=now,
        changed_at=now,
        is_demo=order.is_demo,
        lines=[
            ReturnLine(order_line_id=line_id, quantity=units) for line_id, units in wanted.items()
        ],
    )
    try:
        with db.begin_nested():
            db.add(request)
            db.flush()
    except IntegrityError:
        raise rules.AlreadyOpen from None
    write_step(
        db,
        request,
        order,
        "asked",
        side="buyer",
        actor_id=actor_id,
        now=now,
        said=draft.said,
        detail={"reason": draft.reason, "units": sum(wanted.values())},
    )
    return request


def _require_few(said: Said) -> None:
    if len(said.photos) > rules.MAX_PHOTOS:
        raise rules.TooManyPhotos(field="photos")


def answer_more(
    db: Session, *, return_id: int, said: Said, actor_id: int | None, now: datetime
) -> ReturnRequest:
    """The buyer says what the producer wanted to know. Raises WrongStep, TooManyPhotos."""
    _require_few(said)
    request, order = locked(db, return_id)
    take_step(
        db,
        request,
        order,
        "asked",
        side="buyer",
        actor_id=actor_id,
        now=now,
        said=said,
        kind="answered",
    )
    return request


def withdraw_return(
    db: Session, *, return_id: int, actor_id: int | None, now: datetime
) -> ReturnRequest:
    """The buyer keeps the goods after all. Withdrawing again changes nothing. Raises WrongStep."""
    request, order = locked(db, return_id)
    if request.state != "withdrawn":
        take_step(
            db,
            request,
            order,
            "withdrawn",
            side="buyer",
            actor_id=actor_id,
            now=now,
            said=Said(),
        )
    return request


def appeal(
    db: Session, *, return_id: int, said: Said, actor_id: int | None, now: datetime
) -> ReturnRequest:
    """The buyer asks the Youth Union's staff to look at a refusal.

    Raises WrongStep, AppealOver after APPEAL_DAYS, AlreadyOpen, TooMany when a later request took
    the units.
    """
    _require_few(said)
    request, order = locked(db, return_id)
    rules.require_step(request.state, "buyer", "appealed")
    if now > request.changed_at + timedelta(days=rules.APPEAL_DAYS):
        raise rules.AppealOver
    take_step(
        db,
        request,
        order,
        "appealed",
        side="buyer",
        actor_id=actor_id,
        now=now,
        said=said,
    )
    return request
