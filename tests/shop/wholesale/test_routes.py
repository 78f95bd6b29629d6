"""Wholesale over HTTP: asking, quoting, accepting by the link; strangers and hostile input."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.clock import today_vn
from shop.core.db import Database
from shop.enquiries.models import Enquiry
from shop.orders.models import Order
from shop.wholesale.models import Quote
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock

TODAY = today_vn(datetime.now(UTC))
KEY = "k" * 20
ASK = {
    "submit_key": KEY,
    "company": "Siêu thị Minh Họa",
    "tax_code": "0101234567",
    "quantity": "1.200",
    "wanted_on": (TODAY + timedelta(days=20)).isoformat(),
    "province_code": "19",
    "words": "Cần hàng đều mỗi tháng.",
    "name": "Chị Thu",
    "phone": "0912 345 678",
}
ACCEPT = {
    "full_name": "Chị Thu",
    "phone": "0912345678",
    "province_code": "19",
    "commune_code": "02185",
    "street": "Kho số 2",
}


@pytest.fixture
def shop(app: Flask, database: Database) -> dict[str, Any]:
    """A producer with 2,000 pieces of a product, and somebody else."""
    with database.transaction() as db:
        producer = make_producer(db)
        product = make_product(db, producer=producer)
        variant = variant_of(db, product)
        make_stock(db, variant.id, 2_000)
        return {
            "slug": producer.slug,
            "product": product.slug,
            "variant": variant.id,
            "owner": make_member(db, "producer", producer.id).email,
            "other": make_member(db, "producer", make_producer(db).id).email,
        }


def offer(variant_id: int, **over: str) -> dict[str, str]:
    return {
        "submit_key": "q" * 20,
        "item_0": str(variant_id),
        "from_0": "50",
        "price_0": "60.000",
        "item_1": str(variant_id),
        "from_1": "1.000",
        "price_1": "55.000",
        "shipping_vnd": "150.000",
        "payment": "cod",
        "valid_until": (TODAY + timedelta(days=14)).isoformat(),
        "terms": "Đóng thùng 20 gói.",
        **over,
    }


def ask(client: FlaskClient, shop: dict[str, Any]) -> str:
    """The enquiry's page."""
    answer = post(client, f"/ban-si/{shop['slug']}?san-pham={shop['product']}", ASK)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_asked_quoted_accepted(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    signed_in: Callable[..., FlaskClient],
) -> None:
    assert f"/ban-si/{shop['slug']}" in client.get(f"/san-pham/{shop['product']}").text
    page = ask(client, shop)
    assert ask(client, shop) == page, "pressed twice, asked once"
    code = page.rsplit("/", 1)[-1]
    desk = signed_in(shop["owner"])
    assert "Siêu thị Minh Họa" in desk.get(f"/ban-hang/hoi-dat/{code}").text
    sent = post(desk, f"/ban-hang/bao-gia/{code}", offer(shop["variant"]))
    assert sent.status_code == 303
    shown = client.get(page).text
    link = re.search(r'href="(/bao-gia/[^"]+)"', shown)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert 'data-state="offered"' in client.get(address).text
    assert client.get(address.split("?")[0]).status_code == 404, "without its signature it is shut"
    paper = client.get(address.replace("?", "/bao-gia.pdf?"))
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    accept = address.replace("?", "/dong-y?")
    field = f"quantity_{shop['variant']}"
    few = post(client, accept, ACCEPT | {field: "49"})
    assert few.status_code == 422
    assert "50" in few.text
    assert post(client, accept, ACCEPT | {field: "2.001"}).status_code == 409
    done = post(client, accept, ACCEPT | {field: "1.200"})
    assert done.status_code == 303
    again = post(client, accept, ACCEPT | {field: "60"})
    assert again.headers["Location"] == done.headers["Location"]
    with database.read() as db:
        assert db.scalars(select(Order.total_vnd)).all() == [1_200 * 55_000 + 150_000]
    quote = address.split("?")[0].rsplit("/", 1)[-1]
    late = post(desk, f"/ban-hang/bao-gia/{quote}/rut", {})
    assert late.status_code == 303
    assert 'data-state="accepted"' in client.get(address).text, "an order cannot be taken back"


def test_another_producer_sees_and_quotes_nothing(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    signed_in: Callable[..., FlaskClient],
) -> None:
    code = ask(client, shop).rsplit("/", 1)[-1]
    assert post(signed_in(shop["owner"]), f"/ban-hang/bao-gia/{code}", offer(shop["variant"]))
    with database.read() as db:
        quote = db.scalars(select(Quote.code)).one()
    other = signed_in(shop["other"])
    assert other.get(f"/ban-hang/bao-gia/{code}").status_code == 404
    assert other.get(f"/ban-hang/hoi-dat/{code}").status_code == 404
    again = offer(shop["variant"], submit_key="o" * 20)
    assert post(other, f"/ban-hang/bao-gia/{code}", again).status_code == 404
    assert post(other, f"/ban-hang/bao-gia/{quote}/rut", {}).status_code == 404
    assert other.get(f"/bao-gia/{quote}").status_code == 404
    assert post(other, f"/bao-gia/{quote}/dong-y", ACCEPT).status_code == 404
    with database.read() as db:
        assert db.scalars(select(Quote.state)).all() == ["offered"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"tax_code": "12345"}, 422),
        ({"tax_code": ""}, 303),
        ({"quantity": "0"}, 422),
        ({"quantity": "9999999999"}, 422),
        ({"phone": "", "email": ""}, 422),
        ({"wanted_on": "1999-01-01"}, 422),
        ({"wanted_on": "x"}, 422),
        ({"province_code": "zz"}, 422),
        ({"company": "\x00"}, 422),
        ({"company": "Cu\u031b\u0309a ha\u0300ng"}, 303),
        ({"words": "a" * 1_000_000}, 413),
        ({"submit_key": "?"}, 422),
    ],
)
def test_hostile_enquiries(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    change: dict[str, str],
    status: int,
) -> None:
    answer = post(client, f"/ban-si/{shop['slug']}", ASK | change)
    assert answer.status_code == status
    with database.read() as db:
        made = db.scalar(select(func.count()).select_from(Enquiry))
        assert made == (1 if status == 303 else 0)


@pytest.mark.parametrize(
    "change",
    [
        {"item_0": "999999999"},
        {"item_0": "99999999999999999999"},
        {"from_0": "0"},
        {"price_0": "-5"},
        {"price_0": "999"},
        {"price_1": "60.001"},
        {"from_1": "50"},
        {"valid_until": "1999-01-01"},
        {"valid_until": "9999-12-31"},
        {"payment": "gold"},
        {"payment": "vietqr"},
        {"shipping_vnd": "99999999999999"},
        {"item_0": "", "item_1": "", "from_0": "", "from_1": "", "price_0": "", "price_1": ""},
    ],
)
def test_hostile_quotes(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    signed_in: Callable[..., FlaskClient],
    change: dict[str, str],
) -> None:
    code = ask(client, shop).rsplit("/", 1)[-1]
    desk = signed_in(shop["owner"])
    answer = post(desk, f"/ban-hang/bao-gia/{code}", offer(shop["variant"], **change))
    assert answer.status_code == 422
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Quote)) == 0


def test_unknown_addresses(client: FlaskClient, shop: dict[str, Any]) -> None:
    for path in ("/ban-si/khong-co", f"/ban-si/{shop['slug']}?san-pham=khong-co", "/bao-gia/XX"):
        assert client.get(path).status_code == 404, path
