"""Many at once: real threads and real processes on both databases, and a control without guard."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from livestream.clubs.services import managers_of
from livestream.sessions import services
from livestream.sessions.invariants import INVARIANTS
from livestream.sessions.models import LiveSession, SessionEvent
from shop.core.db import Database
from shop.core.errors import DomainError
from tests.at_once import Act, carelessly
from tests.at_once import at_once as together
from tests.factories.accounts import make_person
from tests.factories.livestream import (
    EVENING,
    NOW,
    agree_all,
    make_channel,
    make_club,
    make_host,
    make_session,
    make_studio,
    pass_warnings,
)
from tests.processes import run_together

OVERLAPS = INVARIANTS["sessions.no_overlap"]


def broken(database: Database) -> list[str]:
    with database.read() as db:
        return [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def at_once(jobs: list[Callable[[], None]]) -> list[Exception]:
    """Run every job in its own thread from one starting shot; the refusals."""
    refused: list[Exception] = []
    shot = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        shot.wait()
        try:
            job()
        except DomainError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return refused


def make_drafts(database: Database, number: int, *, spread_minutes: int = 20) -> list[str]:
    """Drafts of one club that mix one of two hosts, two channels and one studio, overlapping."""
    order = random.Random(7)
    with database.transaction() as db:
        club = make_club(db)
        hosts = [make_host(db, club), make_host(db, club)]
        channels = [make_channel(db, club), make_channel(db, club)]
        studio = make_studio(db, club)
        made = []
        for index in range(number):
            live = make_session(
                db,
                club,
                hosts=[order.choice(hosts)],
                channels=[order.choice(channels)],
                studios=[studio] if order.random() < 0.7 else [],
                starts_at=EVENING + timedelta(minutes=order.randrange(0, spread_minutes * 10)),
                submit_key=f"race-{index}",
            )
            made.append(live.public_id)
        return made


def propose(database: Database, public_id: str) -> Callable[[], None]:
    def job() -> None:
        with database.transaction() as db:
            live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one()
            actor = managers_of(db, live.club_id)[0]
            services.propose_session(
                db, public_id=public_id, actor_id=actor, now=NOW, hold_hours=48
            )

    return job


def test_many_proposals_at_once(database: Database) -> None:
    codes = make_drafts(database, 14)
    refused = at_once([propose(database, code) for code in codes])
    assert broken(database) == []
    assert all(isinstance(error, services.ResourceTaken) for error in refused)
    with database.read() as db:
        states = db.scalars(select(LiveSession.state)).all()
    assert states.count("proposed") == len(codes) - len(refused)
    assert states.count("proposed") >= 1


@pytest.mark.control
def test_without_the_guard_they_overlap(database: Database) -> None:
    """The control: the same proposals with the database's guard taken away."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for verb in ("insert", "update"):
                connection.execute(text(f"DROP TRIGGER live_resource_hold_overlap_{verb}"))
        else:
            connection.execute(
                text("ALTER TABLE live_resource_hold DROP CONSTRAINT ex_live_resource_hold_overlap")
            )
    codes = make_drafts(database, 8)
    assert at_once([propose(database, code) for code in codes]) == []
    with database.read() as db:
        assert db.execute(text(OVERLAPS)).all()


def test_moves_and_cancels_meet_proposals(database: Database) -> None:
    codes = make_drafts(database, 12, spread_minutes=60)
    for code in codes[:6]:
        at_once([propose(database, code)])

    def move(code: str, minutes: int) -> Callable[[], None]:
        def job() -> None:
            with database.transaction() as db:
                live = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
                services.move_session(
                    db,
                    public_id=code,
                    starts_at=live.starts_at + timedelta(minutes=minutes),
                    minutes=60,
                    actor_id=managers_of(db, live.club_id)[0],
                    capacity="manager",
                    now=NOW,
                )

        return job

    def cancel(code: str) -> Callable[[], None]:
        def job() -> None:
            with database.transaction() as db:
                services.cancel_session(
                    db, public_id=code, actor_id=1, now=NOW, reason="Thử", version=None
                )

        return job

    jobs = [move(code, 45) for code in codes[:4]]
    jobs += [cancel(code) for code in codes[4:6]]
    jobs += [propose(database, code) for code in codes[6:]]
    at_once(jobs)
    assert broken(database) == []


def four_confirm(database: Database) -> list[Act]:
    with database.transaction() as db:
        live = make_session(db, state="proposed")
        agree_all(db, live)
        staff = [make_person(db).id for _ in range(4)]
        pass_warnings(db, live, staff[0])
        about: dict[str, Any] = {"public_id": live.public_id, "version": live.version, "now": NOW}

    def confirm(actor: int) -> Act:
        return lambda db: services.confirm_session(db, actor_id=actor, capacity="staff", **about)

    return [confirm(actor) for actor in staff]


def confirmations(database: Database) -> int:
    with database.read() as db:
        told = select(func.count(SessionEvent.id)).where(SessionEvent.kind == "confirmed")
        return db.scalar(told) or 0


def test_two_confirm_at_once_and_one_wins(database: Database) -> None:
    outcomes = together(database, four_confirm(database))
    assert sorted(outcomes) == ["Outdated"] * 3 + ["done"]
    assert confirmations(database) == 1
    assert broken(database) == []


@pytest.mark.control
def test_without_lock_and_version_several_confirm(database: Database) -> None:
    carelessly(database, four_confirm(database))
    assert confirmations(database) > 1


CHILD = """
import sys
from shop.core.db import Database
from shop.core.errors import DomainError
from sqlalchemy import select
import wsgi
from livestream.sessions import services
from livestream.clubs.services import managers_of
from livestream.sessions.models import LiveSession
import tests.factories.livestream as f
from tests.processes import begin
database = Database(sys.argv[1])
begin()
for code in sys.argv[2:]:
    try:
        with database.transaction() as db:
            live = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
            services.propose_session(db, public_id=code, now=f.NOW, hold_hours=48,
                                     actor_id=managers_of(db, live.club_id)[0])
        print("taken")
    except services.ResourceTaken:
        print("refused")
database.dispose()
"""


@pytest.mark.slow
def test_processes_meet(database: Database) -> None:
    codes = make_drafts(database, 24)
    address = database.url.render_as_string(hide_password=False)
    answers = run_together(*(("-c", CHILD, address, *codes[part::4]) for part in range(4)))
    said = [word for answer in answers for word in answer.split()]
    assert len(said) == 24, "every try was answered: nothing deadlocked, nothing broke"
    assert said.count("taken") >= 1
    assert broken(database) == []
