"""A producer takes a product out of a firm session: nobody sells what is not there.

Agreeing binds nobody for ever: a harvest fails, a session is moved. The consent is taken back with
a reason, before the session starts; from then on the host stops showing it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import SessionItem
from livestream.sessions.queries import owner_key
from livestream.sessions.services.changing import (
    club_people,
    lock_session,
    record,
    staff_people,
    tell,
    tell_next_sessions,
)
from livestream.sessions.states import STATE_LABELS, ReasonMissing, WrongState
from shop.core.errors import Conflict, NotFound
from shop.core.text import N_
from shop.stock.services import drop_price_windows, release


class StartedAlready(Conflict):
    message = N_("Phiên đã đến giờ. Hãy gọi cho câu lạc bộ để họ bỏ qua sản phẩm này.")


def leave_session(
    db: Session,
    *,
    item_id: int,
    producer_ids: Collection[int],
    reason: str,
    actor_id: int,
    now: datetime,
) -> SessionItem:
    """Take back the consent to a firm session: the goods are free at once, the live price ends,
    club, hosts and staff are told with the reason. Pressing twice is once.

    Raises NotFound for other people's products, ReasonMissing, WrongState, StartedAlready.
    """
    mine = (SessionItem.id == item_id) & SessionItem.producer_id.in_(producer_ids)
    session_id = db.scalar(select(SessionItem.session_id).where(mine))
    if session_id is None:
        raise NotFound
    if not reason:
        raise ReasonMissing(field="note")
    live = lock_session(db, session_id)
    item = db.get_one(SessionItem, item_id, populate_existing=True)
    if item.withdrawn_at is not None:
        return item
    if live.state != "confirmed":
        raise WrongState(state=STATE_LABELS[live.state])
    if live.starts_at <= now:
        raise StartedAlready
    item.consent, item.consent_note = "declined", reason
    item.consent_by, item.consent_at, item.withdrawn_at = actor_id, now, now
    db.flush()
    key = owner_key(item.id)
    release(db, owner_keys=[key], now=now)
    drop_price_windows(db, owner_key=key)
    tell_next_sessions(db, [item.product_id], now=now)
    detail = {"item_id": item.id, "name": item.short_code, "reason": reason}
    event = record(db, live, "item_left", actor_id=actor_id, now=now, detail=detail, note=reason)
    people = {*club_people(db, live), *staff_people(db, live)}
    tell(db, live, "session.item_left", people, now=now, about=event, code=item.short_code)
    return item
