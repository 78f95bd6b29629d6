"""Feeds as another program reads them: stable, escaped, complete, and closed to strangers."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from livestream.sessions import queries, services
from livestream.sessions.calendars import build_calendar
from livestream.sessions.services import ItemWish
from shop.core.db import Database
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import EVENING, NOW, make_campaign, make_club, make_session

ROOT = Path(__file__).resolve().parents[3]
TITLE = "Vải; chín, đỏ \\ ngon " + "ắ" * 80


def feed(database: Database, **over: object) -> bytes:
    with database.read() as db:
        rows = queries.feed_rows(db, now=NOW, is_private=bool(over.get("is_private")))
    return build_calendar(rows, name="Chợ Phiên", public_url="https://example.vn", **over)  # type: ignore[arg-type]


def test_read_back_moved_and_cancelled(database: Database) -> None:
    with database.transaction() as db:
        live = make_session(db, state="confirmed", title=TITLE, about="Một\nHai; ba")
        code = live.public_id
    first = feed(database)
    assert first == feed(database)
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))
    event = Calendar.from_ical(first).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == TITLE
    assert str(event["UID"]) == f"live-{code}@example.vn"
    assert event["DTSTART"].dt == EVENING
    assert event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert b"BEGIN:VTIMEZONE" in first
    assert b"VALARM" not in first
    with database.transaction() as db:
        services.move_session(
            db,
            public_id=code,
            starts_at=EVENING + timedelta(days=1),
            minutes=90,
            actor_id=1,
            capacity="staff",
            now=NOW + timedelta(hours=1),
        )
    moved = Calendar.from_ical(feed(database)).walk("VEVENT")[0]
    assert moved["DTSTART"].dt == EVENING + timedelta(days=1)
    assert moved["UID"] == event["UID"]
    assert int(moved["SEQUENCE"]) > int(event["SEQUENCE"])
    with database.transaction() as db:
        services.cancel_session(db, public_id=code, actor_id=1, now=NOW, reason="Mưa")
    gone = Calendar.from_ical(feed(database)).walk("VEVENT")[0]
    assert str(gone["STATUS"]) == "CANCELLED"
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"])
    with database.read() as db:
        later = NOW + timedelta(days=31)
        assert queries.feed_rows(db, now=later) == []


def test_an_english_feed_names_the_same_sessions_in_english(
    database: Database, client: FlaskClient
) -> None:
    with database.transaction() as db:
        product = make_product(db, name="Vải sớm", name_en="Early lychees")
        wish = ItemWish(variant_of(db, product).id, 10, None, 0)
        live = make_session(db, state="confirmed", title="Vải đầu mùa", items=[wish])
        live.title_en, slug = "First lychees", live.slug
    read = [
        Calendar.from_ical(client.get(f"{at}/lich/phien-{slug}.ics").data).walk("VEVENT")[0]
        for at in ("", "/en")
    ]
    assert [str(event["SUMMARY"]) for event in read] == ["Vải đầu mùa", "First lychees"]
    assert [f"/en/phien-live/{slug}" in str(event["URL"]) for event in read] == [False, True]
    assert read[0]["UID"] == read[1]["UID"]
    named = [str(event["DESCRIPTION"]).splitlines()[-1] for event in read]
    assert named == ["Vải sớm", "Early lychees"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def test_bytes_do_not_depend_on_the_servers_zone(zone: str) -> None:
    program = """
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as N
from livestream.sessions.calendars import build_calendar
at = datetime(2026, 11, 28, 13, tzinfo=UTC)
live = N(public_id="X", schedule_seq=2, updated_at=at, created_at=at, starts_at=at,
         ends_at=at + timedelta(hours=1), title="Chợ", about="", state="confirmed", slug="x",
         watch_url=None)
row = N(live=live, club=N(name="CLB"), platforms=["tiktok"], shown=())
sys.stdout.buffer.write(build_calendar([row], name="n", public_url="https://example.vn"))
"""
    made = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"TZ": place, "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for place in ("UTC", zone)
    ]
    assert made[0] == made[1]
    assert b"20261128T200000" in made[0]


def test_who_sees_what(client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db, name="CLB Bắc Hà")
        campaign = make_campaign(db, name="Mùa mận")
        make_session(db, club, state="proposed", title="Đề xuất kín")
        make_session(
            db, club, state="confirmed", title="Phiên mở", campaign_id=campaign.id, submit_key="b"
        )
        token = club.feed_token
        opened = make_session(db, state="confirmed", title="Chỉ phiên này", submit_key="c").slug
    public = client.get("/lich/clb-clb-bac-ha.ics")
    assert public.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Phiên mở" in public.get_data(as_text=True)
    assert "Đề xuất kín" not in public.get_data(as_text=True)
    for feed_name in ("cong-khai", "chien-dich-mua-man"):
        body = client.get(f"/lich/{feed_name}.ics").get_data(as_text=True)
        assert "Phiên mở" in body
        assert "Đề xuất kín" not in body
    one = client.get(f"/lich/phien-{opened}.ics").get_data(as_text=True)
    assert "Chỉ phiên này" in one
    assert one.count("BEGIN:VEVENT") == 1
    private = client.get(f"/lich/{token}.ics")
    assert "TENTATIVE" in private.get_data(as_text=True)
    assert "VALARM" in private.get_data(as_text=True)
    assert "private" in private.headers["Cache-Control"]
    for unknown in (
        "clb-x",
        "chien-dich-x",
        "phien-x",
        "toi-x",
        "x",
        token.lower(),
        "%00",
        "a" * 3000,
    ):
        assert client.get(f"/lich/{unknown}.ics").status_code == 404
    assert client.get("/lich/cong-khai.ics").headers["ETag"]
