"""The club's week: a fixed number of statements, other clubs' sessions without their names."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from livestream.sessions.models import LiveSession
from livestream.sessions.queries import resource_names
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import (
    fill_week,
    make_club,
    make_host,
    make_session,
    make_studio,
    share,
)


def evening() -> datetime:
    """Eight in the evening, three days from the real today: pages read the real clock."""
    day = clock.now().astimezone(VN) + timedelta(days=3)
    return day.replace(hour=20, minute=0, second=0, microsecond=0)


@contextmanager
def statements_of(client: FlaskClient) -> Iterator[list[str]]:
    """Every statement that the application runs meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = client.application.extensions["house"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_five_hundred_sessions_in_eight_statements(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    monday = evening() - timedelta(days=evening().weekday()) + timedelta(days=7)
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        fill_week(db, club, monday=monday.replace(hour=0), number=500)
    client = signed_in(manager.email or "")
    with statements_of(client) as seen:
        answer = client.get(f"/clb/phien?tuan={monday.date()}")
    page = answer.get_data(as_text=True)
    assert page.count("data-session=") == 500
    assert len(re.findall(r'class="slot[^>]*href="/clb/phien/w\d+"', page)) == 1500
    queries = [one for one in seen if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SET"))]
    assert len(queries) <= 8, queries


def test_sessions_are_named_in_the_page_s_language(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        live = make_session(
            db,
            club,
            hosts=[make_host(db, club)],
            starts_at=evening(),
            state="proposed",
            now=clock.now(),
            actor_id=manager.id,
        )
        live.title_en = "Evening market"
    client = signed_in(manager.email or "")
    for view in ("tuan=" + str(evening().date()), f"xem=thang&thang={evening():%Y-%m}"):
        assert "Evening market" in client.get(f"/en/clb/phien?{view}").get_data(as_text=True), view
        assert live.title in client.get(f"/clb/phien?{view}").get_data(as_text=True)


def test_a_session_moves_on_the_grid_or_stays_with_the_reason_and_free_times(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        host, other = make_host(db, club), make_host(db, club)
        common = {"state": "proposed", "now": clock.now(), "actor_id": manager.id}
        live = make_session(db, club, hosts=[host], starts_at=evening(), **common)
        make_session(
            db, club, hosts=[other], starts_at=evening() + timedelta(days=1), title="Chắn", **common
        )
        code, version = live.public_id, live.version
    client = signed_in(manager.email or "")
    day = evening().date()
    shown = client.get(f"/clb/phien?chuyen={code}&tuan={day}").get_data(as_text=True)
    assert f'value="{host.id}:{day}"' in shown
    address = f"/clb/phien/{code}/chuyen"
    place = {"to": f"{other.id}:{day + timedelta(days=1)}", "time": "20:00", "version": version}
    refused = post(client, address, place)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Chắn" in page
    offers = re.findall(r'name="at" value="([^"]+)"', page)
    assert len(offers) == 3
    moved = post(client, address, {"at": offers[0], "version": version})
    assert moved.status_code == 303
    lane = {"to": f"{other.id}:{day}", "time": "09:30"}
    assert post(client, address, lane).status_code == 303
    with database.read() as db:
        now_at = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
        assert now_at.starts_at == evening().replace(hour=9, minute=30)
        held = {one.name for one in resource_names(db, now_at.id)}
    assert other.name in held
    assert host.name not in held


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"to": "x:2026-13-40", "time": "20:00"},
        {"to": "99999999999999999999:2027-01-01", "time": "20:00"},
        {"to": "1:2027-01-01", "time": "99:99"},
        {"at": "0001-01-01T00:00"},
        {"at": "2020-01-01T20:00"},
        {"to": "\x00", "time": "\x00"},
    ],
    ids=str,
)
def test_no_place_on_the_grid(
    database: Database, signed_in: Callable[[str], FlaskClient], place: dict[str, str]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        live = make_session(
            db, make_club(db, manager_id=manager.id), starts_at=evening(), now=clock.now()
        )
        code = live.public_id
    client = signed_in(manager.email or "")
    answer = post(client, f"/clb/phien/{code}/chuyen", place)
    assert answer.status_code == 422
    with database.read() as db:
        kept = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
        assert kept.starts_at == evening()


def test_any_studio_this_week(database: Database, signed_in: Callable[[str], FlaskClient]) -> None:
    """One studio is taken at the hour asked for, so the other one is offered."""
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        host = make_host(db, club)
        first, second = make_studio(db, club), make_studio(db, club)
        make_session(
            db, club, studios=[first], starts_at=evening(), state="proposed", now=clock.now()
        )
    client = signed_in(manager.email or "")
    typed = f"{evening():%Y-%m-%dT%H:%M}"
    found = client.get(
        f"/clb/phien/gio-trong?host={host.id}&studio=any&minutes=60&starts_at={typed}"
    ).get_data(as_text=True)
    link = re.search(rf'href="(/clb/phien/moi[^"]*starts_at={typed}[^"]*)"', found)
    assert link is not None
    assert f"studio_id={second.id}" in link[1]


def test_another_club_shows_as_taken_time_only(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        club, other = make_club(db, manager_id=manager.id), make_club(db)
        host = make_host(db, other)
        share(db, host, club)
        common = {"hosts": [host], "starts_at": evening(), "now": clock.now()}
        make_session(db, other, title="Chỉ là nháp", **common)
        taken = make_session(db, other, title="Bí mật của bạn", state="proposed", **common)
        code = taken.public_id
    page = signed_in(manager.email or "").get(f"/clb/phien?tuan={evening().date()}")
    shown = page.get_data(as_text=True)
    assert "20:00–21:00" in shown
    assert "Câu lạc bộ khác" in shown
    assert "Bí mật của bạn" not in shown
    assert "Chỉ là nháp" not in shown
    assert code not in shown
