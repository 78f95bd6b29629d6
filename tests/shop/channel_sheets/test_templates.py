"""From an empty template to the filled file, over HTTP; and who is kept out."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.channel_sheets.models import ChannelTemplate, FilledSheet
from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.reading import find_layout
from shop.marketplaces.models import Listing
from shop.sheets.workbooks import read_book
from tests.conftest import post
from tests.factories import templates
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer
from tests.factories.marketplaces import make_goods

HOME = "/ban-hang/mau-kenh"


@pytest.fixture
def desk(db: Session, app: Flask, signed_in: Callable[..., FlaskClient]) -> Any:
    """A producer with one sound product, its owner signed in."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    storage = app.extensions["house"].storage
    product = make_goods(db, storage, producer=producer, name="Mật ong hoa bạc hà")
    db.commit()
    return producer, product, signed_in(owner.email)


def send(client: FlaskClient, raw: bytes, name: str = "Shopee_basic.xlsx", **more: Any) -> Any:
    return post(client, HOME, {"sheet": (io.BytesIO(raw), name), **more})


def filled(client: FlaskClient, address: str) -> tuple[str, bytes]:
    """Press "fill"; the page of the report and the file."""
    answer = post(client, f"{address}/dien")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(answer.location)
    assert page.status_code == 200
    with client.get(f"{answer.location}/tai-ve") as file:
        return page.get_data(as_text=True), file.data


def test_an_empty_template_comes_back_filled(desk: Any, db: Session) -> None:
    _producer, product, client = desk
    raw = templates.shopee(seed=3)
    answer = send(client, raw)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    address = answer.location
    page = client.get(address).get_data(as_text=True)
    assert 'data-finding="SHIP_NONE"' in page
    assert "Gợi ý: Thực phẩm và đồ uống &gt; Mật ong, siro &gt; Mật ong (100785)" in page
    assert post(client, f"{address}/dien").status_code == 409, "delivery is to be chosen first"

    chosen = {"delivery": "channel_id.5001", "cot:ps_product_global_attribute.100095": "12 tháng"}
    assert post(client, f"{address}/lua-chon", chosen).status_code == 303
    report, _content = filled(client, address)
    assert 'data-finding="CATEGORY_MISSING"' in report
    assert f'data-product="{product.id}" data-state="blocked"' in report

    assert post(client, f"{address}/nganh", {f"nganh-{product.id}": "100785"}).status_code == 303
    report, content = filled(client, address)
    assert f'data-product="{product.id}" data-state="filled"' in report
    assert re.search(
        r'data-shown="Template">.*?<th scope="row" class="num">7</th>', report, re.DOTALL
    )
    layout = find_layout(book_of(read_book(raw)))
    before, after = (zipfile.ZipFile(io.BytesIO(one)) for one in (raw, content))
    assert before.namelist() == after.namelist()
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == [layout.part]
    sheet = book_of(read_book(content)).called("Template")
    assert sheet is not None
    row = {column.key: sheet.text(layout.data_row, column.index) for column in layout.columns}
    variant = db.scalars(select(Variant).where(Variant.product_id == product.id)).first()
    assert variant is not None
    assert row["ps_category"] == "100785"
    assert row["ps_product_name"].startswith("Mật ong hoa bạc hà")
    assert row["ps_price"] == str(variant.price_vnd)
    assert row["ps_weight"] == str(variant.packed_weight_g)
    assert row["ps_sku_short"] == variant.sku
    assert (row["channel_id.5001"], row["channel_id.5000"]) == ("Mở", "Tắt")
    assert row["ps_product_global_attribute.100095"] == "12 tháng"
    assert row["et_title_reason"] == ""
    db.rollback()
    filled(client, address)
    assert db.scalar(select(func.count()).select_from(FilledSheet)) == 2, "same again: same row"


def test_the_listing_desk_offers_what_the_template_holds(desk: Any, db: Session) -> None:
    _producer, product, client = desk
    page = f"/ban-hang/kenh-ban/shopee/{product.id}"
    assert "SHIP_NONE" not in client.get(page).get_data(as_text=True), "nothing is known yet"
    send(client, templates.shopee(seed=4))
    before = client.get(page).get_data(as_text=True)
    assert "Gợi ý: Thực phẩm và đồ uống &gt; Mật ong, siro &gt; Mật ong (100785)" in before
    assert {"CATEGORY_MISSING", "SHIP_NONE"} <= set(re.findall(r'data-finding="(\w+)"', before))
    key = "ps_product_global_attribute.100095"
    said = {"is_included": "1", "nganh": "100785", "giao-co": "1", f"cot:{key}": ""}
    post(client, page, said)
    listing = db.scalars(select(Listing)).one()
    assert listing.overrides == {"category_id": "100785"}
    assert "ATTR_REQUIRED" in client.get(page).get_data(as_text=True), "its category demands it"
    db.rollback()
    said |= {"giao": "5001", f"cot:{key}": "12 tháng", "nganh-khac": ""}
    assert post(client, page, said).status_code == 303
    told = client.get(page).get_data(as_text=True)
    assert 'name="giao" value="5001" checked' in told
    assert not {"CATEGORY_MISSING", "SHIP_NONE", "ATTR_REQUIRED"} & set(
        re.findall(r'data-finding="(\w+)"', told)
    )
    report = client.get("/ban-hang/kenh-ban/kiem-tra.json?kenh=shopee").get_json()
    codes = {f["code"] for f in report["channels"][0]["channel_findings"]}
    assert "TEMPLATE_MISSING" not in codes
    wrong = {**said, "nganh-khac": "5", "giao": "666"}
    assert post(client, page, wrong).status_code == 303
    assert "CATEGORY_UNKNOWN" in client.get(page).get_data(as_text=True)
    for hostile in ({"nganh": "\x00" + "á" * 300}, {f"cot:{key}": "x" * 10_000}):
        assert post(client, page, {**said, **hostile}).status_code == 422


