"""The producer's desk through HTTP: finding, calling, several parcels, many orders at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders import services
from shop.orders.models import Order, OrderCall, OrderLine, Shipment, ShipmentLine
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer
from tests.factories.orders import make_order

LOGIN = "producer@desk.test"
DESK = "/ban-hang/don-hang"
KEY = "submit-key-of-a-desk"
NOW = datetime.now(UTC)


@pytest.fixture
def seller(database: Database, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    with database.transaction() as db:
        person = make_person(db, email=LOGIN, name="Chị Hoan")
        make_producer(db, owner_id=person.id, name="HTX Của Tôi")
    return signed_in(LOGIN)


def place(database: Database, **over: Any) -> Order:
    with database.transaction() as db:
        producer = None if over.pop("is_other", False) else db.get_one(Producer, 1)
        return make_order(db, now=NOW, producer=producer, **over)


def body(client: FlaskClient, path: str, **query: str) -> str:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def listed(page: str) -> set[str]:
    return set(re.findall(r'<li class="panel[^>]*data-order="(\w+)"', page))


def test_orders_are_found_by_code_phone_and_name(seller: FlaskClient, database: Database) -> None:
    mai = place(database, full_name="Lò Thị Mai", phone="0911222333")
    hung = place(database, full_name="Đặng Hùng", phone="0944555666", confirmed=True)
    other = place(database, is_other=True, full_name="Lò Thị Mai", phone="0911222333")
    find = {"muc": "all"}
    assert listed(body(seller, DESK, **find)) == {mai.code, hung.code}
    for words in (
        mai.code,
        mai.code.lower(),
        mai.code[:5],
        "lo thi mai",
        "Mai",
        "222333",
        "0911 222",
    ):
        assert listed(body(seller, DESK, q=words, **find)) == {mai.code}, words
    assert listed(body(seller, DESK, q="dang hung", **find)) == {hung.code}
    assert listed(body(seller, DESK, q="Hùng Mai", **find)) == set()
    assert listed(body(seller, DESK, q=other.code, **find)) == set()
    assert listed(body(seller, DESK, q="mai")) == {mai.code}, "words search all lists"
    assert listed(body(seller, DESK, tra="prepaid", **find)) == set()
    assert listed(body(seller, DESK, tra="cod", **find)) == {mai.code, hung.code}
    assert listed(body(seller, DESK, muc="to_confirm", goi="1")) == set()


def test_a_dispute_is_a_problem_after_the_order_is_done(
    seller: FlaskClient, database: Database
) -> None:
    """Banks take money back weeks after the goods arrived."""
    order = place(database, confirmed=True)
    with database.transaction() as db:
        held = db.get_one(Order, order.id)
        held.state, held.payment_state = "completed", "disputed"
    page = body(seller, DESK, muc="problems")
    assert order.code in listed(page)
    assert "khiếu nại" in page


@pytest.mark.parametrize("words", ["%", "_", "\x00", "'", "💥" * 100, "x" * 5000, "9" * 500, "Lê"])
def test_odd_words_find_nothing_and_break_nothing(
    seller: FlaskClient, database: Database, words: str
) -> None:
    place(database)
    found = listed(body(seller, DESK, muc="all", q=words))
    assert found == set() or not words.strip("\x00'%_")


def test_calls_are_logged_with_who_when_and_what(seller: FlaskClient, database: Database) -> None:
    order = place(database)
    page = f"{DESK}/{order.code}"
    assert 'href="tel:0912345678"' in body(seller, page)
    for number in range(3):
        call = {"outcome": "no_answer", "submit_key": f"{KEY}-{number}"}
        for _ in range(2):
            assert post(seller, f"{page}/goi", call).status_code == 303
    view = body(seller, page)
    assert view.count("Không nghe máy</strong> ·") == 3, "pressed twice, written once"
    assert "Chị Hoan" in view
    assert "Nên hủy đơn này" in view
    assert order.code in listed(body(seller, DESK, muc="problems"))
    missing = post(seller, f"{page}/goi", {"outcome": "call_again", "submit_key": KEY})
    assert missing.status_code == 422
    soon = (NOW + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    again = {"outcome": "call_again", "next_at": soon, "submit_key": KEY}
    assert post(seller, f"{page}/goi", again).status_code == 303
    assert order.code not in listed(body(seller, DESK, muc="problems"))
    yes = {"outcome": "confirmed", "submit_key": f"{KEY}-yes"}
    assert post(seller, f"{page}/goi", yes).status_code == 303
    assert 'data-status="confirmed"' in body(seller, page)
    assert post(seller, f"{page}/goi", yes | {"submit_key": f"{KEY}-x"}).status_code == 409
    with database.read() as db:
        assert len(db.scalars(select(OrderCall)).all()) == 5


def test_a_new_number_with_a_large_order_is_warned_of(
    seller: FlaskClient, database: Database
) -> None:
    small = place(database, phone="0911000001")
    large = place(database, quantity=40, phone="0911000002")
    assert "Số mới, đơn lớn" not in body(seller, f"{DESK}/{small.code}")
    assert "Số mới, đơn lớn" in body(seller, f"{DESK}/{large.code}")


def only_line(database: Database, order: Order) -> int:
    with database.read() as db:
        return db.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()


def test_two_parcels_one_fails_and_comes_back(seller: FlaskClient, database: Database) -> None:
    order = place(database, quantity=5, confirmed=True)
    page, line = f"{DESK}/{order.code}", only_line(database, order)
    part = {f"pick_{line}_0": "2", "submit_key": KEY}
    assert post(seller, f"{page}/dong-goi", part).status_code == 409, "a part must be meant"
    for _ in range(2):
        assert post(seller, f"{page}/dong-goi", part | {"phan": "1"}).status_code == 303
    assert order.code in listed(body(seller, DESK, muc="to_pack"))
    assert order.code in listed(body(seller, DESK, muc="to_ship"))
    assert post(seller, f"{page}/dong-goi", {"submit_key": f"{KEY}-2"}).status_code == 303
    assert order.code not in listed(body(seller, DESK, muc="to_pack"))
    with database.read() as db:
        first, second = db.scalars(select(Shipment.id).order_by(Shipment.id)).all()
        rows = {row.shipment_id: (row.id, row.quantity) for row in db.scalars(select(ShipmentLine))}
    assert [rows[first][1], rows[second][1]] == [2, 3]
    view = body(seller, page)
    assert "Kiện 1/2" in view
    assert "Kiện 2/2" in view
    for parcel, number in ((second, "V2"), (first, "V1")):
        sent = {"kien": str(parcel), "carrier": "GHN", "tracking_no": number}
        assert post(seller, f"{page}/gui", sent).status_code == 303
        assert post(seller, f"{page}/gui", sent).status_code == 409
    failed = {"kien": str(first), "reason": "refused"}
    assert post(seller, f"{page}/giao-hong", failed | {"reason": "x"}).status_code == 422
    assert post(seller, f"{page}/giao-hong", failed).status_code == 303
    assert post(seller, f"{page}/da-giao", {"kien": str(second)}).status_code == 303
    problems = body(seller, DESK, muc="problems")
    assert order.code in listed(problems)
    assert "Người nhận từ chối nhận" in problems
    assert post(seller, f"{page}/quay-ve", {"kien": str(first)}).status_code == 303
    name = f"nhap_{rows[first][0]}"
    for wrong in ("", "3", "-1", "1e1", "x" * 400_000, str(2**63), "\x00"):
        back = {"kien": str(first), name: wrong}
        assert post(seller, f"{page}/nhan-lai", back).status_code == 422, wrong[:10]
    back = {"kien": str(first), name: "1"}
    assert post(seller, f"{page}/nhan-lai", back).status_code == 303
    assert post(seller, f"{page}/nhan-lai", back).status_code == 409
    assert "nhập lại 1, bỏ 1" in body(seller, page)
    assert order.code not in listed(body(seller, DESK, muc="problems"))


@pytest.mark.parametrize("step", ["mo-kien", "gui-lai", "quay-ve", "nhan-lai", "gui", "da-giao"])
def test_a_parcel_of_somebody_else_is_not_touched(
    seller: FlaskClient, database: Database, step: str
) -> None:
    mine, other = place(database, confirmed=True), place(database, is_other=True, confirmed=True)
    with database.transaction() as db:
        services.pack_order(db, order_id=other.id, actor_id=None, now=NOW)
    for kien in ("", "0", "-1", "x", str(2**31), "9" * 400, "\x00", "1"):
        data = {"kien": kien, "carrier": "A"}
        answer = post(seller, f"{DESK}/{mine.code}/{step}", data)
        assert answer.status_code in {404, 409, 422}
        assert post(seller, f"{DESK}/{other.code}/{step}", data).status_code == 404
    with database.read() as db:
        assert db.scalars(select(Shipment.state)).all() == ["packed"]


def test_many_orders_are_packed_and_sent_at_once(seller: FlaskClient, database: Database) -> None:
    good, waiting = place(database, confirmed=True), place(database)
    other = place(database, is_other=True, confirmed=True)
    ticked = {"don": [good.code, waiting.code, other.code, "AAAA", "\x00"]}
    assert post(seller, f"{DESK}/dong-goi-loat", ticked).status_code == 422, "no key"
    answer = post(seller, f"{DESK}/dong-goi-loat?submit_key={KEY}", ticked)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count('data-outcome="done"') == 1
    assert page.count('data-outcome="refused"') == 1
    assert other.code not in page
    assert post(seller, f"{DESK}/gui-loat", ticked | {"carrier": ""}).status_code == 422
    sent = ticked | {"carrier": "GHN", f"van_don_{good.code}": "N" * 400}
    page = post(seller, f"{DESK}/gui-loat", sent).get_data(as_text=True)
    assert page.count('data-outcome="done"') == 1
    with database.read() as db:
        (parcel,) = db.scalars(select(Shipment))
        assert (parcel.state, parcel.carrier, parcel.tracking_no) == ("shipped", "GHN", "N" * 60)
    assert "chưa chọn đơn nào" in post(seller, f"{DESK}/gui-loat", {"carrier": "GHN"}).get_data(
        as_text=True
    )


@pytest.mark.parametrize("tab", ["to_confirm", "to_pack", "to_ship", "problems", "all"])
def test_a_list_asks_as_often_for_thirty_as_for_one(
    app: Flask, seller: FlaskClient, database: Database, tab: str
) -> None:
    engine = app.extensions["house"].database.engine

    def asked() -> int:
        seen = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert listed(body(seller, DESK, muc=tab))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    def fill(count: int) -> None:
        with database.transaction() as db:
            producer = db.get_one(Producer, 1)
            for _ in range(count):
                order = make_order(
                    db, producer=producer, now=NOW, confirmed=tab in {"to_pack", "to_ship"}
                )
                if tab == "to_ship":
                    services.pack_order(db, order_id=order.id, actor_id=None, now=NOW)
                if tab in {"problems", "to_confirm"}:
                    services.record_call(
                        db,
                        order_id=order.id,
                        outcome="refused",
                        submit_key=f"key-of-call-{order.id:08}",
                        actor_id=1,
                        now=NOW,
                    )

    fill(1)
    asked()
    one = asked()
    fill(9)
    assert asked() == one
