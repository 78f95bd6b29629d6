"""Forty at once from several processes: overlapping ranges of one host, one studio, and mixes.

Each is a process of its own interpreter with threads, on both databases; a control, of processes
as well, takes each guard away and must then show what it kept out: overlaps without the database's
constraint, two confirmations without lock and version, a deadlock without the order of the locks.
"""

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text

from livestream.bookings.services import swap_sessions
from livestream.clubs.services import managers_of
from livestream.sessions.invariants import INVARIANTS
from livestream.sessions.models import LiveSession, ResourceHold, SessionEvent
from livestream.sessions.services import move_session
from shop.core.db import Database
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
from tests.livestream.sessions.test_races import at_once
from tests.processes import run_together

pytestmark = pytest.mark.slow

PROCESSES = 4

CHILD = '''
import sys, threading
from datetime import timedelta
from shop.core.db import Database
from shop.core.errors import DomainError
from sqlalchemy import select
import wsgi
from livestream.sessions import services
from livestream.clubs.services import managers_of
from livestream.sessions.models import LiveSession
import tests.factories.livestream as f
from tests.careless import Careless
from tests.processes import begin
way, database = sys.argv[1], Database(sys.argv[2])
if way == "careless":
    database = Careless(database, 1, gate=begin)
elif way == "tangled":
    from sqlalchemy import event
    from livestream.sessions.services import changing
    asked, turned = [], sys.argv.pop(3) == "down"
    def meet(_connection, _cursor, statement, *_more):
        if "pg_advisory_xact_lock" in statement:
            asked.append(statement)
            if len(asked) == 2:
                begin()
    event.listen(database.engine, "before_cursor_execute", meet)
    changing.sorted = lambda ids: sorted(ids, reverse=turned)


def act(word):
    """``<session>`` books it, ``move:<session>:<minute>`` moves it to a minute of the evening,
    ``confirm:<session>:<person>:<version>`` makes it firm as staff."""
    verb, code, *more = word.split(":") if ":" in word else ("book", word)
    with database.transaction() as db:
        live = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
        actor = managers_of(db, live.club_id)[0]
        about = {"public_id": code, "actor_id": actor, "now": f.NOW}
        if verb == "move":
            start = f.EVENING + timedelta(minutes=int(more[0]))
            services.move_session(db, **about, starts_at=start, minutes=60, capacity="manager")
        elif verb == "confirm":
            about |= {"actor_id": int(more[0]), "version": int(more[1])}
            services.confirm_session(db, **about, capacity="staff")
        else:
            services.propose_session(db, **about, hold_hours=48)

def run(word):
    try:
        act(word)
        said.append("done")
    except DomainError as error:
        said.append("refused")
    except Exception as error:
        said.append("broke:" + repr(error)[:200].replace(" ", "_"))

said = []
threads = [threading.Thread(target=run, args=(word,)) for word in sys.argv[3:]]
if way == "guarded":
    begin()
for thread in threads: thread.start()
for thread in threads: thread.join(60)
print(" ".join(said))
database.dispose()
'''


def in_processes(database: Database, words: list[str]) -> list[str]:
    """Do every word at once, spread over the processes; what each answered."""
    address = database.url.render_as_string(hide_password=False)
    parts = [words[part::PROCESSES] for part in range(PROCESSES)]
    answers = run_together(*(("-c", CHILD, "guarded", address, *part) for part in parts))
    said = [word for answer in answers for word in answer.split()]
    assert len(said) == len(words), "every try was answered"
    assert not [word for word in said if word.startswith("broke")], said
    return said