def test_each_product_goes_into_the_sheet_of_its_category(desk: Any, db: Session) -> None:
    producer, honey, client = desk
    storage = client.application.extensions["house"].storage
    tea = make_goods(db, storage, producer=producer, name="Chè shan tuyết")
    honey_id, tea_id = honey.id, tea.id
    db.commit()
    address = send(client, templates.lazada(more=True), "Lazada.xlsx").location
    assert (
        post(
            client,
            f"{address}/nganh",
            {f"nganh-{honey_id}": "10001973", f"nganh-{tea_id}": "10001974"},
        ).status_code
        == 303
    )
    report, _content = filled(client, address)
    assert "ATTR_REQUIRED" in report, "the sheet of teas asks for something of its own"
    page = f"/ban-hang/kenh-ban/lazada/{tea_id}"
    picks = {"is_included": "1", "nganh": "10001974", "cot:catproperty.p30100": "Hà Giang"}
    assert post(client, page, picks).status_code == 303
    report, content = filled(client, address)
    book = book_of(read_book(content))
    names = {
        sheet.name: [sheet.text(row, 1) for row in range(4, len(sheet.rows))]
        for sheet in book.sheets
        if not sheet.is_hidden and sheet.name != "INDEX"
    }
    assert [len(rows) for rows in names.values()] == [1, 1, 0], "samples are gone everywhere"
    assert names["Mat ong"][0].startswith("Mật ong")
    assert names["Tra"][0].startswith("Chè shan")
    tea_sheet = book.called("Tra")
    assert tea_sheet is not None
    assert tea_sheet.text(4, len(templates.LAZADA)) == "Hà Giang"


def test_a_newer_template_takes_the_place_and_says_what_changed(desk: Any, db: Session) -> None:
    _producer, product, client = desk
    old = send(client, templates.shopee(columns=templates.SHOPEE[:-1])).location
    post(client, f"{old}/lua-chon", {"delivery": "channel_id.5001"})
    assert send(client, templates.shopee(columns=templates.SHOPEE[:-1])).location == old
    extra = ("ps_new_rule|1|0", "Mã số mới", "Bắt buộc", "")
    new = send(client, templates.shopee(columns=[*templates.SHOPEE, extra], shop_ref="77"))
    page = client.get(new.location).get_data(as_text=True)
    for code in ("TEMPLATE_NEW_COLUMNS", "TEMPLATE_OTHER_SHOP", "TEMPLATE_UNKNOWN_REQUIRED"):
        assert f'data-finding="{code}"' in page
    assert "mẫu có thêm cột: Lý do; Mã số mới." in page
    assert "SHIP_NONE" not in page, "the choice of delivery is carried over"
    assert "Đã có mẫu mới hơn" in client.get(old).get_data(as_text=True)
    wrong = post(
        client,
        f"{new.location}/nganh",
        {f"nganh-{product.id}-khac": "5", f"nganh-{product.id}": ""},
    )
    assert wrong.status_code == 422


def test_others_are_kept_out(
    desk: Any, db: Session, app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    _producer, _product, client = desk
    raw = templates.shopee()
    address = send(client, raw).location
    post(client, f"{address}/lua-chon", {"delivery": "channel_id.5001"})
    made = post(client, f"{address}/dien").location
    other = make_producer(db, name="HTX khác")
    stranger = make_member(db, "producer", other.id)
    db.commit()
    strange = app.test_client()
    post(strange, "/dang-nhap", {"login": stranger.email, "password": "chophien-demo"})
    for path in (address, made, f"{made}/tai-ve"):
        assert strange.get(path).status_code == 404
    for path in ("lua-chon", "nganh", "dien"):
        assert post(strange, f"{address}/{path}").status_code == 404
    assert send(strange, raw).status_code == 403, "the very file"
    same_shop = templates.shopee(seed=1)
    assert send(strange, same_shop).status_code == 403, "another file of the same shop"
    assert send(strange, templates.shopee(shop_ref="4"), co_so=_producer.slug).status_code == 404
    assert db.scalar(select(func.count()).select_from(ChannelTemplate)) == 1


def test_hostile_answers_change_nothing(desk: Any, db: Session) -> None:
    _producer, product, client = desk
    product_id = product.id
    db.rollback()
    address = send(client, templates.shopee()).location
    posted = {
        "unit": "tấn",
        "delivery": ["channel_id.5001", "channel_id.666", "\x00"],
        "cot:ps_price": "1",
        "cot:ps_product_global_attribute.100095": "\x00" + "á" * 20_000,
        "cot:lạ": "x",
    }
    assert post(client, f"{address}/lua-chon", posted).status_code == 303
    kept = db.scalars(select(ChannelTemplate)).one().choices
    assert (kept["unit"], kept["deliveries"]) == ("", ["channel_id.5001"])
    assert set(kept["constants"]) == {"ps_product_global_attribute.100095"}
    assert len(kept["constants"]["ps_product_global_attribute.100095"]) <= 500
    db.rollback()
    for field in (f"nganh-{2**63}", "nganh-x", f"nganh-{product_id + 999}"):
        assert post(client, f"{address}/nganh", {field: "100785"}).status_code == 303
    assert post(client, f"{address}/nganh", {f"nganh-{product_id}": "\x00" * 999}).status_code < 500
    assert client.get(f"{address}?tim=%00{'x' * 3000}&trang={2**70}").status_code == 200
    assert client.get(f"{HOME}/%00").status_code == 404
    assert re.search("Mật ong", client.get(f"{address}?tim=mat ong").get_data(as_text=True))
