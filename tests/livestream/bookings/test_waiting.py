"""The waiting list, swaps, hand-overs and series, through the services on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from livestream.bookings import services, wiring
from livestream.bookings.invariants import INVARIANTS
from livestream.bookings.jobs import offer_slots
from livestream.bookings.models import WaitEntry
from livestream.bookings.queries.beside import beside_session
from livestream.clubs.models import Club, Resource
from livestream.clubs.services import managers_of
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services import ResourceTaken, cancel_session, move_session, was_on_air
from livestream.sessions.services.airing import TooLate, keep_time
from shop.core.db import Database
from shop.core.errors import Invalid
from tests.factories.livestream import (
    EVENING,
    NOW,
    make_channel,
    make_club,
    make_host,
    make_session,
    make_studio,
)

wiring.declare_messages()


def _held(db: Session, live: LiveSession) -> set[int]:
    return set(
        db.scalars(
            select(ResourceHold.resource_id).where(
                ResourceHold.session_id == live.id, ResourceHold.is_active
            )
        )
    )


def test_offers_go_to_one_at_a_time_with_a_deadline(database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db)
        host = make_host(db, club)
        first = make_session(db, club, hosts=[host], state="proposed")
        waiting = [make_session(db, club, hosts=[host], title=f"Chờ {n}") for n in range(2)]
        manager = managers_of(db, club.id)[0]
        for minute, live in enumerate(waiting):
            services.join_queue(
                db,
                public_id=live.public_id,
                actor_id=manager,
                now=NOW + timedelta(minutes=minute),
            )
        assert beside_session(db, first, now=NOW).rivals == 2
        assert beside_session(db, waiting[1], now=NOW).ahead == 1
        ids, codes = [live.id for live in waiting], [live.public_id for live in waiting]
        first_code = first.public_id
    later = NOW + timedelta(hours=1)
    offer_slots(database, later)
    assert _states(database, ids) == ["waiting", "waiting"], "the host is still taken"
    with database.transaction() as db:
        cancel_session(db, public_id=first_code, actor_id=manager, now=later, reason="Ốm")
    offer_slots(database, later)
    assert _states(database, ids) == ["offered", "waiting"], "one at a time, the first first"
    after = later + timedelta(hours=2, minutes=1)
    offer_slots(database, after)
    assert _states(database, ids) == ["lapsed", "offered"], "the deadline passed: the next one"
    with database.transaction() as db:
        live = services.take_offer(
            db, public_id=codes[1], actor_id=manager, now=after, hold_hours=48
        )
        assert live.holds_until == after + timedelta(hours=48)
    assert _states(database, ids) == ["lapsed", "taken"]
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


def _states(database: Database, ids: list[int]) -> list[str]:
    with database.read() as db:
        rows = db.scalars(select(WaitEntry).where(WaitEntry.session_id.in_(ids)))
        found = {row.session_id: row.state for row in rows}
    return [found[one] for one in ids]


def test_a_returned_offer_goes_to_the_next(db: Session) -> None:
    club = make_club(db)
    live = make_session(db, club)
    manager = managers_of(db, club.id)[0]
    services.join_queue(db, public_id=live.public_id, actor_id=manager, now=NOW)
    assert services.offer_slot(db, session_id=live.id, now=NOW)
    services.leave_queue(db, public_id=live.public_id, actor_id=manager, now=NOW)
    assert live.state == "draft"
    assert _held(db, live) == set()
    assert not services.offer_slot(db, session_id=live.id, now=NOW), "asked for no longer"


def test_a_swap_is_one_step_or_none(db: Session) -> None:
    """Both use the same host back to back: two moves one after the other could not do it."""
    club = make_club(db)
    host, third = make_host(db, club), make_host(db, club)
    later = EVENING + timedelta(minutes=90)
    one = make_session(db, club, hosts=[host], state="proposed")
    two = make_session(db, club, hosts=[host], state="proposed", starts_at=later)
    manager = managers_of(db, club.id)[0]
    with pytest.raises(ResourceTaken), db.begin_nested():
        move_session(
            db,
            public_id=one.public_id,
            starts_at=later,
            minutes=60,
            actor_id=manager,
            capacity="manager",
            now=NOW,
        )
    db.refresh(one)
    swap = {"actor_id": manager, "capacity": "manager", "now": NOW}
    services.swap_sessions(db, first=one.public_id, second=two.public_id, **swap)
    assert (one.starts_at, two.starts_at) == (later, EVENING)
    assert _held(db, one) & _held(db, two) == {host.id}
    far = make_session(
        db,
        club,
        hosts=[third],
        studios=[],
        state="proposed",
        starts_at=EVENING + timedelta(days=2),
    )
    make_session(
        db, club, hosts=[third], state="proposed", starts_at=one.starts_at, title="Chắn đường"
    )
    before = far.starts_at
    with pytest.raises(ResourceTaken, match="khác"), db.begin_nested():
        services.swap_sessions(db, first=far.public_id, second=one.public_id, **swap)
    db.refresh(far)
    assert far.starts_at == before
    assert third.id in _held(db, far)
    with pytest.raises(Invalid):
        services.swap_sessions(db, first=far.public_id, second=far.public_id, **swap)


def test_another_host_takes_over_even_on_air(db: Session) -> None:
    club = make_club(db)
    host, other, stranger = make_host(db, club), make_host(db, club), make_host(db, make_club(db))
    live = make_session(db, club, hosts=[host], state="live")
    manager = managers_of(db, club.id)[0]
    during = live.starts_at + timedelta(minutes=20)
    give = {"public_id": live.public_id, "from_host": host.id, "actor_id": manager}
    give |= {"now": during, "capacity": "manager"}
    with pytest.raises(Invalid):
        services.hand_over(db, to_host=stranger.id, **give)
    services.hand_over(db, to_host=other.id, reason="Mất giọng", **give)
    assert other.id in _held(db, live)
    assert host.id not in _held(db, live)


def test_a_no_show_that_was_none(db: Session) -> None:
    live = make_session(db, state="confirmed")
    late = live.starts_at + timedelta(minutes=21)
    assert keep_time(db, public_id=live.public_id, now=late)
    assert live.state == "no_show"
    say = {"public_id": live.public_id, "reason": "Quên bấm", "actor_id": 1}
    with pytest.raises(TooLate):
        was_on_air(db, now=late + timedelta(days=2), **say)
    assert was_on_air(db, now=late + timedelta(hours=3), **say).state == "ended"


def _lane(db: Session) -> tuple[Club, dict[str, list[int]], Resource]:
    club = make_club(db)
    host, channel, studio = make_host(db, club), make_channel(db, club), make_studio(db, club)
    return club, {"host": [host.id], "channel": [channel.id], "studio": [studio.id]}, studio


def test_a_series_books_what_is_free_or_tells_what_is_not(db: Session) -> None:
    club, resources, studio = _lane(db)
    blocked = EVENING + timedelta(days=14)
    make_session(
        db, club, studios=[studio], state="proposed", starts_at=blocked + timedelta(minutes=30)
    )
    manager = managers_of(db, club.id)[0]
    wish = {
        "club_id": club.id,
        "title": "Chợ tối thứ Bảy",
        "first": EVENING,
        "weeks": 4,
        "minutes": 60,
        "resources": resources,
        "actor_id": manager,
        "now": NOW,
        "hold_hours": 48,
    }
    with pytest.raises(services.SomeTaken) as refused, db.begin_nested():
        services.book_series(db, taken="all", submit_key="series-all", **wish)
    missed = refused.value.missed
    assert [one.starts_at for one in missed] == [blocked]
    assert len(missed[0].offers) == 3
    assert studio.name in str(missed[0].error.params)
    booked = services.book_series(db, taken="free", submit_key="series-free", **wish)
    assert len(booked.session_ids) == 3
    assert [one.starts_at for one in booked.missed] == [blocked]
    kept = booked.missed  # while the page is made of it, with what its traceback holds
    more = services.book_series(
        db, taken="free", submit_key="series-more", **wish | {"weeks": 5, "title": "Thêm"}
    )
    assert (len(more.session_ids), len(kept)) == (1, 1)
    again = services.book_series(db, taken="free", submit_key="series-free", **wish)
    assert again.session_ids == booked.session_ids, "a second click books nothing more"
    live = db.get_one(LiveSession, booked.session_ids[0])
    cancel_session(db, public_id=live.public_id, actor_id=manager, now=NOW, reason="Bận")
    rest = [db.get_one(LiveSession, one).state for one in booked.session_ids[1:]]
    assert rest == ["proposed", "proposed"], "each lives on its own"
    for weeks, minutes in ((0, 60), (27, 60), (2, 0), (2, 14 * 60)):
        bad = wish | {"weeks": weeks, "minutes": minutes}
        with pytest.raises(Invalid), db.begin_nested():
            services.book_series(db, taken="free", submit_key=f"bad-{weeks}-{minutes}", **bad)
