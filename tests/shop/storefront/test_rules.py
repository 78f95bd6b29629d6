"""Addresses of lists, facet counts and unit prices, without a database."""

from collections.abc import Sequence
from itertools import product
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.rules import SUBGROUPS
from shop.storefront.counting import Cell, count_facets
from shop.storefront.rules import (
    SORTS,
    STARS,
    Filters,
    UnitPrice,
    Vocabulary,
    availability,
    paragraphs,
    unit_price,
)

GROUPS = ("food", "beverage", "handicraft")
SUBGROUP_CODES = ("F32", "F51", "B2", "H1")
CODES = {"thai-nguyen": "19", "tuyen-quang": "08"}
COMMUNES = {"02185": "19", "00001": "19", "00700": "08"}
KNOWN = Vocabulary(province_codes=CODES, communes=COMMUNES)
SLUGS = {code: slug for slug, code in CODES.items()}


def read(query: str) -> Filters:
    return Filters.read(parse_qs(query, keep_blank_values=True), KNOWN)


def test_everything_is_read() -> None:
    filters = read(
        "q=mi%E1%BA%BFn&nhom=food&nhom=handicraft&sao=5&sao=3&tinh=thai-nguyen&mua=1&gia_tu=20.000"
        "&gia_den=100%20000&con_hang=1&sap_live=1&sap_xep=gia-tang&trang=3&phan_nhom=F51&xa=02185&xa=00700"
        "&giay=vietgap&thanh_nien=1"
    )
    assert filters == Filters(
        q="miến",
        groups=("food", "handicraft"),
        subgroups=("F51",),
        stars=(5, 3),
        provinces=("19",),
        communes=(("02185", "19"),),
        papers=("vietgap",),
        is_youth_led=True,
        is_in_season=True,
        price_from=20_000,
        price_to=100_000,
        is_in_stock=True,
        is_live_soon=True,
        sort="gia-tang",
        page=3,
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "nhom=x&sao=6&sao=five&tinh=mars&mua=yes&gia_tu=abc&gia_den=-5&con_hang=2&sap_xep=x",
        "trang=0",
        "trang=-1",
        "trang=99999999999999999999",
        "trang=1e3",
        "trang=%C2%B2",
        "gia_tu=%C2%B2",
        "gia_tu=" + "9" * 5000,
        "nhom=&sao=&tinh=&q=",
        "phan_nhom=F99&xa=02185&giay=ocop&giay=other&thanh_nien=2",
        "xa=" + "9" * 5000,
    ],
)
def test_what_is_not_understood_is_left_out(query: str) -> None:
    assert read(query) == Filters()


def test_swapped_prices_are_put_right_and_capped() -> None:
    assert read("gia_tu=9000&gia_den=5000") == Filters(price_from=5000, price_to=9000)
    assert read("gia_tu=999999999999").price_from == 10_000_000_000


def test_query_is_cut_and_cleaned() -> None:
    assert read("q=" + "a" * 100_000).q == "a" * 100
    assert read("q=mie%00n%0Adong%E2%80%8B").q == "mien dong"
    assert read("q=mie%CC%82%CC%81n").q == "miến"


filters_of = st.builds(
    Filters,
    q=st.sampled_from(["", "miến dong", "a&b=c", "100%"]),
    groups=st.sets(st.sampled_from(GROUPS)).map(lambda s: tuple(g for g in GROUPS if g in s)),
    stars=st.sets(st.sampled_from(STARS)).map(lambda s: tuple(n for n in STARS if n in s)),
    provinces=st.sets(st.sampled_from(sorted(SLUGS))).map(
        lambda s: tuple(code for code in CODES.values() if code in s)
    ),
    subgroups=st.sets(st.sampled_from(SUBGROUP_CODES)).map(
        lambda s: tuple(code for code in SUBGROUP_CODES if code in s)
    ),
    papers=st.sampled_from([(), ("vietgap",), ("vietgap", "organic")]),
    is_youth_led=st.booleans(),
    is_in_season=st.booleans(),
    price_from=st.none() | st.integers(0, 1000),
    price_to=st.none() | st.integers(1000, 10**10),
    is_in_stock=st.booleans(),
    is_live_soon=st.booleans(),
    sort=st.sampled_from(["", *SORTS]),
    page=st.integers(1, 10_000),
)


