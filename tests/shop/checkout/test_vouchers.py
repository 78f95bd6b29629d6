"""Every kind of discount code and every refusal, as the buyer sees them over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.catalogue.models import Product, Variant
from shop.checkout.models import Basket, Voucher
from shop.core import clock
from shop.core.db import Database
from shop.orders.models import Order
from tests.factories.accounts import make_person
from tests.factories.checkout import make_voucher
from tests.shop.checkout.test_routes import (
    FORM,
    add,
    check,
    count,
    fields,
    hidden,
    make_goods,
    post,
)

GOODS, DELIVERY = 65_000, 18_000


def made(database: Database, **over: Any) -> str:
    now = clock.now()
    span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
    with database.transaction() as db:
        return make_voucher(db, **(span | over)).code


def seller(database: Database, variant: Variant) -> int:
    with database.read() as db:
        return db.scalars(
            select(Product.producer_id).join(Variant).where(Variant.id == variant.id)
        ).one()


@pytest.mark.parametrize(
    ("terms", "goods_off", "delivery_off"),
    [
        ({"kind": "percent", "amount": 10}, 6_500, 0),
        ({"kind": "percent", "amount": 90, "max_discount_vnd": 20_000}, 20_000, 0),
        ({"kind": "fixed", "amount": 15_000}, 15_000, 0),
        ({"kind": "fixed", "amount": 900_000}, GOODS, 0),
        ({"kind": "free_ship", "amount": 0}, 0, DELIVERY),
    ],
    ids=["percent", "capped", "fixed", "more_than_the_goods", "free_ship"],
)
def test_what_the_page_says_is_what_is_charged(
    client: FlaskClient,
    database: Database,
    terms: dict[str, Any],
    goods_off: int,
    delivery_off: int,
) -> None:
    code = made(database, **terms)
    add(client, make_goods(database))
    shown = post(client, "/dat-hang", fields(client, voucher=f" {code.lower()} ", lam="tinh"))
    page = shown.get_data(as_text=True)
    total = GOODS + DELIVERY - goods_off - delivery_off
    assert hidden(page, "expected_total") == str(total)
    assert code in page
    sent = FORM | {name: hidden(page, name) for name in ("submit_key", "expected_total")}
    assert post(client, "/dat-hang", sent | {"voucher": code}).status_code == 303
    with database.read() as db:
        order = db.scalars(select(Order)).one()
        assert (order.total_vnd, order.discount_vnd) == (total, goods_off)
        assert order.shipping_vnd == DELIVERY - delivery_off
    check(database)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"min_subtotal_vnd": 100_000}, "cần tiền hàng từ 100.000\xa0₫; bạn còn thiếu 35.000\xa0₫"),
        ({"begins": DAY, "ends": 2 * DAY}, "chưa tới ngày dùng"),
        ({"begins": -2 * DAY, "ends": -DAY}, "đã hết hạn"),
        ({"session_key": "session:7", "begins": -DAY, "ends": -DAY / 24}, "đã hết hạn"),
        ({"max_uses": 1, "used": 1}, "đã hết lượt"),
        ({"is_stopped": True}, "đã dừng mã giảm giá này"),
        ({"is_anothers": True}, "chỉ dùng cho hàng của người bán khác"),
        ({"is_unknown": True}, "Không có mã giảm giá này"),
    ],
    ids=["minimum", "early", "late", "session_over", "limit", "stopped", "producer", "unknown"],
)
def test_a_refusal_says_why_and_orders_nothing(
    client: FlaskClient, database: Database, terms: dict[str, Any], words: str
) -> None:
    variant = make_goods(database)
    over, now = dict(terms), clock.now()
    for name, at in (("begins", "starts_at"), ("ends", "ends_at")):
        if name in over:
            over[at] = now + over.pop(name)
    used, stopped = over.pop("used", 0), over.pop("is_stopped", False)
    if over.pop("is_anothers", False):
        over["producer_id"] = seller(database, make_goods(database))
    is_unknown = over.pop("is_unknown", False)
    code = "KHONGCO" if is_unknown else made(database, **over)
    if used or stopped:
        with database.transaction() as db:
            row = db.scalars(select(Voucher).where(Voucher.code == code)).one()
            row.used, row.stopped_at = used, now if stopped else None
    add(client, variant)
    sent = fields(client, voucher=code)
    refused = post(client, "/dat-hang", sent)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert words in page
    assert "Thôn Chè Cọ" in page, "what was typed is kept"
    asked = {name: sent[name] for name in ("province_code", "commune_code", "voucher")}
    told = client.get("/dat-hang/tinh-tien", query_string=asked).get_data(as_text=True)
    assert words in told, "the sums say it before the button is pressed"
    assert count(database, Order) == 0
    assert post(client, "/dat-hang", sent | {"voucher": ""}).status_code == 303


def test_a_person_uses_a_code_as_often_as_allowed_however_the_phone_is_written(
    client: FlaskClient, database: Database
) -> None:
    code = made(database, per_person=1)
    variant = make_goods(database)
    add(client, variant)
    assert post(client, "/dat-hang", fields(client, voucher=code)).status_code == 303
    add(client, variant)
    sent = fields(client, voucher=code, phone="+84 912-345-678", expected_total="")
    refused = post(client, "/dat-hang", sent)
    assert refused.status_code == 422
    assert "Số điện thoại này đã dùng hết lượt" in refused.get_data(as_text=True)
    assert count(database, Order) == 1
    assert post(client, "/dat-hang", sent | {"phone": "0987654321"}).status_code == 303
    check(database)


def test_ones_own_used_up_code_is_told_before_the_press_and_a_strangers_never(
    client: FlaskClient, app: Flask, database: Database
) -> None:
    """As soon as the number is typed, where an order out of this basket went to it; whoever types
    somebody else's number sees what everybody sees."""
    code = made(database, per_person=1)
    variant = make_goods(database)
    add(client, variant)
    asked = {name: FORM[name] for name in ("province_code", "commune_code", "phone")}
    asked |= {"voucher": code}
    before = post(client, "/dat-hang/tinh-tien", asked).get_data(as_text=True)
    assert hidden(before, "expected_total") == str(GOODS + DELIVERY - 6_500)
    assert post(client, "/dat-hang", fields(client, voucher=code)).status_code == 303
    add(client, variant)
    stranger = app.test_client()
    add(stranger, variant)
    words = "Số điện thoại này đã dùng hết lượt"
    for path, more in (("/dat-hang/tinh-tien", {}), ("/dat-hang", fields(client, lam="tinh"))):
        own = post(client, path, more | asked).get_data(as_text=True)
        assert words in own
        assert hidden(own, "expected_total") == str(GOODS + DELIVERY)
        seen = post(stranger, path, more | asked).get_data(as_text=True)
        assert words not in seen
        assert hidden(seen, "expected_total") == hidden(before, "expected_total")
        other = post(client, path, more | asked | {"phone": "0987654321"}).get_data(as_text=True)
        assert words not in other
    refused = post(stranger, "/dat-hang", fields(stranger, voucher=code, expected_total="1"))
    assert words not in refused.get_data(as_text=True), "the count is asked for last of all"


def test_a_signed_in_buyer_is_told_of_a_used_up_code_whatever_the_basket(
    database: Database, signed_in: Any
) -> None:
    code = made(database, per_person=1)
    variant = make_goods(database)
    with database.transaction() as db:
        make_person(db, email="mai@buyer.test")
    mine = signed_in("mai@buyer.test")
    add(mine, variant)
    assert post(mine, "/dat-hang", fields(mine, voucher=code)).status_code == 303
    with database.transaction() as db:
        db.scalars(select(Basket)).one().last_group_id = None
    add(mine, variant)
    asked = {"voucher": code, "phone": FORM["phone"], "province_code": "19"}
    told = post(mine, "/dat-hang/tinh-tien", asked).get_data(as_text=True)
    assert "Số điện thoại này đã dùng hết lượt" in told
