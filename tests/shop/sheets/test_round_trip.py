"""The catalogue out and in again says: nothing to do. Whatever the texts hold."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.catalogue import rules as catalogue
from shop.core.tables import DANGEROUS
from shop.core.text import clean
from shop.sheets import writers
from shop.sheets.jobs import english
from shop.sheets.rules.judging import judge
from shop.sheets.rules.plan import Plan, ProductNow, Shelf, SizeNow
from shop.sheets.workbooks import read_sheet

ODD = st.sampled_from(
    [
        *(
            "=1+1",
            "+84912345678",
            "-5",
            "@cmd",
            "'=x",
            "''",
            "'",
            "(trống)",
            "(xóa)",
            "0012",
            "1e5",
        ),
        *("TRUE", "01/05/2026", "5-8", "#N/A", "_x0041_", "a;b,c\td", '"trích"', "dòng 1\ndòng 2"),
        *("＝x", "Miến “dai”", "👩🏽‍🌾", unicodedata.normalize("NFD", "Đặng Thị Ếch")),
    ]
)
TEXT = (ODD | st.text(max_size=60)).map(clean)
NAME = (ODD | st.text(min_size=3, max_size=60)).map(lambda text: clean(text.replace("\n", " ")))
LINE = TEXT.map(lambda text: clean(text.replace("\n", " ")))
SKU = st.from_regex(r"[A-Z0-9]([A-Z0-9._-]{0,10}[A-Z0-9])?", fullmatch=True)
MAYBE = st.none() | st.integers(1, 10_000)


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    products, sizes = {}, {}
    skus = draw(st.lists(SKU, min_size=1, max_size=6, unique=True))
    for number, sku in enumerate(skus, start=1):
        product_id = 1 + (number - 1) // 2
        if product_id not in products:
            subgroup = draw(st.sampled_from(sorted(catalogue.SUBGROUPS)))
            texts = {
                key: draw(TEXT) for key in ("ingredients", "usage", "storage", "warnings", "story")
            }
            lines = {key: draw(LINE) for key in ("summary", "net_content", "origin")}
            products[product_id] = ProductNow(
                id=product_id,
                state=draw(st.sampled_from(["draft", "published", "submitted", "rejected"])),
                values={
                    "name": draw(NAME),
                    "name_en": draw(st.none() | LINE.filter(bool)),
                    "summary_en": draw(st.none() | LINE.filter(bool)),
                    "story_en": draw(st.none() | TEXT.filter(bool)),
                    "subgroup": subgroup,
                    "regulated_class": draw(st.sampled_from(sorted(catalogue.REGULATED_CLASSES))),
                    "shelf_life_days": draw(MAYBE),
                    "season_mask": draw(st.integers(0, 4094)),
                    "is_lot_tracked": draw(st.booleans()),
                    **texts,
                    **lines,
                },
                is_lot_tracked=draw(st.booleans()),
                is_service=catalogue.is_service(subgroup),
            )
        sizes[sku] = SizeNow(
            id=number,
            product_id=product_id,
            sku=sku,
            values={
                "label": draw(LINE),
                "label_en": draw(st.none() | LINE.filter(bool)),
                "price_vnd": draw(st.integers(1000, 10**9)),
                "low_stock_at": draw(st.integers(0, 100)),
                "is_active": draw(st.booleans()),
                "packed_weight_g": draw(st.integers(1, 10**6)),
                **{
                    key: draw(MAYBE)
                    for key in (
                        *("net_weight_g", "net_volume_ml", "length_mm", "width_mm", "height_mm"),
                    )
                },
                "gtin": draw(st.none() | st.from_regex(r"0[0-9]{12}", fullmatch=True)),
            },
            on_hand=draw(st.integers(0, 1000)),
        )
    return Shelf(products, sizes)


def rows_of(shelf: Shelf) -> list[dict[str, object]]:
    return [
        {
            "sku": size.sku,
            **shelf.products[size.product_id].values,
            **size.values,
            "stock": size.on_hand,
        }
        for size in shelf.sizes.values()
    ]


def again(shelf: Shelf, kind: str, mode: str, language: object) -> Plan:
    write = {"xlsx": writers.catalogue_xlsx, "csv": writers.catalogue_csv}[kind]
    say = english if language == "en" else str
    raw = write(rows_of(shelf), say)
    if kind == "csv":
        text = raw.decode("utf-8-sig")
        assert not any(line.startswith(DANGEROUS[:4]) for line in text.split("\r\n"))
    return judge(read_sheet(raw, kind).table, shelf, stock_mode=mode, translated=english)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shelf=shelves(),
    mode=st.sampled_from(["keep", "count"]),
    language=st.sampled_from(["vi", "en"]),
)
def test_an_export_changes_nothing_when_it_comes_back(
    kind: str, shelf: Shelf, mode: str, language: str
) -> None:
    services = [p.id for p in shelf.products.values() if p.is_service]
    if services and mode == "count":
        mode = "keep"
    plan = again(shelf, kind, mode, language)
    assert {row.status for row in plan.rows} == {"unchanged"}, [
        (row.faults, row.changes) for row in plan.rows if row.status != "unchanged"
    ]
