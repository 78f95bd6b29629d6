"""Orders of marketplaces take stock once and give it back once, however often they come."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.channel_orders.models import ChannelOrder, OrderImport
from shop.channel_orders.rules import guess, read_lines, state_of, without_buyers
from shop.core import clock
from shop.sheets import jobs
from shop.sheets.services.previews import KEPT
from shop.stock.models import StockLevel, StockMovement
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock

HOME = "/ban-hang/don-tu-san"
HEAD = (
    "Mã đơn hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,SKU phân loại hàng,Tên sản phẩm,Số lượng,"
    "Tổng giá bán (sản phẩm),Số lượng sản phẩm được hoàn trả,Tên Người nhận,Số điện thoại\n"
)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Hoàn thành", "completed"),
        ("Đã hủy", "cancelled"),
        ("Canceled", "cancelled"),
        ("Đang giao", "shipped"),
        ("To ship", "shipped"),
        ("Trả hàng/Hoàn tiền", "returned"),
        ("Chờ xác nhận", "open"),
        ("Người mua đã nhận hàng, vẫn có thể gửi yêu cầu Trả hàng/Hoàn tiền", "completed"),
    ],
)
def test_words_of_state(words: str, state: str) -> None:
    assert state_of(words) == state


def test_lazada_rows_are_units_with_numbers_of_their_own() -> None:
    rows: list[list[Any]] = [
        [
            "orderItemId",
            "orderNumber",
            "sellerSku",
            "itemName",
            "status",
            "paidPrice",
            "customerName",
            "createTime",
        ],
        [7001, 555001, "A-1", "Mật ong", "delivered", 85000, "Nguyễn A", "20 Nov 2026 09:30"],
        [7002, 555001, "A-1", "Mật ong", "canceled", 85000, "Nguyễn A", "20 November 2026"],
    ]
    layout = guess(rows)
    first, second = read_lines(rows, layout)
    assert (first.order, first.key, first.quantity, first.state) == (
        "555001",
        "7001",
        1,
        "completed",
    )
    assert (second.key, second.state) == ("7002", "cancelled")
    assert first.ordered_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert second.ordered_at == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert "Nguyễn A" not in str(without_buyers(rows, layout.header))


def test_tiktok_explains_its_columns_and_writes_the_currency_first() -> None:
    rows: list[list[Any]] = [
        [
            *("Order ID", "Order Status", "Cancelation/Return Type", "Seller SKU", "Product Name"),
            *("Quantity", "Sku Quantity of return", "SKU Subtotal After Discount", "Created Time"),
        ],
        ["Platform unique order ID.", "Status.", "", "", "", "SKU sold quantity", "", "", ""],
        [
            *("577361999911112222", "Completed", "Return/Refund", "A-1", "Mật ong"),
            *("3", "1", "VND 255.000", "20/11/2026 09:30:12\t"),
        ],
    ]
    (line,) = read_lines(rows, guess(rows))
    assert (line.number, line.quantity, line.back, line.revenue_vnd) == (3, 3, 1, 255_000)
    assert (line.state, line.fault) == ("completed", "")


@pytest.fixture
def desk(db: Session, signed_in: Callable[..., FlaskClient]) -> Any:
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    variant = variant_of(db, make_product(db, producer=producer, name="Mật ong"))
    make_stock(db, variant.id, 10)
    db.commit()
    return variant.id, variant.sku, signed_in(owner.email)


def bring(client: FlaskClient, rows: str, name: str = "Order.all.csv") -> Any:
    """Upload and record; the page of the recorded import."""
    sent = {"sheet": (io.BytesIO((HEAD + rows).encode()), name), "channel": "shopee"}
    answer = post(client, HOME, sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(answer.location).get_data(as_text=True)
    digest = page.split('name="digest" value="', 1)[1].split('"', 1)[0]
    assert post(client, answer.location, {"digest": digest}).status_code == 303
    return answer.location, client.get(answer.location).get_data(as_text=True)


def on_hand(db: Session, variant_id: int) -> int:
    left = db.scalar(select(StockLevel.on_hand).where(StockLevel.variant_id == variant_id))
    db.rollback()
    return left or 0


def test_stock_follows_the_channel_once(desk: Any, db: Session) -> None:
    variant_id, sku, client = desk
    sold = f"SP001A,20/11/2026 09:30,Đang giao,{sku},Mật ong,3,255000,0,Trần B,0912345678\n"
    more = f"SP002B,21/11/2026,Chờ giao,{sku},Mật ong,2,170000,0,C,09\n"
    more += "SP003C,21/11/2026,Chờ giao,LA-9,Lạ,1,1000,0,D,09\n"
    _address, page = bring(client, sold + more)
    assert on_hand(db, variant_id) == 5
    assert 'data-count="take"' in page
    assert 'data-count="unknown"' in page
    assert "0912345678" not in page
    _address, page = bring(client, sold + more + "\n", "again.csv")
    assert on_hand(db, variant_id) == 5, "the same orders in another file"
    assert 'data-count="known"' in page
    cancelled = more.replace("Chờ giao", "Đã hủy")
    returned = sold.replace("Đang giao", "Hoàn thành").replace(",255000,0,", ",255000,1,")
    bring(client, returned + cancelled)
    assert on_hand(db, variant_id) == 8, "two cancelled and one sent back"
    bring(client, cancelled + returned, "once more.csv")
    assert on_hand(db, variant_id) == 8
    mixed = sold.replace("SP001A", "SP005E") + cancelled.replace("SP002B", "SP005E")
    bring(client, mixed.replace(",3,255000,", ",1,85000,"), "mixed.csv")
    assert on_hand(db, variant_id) == 7, "one line of an order was cancelled"
    reasons = set(
        db.scalars(select(StockMovement.reason).where(StockMovement.variant_id == variant_id))
    )
    assert {"sale_elsewhere", "returned"} <= reasons
    db.rollback()
    overview = client.get(HOME).get_data(as_text=True)
    assert 'data-month="2026-11" data-channel="shopee"' in overview
    assert "255.000" in overview, "170.000 kept of 3, and 85.000"


def test_an_older_file_undoes_nothing(desk: Any, db: Session) -> None:
    variant_id, sku, client = desk
    older = f"SP001A,20/11/2026,Chờ giao,{sku},Mật ong,3,255000,0,B,09\n"
    bring(client, older)
    bring(client, older.replace("Chờ giao", "Đã hủy"), "newer.csv")
    assert on_hand(db, variant_id) == 10
    _address, page = bring(client, older, "older again.csv")
    assert 'data-count="old"' in page
    assert on_hand(db, variant_id) == 10
    assert db.scalars(select(ChannelOrder.state)).one() == "cancelled"
    db.rollback()
    mixed = f"SP002B,20/11/2026,Hoàn thành,{sku},Mật ong,1,1,0,B,09\n"
    mixed += f"SP002B,20/11/2026,Chờ giao,{sku},Mật ong,2,2,0,B,09\n"
    bring(client, mixed, "two parcels of one order.csv")
    assert on_hand(db, variant_id) == 7, "lines of one order are judged together"


def test_a_return_that_is_refused_is_said(desk: Any, db: Session) -> None:
    variant_id, sku, client = desk
    sold = f"SP001A,20/11/2026,Trả hàng/Hoàn tiền,{sku},Mật ong,3,255000,0,B,09\n"
    bring(client, sold.replace("Trả hàng/Hoàn tiền", "Đã giao"))
    bring(client, sold, "asked.csv")
    assert on_hand(db, variant_id) == 10
    _address, page = bring(client, sold.replace("Trả hàng/Hoàn tiền", "Hoàn thành"), "refused.csv")
    assert 'data-count="recheck"' in page
    assert "Dòng cần xem" in page
    assert on_hand(db, variant_id) == 10, "nobody knows where the goods are: a person looks"


def test_every_row_is_counted_or_named(desk: Any, db: Session) -> None:
    variant_id, sku, client = desk
    rows = "Mã do sàn cấp,Lúc đặt,Trạng thái,Mã của bạn,Tên,Số món,Tiền,Số trả,,\n"
    rows += f"SP001A,20/11/2026,Chờ giao,{sku},Mật ong,1,85000,0,B,09\n"
    rows += f",20/11/2026,Chờ giao,{sku},Mật ong,1,85000,0,B,09\n"
    rows += f"5.77361E+17,20/11/2026,Chờ giao,{sku},Mật ong,1,85000,0,B,09\n,,,,,,,,,\n"
    _address, page = bring(client, rows)
    assert on_hand(db, variant_id) == 9
    assert re.search(r'data-count="fault">.*?<strong class="num">2</strong>', page)
    assert "Ô mã đơn trống" in page
    assert "Excel đã làm tròn mã đơn này" in page


def test_short_stock_is_said_and_taken_later(desk: Any, db: Session) -> None:
    variant_id, sku, client = desk
    row = f"SP009A,20/11/2026,Đang giao,{sku},Mật ong,11,935000,0,B,09\n"
    address, page = bring(client, row)
    assert 'data-count="short"' in page
    assert on_hand(db, variant_id) == 10
    make_stock(db, variant_id, 5)
    db.commit()
    again, page = bring(client, row)
    assert again == address
    assert 'data-count="take"' in page
    assert on_hand(db, variant_id) == 4


def test_a_file_sent_twice_is_kept_once_and_forgotten_in_a_week(desk: Any, app: Flask) -> None:
    _variant_id, sku, client = desk
    house = app.extensions["house"]
    before = set(house.storage.root.rglob("*.json"))
    rows = (HEAD + f"SP001A,x,Hoàn thành,{sku},M,1,1,0,B,09\n").encode()
    for _ in range(2):
        post(client, HOME, {"sheet": (io.BytesIO(rows), "o.csv"), "channel": "shopee"})
    assert len(set(house.storage.root.rglob("*.json")) - before) == 1
    jobs.forget_previews(house.database, clock.now() + KEPT * 2)
    assert set(house.storage.root.rglob("*.json")) == before


def test_strangers_and_hostile_files(desk: Any, db: Session, app: Flask) -> None:
    _variant_id, sku, client = desk
    address, _page = bring(client, f"SP001A,x,Hoàn thành,{sku},M,1,1,0,B,09\n")
    other = make_producer(db, name="HTX khác")
    stranger = make_member(db, "producer", other.id)
    db.commit()
    strange = app.test_client()
    post(strange, "/dang-nhap", {"login": stranger.email, "password": "chophien-demo"})
    assert strange.get(address).status_code == 404
    assert post(strange, address).status_code == 404
    assert post(strange, f"{address}/cot").status_code == 404
    for raw, name in ((b"", "a.csv"), (b"\x00", "a.csv"), (b"PK\x03\x04", "a.xlsx")):
        sent = {"sheet": (io.BytesIO(raw), name), "channel": "shopee"}
        assert post(client, HOME, sent).status_code == 422
    sent = {"sheet": (io.BytesIO(HEAD.encode()), "a.csv"), "channel": "lạ"}
    assert post(client, HOME, sent).status_code == 404
    bad = (
        f"SP00{'9' * 90},x,y,{sku},M,-1,1,0,B,09\nSP77A,x,y,{sku},M,99999999999999999999,1,0,B,09\n"
    )
    sent = {"sheet": (io.BytesIO((HEAD + bad).encode()), "a.csv"), "channel": "shopee"}
    page = client.get(post(client, HOME, sent).location)
    assert page.status_code == 200
    assert 'data-does="fault"' in page.get_data(as_text=True)
    open_one = db.scalars(select(OrderImport).where(OrderImport.state == "open")).one().public_id
    db.rollback()
    assert post(client, f"{HOME}/{open_one}", {"digest": "falsch"}).status_code == 409
    assert post(client, f"{HOME}/{open_one}/cot", {"header": "99"}).status_code == 422
    assert db.scalar(select(func.count()).select_from(ChannelOrder)) == 1
