"""The grid of price and stock over HTTP: what is shown, saved, refused, and never overwritten."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from shop.catalogue.models import Product, ProductFacets, Variant
from shop.core import clock
from shop.core.db import Database
from shop.stock import queries as stock
from shop.stock.models import StockMovement
from shop.stock.rules import Want
from shop.stock.services import reserve
from tests.conftest import post
from tests.factories.catalogue import make_variant
from tests.factories.stock import make_stock
from tests.factories.traceability import make_lot
from tests.shop.sheets.conftest import Shop

PAGE = "/ban-hang/gia-va-kho"


def fields(client: FlaskClient, page: str = PAGE) -> dict[str, str]:
    """What a browser would send of the grid as it was opened."""
    soup = BeautifulSoup(client.get(page).data, "html.parser")
    form = soup.select_one("form[data-sheet]")
    assert form is not None
    found = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    found["reason"] = "count"
    return found | {str(one["name"]): "" for one in form.select("select[name^=lot-]")}


def save(client: FlaskClient, sent: dict[str, Any]) -> Any:
    return post(client, PAGE, sent)


def on_hand(database: Database, variant_id: int) -> int:
    with database.read() as db:
        return stock.levels(db, [variant_id])[variant_id].on_hand


def test_many_cells_are_saved_in_one_go(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    sent = fields(seller) | {
        f"price-{shop.small_id}": "70k",
        f"low-{shop.large_id}": "9",
        f"add-{shop.large_id}": "12",
        f"count-{shop.small_id}": "18",
    }
    assert save(seller, sent).status_code == 303
    assert (on_hand(database, shop.small_id), on_hand(database, shop.large_id)) == (18, 12)
    with database.read() as db:
        assert db.get_one(Variant, shop.small_id).price_vnd == 70_000
        assert db.get_one(Variant, shop.large_id).low_stock_at == 9
        assert db.get_one(ProductFacets, shop.published_id).price_min_vnd == 70_000
        reasons = {move.reason: move.quantity for move in db.scalars(select(StockMovement))}
        assert (reasons["receipt"], reasons["count"]) == (12, -2)
    assert save(seller, sent).status_code in {303, 409}, "a second click"
    assert on_hand(database, shop.large_id) == 12


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("price", "12%", "Không nhận phần trăm"),
        ("price", "900", "Phải từ 1.000"),
        ("low", "-1", "Không nhận số âm"),
        ("add", "1,5", "số nguyên"),
        ("count", "9999999", "Phải từ 0"),
        ("price", "²", "Cần một số"),
    ],
)
def test_one_bad_cell_saves_nothing_and_keeps_all_that_was_typed(
    seller: FlaskClient, shop: Shop, database: Database, field: str, typed: str, words: str
) -> None:
    sent = fields(seller) | {f"{field}-{shop.small_id}": typed, f"price-{shop.large_id}": "130000"}
    answer = save(seller, sent)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.data, "html.parser")
    cell = soup.select_one(f"[name={field}-{shop.small_id}]")
    assert cell is not None
    assert (cell["value"], cell["aria-invalid"]) == (typed, "true")
    told = soup.find(id=str(cell["aria-describedby"]))
    assert told is not None
    assert words in told.get_text()
    kept = soup.select_one(f"[name=price-{shop.large_id}]")
    assert kept is not None
    assert kept["value"] == "130000"
    with database.read() as db:
        assert db.get_one(Variant, shop.large_id).price_vnd == 120_000


def test_a_price_changed_meanwhile_is_shown_not_overwritten(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    sent = fields(seller) | {f"price-{shop.small_id}": "70.000"}
    with database.write() as db:
        db.get_one(Variant, shop.small_id).price_vnd = 66_000
        db.commit()
    answer = save(seller, sent)
    assert answer.status_code == 409
    assert "Người khác vừa đổi thành 66.000" in answer.get_data(as_text=True)
    soup = BeautifulSoup(answer.data, "html.parser")
    was = soup.select_one(f"[name=was-{shop.small_id}]")
    assert was is not None
    assert str(was["value"]).startswith("66000:")
    with database.read() as db:
        assert db.get_one(Variant, shop.small_id).price_vnd == 66_000
    again = sent | {f"was-{shop.small_id}": str(was["value"]), "submit_key": "another-key-16-signs"}
    assert save(seller, again).status_code == 303
    with database.read() as db:
        assert db.get_one(Variant, shop.small_id).price_vnd == 70_000


def test_cells_left_alone_never_overwrite(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    sent = fields(seller) | {f"low-{shop.small_id}": "7"}
    with database.write() as db:
        db.get_one(Variant, shop.small_id).price_vnd = 66_000
        db.commit()
    assert save(seller, sent).status_code == 303
    with database.read() as db:
        kept = db.get_one(Variant, shop.small_id)
        assert (kept.price_vnd, kept.low_stock_at) == (66_000, 7)


def test_a_count_respects_what_is_held_and_what_moved(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    with database.write() as db:
        wants = [Want("order_line:1", shop.small_id, 6)]
        reserve(db, wants=wants, expires_at=None, now=clock.now())
        db.commit()
    sent = fields(seller)
    answer = save(seller, sent | {f"count-{shop.small_id}": "5"})
    assert (answer.status_code, "Đang giữ 6" in answer.get_data(as_text=True)) == (422, True)
    with database.write() as db:
        make_stock(db, shop.small_id, 1)
        db.commit()
    answer = save(seller, sent | {f"count-{shop.small_id}": "15"})
    assert (answer.status_code, "vừa đổi thành 21" in answer.get_data(as_text=True)) == (409, True)
    assert on_hand(database, shop.small_id) == 21


def test_goods_made_in_lots_need_their_lot(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    with database.write() as db:
        product = db.get_one(Product, shop.published_id)
        product.is_lot_tracked = True
        make_lot(
            db,
            product=product,
            variant_id=shop.large_id,
            lot_no="L24",
            quantity=40,
            released=True,
        )
        db.commit()
    lot = {f"lot-{shop.large_id}": "L24"}
    assert on_hand(database, shop.large_id) == 40
    answer = save(seller, fields(seller) | {f"count-{shop.large_id}": "30"})
    assert answer.status_code == 422
    assert "Hàng làm theo lô" in answer.get_data(as_text=True)
    assert save(seller, fields(seller) | {f"count-{shop.large_id}": "30"} | lot).status_code == 303
    assert save(seller, fields(seller) | {f"add-{shop.large_id}": "5"} | lot).status_code == 303
    assert on_hand(database, shop.large_id) == 35
    full = save(seller, fields(seller) | {f"add-{shop.large_id}": "6"} | lot)
    assert "chỉ làm ra 40" in full.get_data(as_text=True)


HOSTILE = ["0:0:0", "x", "1:2", "99999999999:1:1", "1:1:1\x00", "1" * 100_000, ""]


@pytest.mark.parametrize("was", HOSTILE)
def test_a_forged_page_is_refused(seller: FlaskClient, shop: Shop, was: str) -> None:
    sent = fields(seller) | {f"was-{shop.small_id}": was, f"price-{shop.small_id}": "70000"}
    assert save(seller, sent).status_code in {303, 409, 422}


@pytest.mark.parametrize("name", ["was-0", "was--1", f"was-{2**31}", "was-٣", "was-", "was-1e9"])
def test_forged_rows_are_refused(seller: FlaskClient, shop: Shop, name: str) -> None:
    sent = fields(seller) | {name: "65000:5:20", f"price-{name[4:]}": "70000"}
    assert save(seller, sent).status_code == 422


def test_other_peoples_rows_are_not_there(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    from tests.factories.catalogue import make_product, variant_of

    with database.write() as db:
        foreign = variant_of(db, make_product(db))
        db.commit()
    sent = fields(seller) | {f"was-{foreign.id}": "65000:5:0", f"price-{foreign.id}": "1000"}
    answer = save(seller, sent)
    assert answer.status_code in {409, 422}
    with database.read() as db:
        assert db.get_one(Variant, foreign.id).price_vnd == 65_000


def test_search_filters_and_pages(seller: FlaskClient, shop: Shop, database: Database) -> None:
    def names(query: str) -> list[str]:
        soup = BeautifulSoup(seller.get(f"{PAGE}?{query}").data, "html.parser")
        return [str(row["data-variant"]) for row in soup.select("tr[data-variant]")]

    assert names("q=mien+dong") == [str(shop.small_id), str(shop.large_id)]
    assert names("q=che-100") == [str(shop.other_id)]
    assert names("loc=het") == [str(shop.other_id), str(shop.large_id)]
    assert names("q=khong+co") == []
    with database.write() as db:
        product = db.get_one(Product, shop.published_id)
        for number in range(60):
            make_variant(db, product, sku=f"X-{number}", label=f"Gói {number}")
        db.commit()
    assert len(names("")) == 50
    assert len(names("trang=2")) == 13
    assert names("trang=9999") == []


def test_the_grid_keeps_its_statements(
    seller: FlaskClient, shop: Shop, app: Flask, database: Database
) -> None:
    engine = app.extensions["house"].database.engine

    def count(page: str) -> int:
        seen = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert seller.get(page).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    ledger = f"/ban-hang/kho/{shop.small_id}/lich-su"
    few = count(PAGE), count(ledger)
    with database.write() as db:
        product = db.get_one(Product, shop.published_id)
        for number in range(30):
            extra = make_variant(db, product, sku=f"X-{number}", label=f"Gói {number}")
            make_stock(db, extra.id, 3)
            make_stock(db, shop.small_id, 1)
        db.commit()
    assert (count(PAGE), count(ledger)) == few


def test_the_ledger_tells_who_when_why_and_filters(
    seller: FlaskClient, shop: Shop, database: Database
) -> None:
    save(seller, fields(seller) | {f"count-{shop.small_id}": "18", "reason": "damaged"})
    page = f"/ban-hang/kho/{shop.small_id}/lich-su"
    body = seller.get(page).get_data(as_text=True)
    assert "Hỏng, vỡ" in body
    assert len(re.findall("data-move=", body)) == 2
    only = seller.get(f"{page}?vi_sao=damaged").get_data(as_text=True)
    assert len(re.findall("data-move=", only)) == 1
    assert "data-move=" not in seller.get(f"{page}?tu=2100-01-01").get_data(as_text=True)
    for odd in ("tu=x", "den=0001-01-01", "den=9999-12-31", "vi_sao=%00", "trang=-1"):
        assert seller.get(f"{page}?{odd}").status_code == 200, odd
    answer = seller.get(f"{page}.csv?vi_sao=damaged")
    lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Lúc,Thay đổi,Vì sao,Người ghi")
    assert '-2,"Hỏng, vỡ"' in lines[1]
