"""Calls: who gets one instead of a message, who may see and settle it, and only once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.notifications import jobs, queries, services
from shop.notifications.models import CallTask
from shop.notifications.rules import AlreadyCalled, UnknownOutcome
from shop.notifications.signals import call_recorded
from shop.web.actor import Actor
from tests.at_once import Act, at_once, carelessly
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_producer

KIND = "call.recall"


@pytest.fixture(autouse=True)
def _kind() -> None:
    services.register_message(
        KIND, title="Thu hồi %(lot)s", body="Xin đừng dùng nữa.", url="/thu-hoi/%(lot)s"
    )
    services.use_channels(is_development=False)


def call(db: Session, database: Database, now: datetime, desk: str, **over: Any) -> CallTask:
    """A call that waits at ``desk``."""
    guest = services.contact(db, name="Lan", phone=over.pop("phone", "0912345678"), now=now)
    values: dict[str, Any] = {"kind": KIND, "cause": "recall:1", "payload": {"lot": "L1"}}
    told = services.tell(db, recipients=[guest], now=now, desk=desk, ref="recall:1", **values)
    assert told == {guest: ["call"]}
    db.commit()
    jobs.deliver(database, now)
    jobs.deliver(database, now + timedelta(seconds=5))
    return db.scalars(select(CallTask).order_by(CallTask.id.desc())).first() or pytest.fail("none")


def of_producer(person_id: int, producer_id: int) -> Actor:
    return Actor(person_id=person_id, producers={producer_id: "member"})


def test_account_with_a_phone_only_gets_inbox_and_call(db: Session, now: datetime) -> None:
    person = make_person(db, email=None, phone="0987654321")
    told = services.tell(
        db,
        recipients=[f"person:{person.id}"],
        kind=KIND,
        cause="recall:1",
        payload={"lot": "L1"},
        now=now,
        desk="province:04",
    )
    assert told == {f"person:{person.id}": ["inbox", "call"]}


def test_whom_nothing_reaches_is_said_so(db: Session, now: datetime) -> None:
    guest = services.contact(db, email="lan@guest.example", now=now)
    told = services.tell(
        db,
        recipients=[guest, "contact:999", "rubbish"],
        kind=KIND,
        cause="recall:1",
        payload={"lot": "L1"},
        now=now,
        desk="province:04",
    )
    assert told == {guest: [], "contact:999": [], "rubbish": []}


def test_unanswered_call_stays_and_an_answered_one_is_done(
    db: Session, database: Database, now: datetime
) -> None:
    me = make_person(db)
    task = call(db, database, now, "producer:5")
    actor = of_producer(me.id, 5)
    heard: list[tuple[str, str | None]] = []

    def hear(_sender: object, *, task: CallTask, outcome: str, **_more: Any) -> None:
        heard.append((outcome, task.ref))

    with call_recorded.connected_to(hear):
        for outcome in ("no_answer", "no_answer", "reached"):
            services.record_call(
                db, actor=actor, desk_kind="producer", task_id=task.id, outcome=outcome, now=now
            )
    db.refresh(task)
    assert (task.tries, task.outcome, task.settled_by) == (3, "reached", me.id)
    assert heard == [("no_answer", "recall:1"), ("no_answer", "recall:1"), ("reached", "recall:1")]
    assert queries.open_call_count(db, actor, "producer") == 0
    assert queries.calls_for(db, ref="recall:1", kinds=[KIND]) == [task]
    with pytest.raises(AlreadyCalled):
        services.record_call(
            db, actor=actor, desk_kind="producer", task_id=task.id, outcome="refused", now=now
        )


@pytest.mark.parametrize(
    ("desk_kind", "actor"),
    [
        ("producer", Actor(person_id=1, producers={6: "owner"})),
        ("producer", Actor(person_id=1, clubs={5: "manager"})),
        ("club", Actor(person_id=1, clubs={5: "manager"})),
        ("province", Actor(person_id=1, staff_provinces=frozenset({"5"}))),
        ("province", Actor(person_id=1, is_admin=True)),
        ("producer", Actor(person_id=1)),
    ],
)
def test_other_desks_see_and_settle_nothing(
    db: Session, database: Database, now: datetime, desk_kind: str, actor: Actor
) -> None:
    task = call(db, database, now, "producer:5")
    assert queries.call_page(db, actor, desk_kind, is_open=True, limit=9, offset=0) == []
    with pytest.raises(NotFound):
        services.record_call(
            db, actor=actor, desk_kind=desk_kind, task_id=task.id, outcome="reached", now=now
        )


@pytest.mark.parametrize(
    ("scope", "is_seen"),
    [({"04"}, True), ({"*"}, True), ({"19"}, False), (set(), False)],
)
def test_staff_see_the_calls_of_their_provinces(
    db: Session, database: Database, now: datetime, scope: set[str], is_seen: bool
) -> None:
    call(db, database, now, "province:04")
    actor = Actor(person_id=1, staff_provinces=frozenset(scope))
    assert queries.open_call_count(db, actor, "province") == is_seen


@pytest.mark.parametrize(
    ("over", "error"),
    [({"outcome": "maybe"}, UnknownOutcome), ({"note": "x" * 301}, Invalid)],
)
def test_odd_outcomes_are_refused(
    db: Session, database: Database, now: datetime, over: dict[str, str], error: type[Exception]
) -> None:
    task = call(db, database, now, "producer:5")
    values: dict[str, Any] = {"outcome": "reached", **over}
    with pytest.raises(error):
        services.record_call(
            db, actor=of_producer(1, 5), desk_kind="producer", task_id=task.id, now=now, **values
        )


def two_people_settle(db: Session, database: Database, now: datetime) -> list[Act]:
    people = [make_person(db).id, make_person(db).id]
    task_id = call(db, database, now, "producer:5").id
    db.commit()

    def settle(person_id: int) -> Act:
        return lambda mine: services.record_call(
            mine,
            actor=of_producer(person_id, 5),
            desk_kind="producer",
            task_id=task_id,
            outcome="reached",
            now=now,
        )

    return [settle(person_id) for person_id in people]


def test_two_people_at_once_settle_one_call_once(
    db: Session, database: Database, now: datetime
) -> None:
    outcomes = at_once(database, two_people_settle(db, database, now))
    assert sorted(outcomes) == ["AlreadyCalled", "done"]
    assert db.scalars(select(CallTask.tries)).one() == 1


@pytest.mark.control
def test_not_asked_whether_it_is_open_two_people_settle_one_call(
    db: Session, database: Database, now: datetime
) -> None:
    outcomes = carelessly(database, two_people_settle(db, database, now))
    assert outcomes == ["done", "done"], "the second wrote over what the first had heard"


def test_the_producer_calls_from_the_page(
    db: Session,
    database: Database,
    now: datetime,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
) -> None:
    owner = make_person(db)
    producer = make_producer(db, owner_id=owner.id)
    task_id = call(db, database, now, f"producer:{producer.id}").id
    other = call(db, database, now, "producer:999", phone="0933333333").id
    login = owner.email
    db.commit()
    assert client.get("/ban-hang/can-goi").status_code in {302, 303}
    signed_in(login)
    page = client.get("/ban-hang/can-goi").get_data(as_text=True)
    assert 'href="tel:0912345678"' in page
    assert 'href="https://zalo.me/0912345678"' in page
    assert "Thu hồi L1\nXin đừng dùng nữa.\nhttp://localhost/thu-hoi/L1" in page
    assert "0933333333" not in page
    todo = client.get("/ban-hang").get_data(as_text=True)
    assert "Cần gọi hoặc nhắn Zalo" in todo

    assert post(client, f"/ban-hang/can-goi/{task_id}", {}).status_code == 422
    assert post(client, f"/ban-hang/can-goi/{other}", {"outcome": "reached"}).status_code == 404
    odd = post(client, f"/ban-hang/can-goi/{task_id}", {"outcome": "x", "note": "y" * 400})
    assert odd.status_code == 422
    good = post(client, f"/ban-hang/can-goi/{task_id}", {"outcome": "reached", "note": "đã trả"})
    assert good.status_code == 303
    assert post(client, f"/ban-hang/can-goi/{task_id}", {"outcome": "reached"}).status_code == 409
    done = client.get("/ban-hang/can-goi?muc=xong").get_data(as_text=True)
    assert "đã trả" in done
    assert client.get("/can-bo/can-goi").status_code == 403
    assert client.get("/clb/can-goi").status_code == 403


def test_staff_and_clubs_have_their_own_page(
    db: Session, client: FlaskClient, signed_in: Callable[..., FlaskClient]
) -> None:
    staff = make_staff(db, "04")
    db.commit()
    signed_in(staff.email)
    assert "Không có ai cần gọi" in client.get("/can-bo/can-goi").get_data(as_text=True)


def test_person_chooses_what_comes_by_mail(
    db: Session, client: FlaskClient, signed_in: Callable[..., FlaskClient]
) -> None:
    person = make_person(db)
    login = person.email
    db.commit()
    signed_in(login)
    where = "/tai-khoan/tin-nhan/cach-nhan"
    assert login in client.get(where).get_data(as_text=True)
    assert post(client, where, {"level": "lots"}).status_code == 422
    assert post(client, where, {"level": "none"}).status_code == 303
    checked = re.findall(r"<input[^>]*checked[^>]*>", client.get(where).get_data(as_text=True))
    assert len(checked) == 1
    assert 'value="none"' in checked[0]
