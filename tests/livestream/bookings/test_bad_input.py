"""What nobody can mean, at every step of booking: refused with words, and nothing half done.

Each form is sent wrong in every way of its table, and then right, which is the control: the same
fields without the one wrong value go through.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from livestream.bookings.services import save_template
from livestream.sessions.models import LiveSession
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import (
    make_channel,
    make_club,
    make_host,
    make_session,
    make_studio,
)

BIG = 2**31
WATCHED = (
    "live_session",
    "live_resource_hold",
    "live_session_event",
    "live_slot_template",
    "live_series",
    "live_wait_entry",
    "live_availability",
    "live_availability_exception",
)

Wrong = tuple[dict[str, Any], int]


def evening(days: int = 5) -> datetime:
    """Eight in the evening some days from the real today: pages read the real clock."""
    day = clock.now().astimezone(VN) + timedelta(days=days)
    return day.replace(hour=20, minute=0, second=0, microsecond=0)


def typed(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True)
class Desk:
    """A manager's club, and a club that is none of theirs."""

    client: FlaskClient
    database: Database
    club: int
    host: int
    stand_in: int
    channel: int
    studio: int
    template: int
    session: str
    other: str
    foreign_club: int
    foreign_host: int
    foreign_session: str
    foreign_template: int

    def marks(self) -> dict[str, Any]:
        """What the watched tables hold."""
        with self.database.read() as db:
            return {
                table: sorted(str(tuple(row)) for row in db.execute(text(f"SELECT * FROM {table}")))
                for table in WATCHED
            }

    def refuse_then_take(self, address: str, good: dict[str, Any], wrongs: list[Wrong]) -> None:
        """Each wrong one is refused with words and changes nothing; the good one goes through."""
        before = self.marks()
        for wrong, status in wrongs:
            answer = post(self.client, address, good | wrong)
            page = answer.get_data(as_text=True)
            assert answer.status_code == status, (address, wrong, answer.status_code)
            assert 'role="alert"' in page or 'class="err"' in page or status == 404, (
                address,
                wrong,
            )
        assert self.marks() == before
        answer = post(self.client, address, good)
        assert answer.status_code == 303, (address, answer.get_data(as_text=True)[:3000])
        assert self.marks() != before


@pytest.fixture
def desk(database: Database, signed_in: Callable[[str], FlaskClient]) -> Desk:
    now = clock.now()
    with database.transaction() as db:
        manager = make_person(db)
        club, foreign = make_club(db, manager_id=manager.id), make_club(db)
        host, stand_in = make_host(db, club), make_host(db, club)
        channel, studio = make_channel(db, club), make_studio(db, club)
        stranger = make_host(db, foreign)

        def session(of: Any, key: str, days: int = 5, **over: Any) -> str:
            over |= {"starts_at": evening(days), "state": "proposed", "now": now}
            live = make_session(db, of, submit_key=key, **over)
            return live.public_id

        def usual(of: Any, who: int, where: int) -> int:
            return save_template(
                db,
                club_id=of.id,
                name="Tối thứ Bảy",
                weekday=5,
                start_minute=20 * 60,
                minutes=60,
                resources={"host": [who], "channel": [where]},
                actor_id=manager.id,
                now=now,
            ).id

        login = manager.email or ""
        made: dict[str, Any] = {
            "club": club.id,
            "host": host.id,
            "stand_in": stand_in.id,
            "channel": channel.id,
            "studio": studio.id,
            "template": usual(club, host.id, channel.id),
            "session": session(club, "bad-1", hosts=[host], channels=[channel]),
            "other": session(club, "bad-2", hosts=[host], channels=[channel], days=6),
            "foreign_club": foreign.id,
            "foreign_host": stranger.id,
            "foreign_session": session(foreign, "bad-3", hosts=[stranger]),
            "foreign_template": usual(foreign, stranger.id, make_channel(db, foreign).id),
        }
    return Desk(client=signed_in(login), database=database, **made)


TIMES: list[Wrong] = [
    ({"minutes": 0}, 422),
    ({"minutes": -60}, 422),
    ({"minutes": 14 * 60}, 422),
    ({"minutes": BIG}, 422),
    ({"minutes": "sáu mươi"}, 422),
    ({"starts_at": "2020-01-01T20:00"}, 422),
    ({"starts_at": "9999-12-31T23:59"}, 422),
    ({"starts_at": "0001-01-01T00:00"}, 422),
    ({"starts_at": "thứ Bảy\x00"}, 422),
]