def broken(database: Database) -> list[str]:
    with database.read() as db:
        return [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def drafts(database: Database, number: int, share: str) -> list[str]:
    """Drafts at odd minutes: of one host, of one studio, or of a random mix of everything."""
    order = random.Random(11)
    with database.transaction() as db:
        club = make_club(db)
        spare = 1 if share == "mix" else number
        hosts = [make_host(db, club) for _ in range(3 if share == "mix" else 1)]
        studios = [make_studio(db, club) for _ in range(2 if share == "mix" else 1)]
        channels = [make_channel(db, club) for _ in range(3 if share == "mix" else spare)]
        codes = []
        for index in range(number):
            host = order.choice(hosts) if share != "studio" else make_host(db, club)
            live = make_session(
                db,
                club,
                hosts=[host],
                channels=[channels[index % len(channels)]],
                studios=[] if share == "host" else [order.choice(studios)],
                starts_at=EVENING + timedelta(minutes=order.randrange(240)),
                submit_key=f"race-{share}-{index}",
            )
            codes.append(live.public_id)
        return codes


@pytest.mark.parametrize("share", ["host", "studio", "mix"])
def test_forty_bookings_at_once(database: Database, share: str) -> None:
    said = in_processes(database, drafts(database, 40, share))
    assert broken(database) == []
    with database.read() as db:
        states = list(db.scalars(select(LiveSession.state)))
    assert states.count("proposed") == said.count("done")
    assert 1 <= said.count("done") < 40


def moves_and_bookings(database: Database) -> list[str]:
    """Of one host: proposals of other days that move to the evening, drafts that book it."""
    words = []
    with database.transaction() as db:
        club = make_club(db)
        host = make_host(db, club)
        for index in range(12):
            is_mover = index % 2 == 0
            live = make_session(
                db,
                club,
                hosts=[host],
                channels=[make_channel(db, club)],
                state="proposed" if is_mover else "draft",
                starts_at=EVENING + timedelta(days=index + 1 if is_mover else 0, minutes=index),
                submit_key=f"meet-{index}",
            )
            words.append(f"move:{live.public_id}:{index}" if is_mover else live.public_id)
    return words


def confirmers(database: Database) -> list[str]:
    """Four people of the staff who confirm the same proposal as they saw it."""
    with database.transaction() as db:
        live = make_session(db, state="proposed")
        agree_all(db, live)
        staff = [make_person(db).id for _ in range(4)]
        pass_warnings(db, live, staff[0])
        return [f"confirm:{live.public_id}:{person}:{live.version}" for person in staff]


def test_a_move_meets_a_booking_and_a_confirmation_another(database: Database) -> None:
    meeting, confirming = moves_and_bookings(database), confirmers(database)
    in_processes(database, meeting + confirming)
    assert broken(database) == []
    with database.read() as db:
        evening = (LiveSession.starts_at < EVENING + timedelta(hours=1)) & (
            LiveSession.starts_at >= EVENING
        )
        held = select(func.count(LiveSession.id)).where(evening, LiveSession.state == "proposed")
        assert db.scalar(held) == 1, "one of twelve got the evening"
        firm = select(func.count(SessionEvent.id)).where(SessionEvent.kind == "confirmed")
        assert db.scalar(firm) == 1, "one of four confirmed"


def test_swaps_and_moves_at_once_hold_every_hour_once(database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db)
        host = make_host(db, club)
        actor = managers_of(db, club.id)[0]
        codes = [
            make_session(
                db,
                club,
                hosts=[host],
                state="proposed",
                starts_at=EVENING + timedelta(hours=2 * index),
                submit_key=f"swap-{index}",
            ).public_id
            for index in range(4)
        ]
    by: dict[str, Any] = {"actor_id": actor, "capacity": "manager", "now": NOW}

    def swap(first: str, second: str) -> None:
        with database.transaction() as db:
            swap_sessions(db, first=first, second=second, **by)

    def move(code: str) -> None:
        with database.transaction() as db:
            start = db.scalars(
                select(LiveSession.starts_at).where(LiveSession.public_id == code)
            ).one()
            later = start + timedelta(minutes=15)
            move_session(db, public_id=code, starts_at=later, minutes=60, **by)

    pairs = zip(codes, codes[1:] + codes[:1], strict=True)
    refused = at_once([partial(swap, *pair) for pair in pairs] + [partial(move, codes[0])])
    assert len(refused) < len(codes), "most of them do not stand in each other's way"
    assert broken(database) == []
    with database.read() as db:
        held = select(func.count()).where(
            ResourceHold.resource_id == host.id, ResourceHold.is_active.is_(True)
        )
        assert db.scalar(held) == len(codes)


@pytest.mark.control
def test_without_the_guard_they_overlap(database: Database) -> None:
    """Bookings of one host, of one studio, of a mix, and moves that meet them: each overlaps."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for verb in ("insert", "update"):
                connection.execute(text(f"DROP TRIGGER live_resource_hold_overlap_{verb}"))
        else:
            connection.execute(
                text("ALTER TABLE live_resource_hold DROP CONSTRAINT ex_live_resource_hold_overlap")
            )
    races = {share: drafts(database, 8, share) for share in ("host", "studio", "mix")}
    races["meeting"] = moves_and_bookings(database)
    in_processes(database, [word for words in races.values() for word in words])
    with database.read() as db:
        rows = db.execute(text(INVARIANTS["sessions.no_overlap"])).all()
        met = select(LiveSession.public_id, ResourceHold.id).join(ResourceHold)
        of_hold = {hold: code for code, hold in db.execute(met)}
    for race, words in races.items():
        codes = {word.removeprefix("move:").split(":")[0] for word in words}
        movers = {word.split(":")[1] for word in words if ":" in word}
        pairs = [{of_hold[a], of_hold[b]} for a, b in rows if {of_hold[a], of_hold[b]} <= codes]
        assert pairs, race
        if movers:
            assert any(len(pair & movers) == 1 for pair in pairs), "a move meets a booking"


@pytest.mark.control
def test_without_lock_and_version_several_processes_confirm(database: Database) -> None:
    """Each of four has read the proposal before the first of them writes."""
    words = confirmers(database)
    address = database.url.render_as_string(hide_password=False)
    run_together(*(("-c", CHILD, "careless", address, word) for word in words))
    with database.read() as db:
        firm = select(func.count(SessionEvent.id)).where(SessionEvent.kind == "confirmed")
        assert (db.scalar(firm) or 0) > 1


@pytest.mark.control
def test_locks_out_of_order_end_in_a_deadlock(database: Database) -> None:
    """One takes what it shares with the other upwards, the other downwards."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer: there is no order of locks to turn round")
    with database.transaction() as db:
        club = make_club(db)
        shared: dict[str, Any] = {
            "hosts": [make_host(db, club)],
            "channels": [make_channel(db, club)],
        }
        pair = [
            make_session(db, club, **shared, submit_key=f"tangle-{index}").public_id
            for index in range(2)
        ]
    address = database.url.render_as_string(hide_password=False)
    ways = zip(("up", "down"), pair, strict=True)
    said = run_together(*(("-c", CHILD, "tangled", address, *way) for way in ways))
    assert [word for word in said if "deadlock" in word.lower()], said