@given(filters_of)
def test_the_address_is_the_state(filters: Filters) -> None:
    assert read(filters.query(SLUGS, page=filters.page)) == filters


def test_a_changed_filter_goes_to_page_one() -> None:
    assert "trang" not in Filters(page=7).query(SLUGS, is_in_stock=True)


def test_order() -> None:
    assert Filters().order == "moi"
    assert Filters(sort="phu-hop").order == "moi"
    assert Filters(q="x").order == "phu-hop"
    assert Filters(q="x", sort="sao").order == "sao"


def test_a_refined_group_or_province_is_not_taken_whole() -> None:
    filters = read(
        "nhom=food&nhom=handicraft&phan_nhom=F51&tinh=thai-nguyen&tinh=tuyen-quang&xa=02185"
    )
    assert filters.whole_groups == ("handicraft",)
    assert filters.whole_provinces == ("08",)


def naive_counts(cells: Sequence[Cell], filters: Filters) -> tuple[int, dict[str, int], int]:
    """Total, groups and in-stock counted the slow way."""

    def passes(cell: Cell, but: str) -> bool:
        refined = {SUBGROUPS[code].group for code in filters.subgroups}
        is_kind = cell.subgroup in filters.subgroups or (
            cell.group in filters.groups and cell.group not in refined
        )
        return (
            (but == "group" or not (filters.groups or filters.subgroups) or is_kind)
            and (not filters.provinces or cell.province in filters.provinces)
            and (not filters.stars or cell.stars in filters.stars)
            and (not filters.is_in_season or cell.is_in_season)
            and (but == "stock" or not filters.is_in_stock or cell.is_in_stock)
            and (not filters.is_live_soon or cell.is_live_soon)
            and (not filters.is_youth_led or cell.is_youth_led)
        )

    groups: dict[str, int] = {}
    for cell in cells:
        if passes(cell, "group"):
            groups[cell.group] = groups.get(cell.group, 0) + cell.products
    return (
        sum(cell.products for cell in cells if passes(cell, "")),
        groups,
        sum(cell.products for cell in cells if passes(cell, "stock") and cell.is_in_stock),
    )


@given(filters_of)
def test_counts_are_what_other_filters_leave(filters: Filters) -> None:
    yes_no = (True, False)
    values = product(SUBGROUP_CODES, CODES.values(), (0, 3, 5), yes_no, yes_no, yes_no, yes_no)
    cells = [
        Cell(value[0], SUBGROUPS[value[0]].group, *value[1:], products=number % 5 + 1)
        for number, value in enumerate(values)
    ]
    counts = count_facets(cells, filters)
    in_stock = counts.flags["is_in_stock"]
    assert (counts.total, dict(counts.groups), in_stock) == naive_counts(cells, filters)
    assert sum(counts.subgroups.values()) == sum(counts.groups.values())


@pytest.mark.parametrize(
    ("price", "grams", "millilitres", "expected"),
    [
        (65_000, 500, None, UnitPrice(13_000, "100 g")),
        (100_000, 300, None, UnitPrice(33_333, "100 g")),
        (50_000, 300, None, UnitPrice(16_667, "100 g")),
        (90_000, None, 750, UnitPrice(120_000, "1 l")),
        (90_000, None, None, None),
        (90_000, 0, 0, None),
    ],
)
def test_unit_price(
    price: int, grams: int | None, millilitres: int | None, expected: UnitPrice | None
) -> None:
    assert unit_price(price, grams, millilitres) == expected


def test_availability_is_honest() -> None:
    assert availability(False, 1).endswith("InStock")
    assert availability(False, 0).endswith("OutOfStock")
    assert availability(False, -2).endswith("OutOfStock")


def test_paragraphs() -> None:
    assert paragraphs("a\n\n b \n") == ["a", "b"]
