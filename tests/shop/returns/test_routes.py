"""Return pages: the whole way through forms, other people's requests, hostile input."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import Database
from shop.orders.models import Order
from shop.payments.models import Refund
from shop.returns.models import ReturnLine, ReturnRequest
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.returns import line_of, make_delivered, make_return

SignIn = Callable[..., FlaskClient]
KEY = "a-submit-key-0000000001"


def link(app: Flask, order: Order, tail: str = "/tra-hang") -> str:
    with app.app_context():
        return f"/don-hang/{order.code}{tail}?k={sign('order', order.code)}"


def delivered(database: Database) -> tuple[Order, int]:
    with database.transaction() as db:
        order = make_delivered(db, now=clock.now())
        return order, line_of(db, order).id


def asked(database: Database) -> tuple[Order, ReturnRequest, int]:
    with database.transaction() as db:
        order = make_delivered(db, now=clock.now())
        return order, make_return(db, order, now=clock.now()), line_of(db, order).id


def owner_of(database: Database, order: Order) -> str:
    with database.transaction() as db:
        return make_member(db, "producer", order.producer_id, "owner").email or ""


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "brown").save(out, "JPEG")
    out.seek(0)
    return out, "hang.jpg"


def state_of(database: Database, request: ReturnRequest) -> str:
    with database.read() as db:
        return db.get_one(ReturnRequest, request.id).state


def test_from_asking_to_the_money_through_the_pages(
    app: Flask, client: FlaskClient, database: Database, signed_in: SignIn
) -> None:
    order, line = delivered(database)
    page = client.get(link(app, order, "")).get_data(as_text=True)
    assert "Trả hàng, hoàn tiền" in page
    form = {
        "submit_key": KEY,
        "reason": "spoiled",
        "text": "Nắp hở, có mốc",
        f"units_{line}": "2",
    }
    sent = post(
        client,
        link(app, order),
        {**form, "photos": [picture()]},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    again = post(client, link(app, order), form)
    assert again.location == sent.location
    mine = client.get(sent.location).get_data(as_text=True)
    assert 'data-state="asked"' in mine
    assert "said-photos" in mine
    ask = sent.location.split("/tra-hang/")[1].split("?")[0]
    seller = signed_in(owner_of(database, order))
    desk = seller.get("/ban-hang/tra-hang").get_data(as_text=True)
    assert ask in desk
    assert ask in seller.get(f"/ban-hang/don-hang/{order.code}").get_data(as_text=True)
    case = f"/ban-hang/tra-hang/{ask}"
    assert "Nắp hở, có mốc" in seller.get(case).get_data(as_text=True)
    assert post(seller, f"{case}/hoi-them", {"more-text": "Xin thêm ảnh"}).status_code == 303
    reply = link(app, order, f"/tra-hang/{ask}/tra-loi")
    assert post(client, reply, {"text": "Đã gửi rồi ạ"}).status_code == 303
    assert post(seller, f"{case}/dong-y", {"agree-text": "Gửi về HTX"}).status_code == 303
    short = post(seller, f"{case}/giai-quyet", {f"back_{line}": "1", f"off_{line}": "0"})
    assert short.status_code == 422
    done = post(seller, f"{case}/giai-quyet", {f"back_{line}": "1", f"off_{line}": "1"})
    assert done.status_code == 303
    mine = client.get(sent.location).get_data(as_text=True)
    assert 'data-state="settled"' in mine
    assert "130.000" in mine
    with database.read() as db:
        assert db.scalars(select(Refund.amount_vnd)).all() == [130_000]
        row = db.scalars(select(ReturnLine)).one()
        assert (row.restocked, row.written_off) == (1, 1)


def test_staff_of_the_province_mediate(
    app: Flask, client: FlaskClient, database: Database, signed_in: SignIn
) -> None:
    order, request, _line = asked(database)
    with database.transaction() as db:
        province = db.get_one(Producer, order.producer_id).province_code
        near = make_staff(db, province).email or ""
        far = make_staff(db, "01" if province != "01" else "02").email or ""
    seller = signed_in(owner_of(database, order))
    case = f"/ban-hang/tra-hang/{request.code}"
    assert post(seller, f"{case}/tu-choi", {"refuse-refusal": "as_told"}).status_code == 422
    said = {"refuse-refusal": "as_told", "refuse-text": "Đúng như ảnh"}
    assert post(seller, f"{case}/tu-choi", said).status_code == 303
    turn = link(app, order, f"/tra-hang/{request.code}/nho-can-bo")
    assert post(app.test_client(), turn, {"text": "Không đúng ảnh"}).status_code == 303
    post(client, "/dang-xuat")
    desk = f"/can-bo/tra-hang/{request.code}"
    signed_in(far)
    assert client.get(desk).status_code == 404
    assert post(client, f"{desk}/khep-lai", {"close-text": "Khép lại"}).status_code == 404
    post(client, "/dang-xuat")
    signed_in(near)
    assert request.code in client.get("/can-bo/tra-hang").get_data(as_text=True)
    assert client.get(desk).status_code == 200
    assert post(client, f"{desk}/y-kien", {"note-text": "Đã gọi hai bên"}).status_code == 303
    assert post(client, f"{desk}/giai-quyet", {"settle-refund": "50.000"}).status_code == 303
    assert state_of(database, request) == "settled"


def test_other_peoples_returns_are_not_there(
    app: Flask, client: FlaskClient, database: Database, signed_in: SignIn
) -> None:
    order, request, _line = asked(database)
    other, foreign, _other_line = asked(database)
    bare = f"/don-hang/{order.code}/tra-hang"
    with database.transaction() as db:
        make_person(db, email="stranger@returns.test")
    for path in (bare, f"{bare}/{request.code}"):
        assert client.get(path).status_code == 404
    crossed = link(app, order, f"/tra-hang/{foreign.code}")
    assert client.get(crossed).status_code == 404
    for verb in ("rut", "tra-loi", "nho-can-bo"):
        answer = post(
            client, link(app, order, f"/tra-hang/{foreign.code}/{verb}"), {"text": "xem lại"}
        )
        assert answer.status_code == 404
    seller = signed_in(owner_of(database, other))
    desk = f"/ban-hang/tra-hang/{request.code}"
    assert seller.get(desk).status_code == 404
    for verb in ("dong-y", "giai-quyet", "tu-choi", "hoi-them"):
        data = {"more-text": "abcde", "refuse-refusal": "other", "refuse-text": "abcde"}
        assert post(seller, f"{desk}/{verb}", data).status_code == 404
    assert request.code not in seller.get("/ban-hang/tra-hang?muc=tat-ca").get_data(as_text=True)
    assert seller.get("/can-bo/tra-hang").status_code == 403
    assert state_of(database, request) == "asked"


HOSTILE = ["", "\x00", "-1", "2.5", str(2**63), "9" * 400, "x" * 400_000, "Mẹ", "💥" * 99]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_input_is_refused(
    app: Flask, client: FlaskClient, database: Database, signed_in: SignIn, value: str
) -> None:
    order, line = delivered(database)
    second, request, second_line = asked(database)
    answers: list[Any] = [
        post(
            client,
            link(app, order),
            {"submit_key": KEY, "reason": "other", "text": "Hỏng rồi", f"units_{line}": value},
        ),
        post(
            client,
            link(app, order),
            {"submit_key": KEY, "reason": value, "text": value, f"units_{line}": "1"},
        ),
        post(
            client,
            link(app, order),
            {"submit_key": value, "reason": "other", "text": "Hỏng", f"units_{line}": "1"},
        ),
        post(
            client,
            link(app, order),
            {
                "submit_key": KEY,
                "reason": "other",
                "text": "Hỏng rồi",
                f"units_{line}": "1",
                "photos": [(io.BytesIO(value.encode()), "a.jpg")],
            },
            content_type="multipart/form-data",
        ),
        client.get(link(app, order, f"/tra-hang/{value[:40]}")) if value.isalnum() else None,
    ]
    assert all(400 <= one.status_code < 500 for one in answers if one is not None)
    seller = signed_in(owner_of(database, second))
    case = f"/ban-hang/tra-hang/{request.code}"
    refused = [
        post(seller, f"{case}/tu-choi", {"refuse-refusal": value, "refuse-text": "abcde"}),
        post(seller, f"{case}/giai-quyet", {"settle-refund": value, f"back_{second_line}": value})
        if value
        else None,
        post(seller, f"{case}/dong-y", {"agree-refund": value}) if value else None,
    ]
    assert all(400 <= one.status_code < 500 for one in refused if one is not None)
    assert state_of(database, request) == "asked"
    with database.read() as db:
        assert db.scalars(select(Refund)).all() == []
        assert db.scalars(select(ReturnRequest.id)).all() == [request.id]


def test_more_than_three_pictures_are_refused_and_words_kept(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order, line = delivered(database)
    answer = post(
        client,
        link(app, order),
        {
            "submit_key": KEY,
            "reason": "damaged",
            "text": "Vỡ nát cả hộp",
            f"units_{line}": "1",
            "photos": [picture() for _ in range(4)],
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Vỡ nát cả hộp" in page
    assert "Tối đa 3 ảnh" in page


def test_an_order_that_did_not_come_offers_no_return(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    from tests.factories.orders import make_order

    with database.transaction() as db:
        order = make_order(db, now=clock.now(), confirmed=True)
        line = line_of(db, order).id
    assert "Trả hàng, hoàn tiền" not in client.get(link(app, order, "")).get_data(as_text=True)
    assert client.get(link(app, order)).status_code == 200
    form = {"submit_key": KEY, "reason": "other", "text": "Hỏng rồi", f"units_{line}": "1"}
    assert post(client, link(app, order), form).status_code == 409
