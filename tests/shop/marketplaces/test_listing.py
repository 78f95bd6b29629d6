"""Titles, descriptions and prices as channels want them."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.marketplaces.rules.facts import Choice
from shop.marketplaces.rules.listing import (
    Listing,
    amount,
    build_listing,
    safe_name,
    text_length,
)
from shop.marketplaces.rules.pricing import STEPS_VND, PriceRule, channel_price
from tests.shop.marketplaces.facts import (
    DAY,
    FOOD_SAFETY,
    OCOP,
    PRODUCER,
    PRODUCT,
    VARIANT,
    photo,
    product,
    profile,
    variant,
)


def build(
    facts: object = PRODUCT, channel: str = "shopee", choice: Choice | None = None
) -> Listing:
    return build_listing(
        facts,  # type: ignore[arg-type]
        PRODUCER,
        profile(channel),
        choice or Choice(),
        day=DAY,
        public_url="https://chophien.vn",
    )


def test_the_title_names_the_net_content_once() -> None:
    assert build().title == "Miến dong Tài Hoan 500 g"
    assert build(product(name="Miến dong 500g Tài Hoan")).title == "Miến dong 500g Tài Hoan"
    two = (VARIANT, variant(id=2, sku="B", label="Gói 1 kg", net_weight_g=1000))
    assert build(product(variants=two)).title == "Miến dong Tài Hoan 500 g, 1 kg"
    bottle = variant(net_weight_g=None, net_volume_ml=1500)
    assert build(product(name="Mắm", variants=(bottle,))).title.startswith("Mắm 1,5 lít")


def test_a_short_title_gets_its_origin() -> None:
    assert build(product(name="Miến")).title == "Miến 500 g" or len(build().title) >= 10
    short = product(name="Chè", variants=(variant(net_weight_g=9),))
    assert build(short).title == "Chè 9 g Xã Côn Minh"


@pytest.mark.parametrize(
    ("name", "title", "dropped"),
    [
        ("Miến dong OCOP 4 sao", "Miến dong OCOP 4 sao 500 g", ()),
        ("Miến dong (OCOP 5 sao)", "Miến dong 500 g", ("OCOP 5 sao",)),
        ("Miến dong - giảm 20%", "Miến dong 500 g", ("giảm 20%",)),
        ("FREESHIP Miến dong", "Miến dong 500 g", ("FREESHIP",)),
    ],
)
def test_promotion_and_unproven_stars_stay_out(
    name: str, title: str, dropped: tuple[str, ...]
) -> None:
    made = build(product(name=name))
    assert made.title == title
    assert made.dropped == dropped


def test_stars_are_told_only_while_the_certificate_counts() -> None:
    assert "OCOP 4 sao, theo 345/QĐ-UBND của UBND tỉnh Thái Nguyên" in build().description
    for paper in (
        replace(OCOP, expires_on=date(2026, 11, 21)),
        replace(OCOP, state="submitted"),
        replace(OCOP, state="revoked"),
        replace(OCOP, is_own=False),
    ):
        made = build(product(papers=(FOOD_SAFETY, paper)))
        assert made.stars is None
        assert "OCOP" not in made.description
    last_day = replace(OCOP, expires_on=DAY)
    assert build(product(papers=(last_day,))).stars == 4
    drawn = replace(OCOP, is_illustration=True)
    assert "(hồ sơ minh họa)" in build(product(papers=(drawn,))).description


def test_the_description_tells_the_label_and_no_address_of_ours() -> None:
    text = build().description
    for part in ("Thành phần: Bột dong riềng", "Khối lượng tịnh: 500 g", "Hạn dùng: 365 ngày"):
        assert part in text
    assert "https://" not in text
    assert "0912" not in text


def test_html_is_escaped_where_the_channel_wants_html() -> None:
    made = build(product(story="a < b & <script>"), "lazada")
    assert "<p>a &lt; b &amp; &lt;script&gt;</p>" in made.description
    assert "<script>" not in made.description


def test_texts_come_out_clean() -> None:
    name = unicodedata.normalize("NFD", "Miến dong\u0007 Tài\u200b Hoan")
    made = build(product(name=name), choice=Choice())
    assert made.title == "Miến dong Tài Hoan 500 g"
    assert unicodedata.is_normalized("NFC", made.description)
    assert text_length(name) == len("Miến dong Tài Hoan")


def rule(percent: int = 100, fixed: int = 0, step: int = 1_000) -> PriceRule:
    return PriceRule(percent, fixed, step)


@pytest.mark.parametrize(
    ("base", "kept", "price"),
    [
        (65_500, rule(), 65_500),
        (65_500, rule(step=10_000), 65_500),
        (65_000, rule(110), 72_000),
        (65_000, rule(50), 33_000),
        (65_000, rule(112, 5_000), 78_000),
        (65_000, rule(112, 5_000, 500), 78_000),
        (65_000, rule(112, 4_900, 100), 77_700),
        (65_000, rule(113, 0, 1), 73_450),
        (65_000, rule(100, 3_000, 5_000), 70_000),
        (10_000_000_000, rule(300), 30_000_000_000),
    ],
)
def test_the_price_rule(base: int, kept: PriceRule, price: int) -> None:
    """The table of docs/algorithms/channel-prices.md."""
    assert channel_price(base, kept) == price


@given(
    st.integers(0, 10**10),
    st.integers(50, 300),
    st.integers(0, 10_000_000),
    st.sampled_from(STEPS_VND),
)
def test_prices_are_rounded_up_by_less_than_a_step(
    base: int, percent: int, fixed: int, step: int
) -> None:
    price = channel_price(base, PriceRule(percent, fixed, step))
    exact = base * percent + fixed * 100
    assert 0 <= price * 100 - exact < step * 100
    assert (percent == 100 and fixed == 0) or price % step == 0


def test_stock_keeps_the_reserve_back() -> None:
    assert build(choice=Choice(stock_reserve=5)).variants[0].stock == 15
    assert build(choice=Choice(stock_reserve=50)).variants[0].stock == 0


def test_amounts_in_words() -> None:
    assert [amount(variant(net_weight_g=n)) for n in (500, 1000, 1250, 10_000)] == [
        "500 g",
        "1 kg",
        "1,25 kg",
        "10 kg",
    ]
    assert amount(variant(net_weight_g=None)) == ""


@given(st.text(max_size=200))
def test_names_of_folders_are_safe(text: str) -> None:
    name = safe_name(text)
    assert name.isascii()
    assert not set(name) & set("/\\.: ")
    assert len(name) <= 60


def test_units_kept_for_the_channel_are_offered_and_the_shops_floor_is_not() -> None:
    """Free units above the shop's floor and the reserve; a channel with its own kept units offers
    exactly those."""
    own = variant(available=20, shop_floor=8, kept=(("shopee", 6), ("voso", 1)))
    goods = product(variants=(own,))
    assert build(goods, choice=Choice(stock_reserve=5)).variants[0].stock == 6
    other = product(variants=(variant(available=20, shop_floor=8),))
    assert build(other, choice=Choice(stock_reserve=5)).variants[0].stock == 7


def test_photos_go_in_the_order_wished() -> None:
    goods = product(photos=(photo(1), photo(2), photo(3)))
    wished = build(goods, choice=Choice(photos=(photo(3).sha, photo(1).sha)))
    assert [one.sha for one in wished.photos] == [photo(3).sha, photo(1).sha]
    gone = build(goods, choice=Choice(photos=(photo(9).sha,)))
    assert len(gone.photos) == 3


def test_own_words_replace_the_built_description() -> None:
    made = build(product(), choice=Choice(description="Một.\n\nHai & ba."))
    assert made.description in {"Một.\n\nHai & ba.", "<p>Một.</p><p>Hai &amp; ba.</p>"}
    assert made.built_description != made.description
