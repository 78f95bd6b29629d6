"""Wish lists and alerts as visitors use them."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.notifications import services as notifications
from shop.notifications.rules import Post
from shop.wishes.models import StockAlert, WishList
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.stock import make_stock


@pytest.fixture
def mailing(app: Flask) -> None:
    """After the application has chosen its channels."""
    where = Post("smtp://127.0.0.1:1", "tin@phien.example", "https://phien.example")
    notifications.use_channels(is_development=False, post=where)


def state_of(database: Database) -> tuple[str, str]:
    """Code and state of the one alert."""
    with database.read() as db:
        alert = db.scalars(select(StockAlert)).one()
        return alert.code, alert.state


def test_a_guest_saves_looks_and_drops(client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        product = make_product(db, name="Miến dong Tài Hoan")
    empty = client.get("/yeu-thich")
    assert "Chưa lưu sản phẩm nào" in empty.text
    assert "no-store" in empty.headers["Cache-Control"], "or the browser would show it again"
    answer = post(client, "/yeu-thich", {"product_id": product.id})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/san-pham/{product.slug}"
    cookie = client.get_cookie("thich")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.decoded_value.endswith(".1")
    with database.read() as db:
        stored = db.scalars(select(WishList.token_hash)).one()
    assert cookie.decoded_value.partition(".")[0] != stored, "the table holds a digest"
    page = client.get(f"/san-pham/{product.slug}").text
    assert "Đã lưu" in page
    page = client.get("/yeu-thich").text
    assert "Miến dong Tài Hoan" in page
    assert 'content="noindex"' in page
    assert post(client, "/yeu-thich/bo", {"product_id": product.id}).status_code == 303
    assert "Chưa lưu sản phẩm nào" in client.get("/yeu-thich").text


def test_signing_in_keeps_the_list(
    client: FlaskClient, db: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    product, person = make_product(db, name="Chè Shan"), make_person(db)
    db.commit()
    post(client, "/yeu-thich", {"product_id": product.id})
    signed_in(person.email)
    client.delete_cookie("thich")
    assert "Chè Shan" in client.get("/yeu-thich").text


def test_nobody_sees_anothers_list(app: Flask, client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        product, person = make_product(db, name="Của riêng").id, make_person(db).id
    post(client, "/yeu-thich", {"product_id": product})
    with database.transaction() as db:
        kept = db.scalars(select(WishList)).one()
        kept.person_id = person
        digest = kept.token_hash
    assert "Của riêng" not in client.get("/yeu-thich").text, "claimed: the cookie alone is no key"
    other = app.test_client()
    other.set_cookie("thich", digest)
    assert "Của riêng" not in other.get("/yeu-thich").text


@pytest.mark.usefixtures("mailing")
def test_a_guest_confirms_by_mail_and_leaves_by_one_click(
    client: FlaskClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as db:
        product = make_product(db, name="Mật ong")
        variant, slug = variant_of(db, product).id, product.slug
    assert 'action="/bao-khi-co-hang"' in client.get(f"/san-pham/{slug}").text
    asked = {"variant_id": variant, "email": "khach@vidu.vn"}
    assert post(client, "/bao-khi-co-hang", asked).status_code == 303
    code, _state = state_of(database)
    address = f"/bao-khi-co-hang/{code}"
    assert client.get(address).status_code == 200
    assert state_of(database)[1] == "unconfirmed", "opening a link changes nothing"
    assert post(client, address).status_code == 303
    assert state_of(database)[1] == "waiting"
    one_click = client.post(f"{address}/thoi", data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 303, "mail programs bring no cookie and no token (RFC 8058)"
    assert state_of(database)[1] == "ended"
    assert "khach@vidu.vn" not in caplog.text
    assert "khach@vidu.vn" not in client.get(address).text
    assert client.get("/bao-khi-co-hang/KHONGCO").status_code == 404
    assert client.post("/bao-khi-co-hang/KHONGCO/thoi").status_code == 404


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"email": "khong phai"}, 422),
        ({"email": ""}, 422),
        ({"email": "a@vidu.vn\nBcc: b@vidu.vn"}, 422),
        ({"email": "x" * 300 + "@vidu.vn"}, 422),
        ({"email": "a@vidu.vn", "variant_id": "9" * 30}, 404),
        ({"email": "a@vidu.vn", "variant_id": "\0"}, 404),
        ({"email": "a@vidu.vn", "variant_id": "chữ"}, 404),
        ({"email": "a@vidu.vn", "variant_id": 99}, 404),
    ],
)
def test_nonsense_is_refused(
    client: FlaskClient, db: Session, fields: dict[str, object], status: int
) -> None:
    variant = variant_of(db, make_product(db))
    db.commit()
    values = {"variant_id": variant.id} | fields
    assert post(client, "/bao-khi-co-hang", values).status_code == status
    assert db.scalars(select(StockAlert)).all() == []
    db.rollback()
    for wrong in ("", "0", "-1", "9" * 30, "\0"):
        assert post(client, "/yeu-thich", {"product_id": wrong}).status_code == 404
        assert post(client, "/yeu-thich/bo", {"product_id": wrong}).status_code == 404


def test_in_stock_is_a_conflict(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    variant = variant_of(db, product)
    make_stock(db, variant.id, 3)
    db.commit()
    answer = post(client, "/bao-khi-co-hang", {"variant_id": variant.id, "email": "a@vidu.vn"})
    assert answer.status_code == 409
    assert "đang còn hàng" in answer.text


def test_a_person_waits_sees_it_and_leaves(
    app: Flask,
    client: FlaskClient,
    database: Database,
    signed_in: Callable[..., FlaskClient],
    now: datetime,
) -> None:
    with database.transaction() as db:
        product = make_product(db, name="Gạo nếp")
        variant, slug = variant_of(db, product).id, product.slug
        person, stranger = make_person(db).email, make_person(db).email
    signed_in(person)
    assert post(client, "/bao-khi-co-hang", {"variant_id": variant}).status_code == 303
    assert "Bạn sẽ nhận tin" in client.get(f"/san-pham/{slug}").text
    found = re.search(r"/tai-khoan/cho-hang/(\w+)/thoi", client.get("/yeu-thich").text)
    assert found is not None
    other = app.test_client()
    post(other, "/dang-nhap", {"login": stranger, "password": "chophien-demo"})
    assert post(other, found[0]).status_code == 404
    with database.transaction() as db:
        make_stock(db, variant, 2)
        assert db.scalars(select(OutboxMessage.kind)).all() == ["wishes.back_in_stock"]
    assert post(client, found[0]).status_code == 303
    assert "Gạo nếp" not in client.get("/yeu-thich").text
