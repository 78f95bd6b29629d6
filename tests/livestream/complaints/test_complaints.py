"""A viewer complains, staff of that province answer once, evidence is frozen and ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from livestream.complaints import jobs, rules
from livestream.complaints.models import Complaint, Evidence
from livestream.complaints.wiring import declare_messages
from livestream.sessions import services as sessions
from livestream.sessions.models import LiveSession
from livestream.sessions.services import ItemWish
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW, make_session
from tests.factories.stock import make_stock

Login = Callable[[str], FlaskClient]
declare_messages()


def on_air(database: Database) -> LiveSession:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db)).id
        make_stock(db, variant, 9)
        live = make_session(
            db,
            items=[ItemWish(variant, 10, 30_000, 2)],
            state="live",
            starts_at=clock.now() + timedelta(minutes=5),
            now=clock.now(),
        )
        db.refresh(live)
        db.expunge(live)
    return live


GOOD: dict[str, Any] = {
    "kind": "claim",
    "item_code": "a1",
    "words": "Người dẫn nói chữa được bệnh đau lưng.",
    "contact": "0912345678",
    "submit_key": "complaint-key-1",
}


def test_from_the_viewer_to_the_answer(
    database: Database, client: FlaskClient, signed_in: Login
) -> None:
    live = on_air(database)
    address = f"/phien-live/{live.slug}/khieu-nai"
    assert client.get(address).status_code == 200
    first, again = (post(client, address, GOOD) for _ in range(2))
    assert first.status_code == 303
    assert first.location == again.location, "pressing twice is one complaint"
    seen = client.get(first.location).get_data(as_text=True)
    assert 'data-state="open"' in seen
    assert "0912345678" not in seen, "the page tells nothing of who complained"
    with database.transaction() as db:
        row = db.scalars(select(Complaint)).one()
        code = row.code
        assert row.item_id is not None
        own = make_staff(db, "19").email or ""
        other = make_staff(db, "01").email or ""
    answer = {"state": "upheld", "answer": "Đã dừng phiên và nhắc người dẫn."}
    stranger = signed_in(other)
    assert GOOD["words"] not in stranger.get("/can-bo/khieu-nai-phien").get_data(as_text=True)
    assert post(stranger, f"/can-bo/khieu-nai-phien/{code}", answer).status_code in {403, 404}
    staff = signed_in(own)
    assert GOOD["words"] in staff.get("/can-bo/khieu-nai-phien").get_data(as_text=True)
    assert post(staff, f"/can-bo/khieu-nai-phien/{code}", {"state": "upheld"}).status_code == 422
    assert post(staff, f"/can-bo/khieu-nai-phien/{code}", answer).status_code == 303
    assert post(staff, f"/can-bo/khieu-nai-phien/{code}", answer).status_code == 409
    assert answer["answer"] in staff.get(first.location).get_data(as_text=True)
    jobs.keep_evidence(database, clock.now())
    assert staff.get(f"/can-bo/phien/{live.public_id}/bang-chung").status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"kind": "zzz"},
        {"item_code": "Z9"},
        {"words": "x"},
        {"words": "x" * 20_000},
        {"submit_key": ""},
        {"contact": "\x00" * 400 + "x" * 200},
    ],
    ids=lambda one: next(iter(one)),
)
def test_hostile_complaints(database: Database, client: FlaskClient, over: dict[str, Any]) -> None:
    address = f"/phien-live/{on_air(database).slug}/khieu-nai"
    assert post(client, address, GOOD | over).status_code == 422
    with database.read() as db:
        assert db.scalars(select(Complaint.id)).all() == []


def test_evidence_is_frozen_at_the_stop_and_at_the_end_and_goes_in_time(
    database: Database,
) -> None:
    live = on_air(database)
    now = clock.now()
    jobs.keep_evidence(database, now)
    with database.transaction() as db:
        assert db.scalars(select(Evidence)).all() == []
        actor = make_person(db).id
        sessions.stop_session(
            db, public_id=live.public_id, reason="Nói sai công dụng", actor_id=actor, now=now
        )
    jobs.keep_evidence(database, now)
    jobs.keep_evidence(database, now)
    with database.transaction() as db:
        stopped = db.scalars(select(Evidence)).one()
        assert stopped.facts["state_note"] == "Nói sai công dụng"
        assert stopped.facts["lines"][1]["item"]["live_price_vnd"] == 30_000
        assert rules.digest(stopped.facts) == stopped.digest
        with pytest.raises(IntegrityError, match="append-only"), db.begin_nested():
            db.execute(update(Evidence).values(digest="0" * 64))
        sessions.end_session(db, public_id=live.public_id, actor_id=actor, now=now)
    jobs.keep_evidence(database, now)
    jobs.drop_evidence(database, now + timedelta(days=1000))
    with database.read() as db:
        assert db.scalars(select(Evidence.cause).order_by(Evidence.id)).all() == [
            "stopped",
            "aired",
        ]
    jobs.drop_evidence(database, now + timedelta(days=1100))
    with database.read() as db:
        assert db.scalars(select(Evidence.id)).all() == []
    jobs.keep_evidence(database, now + timedelta(days=1100))
    with database.read() as db:
        assert db.scalars(select(Evidence.id)).all() == [], "what was dropped is not kept anew"


def test_months_end_where_months_end() -> None:
    day = NOW.replace(month=1, day=31)
    assert rules.add_months(day, 1).day == 28
    assert rules.add_months(day, 36) == day.replace(year=day.year + 3)
