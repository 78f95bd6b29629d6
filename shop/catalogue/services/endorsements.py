"""A named union unit vouches for a producer as a start-up of young people: what the badge needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, YouthEndorsement
from shop.catalogue.services.homes import audit
from shop.catalogue.services.messages import tell_producer
from shop.catalogue.services.producers import refresh_products
from shop.catalogue.services.rights import require_judge, require_maker
from shop.catalogue.services.rows import locked, require_reason
from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

EARLIEST_YEAR: Final = 2000


class WrongYear(Invalid):
    message = N_("Năm của dự án phải từ năm 2000 đến năm nay.")


class AlreadyAsked(Conflict):
    message = N_("Cơ sở đang có một lời xin chờ cán bộ Đoàn xem.")


class DecidedAlready(Conflict):
    message = N_("Lời xin này đã được quyết định. Vui lòng tải lại trang để xem.")


@dataclass(frozen=True)
class EndorsementFacts:
    """Who vouches for which project, as people write it."""

    union_unit: str
    project: str
    year: int
    programme: str = ""
    scan_sha: str | None = None
    is_illustration: bool = False


def request_endorsement(
    db: Session, *, producer_id: int, actor_id: int, facts: EndorsementFacts, now: datetime
) -> YouthEndorsement:
    """A producer asks; nothing is shown before staff of its province confirm.

    Raises NotFound, NotAllowed, WrongYear, AlreadyAsked.
    """
    locked(db, Producer, producer_id)
    require_maker(db, actor_id, producer_id)
    _check(facts, now)
    row = YouthEndorsement(
        producer_id=producer_id,
        state="requested",
        requested_by=actor_id,
        created_at=now,
        **vars(facts),
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise AlreadyAsked from None
    audit(db, row, actor_id, f"endorsement.{row.state}", now, note=row.decision_note)
    return row


def record_endorsement(
    db: Session, *, producer_id: int, actor_id: int, facts: EndorsementFacts, now: datetime
) -> YouthEndorsement:
    """Staff of the province write down that a unit vouches; an older one ends with it.

    Raises NotFound, NotAllowed, OwnWork, WrongYear.
    """
    producer = locked(db, Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    _check(facts, now)
    _end_older(db, producer_id, actor_id, now)
    row = YouthEndorsement(
        producer_id=producer_id,
        state="confirmed",
        decided_by=actor_id,
        decided_at=now,
        created_at=now,
        **vars(facts),
    )
    db.add(row)
    _settle(db, producer, row, actor_id, now)
    return row


def decide_endorsement(
    db: Session,
    *,
    endorsement_id: int,
    actor_id: int,
    approve: bool,
    now: datetime,
    note: str = "",
) -> YouthEndorsement:
    """Staff confirm that the unit vouches, or refuse with a reason.

    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, DecidedAlready.
    """
    producer, row = _judged(db, endorsement_id, actor_id)
    if row.state != "requested":
        raise DecidedAlready
    row.decision_note = note if approve else require_reason(note)
    if approve:
        _end_older(db, producer.id, actor_id, now)
    row.state = "confirmed" if approve else "refused"
    row.decided_by, row.decided_at = actor_id, now
    _settle(db, producer, row, actor_id, now)
    return row


def revoke_endorsement(
    db: Session, *, endorsement_id: int, actor_id: int, note: str, now: datetime
) -> YouthEndorsement:
    """The unit vouches no longer: the badge leaves every page at once.

    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, DecidedAlready.
    """
    producer, row = _judged(db, endorsement_id, actor_id)
    if row.state != "confirmed":
        raise DecidedAlready
    row.decision_note = require_reason(note)
    row.state = "revoked"
    row.decided_by, row.decided_at = actor_id, now
    _settle(db, producer, row, actor_id, now)
    return row


def _check(facts: EndorsementFacts, now: datetime) -> None:
    if not EARLIEST_YEAR <= facts.year <= today_vn(now).year:
        raise WrongYear(field="year")


def _judged(db: Session, endorsement_id: int, actor_id: int) -> tuple[Producer, YouthEndorsement]:
    """The producer and the row, held in that order, once this person may judge them."""
    producer_id = db.scalar(
        select(YouthEndorsement.producer_id).where(YouthEndorsement.id == endorsement_id)
    )
    if producer_id is None:
        raise NotFound
    producer = locked(db, Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    row = db.scalars(
        select(YouthEndorsement)
        .where(YouthEndorsement.id == endorsement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return producer, row


def _end_older(db: Session, producer_id: int, actor_id: int, now: datetime) -> None:
    older = db.scalars(
        select(YouthEndorsement).where(
            YouthEndorsement.producer_id == producer_id, YouthEndorsement.state == "confirmed"
        )
    ).one_or_none()
    if older is not None:
        older.state = "revoked"
        older.decided_by, older.decided_at = actor_id, now
        db.flush()


def _settle(
    db: Session, producer: Producer, row: YouthEndorsement, actor_id: int, now: datetime
) -> None:
    """Write the badge where lists and pages read it, note the act, tell the producer."""
    db.flush()
    producer.is_youth_led = row.state == "confirmed"
    entry = audit(db, row, actor_id, f"endorsement.{row.state}", now, note=row.decision_note)
    tell_producer(
        db,
        producer.id,
        kind=f"catalogue.endorsement_{row.state}",
        cause=f"audit:{entry}",
        payload={"name": producer.name, "unit": row.union_unit, "note": row.decision_note},
        now=now,
    )
    refresh_products(db, producer, now)