def test_a_new_session(desk: Desk) -> None:
    title = "Phiên chợ miến dong"
    good = {
        "club_id": desk.club,
        "title": unicodedata.normalize("NFD", title),
        "starts_at": typed(evening(9)),
        "minutes": 60,
        "host_id": desk.host,
        "channel_id": desk.channel,
        "submit_key": "bad-input-new",
    }
    page = post(desk.client, "/clb/phien/moi", good | {"club_id": desk.foreign_club})
    assert title in page.get_data(as_text=True), "what was typed is kept"
    wrongs = [
        *TIMES,
        ({"club_id": desk.foreign_club}, 404),
        ({"club_id": BIG * 8}, 404),
        ({"title": "x" * 161}, 422),
        *(({"host_id": one}, 422) for one in (desk.foreign_host, desk.studio, BIG, "\x00")),
        *(({"channel_id": one}, 422) for one in (desk.host, 2**70, "")),
        ({"studio_id": desk.channel}, 422),
        ({"variant_id": BIG}, 422),
        ({"starts_at": typed(evening())}, 409),
    ]
    desk.refuse_then_take("/clb/phien/moi", good, wrongs)
    with desk.database.read() as db:
        kept = db.scalars(select(LiveSession.title)).all()
    assert title in kept, "decomposed letters are composed on the way in"


def test_a_move(desk: Desk) -> None:
    good = {"starts_at": typed(evening(8)), "minutes": 90}
    wrongs = [
        *TIMES,
        ({"host_id": desk.foreign_host}, 422),
        ({"host_id": BIG}, 422),
        ({"version": 99}, 409),
        ({"version": "a\x00"}, 422),
        ({"starts_at": typed(evening(6))}, 409),
    ]
    desk.refuse_then_take(f"/clb/phien/{desk.session}/doi-gio", good, wrongs)


def test_a_move_on_the_grid(desk: Desk) -> None:
    day = evening(8).date()
    good = {"to": f"{desk.stand_in}:{day}", "time": "19:30"}
    wrongs: list[Wrong] = [
        *(({"time": one}, 422) for one in ("25:00", "", "8 giờ", "\x00")),
        *(
            ({"to": one}, 422)
            for one in (
                f"{desk.stand_in}:2020-01-01",
                f"{desk.stand_in}:{day}x",
                f"{BIG}:{day}",
                f"{desk.foreign_host}:{day}",
                f"{2**70}:{day}",
                ":",
                "x" * 41,
            )
        ),
        ({"at": "9999-99-99T99:99"}, 422),
        ({"to": f"{desk.host}:{evening(6).date()}", "time": "20:00"}, 409),
    ]
    desk.refuse_then_take(f"/clb/phien/{desk.session}/chuyen", good, wrongs)


def test_a_swap(desk: Desk) -> None:
    wrongs: list[Wrong] = [
        ({"other": desk.session}, 422),
        ({"other": ""}, 422),
        ({"other": "x" * 27}, 422),
        ({"other": desk.foreign_session}, 404),
        ({"other": "không có"}, 404),
        ({"other": unicodedata.normalize("NFD", "phiên")}, 404),
    ]
    good = {"other": desk.other}
    desk.refuse_then_take(f"/clb/phien/{desk.session}/doi-cho", good, wrongs)


def test_a_hand_over(desk: Desk) -> None:
    good = {"from_host": desk.host, "to_host": desk.stand_in, "reason": "Ốm"}
    wrongs: list[Wrong] = [
        *(
            ({"to_host": one}, 422)
            for one in (desk.foreign_host, desk.studio, BIG, BIG * 4, 0, "x", "\x00", "")
        ),
        ({"from_host": desk.foreign_host}, 409),
        ({"to_host": desk.host}, 409),
        ({"reason": "x" * 301}, 422),
    ]
    desk.refuse_then_take(f"/clb/phien/{desk.session}/ban-giao", good, wrongs)


def test_a_slot_template(desk: Desk) -> None:
    good = {
        "club_id": desk.club,
        "name": "Sáng Chủ nhật",
        "weekday": 6,
        "start": "09:00",
        "minutes": 60,
        "host_id": desk.host,
        "channel_id": desk.channel,
    }
    wrongs = [
        *((one, status) for one, status in TIMES if "minutes" in one),
        *(({"weekday": one}, 422) for one in (7, -1, BIG, "Chủ nhật")),
        *(({"start": one}, 422) for one in ("24:00", "25:00", "9 giờ", "\x00", "")),
        *(({"host_id": one}, 422) for one in (desk.foreign_host, desk.studio, BIG, "")),
        ({"name": ""}, 422),
        ({"name": "Tối thứ Bảy"}, 409),
        ({"name": unicodedata.normalize("NFD", "Tối thứ Bảy")}, 409),
        ({"club_id": desk.foreign_club}, 404),
    ]
    desk.refuse_then_take("/clb/phien/khung-gio", good, wrongs)


