"""Calling lots back, with everything made from them; and how a recalled lot ends."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.services import bump_version
from shop.core.clock import today_vn
from shop.traceability import queries, signals
from shop.traceability.models import Lot
from shop.traceability.rules import lots
from shop.traceability.rules.events import read_facts
from shop.traceability.services.journals import append, lock_lot
from shop.traceability.services.links import take_turns


def recall_lots(
    db: Session,
    *,
    lot_ids: Collection[int],
    recall: str,
    reason: str,
    advice: str,
    actor_id: int,
    now: datetime,
) -> list[Lot]:
    """Call lots of one producer back, with all that was made from them; each says so in its
    journal, under the name ``recall`` of the recall.

    Lots that an earlier recall named stay with it and are left out. Links cannot grow meanwhile:
    the producer's turn is taken first, then the lots by id, so that nothing made from them at the
    same instant escapes. Raises UnknownLot (also for lots of two producers), AlreadyRecalled when
    none is left, BadFact (field ``reason`` or ``advice``).
    """
    producers = set(db.scalars(select(Lot.producer_id).where(Lot.id.in_(lot_ids)).distinct()))
    if len(producers) != 1:
        raise lots.UnknownLot
    take_turns(db, producers.pop())
    named = {*lot_ids, *queries.relatives(db, lot_ids, "forward")}
    locked = [lock_lot(db, lot_id) for lot_id in sorted(named)]
    fresh = [lot for lot in locked if lot.state != "recalled"]
    if not fresh:
        raise lots.AlreadyRecalled
    plug = queries.kind_of("recall")
    facts = read_facts(
        plug, {"recall": recall, "reason": reason, "advice": advice}, today=today_vn(now)
    )
    for lot in fresh:
        lots.require_move(lot.state, "recalled")
        append(
            db,
            lot,
            plug,
            facts,
            happened_at=now,
            actor_id=actor_id,
            now=now,
            submit_key=secrets.token_urlsafe(16),
        )
        lot.state = "recalled"
        lot.state_note = str(facts.public["reason"])[:300]
    bump_version(db)
    db.flush()
    signals.lots_recalled.send("traceability", db=db, lots=fresh, now=now, actor_id=actor_id)
    return fresh
