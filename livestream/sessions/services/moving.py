"""Moves, cancellations and withdrawn proposals."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.services.asking import ask_again
from livestream.sessions.services.booking import (
    require_bookable,
    require_rules,
    take_holds,
)
from livestream.sessions.services.changing import (
    club_people,
    drop_holds,
    give_back,
    items_of,
    open_for_change,
    producer_people,
    product_ids_of,
    propose_anew,
    record,
    reopen_warnings,
    resource_ids_of,
    set_state,
    staff_people,
    tell,
    tell_next_sessions,
    touch,
)
from livestream.sessions.services.deciding import (
    Capacity,
    HoldLapsed,
    require_ready,
    set_aside,
)
from livestream.sessions.services.drafting import choose_resources, times
from livestream.sessions.services.expiring import drop_lapsed, is_lapsed
from livestream.sessions.states import (
    BEFORE_LIVE,
    MOVABLE_STATES,
    STATE_LABELS,
    OwnMove,
    ReasonMissing,
    WrongState,
    require_step,
)
from livestream.sessions.timing import check_times, epoch
from livestream.sessions.vouchers import voucher_key
from shop.checkout.services import follow_session, stop_session


def move_session(
    db: Session,
    *,
    public_id: str,
    starts_at: datetime,
    minutes: int,
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    version: int | None = None,
    resources: dict[str, Sequence[int]] | None = None,
    viewer_clubs: Collection[int] = (),
) -> LiveSession:
    """Give a session another time or other ``resources`` (kind -> ids; None: the same ones).

    New holds are taken before old ones are dropped, in one transaction: when anything is refused,
    everything stays as it was. A firm session is moved by staff or by a manager who did not propose
    it, and passes the same guard as confirming. Raises ResourceTaken, BadTime, CannotPropose,
    NotReady, StaffNeeded, OwnMove, WrongState, Outdated.
    """
    wanted = [resource_id for ids in (resources or {}).values() for resource_id in ids]
    live = open_for_change(db, public_id, version=version, further=wanted)
    _require_open(live, now=now)
    ends_at = check_times(starts_at, minutes, now=now)
    require_movable(live, actor_id=actor_id, capacity=capacity, now=now)
    before = times(live)
    live.ends_at = ends_at
    live.starts_at = starts_at
    db.flush()
    kept = resource_ids_of(db, live.id)
    chosen = choose_resources(db, live.club_id, resources) if resources is not None else kept
    _want_also(db, live, set(chosen) - set(kept))
    if live.state != "draft":
        _rebook(db, live, set(chosen), now=now, viewer_clubs=viewer_clubs)
    _drop_unwanted(db, live, set(chosen))
    settle_move(
        db,
        live,
        before=before,
        actor_id=actor_id,
        capacity=capacity,
        now=now,
        viewer_clubs=viewer_clubs,
    )
    return live


def require_movable(live: LiveSession, *, actor_id: int, capacity: Capacity, now: datetime) -> None:
    """Raises WrongState, HoldLapsed, OwnMove (a manager moving their own firm one)."""
    _require_open(live, now=now)
    if live.state == "confirmed" and capacity != "staff" and actor_id == live.proposed_by:
        raise OwnMove


def _require_open(live: LiveSession, *, now: datetime) -> None:
    if live.state not in MOVABLE_STATES:
        raise WrongState(state=STATE_LABELS[live.state])
    if is_lapsed(live, now):
        raise HoldLapsed


def settle_move(
    db: Session,
    live: LiveSession,
    *,
    before: dict[str, int],
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    viewer_clubs: Collection[int] = (),
) -> None:
    """After a session got its new time: goods, prices and vouchers follow, people are told.

    The producers of a proposal agreed to its time, so they are asked anew, and a manager who moves
    it proposes it. A firm one must be fit to be confirmed at its new time. Raises NotReady,
    StaffNeeded.
    """
    reopen_warnings(db, live, now=now)
    if capacity != "staff":
        propose_anew(live, actor_id=actor_id)
    if live.holds_until is not None:
        live.holds_until = min(live.holds_until, live.starts_at)
    if live.state == "confirmed":
        require_ready(db, live, capacity=capacity, now=now, viewer_clubs=viewer_clubs)
        set_aside(db, live, items_of(db, live), now=now)
        tell_next_sessions(db, product_ids_of(db, live), now=now)
    follow_session(
        db, session_key=voucher_key(live.id), starts_at=live.starts_at, ends_at=live.ends_at
    )
    touch(db, live, now=now)
    detail = {"before": before, "after": times(live)}
    event = record(db, live, "moved", actor_id=actor_id, now=now, detail=detail)
    if before != times(live):
        agreed = [item for item in items_of(db, live) if item.consent == "agreed"]
        ask_again(db, live, agreed, about=event, now=now)
    if live.state != "draft":
        tell(db, live, "session.moved", _everyone(db, live), now=now)


def _want_also(db: Session, live: LiveSession, resource_ids: set[int]) -> None:
    db.add_all(
        ResourceHold(
            session_id=live.id,
            resource_id=resource_id,
            hold_start=epoch(live.starts_at),
            hold_end=epoch(live.ends_at),
            is_active=False,
        )
        for resource_id in sorted(resource_ids)
    )
    db.flush()


def _rebook(
    db: Session,
    live: LiveSession,
    chosen: set[int],
    *,
    now: datetime,
    viewer_clubs: Collection[int],
) -> None:
    """Take the new times of what stays and of what is new; what goes is still held meanwhile."""
    require_bookable(db, live)
    drop_lapsed(db, chosen, now=now)
    require_rules(db, live, now=now, viewer_clubs=viewer_clubs, only=chosen)
    take_holds(db, live, now=now, viewer_clubs=viewer_clubs, only=chosen)


def _drop_unwanted(db: Session, live: LiveSession, chosen: set[int]) -> None:
    db.execute(
        delete(ResourceHold).where(
            ResourceHold.session_id == live.id, ResourceHold.resource_id.not_in(chosen)
        )
    )


def _everyone(db: Session, live: LiveSession) -> list[int]:
    producers = db.scalars(
        select(SessionItem.producer_id).where(SessionItem.session_id == live.id)
    ).all()
    return [
        *club_people(db, live),
        *producer_people(db, producers),
        *staff_people(db, live),
    ]


def withdraw_proposal(
    db: Session, *, public_id: str, actor_id: int, now: datetime, version: int | None = None
) -> LiveSession:
    """Take a proposal back to a draft; what it held is free at once. Raises WrongState."""
    live = open_for_change(db, public_id, version=version)
    require_step(live.state, "draft")
    drop_holds(db, live)
    set_state(db, live, "draft", "taken_back", actor_id=actor_id, now=now)
    return live


def cancel_session(
    db: Session,
    *,
    public_id: str,
    actor_id: int,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> LiveSession:
    """Call a session off before it is on air: holds, goods and prices go back, all are told once.

    Raises ReasonMissing when others know of it already, WrongState, Outdated.
    """
    live = open_for_change(db, public_id, version=version)
    require_step(live.state, "cancelled")
    was_known = live.state in BEFORE_LIVE and live.state != "draft"
    if was_known and not reason:
        raise ReasonMissing(field="reason")
    drop_holds(db, live)
    give_back(db, live, now=now)
    stop_session(db, session_key=voucher_key(live.id), now=now)
    set_state(db, live, "cancelled", "cancelled", actor_id=actor_id, now=now, note=reason)
    tell_next_sessions(db, product_ids_of(db, live), now=now)
    if was_known:
        tell(db, live, "session.cancelled", _everyone(db, live), now=now)
    return live
