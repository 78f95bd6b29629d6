"""Taking resources: where the database decides who was first.

A proposal activates its holds inside a savepoint; the exclusion constraint (PostgreSQL) or the
trigger (SQLite, under BEGIN IMMEDIATE) refuses an overlap, and the refusal says what is taken, as
far as the asker may know, and when else everything would be free.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.clubs import rules as club_rules
from livestream.clubs.models import Resource
from livestream.clubs.queries import get_club, usable_ids
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.queries import load_plan, offers_for
from livestream.sessions.rules import Finding, Problem, judge, refusals
from livestream.sessions.services.asking import ask_for_agreement
from livestream.sessions.services.changing import open_for_change, resource_ids_of, set_state
from livestream.sessions.services.expiring import drop_lapsed
from livestream.sessions.states import require_step
from livestream.sessions.timing import check_times, epoch, hold_range
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

OVERLAP: Final = "ex_live_resource_hold_overlap"
"""What the constraint and the trigger are called in the database's refusal."""

GUARDED_RULES: Final = frozenset({"overlap", "buffer"})
"""Rules whose judge is the database; in Python they only put the refusal into words."""


class ResourceTaken(Conflict):
    """``resource``: what is taken; ``offers``: starts at which everything asked for is free."""

    message = N_("%(resource)s vừa có lịch khác vào giờ này.")

    def __init__(self, problem: Problem | None, *, resource: str, offers: list[datetime]) -> None:
        self.resource = resource
        self.offers = tuple(offers)
        text, params = (problem.text, problem.params) if problem else (None, {})
        super().__init__(text, field="starts_at", **({"resource": resource} | params))


class CannotPropose(Invalid):
    """A rule's own sentence says why; ``offers``: starts at which no rule refuses."""

    def __init__(self, problem: Problem, offers: list[datetime]) -> None:
        self.offers = tuple(offers)
        super().__init__(problem.text, field="starts_at", **problem.params)


def take_holds(
    db: Session,
    live: LiveSession,
    *,
    now: datetime,
    viewer_clubs: Collection[int] = (),
    only: Collection[int] | None = None,
) -> None:
    """Activate the session's holds (``only`` those of some resources) at its present times.

    All or none. The caller has locked the resources. No hold is loaded: what was loaded in a
    savepoint stays in the session after its end, and SQLite gives the next rows the same numbers.
    Raises ResourceTaken naming the first one that is taken.
    """
    rows = db.execute(
        select(ResourceHold.id, Resource)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(ResourceHold.session_id == live.id)
        .order_by(ResourceHold.resource_id)
        .execution_options(populate_existing=True)
    ).all()
    wanted_rows = [row for row in rows if only is None or row[1].id in only]
    taken = ""
    try:
        with db.begin_nested():
            for hold_id, resource in wanted_rows:
                taken = resource.name
                wanted = hold_range(
                    live.starts_at,
                    live.ends_at,
                    before_minutes=resource.buffer_before_minutes,
                    after_minutes=resource.buffer_after_minutes,
                )
                db.execute(
                    update(ResourceHold)
                    .where(ResourceHold.id == hold_id)
                    .values(hold_start=wanted.start, hold_end=wanted.end, is_active=True)
                )
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        ids = [resource.id for _hold_id, resource in wanted_rows]
        raise refusal(db, live, taken, ids, now=now, viewer_clubs=viewer_clubs) from None


def refusal(
    db: Session,
    live: LiveSession,
    resource: str,
    resource_ids: Collection[int],
    *,
    now: datetime,
    viewer_clubs: Collection[int] = (),
) -> ResourceTaken:
    """Put a refused booking into words: the reason, and the three nearest free slots."""
    plan = load_plan(db, live, now=now, viewer_clubs=viewer_clubs, only=resource_ids)
    problems = [
        finding.problem
        for finding in judge(plan)
        if finding.rule.slug in GUARDED_RULES and finding.problem.params.get("resource") == resource
    ]
    offers = offers_for(db, live, now=now, only=resource_ids)
    return ResourceTaken(problems[0] if problems else None, resource=resource, offers=offers)


def require_times(live: LiveSession, *, now: datetime) -> None:
    """Raises BadTime when the start has passed meanwhile."""
    check_times(live.starts_at, (epoch(live.ends_at) - epoch(live.starts_at)) // 60, now=now)


def require_bookable(db: Session, live: LiveSession) -> None:
    """Raises NotVerified, or Invalid when the club lost the right to use something."""
    if get_club(db, live.club_id).state != "verified":
        raise club_rules.NotVerified
    wanted = resource_ids_of(db, live.id)
    missing = set(wanted) - usable_ids(db, live.club_id, wanted).keys()
    if missing:
        name = db.get_one(Resource, min(missing)).name
        raise Invalid(N_("Câu lạc bộ không còn được dùng %(name)s."), name=name)


def early_refusals(findings: Collection[Finding]) -> list[Finding]:
    """What refuses a proposal in Python; overlaps are left to the database."""
    return [
        finding
        for finding in refusals(findings, "propose")
        if finding.rule.slug not in GUARDED_RULES
    ]


def require_rules(
    db: Session,
    live: LiveSession,
    *,
    now: datetime,
    viewer_clubs: Collection[int] = (),
    only: Collection[int] | None = None,
) -> None:
    """Let pass what no rule refuses; overlaps are left to the database. Raises CannotPropose."""
    plan = load_plan(db, live, now=now, viewer_clubs=viewer_clubs, only=only)
    refused = early_refusals(judge(plan))
    if refused:
        raise CannotPropose(refused[0].problem, offers_for(db, live, now=now, only=only))


def propose_session(
    db: Session,
    *,
    public_id: str,
    actor_id: int | None,
    now: datetime,
    hold_hours: int,
    version: int | None = None,
    viewer_clubs: Collection[int] = (),
    is_told: bool = True,
) -> LiveSession:
    """Ask for a session: its resources are held for ``hold_hours`` or until it starts.

    ``is_told``: whether producers and staff are asked already (not while it is a mere offer).

    Raises ResourceTaken, CannotPropose, NotVerified, BadTime, WrongState, Outdated.
    """
    live = open_for_change(db, public_id, version=version)
    require_step(live.state, "proposed")
    require_times(live, now=now)
    require_bookable(db, live)
    drop_lapsed(db, resource_ids_of(db, live.id), now=now)
    require_rules(db, live, now=now, viewer_clubs=viewer_clubs)
    take_holds(db, live, now=now, viewer_clubs=viewer_clubs)
    live.holds_until = min(now + timedelta(hours=hold_hours), live.starts_at)
    live.proposed_by = actor_id
    set_state(db, live, "proposed", "proposed", actor_id=actor_id, now=now)
    if is_told:
        ask_for_agreement(db, live, actor_id=actor_id, now=now)
    return live
