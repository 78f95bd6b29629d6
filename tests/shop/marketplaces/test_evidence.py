"""Weekly exports, and what people saw of listings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core import jobs
from shop.core.clock import VN, today_vn
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.marketplaces.models import ExportRun, ExportSchedule, ListingSighting
from shop.marketplaces.services.weekly import export_due, next_morning, set_weekly
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer
from tests.factories.marketplaces import make_goods

ADDRESS = "https://shopee.vn/mien-dong-i.1.2"


@pytest.fixture
def desk(db: Session, app: Flask, signed_in: Callable[..., FlaskClient]) -> Any:
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    storage = app.extensions["house"].storage
    product = make_goods(db, storage, producer=producer)
    foreign = make_goods(db, storage, producer=make_producer(db, name="HTX Khác"))
    db.commit()
    return producer, product, foreign, owner, signed_in(owner.email)


def seen(day: Any = None, **over: str) -> dict[str, str]:
    on_day = day or today_vn(datetime.now(UTC))
    return {"what": "listed", "address": ADDRESS, "on_day": on_day.isoformat()} | over


def count(database: Database, table: Any) -> int:
    with database.read() as reading:
        return reading.scalar(select(func.count()).select_from(table)) or 0


def test_the_address_is_kept_once_and_asked_for_again_after_a_month(
    database: Database, desk: Any
) -> None:
    _producer, product, _foreign, _owner, client = desk
    path = f"/ban-hang/kenh-ban/shopee/{product.id}/bang-chung"
    old = today_vn(datetime.now(UTC)) - timedelta(days=31)
    for _ in range(2):
        assert post(client, path, seen(old, helped_by="Đoàn xã")).status_code == 303
    assert count(database, ListingSighting) == 1
    page = client.get("/ban-hang/kenh-ban/bang-chung").get_data(as_text=True)
    assert ADDRESS in page
    assert f'action="{path}"' in page, "one press says that it is still there"
    pressed = {"what": "seen", "on_day": today_vn(datetime.now(UTC)).isoformat()}
    assert post(client, path, pressed).status_code == 303
    page = client.get("/ban-hang/kenh-ban/bang-chung").get_data(as_text=True)
    assert f'action="{path}"' not in page
    assert page.count(ADDRESS) == 2, "what was recorded stays on the list, once: address and text"
    assert "Đoàn xã" not in page, "the last word counts: nobody helped to look again"
    assert post(client, path, seen(what="gone", address="")).status_code == 303
    assert "Không còn bài đăng" in client.get("/ban-hang/kenh-ban/bang-chung").text
    assert client.get("/ban-hang/kenh-ban/bang-chung?trang=99").status_code == 200
    shown = client.get(f"/ban-hang/kenh-ban/shopee/{product.id}").get_data(as_text=True)
    assert "Đoàn xã" in shown


def test_what_cannot_be_true_is_refused(database: Database, desk: Any) -> None:
    _producer, product, foreign, _owner, client = desk
    path = f"/ban-hang/kenh-ban/shopee/{product.id}/bang-chung"
    tomorrow = today_vn(datetime.now(UTC)) + timedelta(days=1)
    for fields in (
        seen(address="javascript:alert(1)"),
        seen(address="https://localhost/x"),
        seen(address="https://[x"),
        seen(address=""),
        seen(address="https://a.vn/" + "x" * 400_000),
        seen(tomorrow),
        seen(on_day="0001-01-01"),
        seen(on_day="nope"),
        seen(what="seen", address=""),
        seen(what="bought"),
    ):
        assert post(client, path, fields).status_code == 422, fields["address"][:80]
    other = f"/ban-hang/kenh-ban/shopee/{foreign.id}/bang-chung"
    assert post(client, other, seen()).status_code == 404
    assert count(database, ListingSighting) == 0


def test_a_channel_is_exported_every_week_and_its_owner_told(
    database: Database, app: Flask, desk: Any
) -> None:
    _producer, _product, _foreign, owner, client = desk
    path = "/ban-hang/kenh-ban/voso/hang-tuan"
    assert post(client, path, {"weekday": "9"}).status_code == 422
    assert post(client, path, {"weekday": "0"}).status_code == 303
    with database.read() as reading:
        due = reading.scalars(select(ExportSchedule)).one().next_at
    assert (due.astimezone(VN).weekday(), due.astimezone(VN).hour) == (0, 6)
    jobs.run_once("marketplaces.weekly", database, due - timedelta(seconds=1))
    assert count(database, ExportRun) == 0
    for _ in range(2):
        jobs.run_once("marketplaces.weekly", database, due)
    with database.read() as reading:
        run = reading.scalars(select(ExportRun)).one()
        following = reading.scalars(select(ExportSchedule.next_at)).one()
    assert (run.channel, run.made_by) == ("voso", None)
    assert following == due + timedelta(days=7)
    jobs.run_once("tasks.run", app.extensions["house"].database, datetime.now(UTC))
    assert count(database, OutboxMessage) == 1
    assert post(client, path, {"weekday": ""}).status_code == 303
    assert count(database, ExportSchedule) == 0
    assert owner.id


def test_two_workers_ask_once(database: Database, db: Session, desk: Any) -> None:
    producer, _product, _foreign, owner, _client = desk
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    set_weekly(db, producer_id=producer.id, channel="voso", weekday=2, actor_id=owner.id, now=now)
    row = db.scalars(select(ExportSchedule)).one()
    later = row.next_at + timedelta(days=15)
    assert export_due(db, schedule_id=row.id, now=later) is not None
    db.expire_all()
    assert export_due(db, schedule_id=row.id, now=later) is None
    assert row.next_at == next_morning(later, 2)
    db.commit()
