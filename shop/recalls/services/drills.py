"""A recall that is only practised: the same search, a stopwatch, nothing stopped, nobody told."""

import time
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.catalogue.models import Producer
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import Invalid
from shop.core.text import N_, clean, random_code
from shop.notifications.queries import reaches_of
from shop.notifications.services import notify
from shop.recalls import queries, rules
from shop.recalls.models import RecallDrill
from shop.recalls.queries import Found
from shop.recalls.services.rights import require_orderer
from shop.traceability.models import Lot


def start_drill(
    db: Session,
    *,
    lot_ids: Collection[int],
    actor_id: int,
    now: datetime,
    submit_key: str,
    is_demo: bool = False,
) -> RecallDrill:
    """Start the stopwatch and search for everything a recall of these lots would reach.

    The same ``submit_key`` is the same drill. Raises UnknownLot, NotFound, NotAllowed.
    """
    began = time.perf_counter()
    found = queries.find(db, lot_ids, today=today_vn(now))
    found_ms = round(1000 * (time.perf_counter() - began))
    require_orderer(db, actor_id=actor_id, producer_id=found.producer_id)
    codes = db.scalars(select(Lot.code).where(Lot.id.in_(lot_ids)).order_by(Lot.id)).all()
    db.execute(
        insert_into(db, RecallDrill)
        .values(
            code=random_code(rules.CODE_SYMBOLS),
            producer_id=found.producer_id,
            lot_codes=list(codes),
            started_by=actor_id,
            started_at=now,
            found_ms=found_ms,
            figures=_figures(db, found),
            is_demo=is_demo,
            note="",
            submit_key=submit_key,
        )
        .on_conflict_do_nothing(index_elements=["submit_key"])
    )
    drill = db.scalars(select(RecallDrill).where(RecallDrill.submit_key == submit_key)).one()
    if drill.started_by != actor_id:
        raise rules.UnknownRecall
    return drill


def _figures(db: Session, found: Found) -> dict[str, int]:
    people = [f"person:{one.person_id}" for one in found.buyers if one.person_id is not None]
    reaches = reaches_of(db, people)
    by_mail = by_phone = nobody = 0
    for buyer in found.buyers:
        reach = reaches.get(f"person:{buyer.person_id}")
        has_mail = bool(reach.email if reach else buyer.email)
        has_phone = bool((reach.phone if reach else None) or buyer.latest.phone)
        by_mail += has_mail
        by_phone += has_phone and not has_mail
        nobody += not (has_mail or has_phone or reach)
    return {
        "lots": len(found.lots),
        "orders": len(found.order_codes),
        "buyers": len(found.buyers),
        "by_mail": by_mail,
        "by_phone": by_phone,
        "unreachable": nobody,
        "made": found.made,
        "sold": found.sold,
        "in_stock": sum(found.in_stock.values()),
        "unaccounted": found.unaccounted,
    }


def finish_drill(
    db: Session,
    *,
    drill_id: int,
    counted: int,
    called: int,
    note: str,
    actor_id: int,
    now: datetime,
) -> RecallDrill:
    """Stop the stopwatch: what people counted on the shelf, how many buyers they could call.

    Raises UnknownRecall, DrillOver, Invalid (field ``counted``, ``called`` or ``note``).
    """
    drill = db.get(RecallDrill, drill_id, populate_existing=True, with_for_update=True)
    if drill is None:
        raise rules.UnknownRecall
    if drill.finished_at is not None:
        raise rules.DrillOver
    require_orderer(db, actor_id=actor_id, producer_id=drill.producer_id)
    said = clean(note)
    if not 0 <= counted <= rules.MOST_UNITS:
        raise Invalid(field="counted")
    if not 0 <= called <= int(drill.figures["buyers"]):
        raise Invalid(N_("Không nhiều hơn số người mua tìm được."), field="called")
    if len(said) > 1000:
        raise Invalid(field="note")
    drill.counted, drill.called, drill.note, drill.finished_at = counted, called, said, now
    db.flush()
    return drill


def remind_of_drill(db: Session, *, producer_id: int, now: datetime) -> int:
    """Tell the owners that a drill is due: once a year. Returns how many messages are new."""
    owners = [
        member.person_id
        for member in members_of(db, "producer", producer_id)
        if member.role == "owner"
    ]
    producer = db.get_one(Producer, producer_id)
    return notify(
        db,
        person_ids=owners,
        kind="recalls.drill_due",
        cause=f"drill:{producer_id}:{today_vn(now).year}",
        payload={"producer": producer.name},
        now=now,
    )
