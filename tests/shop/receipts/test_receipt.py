"""The receipt: its sums to the last đồng, its marks, its fonts, who may have it."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.receipts.pdf import Item, Receipt, make_pdf
from shop.web.access import sign
from tests.factories.accounts import make_member, make_person
from tests.factories.orders import make_order

NOW = datetime.now(UTC)


def link(app: Flask, order: Order, root: str = "") -> str:
    with app.app_context():
        return f"{root}/don-hang/{order.code}/bien-nhan.pdf?k={sign('order', order.code)}"


def words(raw: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    return text.replace("\u00a0", " ")


def place(database: Database, **over: Any) -> Order:
    with database.transaction() as db:
        return make_order(db, now=NOW, **over)


def a_receipt(**over: Any) -> Receipt:
    values: dict[str, Any] = {
        "title": "Biên nhận",
        "code": "7KQ2M9XW4T",
        "code_label": "Mã đơn",
        "seller": "HTX",
        "seller_facts": (),
        "address": "https://shop.test/tra-cuu-don",
        "address_note": "",
        "facts": (("Người nhận", "Lò Thị Mai"),),
        "header": ("Hàng", "SL", "Giá", "Tiền"),
        "items": (Item("Mật ong bạc hà", "", "1", "65.000 ₫", "65.000 ₫"),),
        "sums": (("Tiền hàng", "65.000 ₫"),),
        "total": ("Tổng cộng", "65.000 ₫"),
        "money": (("Đã nhận", "0 ₫"),),
        "notice": "Không phải hóa đơn VAT",
        "thanks": "Cảm ơn",
        "footer": "Chợ Phiên",
    }
    return Receipt(**(values | over))


def test_it_says_what_was_bought_and_paid_to_the_last_dong(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    with database.transaction() as db:
        order = make_order(db, quantity=3, provider="vietqr", now=NOW)
        orders.money_changed(db, order=order, charged_vnd=0, refunded_vnd=0, now=NOW)
    answer = client.get(link(app, order))
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    said = words(answer.data)
    for part in (order.code, "195.000 ₫", "30.000 ₫", "225.000 ₫", "Lò Thị Mai", "Còn phải trả"):
        assert part in said, part
    assert "không phải hóa đơn giá trị gia tăng" in said.replace("\n", " ")


def test_english_has_its_own_words(app: Flask, client: FlaskClient, database: Database) -> None:
    said = words(client.get(link(app, place(database), "/en")).data).replace("\n", " ")
    assert "not a VAT invoice" in said
    assert "Người nhận" not in said


def test_fonts_are_embedded_and_the_bytes_are_the_same_each_time() -> None:
    raw = make_pdf(a_receipt())
    assert raw == make_pdf(a_receipt())
    fonts = PdfReader(io.BytesIO(raw)).pages[0]["/Resources"]["/Font"]
    kinds = [font.get_object() for font in fonts.values()]
    named = [font for font in kinds if "BeVietnam" in str(font["/BaseFont"])]
    assert named
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in named)


def test_many_lines_go_over_several_pages_with_their_head() -> None:
    items = tuple(
        Item(f"Món số {number}", "Lô A", "1", "1.000 ₫", "1.000 ₫") for number in range(50)
    )
    pages = PdfReader(io.BytesIO(make_pdf(a_receipt(items=items)))).pages
    assert len(pages) > 1
    assert all("Thành" in page.extract_text() or "Tiền" in page.extract_text() for page in pages)
    assert "Món số 49" in "".join(page.extract_text() for page in pages)


@pytest.mark.parametrize(
    "typed",
    ["<b>x", "&amp;<para>", "x" * 5000, "Mẹ" * 200, "💥" * 50, "\u202e" + "a", "<img src=x>"],
)
def test_what_people_typed_is_only_printed(typed: str) -> None:
    made = make_pdf(a_receipt(facts=(("Địa chỉ", typed), ("Người nhận", typed)), seller=typed))
    assert len(PdfReader(io.BytesIO(made)).pages) <= 2


def test_nobody_else_gets_it(
    app: Flask, client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    order, other = place(database), place(database)
    with database.transaction() as db:
        owner = make_member(db, "producer", order.producer_id, "owner").email or ""
        make_person(db, email="stranger@pdf.test")
    assert client.get(f"/don-hang/{order.code}/bien-nhan.pdf").status_code == 404
    foreign = link(app, other).replace(other.code, order.code)
    assert client.get(foreign).status_code == 404
    assert client.get("/don-hang/%00/bien-nhan.pdf?k=x").status_code == 404
    signed_in(owner)
    assert client.get(f"/ban-hang/don-hang/{order.code}/bien-nhan.pdf").status_code == 200
    assert client.get(f"/ban-hang/don-hang/{other.code}/bien-nhan.pdf").status_code == 404
    stranger = app.test_client()
    assert stranger.get(f"/ban-hang/don-hang/{order.code}/bien-nhan.pdf").status_code in {303, 403}


def test_the_order_page_leads_to_it(app: Flask, client: FlaskClient, database: Database) -> None:
    order = place(database)
    page = client.get(link(app, order).replace("/bien-nhan.pdf", "")).get_data(as_text=True)
    assert "bien-nhan.pdf?k=" in page
