"""The inbox page."""

import re
from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.notifications import jobs, services
from shop.notifications.models import InboxItem
from tests.conftest import post
from tests.factories.accounts import make_person

KIND = "test.inbox_page"


def test_inbox_shows_counts_and_marks(
    client: FlaskClient,
    app: Flask,
    db: Session,
    database: Database,
    now: datetime,
    signed_in: Callable[..., FlaskClient],
) -> None:
    services.register_message(KIND, title="Đơn %(code)s đã gửi", url="/don-hang/%(code)s")
    person, other = make_person(db), make_person(db)
    for number in range(32):
        services.notify(
            db,
            person_ids=[person.id],
            kind=KIND,
            cause=f"order:{number}",
            payload={"code": f"<b>{number}"},
            now=now,
        )
    db.commit()
    jobs.deliver(database, now)
    signed_in(person.email)
    page = client.get("/tai-khoan/tin-nhan").get_data(as_text=True)
    assert "Đơn &lt;b&gt;31 đã gửi" in page
    assert "trang=2" in page
    assert '<span class="todo-n">32</span>' in client.get("/tai-khoan").get_data(as_text=True)
    paths = re.findall(r'action="(/tai-khoan/tin-nhan/\d+/da-doc)"', page)
    assert len(paths) == 30
    stranger = app.test_client()
    post(stranger, "/dang-nhap", {"login": other.email, "password": "chophien-demo"})
    assert post(stranger, paths[0]).status_code == 404
    assert "Chưa có tin nào" in stranger.get("/tai-khoan/tin-nhan").get_data(as_text=True)
    answer = post(client, paths[0])
    assert answer.status_code == 303
    assert answer.location == "/don-hang/%3Cb%3E31"
    assert '<span class="todo-n">31</span>' in client.get("/tai-khoan").get_data(as_text=True)
    assert post(client, "/tai-khoan/tin-nhan/da-doc").status_code == 303
    assert "chưa đọc" not in client.get("/tai-khoan/tin-nhan").get_data(as_text=True)


def test_old_message_of_a_changed_or_forgotten_kind_is_shown(
    client: FlaskClient, db: Session, now: datetime, signed_in: Callable[..., FlaskClient]
) -> None:
    services.register_message(KIND, title="Đơn %(code)s đã gửi", url="/don-hang/%(code)s")
    person = make_person(db)
    for number, kind in enumerate((KIND, "test.forgotten")):
        db.add(
            InboxItem(outbox_key=str(number), person_id=person.id, kind=kind, payload={}, at=now)
        )
    db.commit()
    signed_in(person.email)
    page = client.get("/tai-khoan/tin-nhan").get_data(as_text=True)
    assert "Đơn … đã gửi" in page
    assert "test.forgotten" in page


def test_inbox_is_for_people_who_signed_in(client: FlaskClient) -> None:
    assert client.get("/tai-khoan/tin-nhan").status_code == 303
    assert post(client, "/tai-khoan/tin-nhan/da-doc").status_code == 403
