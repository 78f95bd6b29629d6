"""The producer's stock pages."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from shop.catalogue.models import Variant
from shop.core.db import Database
from shop.stock.queries import levels
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock

LOGIN = "producer@stock.test"
KEY = "submit-key-of-a-page"


@pytest.fixture
def variant(database: Database) -> Variant:
    with database.transaction() as db:
        person = make_person(db, email=LOGIN)
        producer = make_producer(db, owner_id=person.id)
        return variant_of(db, make_product(db, producer=producer))


def available(database: Database, variant: Variant) -> int:
    with database.read() as db:
        return levels(db, [variant.id])[variant.id].available


def test_receiving_and_counting(
    database: Database, variant: Variant, signed_in: Callable[..., FlaskClient]
) -> None:
    client = signed_in(LOGIN)
    page = f"/ban-hang/kho/{variant.id}"
    assert "data-available>0<" in client.get("/ban-hang/kho").get_data(as_text=True)
    for _ in range(2):
        answer = post(client, f"{page}/nhap", {"quantity": "1.250", "submit_key": KEY})
        assert answer.status_code == 303
    assert available(database, variant) == 1250, "sent twice, received once"
    count = {"lot": "0", "counted": "1240", "reason": "damaged", "submit_key": KEY}
    assert post(client, f"{page}/kiem-ke", count).status_code == 303
    assert available(database, variant) == 1240
    body = client.get(page).get_data(as_text=True)
    assert "+1250" in body
    assert "-10" in body
    assert "Hỏng, vỡ" in body


def test_promised_units_cannot_be_counted_away(
    database: Database, variant: Variant, signed_in: Callable[..., FlaskClient]
) -> None:
    from shop.stock.rules import Want
    from shop.stock.services import reserve
    from tests.factories.stock import NOW

    with database.transaction() as db:
        make_stock(db, variant.id, 5)
        reserve(db, wants=[Want("order_line:1", variant.id, 4)], expires_at=None, now=NOW)
    client = signed_in(LOGIN)
    count = {"lot": "0", "counted": "3", "reason": "count", "submit_key": KEY}
    answer = post(client, f"/ban-hang/kho/{variant.id}/kiem-ke", count)
    assert answer.status_code == 409
    assert "Không trừ được" in answer.get_data(as_text=True)
    assert available(database, variant) == 1


def test_other_producers_stock_is_not_found(
    database: Database, variant: Variant, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        other = variant_of(db, make_product(db))
    client = signed_in(LOGIN)
    page = f"/ban-hang/kho/{other.id}"
    count = {"lot": "0", "counted": "3", "reason": "count", "submit_key": KEY}
    assert client.get(page).status_code == 404
    assert post(client, f"{page}/nhap", {"quantity": "1", "submit_key": KEY}).status_code == 404
    assert post(client, f"{page}/kiem-ke", count).status_code == 404
    assert f"/kho/{other.id}" not in client.get("/ban-hang/kho").get_data(as_text=True)
    assert client.get(f"/ban-hang/kho/{2**31}").status_code == 404


@pytest.mark.parametrize(
    "value", ["", "0", "-5", "1.5", "1e3", str(2**31), "9" * 400, "\x00", "💥", "x" * 400_000]
)
def test_hostile_input_is_refused(
    database: Database,
    variant: Variant,
    signed_in: Callable[..., FlaskClient],
    value: str,
) -> None:
    client = signed_in(LOGIN)
    page = f"/ban-hang/kho/{variant.id}"
    good = {"lot": "0", "counted": "3", "reason": "count", "submit_key": KEY}
    assert post(client, f"{page}/nhap", {"quantity": value, "submit_key": KEY}).status_code == 422
    for field in good:
        if (field, value) in {("counted", "0"), ("lot", "0")}:
            continue
        answer = post(client, f"{page}/kiem-ke", good | {field: value})
        is_long_key = field == "submit_key" and 16 <= len(value) <= 64
        assert answer.status_code == (303 if is_long_key else 422), (field, value[:20])
    assert client.get(page, query_string={"trang": value[:500]}).status_code == 200
