"""Public pages: what they show, what they refuse, how many statements they need."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Certificate, Product, ProductFacets, Variant
from shop.catalogue.services import refresh_facets, refresh_papers
from shop.core.clock import today_vn
from shop.stock.models import PriceWindow, StockLevel
from shop.storefront.queries import counts as counts_module
from shop.storefront.queries import lists
from shop.web.slots import Slot
from tests.factories.catalogue import (
    make_certificate,
    make_producer,
    make_product,
    make_variant,
    variant_of,
)
from tests.factories.reviews import make_question, make_review
from tests.factories.traceability import make_lot

NOW = datetime.now(UTC)
TODAY = today_vn(NOW)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent while the block runs."""
    sent: list[str] = []
    engine = app.extensions["house"].database.engine

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def bare_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without what other features add to them."""
    for slot in ("products.PRODUCT_PANELS", "home.HOME_PANELS", "makers.PRODUCER_PANELS"):
        monkeypatch.setattr(f"shop.storefront.routes.{slot}", Slot())


def in_stock(db: Session, product: Product, units: int = 10) -> Variant:
    variant = variant_of(db, product)
    db.merge(StockLevel(variant_id=variant.id, on_hand=units, reserved=0))
    db.execute(
        update(ProductFacets).where(ProductFacets.product_id == product.id).values(available=units)
    )
    db.flush()
    return variant


def json_ld(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in found]


def names(page: str) -> list[str]:
    return re.findall(r'class="card-name"><a href="[^"]*">([^<]*)</a>', page)


# The list.


def test_list_shows_searches_and_counts(client: FlaskClient, db: Session) -> None:
    in_stock(db, make_product(db, name="Miến dong Tài Hoan", now=NOW))
    in_stock(db, make_product(db, name="Chè Shan tuyết", subgroup="F51", now=NOW))
    make_product(db, name="Giỏ mây", subgroup="H1", now=NOW)
    db.commit()
    page = client.get("/san-pham").text
    assert set(names(page)) == {"Miến dong Tài Hoan", "Chè Shan tuyết", "Giỏ mây"}
    assert "3 sản phẩm" in page
    page = client.get("/san-pham?q=mien dong").text
    assert names(page) == ["Miến dong Tài Hoan"]
    assert 'value="mien dong"' in page
    assert 'content="noindex,follow"' in page
    assert names(client.get("/san-pham?nhom=handicraft").text) == ["Giỏ mây"]
    page = client.get("/san-pham?nhom=handicraft&con_hang=1").text
    assert names(page)[:0] == []
    assert "Chưa tìm thấy sản phẩm nào" in page
    assert "Bỏ “Còn hàng”" in page


def test_each_filter_and_order(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db, province_code="08", name="HTX Hà Giang")
    month = 1 << (TODAY.month - 1)
    cheap = make_product(db, name="Rẻ", price_vnd=20_000, stars=5, now=NOW - timedelta(days=40))
    dear = make_product(
        db, name="Đắt", price_vnd=900_000, producer=maker, season_mask=month, now=NOW
    )
    in_stock(db, dear)
    db.execute(update(ProductFacets).values(stars_until=TODAY).where(ProductFacets.stars == 5))
    db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id == dear.id)
        .values(next_session_at=NOW + timedelta(hours=5), sold_count=9)
    )
    db.commit()
    for query, expected in (
        ("sao=5", ["Rẻ"]),
        ("sao=4&sao=3", []),
        ("tinh=tuyen-quang", ["Đắt"]),
        ("mua=1", ["Đắt"]),
        ("gia_tu=100000", ["Đắt"]),
        ("gia_den=100.000", ["Rẻ"]),
        ("gia_tu=1&gia_den=10", []),
        ("con_hang=1", ["Đắt"]),
        ("sap_live=1", ["Đắt"]),
        ("sap_xep=gia-tang", ["Rẻ", "Đắt"]),
        ("sap_xep=gia-giam", ["Đắt", "Rẻ"]),
        ("sap_xep=sao", ["Rẻ", "Đắt"]),
        ("sap_xep=ban-chay", ["Đắt", "Rẻ"]),
        ("sap_xep=moi", ["Đắt", "Rẻ"]),
    ):
        page = client.get(f"/san-pham?{query}").text
        shown = [] if "Chưa tìm thấy" in page else names(page)
        assert shown == expected, query
    assert cheap.id


def counts(page: str) -> dict[str, int]:
    """Value of every filter -> its number."""
    found = re.findall(
        r'name="(\w+)" value="([^"]*)"(?: checked)? data-auto-submit> [^<]*<small>([\d.]+)', page
    )
    return {f"{name}={value}": int(number.replace(".", "")) for name, value, number in found}


def test_facets_of_places_kinds_and_papers(client: FlaskClient, db: Session) -> None:
    here = make_producer(db, name="HTX Côn Minh")
    there = make_producer(db, name="HTX khác", commune_code=None)
    tea = make_product(db, producer=here, name="Chè", subgroup="F51", now=NOW)
    noodles = make_product(db, producer=here, name="Miến", now=NOW)
    basket = make_product(db, producer=there, name="Giỏ", subgroup="H1", now=NOW)
    make_certificate(db, tea, kind="vietgap", stars=None, expires_on=TODAY)
    make_certificate(db, noodles, kind="vietgap", stars=None, state="submitted")
    lapsed = TODAY - timedelta(days=1)
    make_certificate(db, basket, kind="organic", stars=None, expires_on=lapsed)
    db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id == tea.id)
        .values(is_youth_led=True, youth_unit="Đoàn xã Côn Minh")
    )
    for product in (tea, noodles, basket):
        refresh_papers(db, [product.id])
    db.commit()
    for query, expected in (
        ("phan_nhom=F51", {"Chè"}),
        ("nhom=food&phan_nhom=F51", {"Chè"}),
        ("nhom=food&nhom=handicraft&phan_nhom=F51", {"Chè", "Giỏ"}),
        ("tinh=thai-nguyen&xa=02185", {"Chè", "Miến"}),
        ("tinh=thai-nguyen&tinh=tuyen-quang&xa=02185", {"Chè", "Miến"}),
        ("xa=02185", {"Chè", "Miến", "Giỏ"}),
        ("giay=vietgap", {"Chè"}),
        ("giay=organic", set()),
        ("thanh_nien=1", {"Chè"}),
        ("q=che&giay=vietgap&nhom=food", {"Chè"}),
    ):
        page = client.get(f"/san-pham?{query}").text
        assert (set() if "Chưa tìm thấy" in page else set(names(page))) == expected, query
    shown = counts(client.get("/san-pham?tinh=thai-nguyen&nhom=food").text)
    assert shown["nhom=food"] == 2
    assert shown["nhom=handicraft"] == 1
    assert shown["phan_nhom=F51"] == 1
    assert shown["tinh=thai-nguyen"] == 2
    assert shown["xa=02185"] == 2
    assert shown["giay=vietgap"] == 1
    assert shown["thanh_nien=1"] == 1
    assert "giay=organic" not in shown
    page = client.get("/san-pham?tinh=thai-nguyen&xa=02185&giay=vietgap").text
    assert counts(page)["tinh=thai-nguyen"] == 1
    assert 'href="/san-pham?tinh=thai-nguyen&amp;giay=vietgap"' in page
    assert 'href="/san-pham?giay=vietgap"' in page


def test_counts_are_those_of_the_lists_they_lead_to(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db)
    for number in range(12):
        product = make_product(
            db,
            producer=maker,
            name=f"Miến {number}",
            subgroup=("F32", "F51", "H1")[number % 3],
            stars=(None, 3, 4)[number % 3],
        )
        if number % 2:
            in_stock(db, product)
    db.commit()
    for chosen in ("", "q=mien", "nhom=food", "nhom=food&sao=4&con_hang=1", "gia_tu=1000&sao=3"):
        for value, number in counts(client.get(f"/san-pham?{chosen}").text).items():
            if value in chosen:
                continue
            dimension = value.partition("=")[0]
            others = "&".join(p for p in chosen.split("&") if not p.startswith(dimension))
            page = client.get(f"/san-pham?{others}&{value}").text
            shown = 0 if "Chưa tìm thấy" in page else len(names(page))
            if dimension != "phan_nhom":
                assert shown == number, (chosen, value)


def test_long_lists_are_counted_roughly_and_short_ones_exactly(
    client: FlaskClient, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("queries.counts", "queries.lists", "routes.lists"):
        monkeypatch.setattr(f"shop.storefront.{module}.EXACT_UP_TO", 4)
    lists._ids_statement.cache_clear()
    counts_module._size_statement.cache_clear()
    try:
        maker = make_producer(db)
        for number in range(6):
            subgroup = "H1" if number < 2 else "F32"
            make_product(db, producer=maker, name=f"Miến {number}", subgroup=subgroup)
        db.commit()
        page = client.get("/san-pham").text
        assert "6 sản phẩm" in page
        assert counts(page)["nhom=food"] == 4
        assert "Hơn 4 sản phẩm" in client.get("/san-pham?q=mien").text
        assert "Hơn 4 sản phẩm" in client.get("/san-pham?gia_tu=1000").text
        make_product(db, producer=maker, name="Giỏ", subgroup="H1")
        db.commit()
        page = client.get("/san-pham?nhom=handicraft").text
        assert "3 sản phẩm" in page
        assert counts(page)["nhom=handicraft"] == 3
        assert counts(page)["nhom=food"] == 4
        page = client.get("/san-pham?q=mien&nhom=handicraft").text
        assert counts(page)["nhom=handicraft"] == 2
        assert "nhom=food" not in counts(page)
    finally:
        lists._ids_statement.cache_clear()
        counts_module._size_statement.cache_clear()


def test_an_empty_list_offers_the_nearest_and_the_wider(client: FlaskClient, db: Session) -> None:
    make_product(db, name="Đông trùng hạ thảo", subgroup="D1")
    db.commit()
    page = client.get("/san-pham?q=dong trrugn").text
    assert "Ý bạn là" in page
    assert 'href="/san-pham?q=dong+trung"' in page
    page = client.get("/san-pham?q=dong&nhom=food&con_hang=1").text
    assert "Tìm “dong” trong mọi sản phẩm <small>1</small>" in page
    assert "Bỏ “Còn hàng”" not in page
    page = client.get("/san-pham?q=dong&nhom=food").text
    assert "Bỏ “Thực phẩm” <small>1</small>" in page


def test_a_slip_is_told(client: FlaskClient, db: Session) -> None:
    make_product(db, name="Mật ong")
    db.commit()
    page = client.get("/san-pham?q=maat ong").text
    assert names(page) == ["Mật ong"]
    assert "Không có sản phẩm nào đúng từng chữ “maat ong”" in page
    assert "đúng từng chữ" not in client.get("/san-pham?q=mat ong").text
    assert "đúng từng chữ" not in client.get("/san-pham?q=zzzz").text


def test_suggestions_are_a_fragment_for_everyone(client: FlaskClient, db: Session) -> None:
    product = make_product(db, name="Miến <b>dong</b>", stars=4)
    maker = make_producer(db, name="HTX Miến ngon")
    make_product(db, name="Chè", subgroup="F51", producer=maker)
    db.commit()
    answer = client.get("/goi-y?q=mien")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert f'data-url="/san-pham/{product.slug}"' in answer.text
    assert f'data-url="/nha-san-xuat/{maker.slug}"' in answer.text
    assert "Miến &lt;b&gt;dong" in answer.text
    page = client.get("/goi-y?q=na+ri").text
    assert 'data-url="/san-pham?tinh=thai-nguyen&amp;xa=02185"' in page
    assert "Huyện Na Rì" in page
    assert 'data-url="/tinh/thai-nguyen"' in client.get("/goi-y?q=thai+nguyen").text
    assert 'data-url="/en/nhom/che"' in client.get("/en/goi-y?q=tea").text
    for typed in ("", "m", "%00", "%25", "a" * 5000, "mie%CC%82%CC%81n", "<script>"):
        assert client.get("/goi-y", query_string={"q": typed}).status_code == 200
    assert client.get("/goi-y").text.strip() == ""


def test_group_pages(client: FlaskClient, db: Session) -> None:
    month = 1 << (TODAY.month - 1)
    make_product(db, name="Chè", subgroup="F51", season_mask=month)
    make_product(db, name="Miến", subgroup="F32")
    db.commit()
    page = client.get("/nhom/thuc-pham").text
    assert set(names(page)) == {"Chè", "Miến"}
    assert f"Đang mùa tháng {TODAY.month}" in page
    assert 'href="/nhom/che"' in page
    assert "noindex" not in page
    assert [block["@type"] for block in json_ld(page)] == ["BreadcrumbList", "CollectionPage"]
    page = client.get("/nhom/che").text
    assert set(names(page)) == {"Chè"}
    crumbs = [item["name"] for item in json_ld(page)[0]["itemListElement"]]
    assert crumbs == ["Trang đầu", "Sản phẩm", "Thực phẩm", "Chè"]
    assert "Tea" in client.get("/en/nhom/che").text
    assert "Chưa có sản phẩm nào trong nhóm này" in client.get("/nhom/hoa").text
    assert client.get("/nhom/khong-co").status_code == 404
    assert "<loc>http://localhost/nhom/che</loc>" in client.get("/sitemap.xml").text


def test_lapsed_stars_count_nowhere(client: FlaskClient, db: Session) -> None:
    product = make_product(db, name="Miến dong", stars=5)
    db.execute(update(ProductFacets).values(stars_until=TODAY - timedelta(days=1)))
    db.execute(
        update(Certificate).values(issued_on=date(2020, 1, 1), expires_on=TODAY - timedelta(days=1))
    )
    db.commit()
    for address in ("/", "/san-pham", "/san-pham?sap_xep=sao", "/tinh/thai-nguyen"):
        assert 'class="stars' not in client.get(address).text, address
    assert "Chưa tìm thấy" in client.get("/san-pham?sao=5").text
    page = client.get(f"/san-pham/{product.slug}").text
    assert 'class="stars' not in page
    assert "★" not in page
    assert "hạng 5 sao" in page
    assert "hết hiệu lực từ" in page


def test_stars_order_runs_on_into_products_without_stars(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db)
    for number in range(30):
        make_product(db, producer=maker, name=f"Hàng {number}")
    db.flush()
    ids = list(
        db.scalars(
            update(ProductFacets)
            .returning(ProductFacets.product_id)
            .values(sold_count=ProductFacets.product_id)
        )
    )
    starred = sorted(ids)[:10]
    db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id.in_(starred))
        .values(stars=4, stars_until=TODAY + timedelta(days=9))
    )
    db.commit()
    first = names(client.get("/san-pham?sap_xep=sao").text)
    second = names(client.get("/san-pham?sap_xep=sao&trang=2").text)
    assert len(first) == 24
    assert len(set(first) | set(second)) == 30


def test_pages(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db)
    for number in range(26):
        make_product(db, producer=maker, name=f"Hàng số {number}")
    db.commit()
    first = client.get("/san-pham").text
    assert len(names(first)) == 24
    assert 'href="/san-pham?trang=2"' in first
    assert len(names(client.get("/san-pham?trang=2").text)) == 2
    beyond = client.get("/san-pham?trang=9")
    assert beyond.status_code == 302
    assert beyond.location == "/san-pham?trang=2"


@pytest.mark.parametrize("many", [1, 30])
def test_statements_do_not_grow(
    app: Flask, client: FlaskClient, db: Session, bare_panels: None, many: int
) -> None:
    maker = make_producer(db)
    for number in range(many):
        product = make_product(db, producer=maker, name=f"Miến dong {number}", stars=4)
        make_variant(db, product)
    db.commit()
    for address in (
        "/",
        "/san-pham",
        "/san-pham?q=mien&nhom=food&sap_xep=sao",
        "/san-pham?q=khong-co-gi",
        f"/san-pham/{product.slug}",
        f"/nha-san-xuat/{maker.slug}",
        "/tinh/thai-nguyen",
        "/nhom/thuc-pham",
    ):
        with counted(app) as cold:
            assert client.get(address).status_code == 200
        with counted(app) as warm:
            assert client.get(address).status_code == 200
        is_in_vain = "khong-co" in address  # other spellings and wider lists are looked for
        assert len(cold) <= (24 if is_in_vain else 15), (address, cold)
        assert len(warm) <= (12 if is_in_vain else 6), (address, warm)


def test_a_product_page_with_its_panels_takes_ten_statements(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    """Six for the product, its lots and sessions; one each for its reviews, its questions, what can
    be ordered ahead, and the way to ask for a wholesale price."""
    maker = make_producer(db)
    product = make_product(db, producer=maker, name="Miến dong", stars=4)
    make_product(db, producer=maker, name="Bột dong")
    make_lot(db, product=product, released=True)
    for _ in range(4):
        make_review(db, product=product)
        make_question(db, product=product)
    db.commit()
    client.get(f"/san-pham/{product.slug}")  # the provinces are read once a process
    with counted(app) as sent:
        page = client.get(f"/san-pham/{product.slug}").text
    assert "/t/" in page.lower(), "the lot's trace link is there"
    assert "Sợi dai, thơm" in page
    assert "nấu bao lâu" in page
    assert len(sent) <= 10, sent


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "a" * 20_000,
        "q=%F0%9F%98%80",
        "q=%ED%A0%80",
        "q=mie%CC%82%CC%81n",
        "q='%22*()",
        "nhom=food'--",
        "sao=99999999999999999999",
        "gia_tu=99999999999999999999999",
        "gia_den=-1",
        "trang=2147483648",
        "trang=x",
        "tinh=%00",
        "sap_xep[]=1",
        "q=a&q=b&q=c",
        "&&&===",
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_hostile_addresses(client: FlaskClient, db: Session, query: str, prefix: str) -> None:
    make_product(db)
    db.commit()
    assert client.get(f"{prefix}/san-pham?{query}").status_code in {200, 302}


def test_typed_text_is_escaped(client: FlaskClient) -> None:
    page = client.get("/san-pham?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page


# One product.


def test_product_page(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db)
    product = make_product(
        db,
        producer=maker,
        name="Miến dong Tài Hoan",
        stars=4,
        story="Đoạn một.\nĐoạn hai.",
        season_mask=0b11,
        is_demo=True,
        now=NOW,
    )
    variant = in_stock(db, product, 3)
    sibling = make_product(db, name="Bột dong", producer=maker)
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    assert "65.000\u00a0₫" in page
    assert "13.000\u00a0₫/100 g" in page
    assert "Chỉ còn 3" in page
    assert f'name="variant_id" value="{variant.id}"' in page
    assert 'action="/gio-hang"' in page
    assert 'name="quantity"' in page
    assert "12/2025/OCOP" in page
    assert "01/03/2028" in page
    assert "Giấy minh họa" in page
    assert "Số liệu minh họa" in page
    assert "100 % bột dong riềng" in page
    assert "Đoạn hai." in page
    assert "tháng 1: đang mùa" in page
    assert sibling.name in page
    made, crumbs = json_ld(page)
    assert made["@type"] == "Product"
    assert made["offers"]["price"] == 65_000
    assert made["offers"]["priceCurrency"] == "VND"
    assert made["offers"]["availability"].endswith("/InStock")
    assert made["image"][0].startswith("http://localhost/media/")
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3, 4]
    picture = f"http://localhost/san-pham/{product.slug}/anh-chia-se.jpg?v="
    assert f'<meta property="og:image" content="{picture}' in page


def test_sold_out_is_said_honestly(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    assert "Tạm hết hàng" in page
    assert "Bỏ vào giỏ" not in page
    assert json_ld(page)[0]["offers"]["availability"].endswith("/OutOfStock")


def test_live_price_holds_while_it_holds(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    variant = in_stock(db, product)
    db.add(
        PriceWindow(
            owner_key="session_item:1",
            variant_id=variant.id,
            price_vnd=52_000,
            starts_at=NOW - timedelta(minutes=1),
            ends_at=NOW + timedelta(days=1),
        )
    )
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    assert "52.000\u00a0₫" in page
    assert '<s class="price-old">' in page
    offer = json_ld(page)[0]["offers"]
    assert offer["price"] == 52_000
    assert "priceValidUntil" in offer


def test_several_sizes(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    make_variant(db, product, label="Gói 1 kg", price_vnd=120_000, net_weight_g=1000)
    refresh_facets(db, product.id, now=NOW)
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    assert page.count('type="radio"') == 2
    assert len(json_ld(page)[0]["offers"]) == 2
    assert "từ" in client.get("/san-pham").text


def test_gone_and_never_there(client: FlaskClient, db: Session) -> None:
    gone = make_product(db, name="Đã ngừng")
    like = make_product(db, name="Còn bán")
    draft = make_product(db, name="Nháp", published=False)
    gone.state = "archived"
    refresh_facets(db, gone.id, now=NOW)
    db.commit()
    answer = client.get(f"/san-pham/{gone.slug}")
    assert answer.status_code == 410
    assert "không còn bán" in answer.text
    assert like.name in answer.text
    assert 'content="noindex"' in answer.text
    assert client.get(f"/san-pham/{draft.slug}").status_code == 404
    assert client.get("/san-pham/khong-co").status_code == 404
    assert client.get("/san-pham/" + "x" * 5000).status_code == 404
    assert client.get("/san-pham/%00").status_code == 404


def test_english_falls_back(client: FlaskClient, db: Session) -> None:
    product = make_product(db, name="Miến dong", name_en="Canna vermicelli", summary_en=None)
    db.commit()
    page = client.get(f"/en/san-pham/{product.slug}").text
    assert '<html lang="en"' in page
    assert "Canna vermicelli" in page
    assert f'href="http://localhost/en/san-pham/{product.slug}"' in page
    assert f'href="http://localhost/san-pham/{product.slug}"' in page
    assert "Canna vermicelli" in client.get("/en/san-pham").text


# Home, producers, provinces, maps.


def test_empty_home_is_calm(client: FlaskClient, bare_panels: None) -> None:
    page = client.get("/").text
    assert "Chưa có phiên nào" in page
    assert "Chợ chưa mở hàng" in page


def test_home_shelves(client: FlaskClient, db: Session) -> None:
    month = 1 << (TODAY.month - 1)
    make_product(db, name="Cam sành", season_mask=month, stars=4)
    db.commit()
    page = client.get("/").text
    assert names(page) == ["Cam sành"] * 3
    assert f"Đang mùa tháng {TODAY.month}" in page
    assert 'href="/tinh/thai-nguyen"' in page
    assert json_ld(page)[0]["@type"] == "WebSite"


def test_producer_and_province(client: FlaskClient, db: Session) -> None:
    maker = make_producer(db, name="HTX Tài Hoan", story="Làm miến từ 2018.")
    make_product(db, producer=maker, name="Miến dong")
    hidden = make_producer(db, name="Chưa duyệt", state="submitted")
    db.commit()
    page = client.get(f"/nha-san-xuat/{maker.slug}").text
    assert "Làm miến từ 2018." in page
    assert "Xã Côn Minh" in page
    assert names(page) == ["Miến dong"]
    assert client.get(f"/nha-san-xuat/{hidden.slug}").status_code == 404
    page = client.get("/tinh/thai-nguyen").text
    assert names(page) == ["Miến dong"]
    assert "HTX Tài Hoan" in page
    assert client.get("/tinh/ca-mau").status_code == 200
    assert client.get("/tinh/khong-co").status_code == 404


def test_maps_for_robots(client: FlaskClient, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_product(db)
    db.commit()
    body = client.get("/sitemap.xml").text
    assert f"<loc>http://localhost/san-pham/{product.slug}</loc>" in body
    assert f"<loc>http://localhost/en/san-pham/{product.slug}</loc>" in body
    assert "<loc>http://localhost/tinh/thai-nguyen</loc>" in body
    robots = client.get("/robots.txt").text
    assert "Disallow: /can-bo" in robots
    assert "Sitemap: http://localhost/sitemap.xml" in robots
    make_product(db)
    db.commit()
    monkeypatch.setattr("shop.storefront.routes.robots.SITE_MAP_PRODUCTS", 1)
    assert "/sitemap-2.xml" in client.get("/sitemap.xml").text
    assert product.slug in client.get(f"/sitemap-{product.id}.xml").text
    assert "/nha-san-xuat/" in client.get("/sitemap-0.xml").text
    assert client.get("/sitemap-99.xml").status_code == 404
    assert client.get("/sitemap-99999999999999999999.xml").status_code == 404


def test_head_is_answered(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    db.commit()
    for address in ("/", "/san-pham", f"/san-pham/{product.slug}", "/sitemap.xml"):
        answer = client.head(address)
        assert answer.status_code == 200
        assert answer.data == b""


def test_counts_are_kept_per_version(
    client: FlaskClient, db: Session, make_app: Callable[..., Flask]
) -> None:
    make_product(db, name="Một")
    db.commit()
    assert "1 sản phẩm" in client.get("/san-pham").text
    make_product(db, name="Hai")
    db.commit()
    assert "2 sản phẩm" in client.get("/san-pham").text
