"""Copied codes: which counts strike, who may close what, and what the page honestly says."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import Database
from shop.core.jobs import run_once
from shop.traceability import services
from shop.traceability.models import CloneAlert, CodeOpening, Lot, ScanReport, ScanStat, TraceCode
from shop.traceability.queries import batches as batch_queries
from shop.traceability.rules.clones import (
    RULES,
    AlertOpen,
    OnlyStaffClose,
    Seen,
    Thresholds,
    struck,
)
from shop.traceability.services import batches, boxes, clones
from tests.conftest import post
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer, make_product
from tests.factories.traceability import NOW, make_lot

SignIn = Callable[..., FlaskClient]
TODAY = date(2026, 11, 22)


def days(*counts: int) -> tuple[tuple[date, int], ...]:
    """One count a day, ending today; 0 is a day without a row."""
    start = TODAY - timedelta(days=len(counts) - 1)
    return tuple((start + timedelta(days=n), c) for n, c in enumerate(counts) if c)


@pytest.mark.parametrize(
    ("seen", "rules"),
    [
        (Seen("active", days(9, 9)), []),
        (Seen("active", days(10)), ["many_scans"]),
        (Seen("reported", days(1, 40)), ["many_scans"]),
        (Seen("active", days(3, 1, 1, 1), TODAY - timedelta(days=3)), []),
        (Seen("active", days(3, 1, 1, 1, 1), TODAY - timedelta(days=4)), ["after_opening"]),
        (Seen("active", days(1, 1, 1, 1, 1), TODAY), []),
        (Seen("active", days(1, 1, 1, 1, 1)), []),
        (Seen("void", days(1)), ["void"]),
        (Seen("unprinted", days(2)), ["never_printed"]),
        (Seen("void", ()), []),
    ],
)
def test_rules_strike_at_their_thresholds(seen: Seen, rules: list[str]) -> None:
    assert [rule for rule, _number in struck(seen, Thresholds())] == rules


def test_thresholds_can_be_set_and_settled_days_do_not_count() -> None:
    seen = Seen("active", days(5, 0, 5))
    assert list(struck(seen, Thresholds(scans_a_day=5))) == [("many_scans", 5)]
    assert not list(struck(seen.after(TODAY), Thresholds(scans_a_day=5)))
    assert not list(struck(seen, Thresholds(scans_a_day=6)))


@pytest.fixture
def lot(db: Session) -> Lot:
    producer = make_producer(db)
    owner = make_member(db, "producer", producer.id, email="owner@example.test")
    make_member(db, "producer", make_producer(db).id, email="other@example.test")
    make_staff(db, "19", email="staff@example.test")
    make_staff(db, "01", email="far@example.test")
    product = make_product(db, producer=producer)
    made = make_lot(db, product=product, released=True, actor_id=owner.id)
    db.commit()
    return made


def jars(db: Session, lot: Lot, count: int = 3, *, printed: bool = True) -> list[str]:
    batch = batches.request_units(
        db,
        lot_id=lot.id,
        count=count,
        template="50x30",
        form="pdf",
        skip=0,
        submit_key=f"jars-{printed}",
        actor_id=1,
        now=NOW,
    )
    batches.add_codes(db, batch_id=batch.id, now=NOW)
    if printed:
        task_id = batch.task_id or 0
        batches.finish_batch(db, batch_id=batch.id, task_id=task_id, file_name="x.pdf")
        batches.print_batch(db, batch_id=batch.id, actor_id=1, now=NOW)
    return batch_queries.codes_of(db, batch.id)


def scan(db: Session, code: str, times: int, *, day: int = 0) -> None:
    at = NOW + timedelta(days=day)
    db.add(
        ScanStat(
            code=code,
            day=clock.today_vn(at),
            count=times,
            first_seen_at=at,
            last_seen_at=at,
        )
    )
    db.flush()


def watch(db: Session, *, day: int = 0) -> list[tuple[str, str, int]]:
    clones.watch_codes(db, limits=Thresholds(), now=NOW + timedelta(days=day))
    found = select(CloneAlert).where(CloneAlert.state == "open").order_by(CloneAlert.id)
    return [(alert.code, alert.rule, alert.number) for alert in db.scalars(found)]


def test_only_codes_of_one_thing_raise_alerts(db: Session, lot: Lot) -> None:
    [one, two, three] = jars(db, lot)
    box = boxes.make_boxes(
        db,
        lot_id=lot.id,
        boxes=1,
        units=2,
        template="50x30",
        form="pdf",
        submit_key="one box",
        actor_id=1,
        now=NOW,
    )
    [never] = batch_queries.codes_of(db, box.id)
    scan(db, lot.code, 5_000)
    scan(db, one, 9)
    scan(db, two, 10)
    batches.void_code(db, code=three, actor_id=1, now=NOW)
    scan(db, three, 1)
    scan(db, never, 2)
    found = {(two, "many_scans", 10), (three, "void", 1), (never, "never_printed", 2)}
    assert set(watch(db)) == found
    assert set(watch(db)) == found, "looking twice opens nothing twice"


def test_scans_after_the_opening_strike_on_the_fourth_day(db: Session, lot: Lot) -> None:
    [code, *_] = jars(db, lot)
    clones.confirm_opened(db, code=code, now=NOW)
    clones.confirm_opened(db, code=code, now=NOW + timedelta(hours=1))
    opened = db.get_one(CodeOpening, code)
    assert (opened.count, opened.first_at) == (2, NOW)
    for day in range(4):
        scan(db, code, 1, day=day)
    assert watch(db, day=3) == []
    scan(db, code, 1, day=9)
    assert watch(db, day=9) == [(code, "after_opening", 4)]


def test_what_was_settled_starts_anew(db: Session, lot: Lot) -> None:
    [code, *_] = jars(db, lot)
    scan(db, code, 12)
    watch(db)
    alert = db.scalars(select(CloneAlert)).one()
    close = {"alert_id": alert.id, "actor_id": 1, "is_staff": False}
    clones.close_alert(db, note="Hội chợ, ai cũng quét thử", now=NOW, **close)
    assert watch(db) == []
    scan(db, code, 11, day=1)
    assert watch(db, day=1) == [(code, "many_scans", 11)]
    with pytest.raises(AlertOpen):
        clones.reopen_alert(db, alert_id=alert.id, actor_id=1, now=NOW)


def test_reports_are_red_and_closed_by_staff_only(db: Session, lot: Lot) -> None:
    [code, *_] = jars(db, lot)
    services.report_code(db, code=code, words="Tem bị bóc", now=NOW)
    services.report_code(db, code=code, words="Nhãn mờ", now=NOW)
    assert db.get_one(TraceCode, code).state == "reported"
    assert watch(db) == [(code, "reported", 2)]
    alert = db.scalars(select(CloneAlert)).one()
    asked = {"alert_id": alert.id, "note": "Đã gọi người mua", "actor_id": 1, "now": NOW}
    with pytest.raises(OnlyStaffClose):
        clones.close_alert(db, is_staff=False, **asked)
    clones.close_alert(db, is_staff=True, **asked)
    assert db.get_one(TraceCode, code).state == "active"
    assert not db.scalars(select(ScanReport).where(ScanReport.handled_at.is_(None))).all()
    clones.reopen_alert(db, alert_id=alert.id, actor_id=1, now=NOW)
    assert watch(db) == [(code, "reported", 2)]


def test_words_from_before_there_were_alerts_get_one(db: Session, lot: Lot) -> None:
    db.add(ScanReport(code=lot.code, words="Từ trước", at=NOW))
    db.flush()
    assert watch(db) == [(lot.code, "reported", 1)]


def test_the_job_watches(db: Session, app: Flask, database: Database, lot: Lot) -> None:
    [code, *_] = jars(db, lot)
    scan(db, code, 10)
    db.commit()
    run_once("codes.watch", database, NOW)
    with database.read() as reader:
        assert reader.scalars(select(CloneAlert.rule)).all() == ["many_scans"]


def test_nothing_about_people_is_kept() -> None:
    """Counts, days and words: no column could hold who scanned, from where or with what."""
    kept = {
        model.__tablename__: {column.key for column in model.__table__.columns}
        for model in (ScanStat, CodeOpening, CloneAlert)
    }
    assert kept == {
        "scan_stat": {"code", "day", "count", "first_seen_at", "last_seen_at"},
        "code_opening": {"code", "first_at", "count"},
        "clone_alert": {
            *("id", "code", "rule", "level", "state", "number"),
            *("opened_at", "closed_at", "closed_by", "note"),
        },
    }


def test_the_page_tells_what_a_count_proves(
    client: FlaskClient, db: Session, database: Database, lot: Lot
) -> None:
    [code, other, _third] = jars(db, lot)
    [unprinted, *_] = jars(db, lot, printed=False)
    scan(db, code, 30)
    watch(db)
    db.commit()
    page = client.get(f"/t/{code}").get_data(as_text=True)
    assert "chỉ dán trên một gói" in page
    assert "chưa chứng minh được hàng thật" in page
    assert "quét nhiều hơn thường lệ" in page
    assert "Tôi vừa mở gói này" in page
    assert len(page.encode()) <= 30_000
    answer = post(client, f"/t/{code}/da-mo")
    assert answer.headers["Location"] == f"/t/{code}?da_mo=1#nghi-van"
    assert "đã báo mở gói này lúc" in client.get(f"/t/{code}").get_data(as_text=True)
    calm = client.get(f"/t/{other}").get_data(as_text=True)
    assert "quét nhiều hơn thường lệ" not in calm
    assert "đã báo mở" not in calm
    lot_page = client.get(f"/t/{lot.code}").get_data(as_text=True)
    assert "Tôi vừa mở gói này" not in lot_page
    assert "không chứng minh được hàng thật hay giả" in lot_page
    assert 'data-verdict="unprinted"' in client.get(f"/t/{unprinted}").get_data(as_text=True)
    for wrong in (lot.code, unprinted):
        assert post(client, f"/t/{wrong}/da-mo").status_code == 422
    assert post(client, "/t/xyz/da-mo").status_code == 404


def test_every_kind_of_page_stays_within_six_statements(
    client: FlaskClient, db: Session, lot: Lot
) -> None:
    [code, *_] = jars(db, lot)
    box = boxes.make_boxes(
        db,
        lot_id=lot.id,
        boxes=1,
        units=2,
        template="50x30",
        form="pdf",
        submit_key="one box",
        actor_id=1,
        now=NOW,
    )
    [boxed] = batch_queries.codes_of(db, box.id)
    db.commit()
    engine = client.application.extensions["house"].database.engine
    said: list[str] = []

    def hear(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "SET", "PRAGMA")):
            said.append(statement)

    for one in (code, boxed, lot.code):
        client.get(f"/T/{one}")
        event.listen(engine, "before_cursor_execute", hear)
        client.get(f"/T/{one}")
        event.remove(engine, "before_cursor_execute", hear)
        assert len(said) <= 6, said
        said.clear()


def body(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_desks_show_and_close_what_is_theirs(
    signed_in: SignIn, client: FlaskClient, db: Session, lot: Lot
) -> None:
    [code, *_] = jars(db, lot)
    scan(db, code, 30)
    services.report_code(db, code=lot.code, words="Tem bị bóc rồi", now=NOW)
    watch(db)
    amber, red = db.scalars(select(CloneAlert.id).order_by(CloneAlert.level)).all()
    db.commit()
    note = {"note": "Đã xem, bình thường"}
    signed_in("other@example.test")
    assert "Tem bị bóc rồi" not in body(client.get("/ban-hang/ma-nghi-van"))
    assert post(client, f"/ban-hang/ma-nghi-van/{amber}", note).status_code == 404
    post(client, "/dang-xuat")
    signed_in("far@example.test")
    assert "Tem bị bóc rồi" not in body(client.get("/can-bo/ma-nghi-van"))
    assert post(client, f"/can-bo/ma-nghi-van/{red}", note).status_code == 404
    post(client, "/dang-xuat")
    signed_in("owner@example.test")
    page = body(client.get("/ban-hang/ma-nghi-van"))
    assert "Tem bị bóc rồi" in page
    assert RULES["many_scans"].label in page
    assert post(client, f"/ban-hang/ma-nghi-van/{red}", note).status_code == 403
    for wrong in ("", "x", "x" * 301, "\0\0\0\0"):
        answer = post(client, f"/ban-hang/ma-nghi-van/{amber}", {"note": wrong})
        assert answer.status_code == 422, wrong
    assert post(client, f"/ban-hang/ma-nghi-van/{amber}", note).status_code == 303
    assert "bình thường" in body(client.get("/ban-hang/ma-nghi-van?tt=da-dong"))
    again = post(client, f"/ban-hang/ma-nghi-van/{amber}", {"lam": "mo-lai"})
    assert again.status_code == 303
    post(client, "/dang-xuat")
    signed_in("staff@example.test")
    assert post(client, f"/can-bo/ma-nghi-van/{red}", note).status_code == 303
    assert post(client, f"/can-bo/ma-nghi-van/{2**40}", note).status_code == 404