def test_a_series(desk: Desk) -> None:
    good = {
        "club_id": desk.club,
        "title": "Chợ tối",
        "title_en": "Evening market",
        "first_day": evening(12).date(),
        "weeks": 2,
        "taken": "free",
        "submit_key": "bad-input-series",
    }
    wrongs: list[Wrong] = [
        *(({"weeks": one}, 422) for one in (0, -1, 27, BIG, "hai")),
        *(({"first_day": one}, 422) for one in ("2020-01-01", "9999-12-31", "\x00")),
        ({"taken": "some"}, 422),
        ({"title": ""}, 422),
        ({"first_day": evening().date(), "weeks": 1}, 409),
        ({"club_id": desk.foreign_club}, 404),
    ]
    base = "/clb/phien/khung-gio"
    desk.refuse_then_take(f"{base}/{desk.template}/dat", good, wrongs)
    for template in (desk.foreign_template, BIG):
        assert post(desk.client, f"{base}/{template}/dat", good).status_code == 404
    with desk.database.read() as db:
        made = db.scalars(select(LiveSession.title_en)).all()
    assert made.count("Evening market") == 2


def test_the_hours_of_a_host(desk: Desk) -> None:
    base = f"/clb/nguon-luc/{desk.host}"
    hours: list[Wrong] = [
        *(({"to_5": one}, 422) for one in ("18:00", "19:00", "", "55:00", "mười", "\x00")),
        ({"from_0": "24:30", "to_0": "25:00"}, 422),
    ]
    desk.refuse_then_take(f"{base}/gio", {"from_5": "19:00", "to_5": "25:00"}, hours)
    days: list[Wrong] = [
        *(({"day": one}, 422) for one in ("2020-01-01", "9999-12-31", "mai", "\x00", "")),
        *(({"to_time": one}, 422) for one in ("18:00", "", "x")),
        ({"note": "x" * 121}, 422),
    ]
    day = evening(9).date()
    away = {"day": day, "from_time": "19:00", "to_time": "22:00"}
    desk.refuse_then_take(f"{base}/ngay", away, days)
    assert post(desk.client, f"{base}/ngay/bo", {"day": "mai"}).status_code == 422
    desk.refuse_then_take(f"{base}/ngay/bo", {"day": day}, [])
    for foreign in (desk.foreign_host, BIG, 2**63):
        for step in ("", "/gio", "/ngay", "/ngay/bo"):
            answer = post(desk.client, f"/clb/nguon-luc/{foreign}{step}", away | {"name": "Tôi"})
            assert answer.status_code == 404, (foreign, step)


def test_the_waiting_list(desk: Desk) -> None:
    mine = f"/clb/phien/{desk.session}"
    for step in ("cho", "nhan-cho", "roi-cho"):
        before = desk.marks()
        for code in (desk.foreign_session, "x" * 300, "khong-co"):
            assert post(desk.client, f"/clb/phien/{code}/{step}", {}).status_code == 404
        answer = post(desk.client, f"{mine}/{step}", {})
        assert answer.status_code == 409, "it holds its time already and waits for nothing"
        assert 'role="alert"' in answer.get_data(as_text=True)
        assert desk.marks() == before


def test_looking_for_free_slots(desk: Desk) -> None:
    good = {"host": str(desk.host), "studio": "any", "minutes": "60", "starts_at": typed(evening())}
    address = "/clb/phien/gio-trong"
    wrongs = [
        *({"minutes": one} for one in ("0", "840", "x", "\x00")),
        *({"host": one} for one in (str(desk.foreign_host), str(desk.studio), str(BIG))),
        *({"starts_at": one} for one in ("2020-01-01T20:00", "9999-12-31T23:59", "9999-99-99")),
    ]
    for wrong in wrongs:
        answer = desk.client.get(address, query_string=good | wrong)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "data-offers" in page) == (422, False), wrong
        assert 'aria-invalid="true"' in page
    found = desk.client.get(address, query_string=good)
    assert (found.status_code, "data-offers" in found.get_data(as_text=True)) == (200, True)
    of_others = good | {"club_id": str(desk.foreign_club)}
    assert desk.client.get(address, query_string=of_others).status_code == 404
