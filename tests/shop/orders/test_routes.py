"""Order pages: what each person sees, and what nobody else does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders import queries
from shop.orders.models import Order
from shop.orders.services import pack_order
from shop.traceability.models import Lot
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.stock import make_stock

NOW = datetime.now(UTC)


@pytest.fixture
def owner_login(database: Database) -> str:
    with database.transaction() as db:
        person = make_person(db, email="producer@orders.test")
        make_producer(db, owner_id=person.id, name="HTX Của Tôi")
    return "producer@orders.test"


def place(database: Database, **over: Any) -> Order:
    with database.transaction() as db:
        if over.pop("is_mine", False):
            over["producer"] = db.get_one(Producer, 1)
        return make_order(db, now=NOW, **over)


def link(app: Flask, order: Order, tail: str = "") -> str:
    with app.app_context():
        return f"/don-hang/{order.code}{tail}?k={sign('order', order.code)}"


def test_the_link_opens_the_order_and_nothing_else_does(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order, other = place(database), place(database)
    answer = client.get(link(app, order))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'data-order="{order.code}"' in page
    assert "Lò Thị Mai" in page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/don-hang/{order.code}").status_code == 404
    assert client.get(link(app, other).replace(other.code, order.code)).status_code == 404
    assert client.get("/don-hang/AAAAAAAAAA?k=x").status_code == 404


def test_a_buyer_sees_own_orders_only(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        buyer = make_person(db, email="buyer@orders.test")
        stranger = make_person(db, email="stranger@orders.test")
    mine = place(database, buyer_id=buyer.id)
    other = place(database, buyer_id=stranger.id)
    client = signed_in("buyer@orders.test")
    listed = client.get("/tai-khoan/don-hang").get_data(as_text=True)
    assert mine.code in listed
    assert other.code not in listed
    assert client.get(f"/don-hang/{mine.code}").status_code == 200
    assert client.get(f"/don-hang/{other.code}").status_code == 404
    assert post(client, f"/don-hang/{other.code}/huy", {"reason": "other"}).status_code == 404
    assert client.get("/ban-hang/don-hang").status_code == 403


def test_a_guest_cancels_by_the_link(app: Flask, client: FlaskClient, database: Database) -> None:
    order = place(database)
    assert post(client, link(app, order, "/huy"), {"reason": "x"}).status_code == 422
    answer = post(client, link(app, order, "/huy"), {"reason": "changed_mind"})
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert 'data-status="cancelled"' in page
    assert "Tôi đổi ý" in page


def test_a_packed_order_is_not_cancelled_by_its_buyer(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order = place(database, confirmed=True)
    with database.transaction() as db:
        pack_order(db, order_id=order.id, actor_id=None, now=NOW)
    answer = post(client, link(app, order, "/huy"), {"reason": "changed_mind"})
    assert answer.status_code == 409
    assert 'data-status="confirmed"' in answer.get_data(as_text=True)


def test_looking_up_shows_a_redacted_page(client: FlaskClient, database: Database) -> None:
    order = place(database)
    found = post(client, "/tra-cuu-don", {"code": order.code.lower(), "phone_tail": "5678"})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert f'data-order="{order.code}"' in page
    assert "L. T. Mai" in page
    for hidden in ("Lò Thị Mai", "0912345678", "Thôn Chè Cọ", "tra-tien", "/huy"):
        assert hidden not in page
    wrong = post(client, "/tra-cuu-don", {"code": order.code, "phone_tail": "0000"})
    assert wrong.status_code == 404
    assert order.producer_name not in wrong.get_data(as_text=True)


def test_looking_up_is_limited(make_app: Callable[..., Flask], database: Database) -> None:
    client = make_app(rate_limits=True).test_client()
    answers = [
        post(client, "/tra-cuu-don", {"code": "x", "phone_tail": "1"}).status_code
        for _ in range(12)
    ]
    assert answers[:10] == [422] * 10
    assert answers[-1] == 429


def test_the_producer_takes_an_order_from_desk_to_door(
    app: Flask,
    database: Database,
    owner_login: str,
    signed_in: Callable[..., FlaskClient],
) -> None:
    with database.transaction() as db:
        product = make_product(db, producer=db.get_one(Producer, 1))
        variant = variant_of(db, product)
        lots = []
        for number, day in (("MUON", "2027-06-01"), ("SOM", "2027-01-01")):
            lot = Lot(
                product_id=product.id,
                producer_id=product.producer_id,
                variant_id=variant.id,
                lot_no=number,
                code=f"LOT{number:0>7}",
                submit_key=f"lot-{number:0>20}",
                quantity=5,
                made_on=NOW.date(),
                best_before=datetime.fromisoformat(day).date(),
                state="released",
                head_hash="0" * 64,
                created_at=NOW,
            )
            db.add(lot)
            db.flush()
            make_stock(db, variant.id, 5, lot_id=lot.id)
            lots.append(lot)
        order = make_order(db, variant=variant, quantity=6, now=NOW)
    client = signed_in(owner_login)
    desk = client.get("/ban-hang/don-hang").get_data(as_text=True)
    assert order.code in desk
    assert client.get("/ban-hang").status_code == 200
    page = f"/ban-hang/don-hang/{order.code}"
    assert "0912345678" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/dong-goi").status_code == 409
    assert post(client, f"{page}/xac-nhan").status_code == 303
    view = client.get(page).get_data(as_text=True)
    assert 'value="5" data-lot="SOM"' in view
    assert 'value="1" data-lot="MUON"' in view
    with database.read() as db:
        found = queries.order_by_code(db, order.code)
        assert found is not None
        line = found.lines[0].id
    wrong = post(client, f"{page}/dong-goi", {f"pick_{line}_{lots[0].id}": "9"})
    assert wrong.status_code in {409, 422}
    picks = {f"pick_{line}_{lots[0].id}": "2", f"pick_{line}_{lots[1].id}": "4"}
    assert post(client, f"{page}/dong-goi", picks).status_code == 303
    assert post(client, f"{page}/gui", {"carrier": ""}).status_code == 422
    sent = {"carrier": "Bưu điện Việt Nam", "tracking_no": "VN123"}
    assert post(client, f"{page}/gui", sent).status_code == 303
    assert post(client, f"{page}/gui", sent).status_code == 409
    buyer = app.test_client().get(link(app, order)).get_data(as_text=True)
    assert 'data-fulfilment="shipped"' in buyer
    assert "VN123" in buyer
    assert "gọi để xác nhận" not in buyer, "who has called is not going to call"
    assert f"/T/LOT{'SOM':0>7}" in buyer
    assert f"/T/LOT{'MUON':0>7}" in buyer
    parcel = client.get(page).get_data(as_text=True)
    assert "SOM" in parcel
    assert "420.000" in parcel, "the amount to collect stands at the parcel"
    assert post(client, f"{page}/giao-hong").status_code == 303
    assert "problems" in client.get("/ban-hang/don-hang").get_data(as_text=True)
    assert post(client, f"{page}/da-giao").status_code == 303
    for tab in queries.TABS:
        assert client.get("/ban-hang/don-hang", query_string={"muc": tab}).status_code == 200


@pytest.mark.parametrize("step", ["xac-nhan", "huy", "dong-goi", "gui", "da-giao", "giao-hong"])
def test_another_producer_finds_nothing(
    database: Database,
    owner_login: str,
    signed_in: Callable[..., FlaskClient],
    step: str,
) -> None:
    order = place(database)
    client = signed_in(owner_login)
    page = f"/ban-hang/don-hang/{order.code}"
    assert client.get(page).status_code == 404
    data = {"reason": "other", "carrier": "A"}
    assert post(client, f"{page}/{step}", data).status_code == 404
    assert order.code not in client.get("/ban-hang/don-hang?muc=all").get_data(as_text=True)
    with database.read() as db:
        assert db.get_one(Order, order.id).state == "awaiting_confirmation"


HOSTILE = ["", "\x00", "1" * 400, "-1", str(2**63), "💥" * 100, "x" * 400_000, "Lê"]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_input_is_refused(
    app: Flask,
    database: Database,
    owner_login: str,
    signed_in: Callable[..., FlaskClient],
    value: str,
) -> None:
    order = place(database, is_mine=True, confirmed=True)
    client = signed_in(owner_login)
    page = f"/ban-hang/don-hang/{order.code}"
    with database.read() as db:
        found = queries.order_by_code(db, order.code)
        assert found is not None
        line = found.lines[0].id
    answers = [
        post(client, f"{page}/huy", {"reason": value}),
        post(client, f"{page}/dong-goi", {f"pick_{line}_0": value, f"pick_{value[:50]}": value}),
        post(client, f"{page}/gui", {"carrier": value, "tracking_no": value}),
        post(client, link(app, order, "/huy"), {"reason": value}),
        post(client, "/tra-cuu-don", {"code": value, "phone_tail": value}),
        client.get("/ban-hang/don-hang", query_string={"muc": value[:999], "trang": value[:999]}),
        client.get("/tai-khoan/don-hang", query_string={"trang": value[:999]}),
        client.get(f"/tra-cuu-don/{value[:99]}"),
    ]
    statuses = [answer.status_code for answer in answers]
    assert all(status < 500 for status in statuses), statuses
    assert all(status >= 400 for status in statuses[:5]), statuses
