"""What a channel gives back stands on the listings, once a file, for its producer only."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.channel_sheets.models import ListingResult
from shop.channel_sheets.rules.results import state_of
from tests.conftest import post
from tests.factories import templates
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of

HOME = "/ban-hang/ket-qua-san"


@pytest.mark.parametrize(
    ("words", "reason", "number", "state"),
    [
        ("Failed", "", "", "rejected"),
        ("Không thành công", "", "", "rejected"),
        ("", "Ảnh bìa có chữ", "", "rejected"),
        ("Thành công", "", "", "published"),
        ("Live", "", "", "published"),
        ("Đang bán", "", "", "published"),
        ("Chờ duyệt", "", "", "reviewing"),
        ("", "", "23456789", "published"),
        ("", "", "", None),
    ],
)
def test_words_of_state(words: str, reason: str, number: str, state: str | None) -> None:
    assert state_of(words, reason, number) == state


@pytest.fixture
def desk(db: Session, signed_in: Callable[..., FlaskClient]) -> Any:
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    product = make_product(db, producer=producer, name="Mật ong bạc hà")
    sku = variant_of(db, product).sku
    db.commit()
    return product.id, sku, signed_in(owner.email)


def send(client: FlaskClient, raw: bytes, name: str, channel: str = "shopee") -> Any:
    return post(client, HOME, {"sheet": (io.BytesIO(raw), name), "channel": channel})


def test_rejected_rows_and_then_published_ones(desk: Any, db: Session, app: Flask) -> None:
    product_id, sku, client = desk
    keys = ["ps_product_name", "ps_sku_short", "et_title_reason"]
    rows = [
        keys,
        ["basic"],
        ["Tên", "SKU", "Lý do"],
        ["Mật ong", sku, "Ảnh bìa có chữ"],
        ["Lạ", "LA-1", "x"],
    ]
    rejected = templates.workbook([templates.Page("Template", [list(row) for row in rows])])
    answer = send(client, rejected, "failed.xlsx")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(answer.location).get_data(as_text=True)
    assert f'data-sku="{sku}" data-state="rejected"' in page
    assert "Ảnh bìa có chữ" in page
    assert "LA-1" in page
    assert send(client, rejected, "failed.xlsx").location == answer.location
    listing = client.get(f"/ban-hang/kenh-ban/shopee/{product_id}").get_data(as_text=True)
    assert f'data-sku="{sku}" data-state="rejected"' in listing

    link = "https://shopee.vn/product/1/23456789"
    told = f"Mã sản phẩm,SKU,Trạng thái,Link\n23456789,{sku},Đang bán,{link}\n"
    assert send(client, told.encode(), "list.csv").status_code == 303
    listing = client.get(f"/ban-hang/kenh-ban/shopee/{product_id}").get_data(as_text=True)
    assert f'data-sku="{sku}" data-state="published"' in listing
    assert link in listing
    assert db.scalar(select(func.count()).select_from(ListingResult)) == 2, "history stays"
    db.rollback()

    other = make_producer(db, name="HTX khác")
    stranger = make_member(db, "producer", other.id)
    db.commit()
    strange = app.test_client()
    post(strange, "/dang-nhap", {"login": stranger.email, "password": "chophien-demo"})
    assert strange.get(answer.location).status_code == 404
    assert send(strange, rejected, "failed.xlsx").status_code == 303
    counted = select(func.count()).select_from(ListingResult).join(Variant)
    assert db.scalar(counted) == 2, "somebody else's SKU is nobody's"


def test_hostile_results(desk: Any, db: Session) -> None:
    _product_id, sku, client = desk
    for raw, name in (
        (b"", "a.csv"),
        (b"a,b\n1,2\n", "a.csv"),
        (b"SKU,Status\n", "a.csv"),
        (b"\x00\x01SKU", "a.csv"),
        (b"PK\x03\x04xx", "a.xlsx"),
        (templates.workbook([templates.Page("A", [["SKU"]])]), "a.xlsx"),
    ):
        assert send(client, raw, name).status_code == 422, raw
    assert send(client, b"SKU,Status\nx,ok\n", "a.csv", channel="lạ").status_code == 404
    nasty = f'SKU,Status,Link,Reason\n{sku},Failed,javascript:alert(1),"<script>{"á" * 5000}"\n'
    answer = send(client, nasty.encode(), "a.csv")
    page = client.get(answer.location).get_data(as_text=True)
    assert "javascript:alert" not in page
    assert "<script>á" not in page
    assert len(db.scalars(select(ListingResult)).one().reason) <= 2_000
