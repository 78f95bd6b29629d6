"""Hours that change late: sessions stay, those outside are flagged and their people told once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from livestream.clubs.services import set_exception, set_weekly_hours
from livestream.sessions.models import LiveSession, SessionEvent
from livestream.sessions.queries.unfit import unfit_sessions
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import make_club, make_host, make_session, make_studio

pytestmark = pytest.mark.usefixtures("app")


def _count(database: Database, kind: str) -> int:
    with database.read() as db:
        return db.scalar(select(func.count(SessionEvent.id)).where(SessionEvent.kind == kind)) or 0


def test_flagged_told_once_and_cleared(database: Database) -> None:
    now = clock.now()
    starts_at = (now + timedelta(days=6)).astimezone(VN).replace(hour=20, minute=0, second=0)
    with database.transaction() as db:
        manager, host_person = make_person(db), make_person(db)
        club = make_club(db, manager_id=manager.id)
        host = make_host(db, club, person_id=host_person.id)
        live = make_session(db, club, hosts=[host], state="confirmed", starts_at=starts_at, now=now)
        make_session(db, club, hosts=[host], starts_at=starts_at + timedelta(days=1), now=now)
        ids = (live.id, host.id, manager.id, host_person.id, club.id)
    session_id, host_id, manager_id, host_person_id, club_id = ids
    early = [(starts_at.weekday(), 480, 720)]
    for _again in range(2):
        with database.transaction() as db:
            set_weekly_hours(db, resource_id=host_id, hours=early, now=now, actor_id=manager_id)
    with database.read() as db:
        rows = unfit_sessions(db, now=now, club_ids=[club_id])
        assert [(row.live.id, [one.id for one in row.resources]) for row in rows] == [
            (session_id, [host_id])
        ]
        told = db.scalars(
            select(OutboxMessage.recipient).where(
                OutboxMessage.kind == "session.hours_unfit", OutboxMessage.channel == "inbox"
            )
        )
        assert sorted(told) == sorted(f"person:{one}" for one in (manager_id, host_person_id))
        assert db.get_one(LiveSession, session_id).starts_at == starts_at
    assert _count(database, "hours_unfit") == 1
    evening = [(starts_at.weekday(), 1140, 1380)]
    with database.transaction() as db:
        set_weekly_hours(db, resource_id=host_id, hours=evening, now=now, actor_id=manager_id)
    assert _count(database, "hours_fit") == 1
    with database.transaction() as db:
        set_exception(db, resource_id=host_id, day=starts_at.date(), actor_id=manager_id, now=now)
    assert _count(database, "hours_unfit") == 2


def test_the_keeper_sees_it_where_they_saved_and_on_the_desk(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    starts_at = (now + timedelta(days=3)).astimezone(VN).replace(hour=20, minute=0, second=0)
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        studio = make_studio(db, club)
        live = make_session(
            db, club, studios=[studio], state="confirmed", starts_at=starts_at, now=now
        )
        login, public_id, studio_id = manager.email or "", live.public_id, studio.id
    client = signed_in(login)
    assert public_id not in client.get("/clb/phien/lech-lich").get_data(as_text=True)
    day = {"day": starts_at.date().isoformat(), "from_time": "", "to_time": "", "note": "Sửa mái"}
    answer = post(client, f"/clb/nguon-luc/{studio_id}/ngay", day, follow_redirects=True)
    assert f'data-unfit="{public_id}"' in answer.get_data(as_text=True)
    assert f'data-unfit="{public_id}"' in client.get("/clb/phien/lech-lich").get_data(as_text=True)
    assert "/clb/phien/lech-lich" in client.get("/clb").get_data(as_text=True)
