"""Being reminded, and one's own calendar, as people use them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from livestream.reminders.models import Follow
from shop.core import clock
from shop.core.db import Database
from shop.notifications import services as notifications
from shop.notifications.rules import Post
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import make_session
from tests.livestream.reminders.conftest import make_confirmed


@pytest.fixture
def slug(database: Database) -> str:
    with database.transaction() as db:
        now = clock.now()
        return make_confirmed(db, starts_at=now + timedelta(days=7), now=now).slug


@pytest.fixture
def mailing(app: Flask) -> None:
    """After the application has chosen its channels."""
    where = Post("smtp://127.0.0.1:1", "tin@phien.example", "https://phien.example")
    notifications.use_channels(is_development=False, post=where)


def follows(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        return [(row.code, row.state) for row in db.scalars(select(Follow).order_by(Follow.id))]


@pytest.mark.usefixtures("mailing")
def test_a_guest_asks_confirms_and_leaves(
    client: FlaskClient, database: Database, slug: str
) -> None:
    page = client.get(f"/phien-live/{slug}")
    assert 'name="email"' in page.text
    here = f"/phien-live/{slug}/nhac-toi"
    for wrong in ("", "không phải thư", "a" * 300 + "@x.vn"):
        answer = post(client, here, {"email": wrong})
        assert answer.status_code == 422
    assert follows(database) == []
    assert post(client, here, {"email": "lan@guest.example"}).status_code == 303
    ((code, state),) = follows(database)
    assert state == "unconfirmed"
    link = f"/nhac-toi/{code}"
    assert "Xác nhận" in client.get(link).text
    assert follows(database) == [(code, "unconfirmed")], "opening a link changes nothing"
    assert post(client, link).status_code == 303
    assert follows(database) == [(code, "following")]
    one_click = client.post(f"{link}/thoi", data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 303, "as mail programs post, without cookie or token"
    assert follows(database) == [(code, "ended")]
    assert post(client, link).status_code == 404, "what has ended is not confirmed"
    assert client.get("/nhac-toi/" + "x" * 300).status_code == 404


def test_without_mail_guests_are_led_to_sign_in(client: FlaskClient, slug: str) -> None:
    page = client.get(f"/phien-live/{slug}").text
    assert 'name="email"' not in page
    assert f"/dang-nhap?next=/phien-live/{slug}" in page
    answer = post(client, f"/phien-live/{slug}/nhac-toi", {"email": "lan@guest.example"})
    assert answer.status_code == 409


def test_own_calendar_follows_and_feed(
    client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient], slug: str
) -> None:
    with database.transaction() as db:
        now = clock.now()
        make_session(db, state="confirmed", now=now, starts_at=now + timedelta(days=8))
        login = make_person(db).email
    assert login
    signed_in(login)
    assert "Chưa có phiên nào" in client.get("/tai-khoan/lich-live").text
    for _twice in range(2):
        assert post(client, f"/phien-live/{slug}/nhac-toi").status_code == 303
    assert [state for _code, state in follows(database)] == ["following"]
    assert 'data-follow="yes"' in client.get(f"/phien-live/{slug}").text
    post(client, "/tai-khoan/lich-live/dia-chi")
    page = client.get("/tai-khoan/lich-live").text
    assert f"/phien-live/{slug}" in page
    token = page.partition("/lich/toi-")[2].partition(".ics")[0]
    answer = client.get(f"/lich/toi-{token}.ics")
    assert answer.mimetype == "text/calendar"
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1, "not the other session"
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/lich/toi-{token}.ics", headers=etag).status_code == 304
    post(client, "/tai-khoan/lich-live/dia-chi")
    assert client.get(f"/lich/toi-{token}.ics").status_code == 404, "renewed: the old is closed"
    assert post(client, f"/phien-live/{slug}/thoi-nhac").status_code == 303
    assert [state for _code, state in follows(database)] == ["ended"]
