"""Asking about services: who is told, who sees what, and what is refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.enquiries import rules, services, wiring
from shop.enquiries.invariants import INVARIANTS
from shop.enquiries.models import Enquiry, EnquiryContact, EnquiryMessage
from shop.notifications import services as notifications
from shop.notifications.rules import Post
from tests.at_once import Act, at_once, carelessly
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_producer, make_product

TODAY = today_vn(datetime.now(UTC))


def visit(**over: Any) -> services.Visit:
    values: dict[str, Any] = {
        "submit_key": "key",
        "name": "Lý Văn Khách",
        "phone": "0912345678",
        "email": None,
        "wanted_on": None,
        "people": 4,
        "words": "Cuối tuần có nhận khách không?",
        "language": "vi",
    }
    return services.Visit(**(values | over))


def make_service(db: Session, **over: Any) -> Any:
    return make_product(db, subgroup="T", is_service=True, name="Nghỉ ở bản", **over)


FIELDS = {
    "submit_key": "abc",
    "wanted_on": (TODAY + timedelta(days=9)).isoformat(),
    "people": "4",
    "name": "Lý Văn Khách",
    "phone": "0912 345 678",
    "words": "Cuối tuần có nhận khách không?",
}


@pytest.fixture(autouse=True)
def _messages(app: Flask) -> None:
    wiring.init_app(app)


def test_asked_answered_closed(
    app: Flask, client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        owner = make_member(db, "producer", producer.id).email
        product = make_service(db, producer=producer)
        slug = product.slug
    page = client.get(f"/san-pham/{slug}").text
    assert f"/hoi-dat/moi/{slug}" in page
    assert 'action="/gio-hang"' not in page, "a service is put into no basket"
    assert "Hỏi đặt" in client.get(f"/hoi-dat/moi/{slug}").text
    answer = post(client, f"/hoi-dat/moi/{slug}", FIELDS)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert post(client, f"/hoi-dat/moi/{slug}", FIELDS).headers["Location"] == address, "once"
    page = client.get(address).text
    assert "Cuối tuần có nhận khách không?" in page
    assert "0912" not in page, "the address of the page is no telephone book"
    code = address.rsplit("/", 1)[-1]
    desk = signed_in(owner)
    assert "Lý Văn Khách" in desk.get("/ban-hang/hoi-dat?trang_thai=new").text
    page = desk.get(f"/ban-hang/hoi-dat/{code}").text
    assert "tel:0912345678" in page
    assert post(desk, f"/ban-hang/hoi-dat/{code}", {"words": ""}).status_code == 422
    words = {"words": "Có, mời cả nhà lên."}
    assert post(desk, f"/ban-hang/hoi-dat/{code}", words).status_code == 303
    guest = app.test_client()
    assert "mời cả nhà lên" in guest.get(address).text
    assert post(desk, f"/ban-hang/hoi-dat/{code}/dong").status_code == 303
    assert post(desk, f"/ban-hang/hoi-dat/{code}", words).status_code == 409
    with database.read() as db:
        assert db.scalars(select(Enquiry.state)).all() == ["closed"]
        assert len(db.scalars(select(EnquiryMessage)).all()) == 2
        kinds = db.scalars(select(OutboxMessage.kind)).all()
        assert kinds == [services.ASKED], "a guest with a telephone only is called, not written to"
        for name, query in INVARIANTS.items():
            assert db.connection().exec_driver_sql(query).all() == [], name


def test_who_is_told_of_an_answer(app: Flask, database: Database, now: datetime) -> None:
    where = Post("smtp://127.0.0.1:1", "tin@phien.example", "https://phien.example")
    notifications.use_channels(is_development=False, post=where)
    with database.transaction() as db:
        producer = make_producer(db)
        slug = make_service(db, producer=producer).slug
        person = make_person(db, email=None, phone="0987654321").id
        mine = frozenset({producer.id})
        for key, email, buyer in (("a", "khach@vidu.vn", None), ("b", None, person)):
            asked = services.ask_for_visit(
                db, slug=slug, visit=visit(submit_key=key, email=email), buyer_id=buyer, now=now
            )
            services.answer(
                db, code=asked.code, producer_ids=mine, actor_id=person, words="Có.", now=now
            )
        rows = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == services.ANSWERED))
        told = {(row.recipient.partition(":")[0], row.channel) for row in rows}
        assert told == {("contact", "email"), ("person", "inbox")}
        assert "khach@vidu.vn" not in str(
            [row.payload for row in db.scalars(select(OutboxMessage))]
        )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"phone": "", "email": ""}, 422),
        ({"phone": "12"}, 422),
        ({"email": "khong phai"}, 422),
        ({"name": ""}, 422),
        ({"name": "x" * 1_000}, 422),
        ({"words": ""}, 422),
        ({"words": "x" * 500_000}, 422),
        ({"people": "0"}, 422),
        ({"people": "9" * 30}, 422),
        ({"people": "bốn"}, 422),
        ({"wanted_on": "hôm qua"}, 422),
        ({"wanted_on": "0001-01-01"}, 422),
        ({"wanted_on": (TODAY - timedelta(days=1)).isoformat()}, 422),
        ({"wanted_on": (TODAY + timedelta(days=800)).isoformat()}, 422),
    ],
)
def test_nonsense_comes_back_with_the_form(
    client: FlaskClient, db: Session, fields: dict[str, str], status: int
) -> None:
    slug = make_service(db).slug
    db.commit()
    answer = post(client, f"/hoi-dat/moi/{slug}", FIELDS | fields)
    assert answer.status_code == status
    assert "Gửi câu hỏi" in answer.text
    assert db.scalars(select(Enquiry)).all() == []


def test_decomposed_vietnamese_is_kept_composed(client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        slug = make_service(db).slug
    post(client, f"/hoi-dat/moi/{slug}", FIELDS | {"name": "Ly\u0301 Va\u0306n"})
    with database.read() as db:
        assert db.scalars(select(EnquiryContact.name)).one() == "Lý Văn"


def test_goods_and_what_is_gone_take_no_enquiries(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        goods = make_product(db).slug
        hidden = make_service(db, published=False).slug
        for slug in (goods, hidden):
            with pytest.raises(rules.NotAService):
                services.ask_for_visit(db, slug=slug, visit=visit(), buyer_id=None, now=now)
    for slug in (goods, hidden, "khong-co"):
        assert client.get(f"/hoi-dat/moi/{slug}").status_code == 404
        assert post(client, f"/hoi-dat/moi/{slug}", FIELDS).status_code in {404, 409}
    assert client.get("/hoi-dat/KHONGCO").status_code == 404


def test_other_producers_and_buyers_see_nothing(
    app: Flask, client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        slug = make_service(db).slug
        stranger = make_member(db, "producer", make_producer(db).id).email
    address = post(client, f"/hoi-dat/moi/{slug}", FIELDS).headers["Location"]
    code = address.rsplit("/", 1)[-1]
    other = signed_in(stranger)
    assert "Lý Văn Khách" not in other.get("/ban-hang/hoi-dat").text
    assert other.get(f"/ban-hang/hoi-dat/{code}").status_code == 404
    assert post(other, f"/ban-hang/hoi-dat/{code}", {"words": "Tôi trả lời."}).status_code == 404
    assert post(other, f"/ban-hang/hoi-dat/{code}/dong").status_code == 404
    assert "Nghỉ ở bản" not in other.get("/tai-khoan/hoi-dat").text
    guest = app.test_client()
    assert post(guest, f"/ban-hang/hoi-dat/{code}", {"words": "x"}).status_code == 403


def test_own_enquiries_stand_in_the_account(
    client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        slug, person = make_service(db).slug, make_person(db).email
    mine = signed_in(person)
    post(mine, f"/hoi-dat/moi/{slug}", FIELDS)
    page = mine.get("/tai-khoan/hoi-dat").text
    assert re.search(r"/hoi-dat/\w{12}", page)


def four_presses(database: Database, now: datetime, *, keys: int) -> list[Act]:
    """Presses of one form, which carry so many different keys."""
    with database.transaction() as db:
        slug = make_service(db).slug

    def press(number: int) -> Act:
        wish = visit(submit_key=f"key-{number % keys}")
        return lambda db: services.ask_for_visit(db, slug=slug, visit=wish, buyer_id=None, now=now)

    return [press(number) for number in range(4)]


def questions(database: Database) -> int:
    with database.read() as db:
        return len(db.scalars(select(EnquiryMessage)).all())


def test_pressing_twice_at_once_asks_once(database: Database, now: datetime) -> None:
    assert at_once(database, four_presses(database, now, keys=1)) == ["done"] * 4
    assert questions(database) == 1


@pytest.mark.control
def test_without_one_key_each_press_asks(database: Database, now: datetime) -> None:
    assert at_once(database, four_presses(database, now, keys=4)) == ["done"] * 4
    assert questions(database) == 4


def two_close(database: Database, now: datetime) -> list[Act]:
    with database.transaction() as db:
        product = make_service(db)
        asked = services.ask_for_visit(db, slug=product.slug, visit=visit(), buyer_id=None, now=now)
        about: dict[str, Any] = {
            "code": asked.code,
            "producer_ids": frozenset({product.producer_id}),
            "now": now,
        }
    return [lambda db: services.close(db, **about)] * 2


def test_two_close_one_enquiry_and_one_is_told(database: Database, now: datetime) -> None:
    assert sorted(at_once(database, two_close(database, now))) == ["AlreadyClosed", "done"]


@pytest.mark.control
def test_not_asked_for_its_state_an_enquiry_is_closed_twice(
    database: Database, now: datetime
) -> None:
    assert carelessly(database, two_close(database, now)) == ["done", "done"]
