"""Two sessions change places, and a host hands a session to another one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.clubs.queries import usable_ids
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services.booking import require_rules, take_holds
from livestream.sessions.services.changing import (
    club_people,
    lock_resources,
    lock_session,
    propose_anew,
    record,
    resource_ids_of,
    tell,
    touch,
)
from livestream.sessions.services.deciding import Capacity
from livestream.sessions.services.drafting import times
from livestream.sessions.services.expiring import drop_lapsed
from livestream.sessions.services.moving import require_movable, settle_move
from livestream.sessions.states import STATE_LABELS, WrongState
from livestream.sessions.timing import check_times, epoch
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

HANDED_OVER = ("proposed", "confirmed", "live")


class SameSession(Invalid):
    message = N_("Chọn một phiên khác để đổi chỗ.")


class NotOnIt(Conflict):
    message = N_("Người này không dẫn phiên này nữa. Hãy tải lại trang.")


class HostNotReady(Invalid):
    message = N_("%(host)s chưa được kiểm tra giấy tờ tùy thân nên chưa nhận phiên được.")


def swap_sessions(
    db: Session,
    *,
    first: str,
    second: str,
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    viewer_clubs: Collection[int] = (),
) -> tuple[LiveSession, LiveSession]:
    """Two sessions exchange their starts, each keeping its length and its people; all or nothing.

    Both let go of their holds and take the new ones in one transaction with every resource locked,
    so nobody slips in between. Raises SameSession, and what a move raises.
    """
    rows = db.execute(
        select(LiveSession.public_id, LiveSession.id).where(
            LiveSession.public_id.in_((first, second))
        )
    )
    ids = {row.public_id: row.id for row in rows}
    if first == second:
        raise SameSession(field="other")
    if len(ids) != 2:
        raise NotFound
    resources = {one for key in ids.values() for one in resource_ids_of(db, key)}
    lock_resources(db, resources)
    locked = {key: lock_session(db, key) for key in sorted(ids.values())}
    pair = locked[ids[first]], locked[ids[second]]
    for live in pair:
        require_movable(live, actor_id=actor_id, capacity=capacity, now=now)
    before = {live.id: times(live) for live in pair}
    holding = [live for live in pair if live.state != "draft"]
    db.execute(
        update(ResourceHold)
        .where(ResourceHold.session_id.in_([live.id for live in pair]))
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )
    starts = pair[1].starts_at, pair[0].starts_at
    for live, start in zip(pair, starts, strict=True):
        minutes = (epoch(live.ends_at) - epoch(live.starts_at)) // 60
        live.ends_at = check_times(start, minutes, now=now)
        live.starts_at = start
    db.flush()
    drop_lapsed(db, resources, now=now)
    for live in holding:
        take_holds(db, live, now=now, viewer_clubs=viewer_clubs)
    for live in holding:
        require_rules(db, live, now=now, viewer_clubs=viewer_clubs)
    for live in pair:
        settle_move(
            db,
            live,
            before=before[live.id],
            actor_id=actor_id,
            capacity=capacity,
            now=now,
            viewer_clubs=viewer_clubs,
        )
    return pair


def hand_over(
    db: Session,
    *,
    public_id: str,
    from_host: int,
    to_host: int,
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    reason: str = "",
    viewer_clubs: Collection[int] = (),
) -> LiveSession:
    """Another host takes a session over, also when it should have begun or is on air already.

    The new host is held before the old one is let go. Raises NotFound, NotOnIt, HostNotReady,
    ResourceTaken, CannotPropose, WrongState.
    """
    session_id = db.scalar(select(LiveSession.id).where(LiveSession.public_id == public_id))
    if session_id is None:
        raise NotFound
    lock_resources(db, {*resource_ids_of(db, session_id), to_host})
    live = lock_session(db, session_id)
    if live.state not in HANDED_OVER:
        raise WrongState(state=STATE_LABELS[live.state])
    if usable_ids(db, live.club_id, [to_host]).get(to_host) != "host":
        raise Invalid(N_("Câu lạc bộ không dùng được mục này. Hãy chọn lại."), field="to_host")
    host = db.get_one(Resource, to_host)
    if host.identity_checked_at is None:
        raise HostNotReady(field="to_host", host=host.name)
    rows = {
        row.resource_id: row
        for row in db.scalars(select(ResourceHold).where(ResourceHold.session_id == live.id))
    }
    if from_host not in rows or to_host in rows:
        raise NotOnIt
    told = club_people(db, live)
    db.add(
        ResourceHold(
            session_id=live.id,
            resource_id=to_host,
            hold_start=epoch(live.starts_at),
            hold_end=epoch(live.ends_at),
            is_active=False,
        )
    )
    db.flush()
    drop_lapsed(db, [to_host], now=now)
    if live.state != "live":
        kept = {*rows, to_host} - {from_host}
        require_rules(db, live, now=now, viewer_clubs=viewer_clubs, only=kept)
    take_holds(db, live, now=now, viewer_clubs=viewer_clubs, only=[to_host])
    db.delete(rows[from_host])
    db.flush()
    if capacity != "staff":
        propose_anew(live, actor_id=actor_id)
    touch(db, live, now=now)
    detail = {"from": from_host, "to": to_host, "name": host.name, "reason": reason}
    record(db, live, "handed_over", actor_id=actor_id, now=now, detail=detail, note=reason)
    tell(db, live, "session.handed_over", {*told, *club_people(db, live)}, now=now)
    return live
