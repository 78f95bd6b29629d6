"""What a basket costs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.checkout.rules import (
    HOUSE_RATES,
    Goods,
    Offer,
    OrderQuote,
    Quote,
    Rate,
    VoucherRefused,
    VoucherTerms,
    choose_rates,
    delivery_fee,
    quote_checkout,
    region_of,
    zone_between,
)

COUNTRY = choose_rates((), "country")


def goods(price: int, quantity: int, number: int = 1) -> Goods:
    offer = Offer(
        variant_id=number,
        product_id=number,
        product_name=f"Miến {number}",
        product_slug=f"mien-{number}",
        label="",
        sku=f"M{number}",
        photo_sha=None,
        weight_g=550,
        unit_price_vnd=price,
        list_price_vnd=price,
        left=999,
    )
    return Goods(offer, quantity)


def part(*items: Goods, producer_id: int = 1, shipping: int = 32_000) -> OrderQuote:
    return OrderQuote(producer_id, f"p{producer_id}", f"HTX {producer_id}", items, shipping)


@pytest.mark.parametrize(
    ("origin", "target", "zone"),
    [
        ("19", "19", "province"),
        ("19", "01", "region"),
        ("19", "37", "region"),
        ("19", "38", "country"),
        ("38", "68", "region"),
        ("75", "96", "region"),
        ("68", "75", "country"),
    ],
)
def test_zones(origin: str, target: str, zone: str) -> None:
    assert zone_between(origin, target) == zone
    assert zone_between(target, origin) == zone


def test_regions_cover_the_country() -> None:
    assert {region_of(f"{code:02}") for code in range(1, 97)} == {"north", "centre", "south"}


@pytest.mark.parametrize(
    ("weight", "fee"),
    [
        (1, 32_000),
        (1_000, 32_000),
        (1_001, 45_000),
        (30_000, 220_000),
        (30_001, 252_000),
        (60_000, 440_000),
        (63_000, 485_000),
    ],
)
def test_fee_by_weight(weight: int, fee: int) -> None:
    assert delivery_fee(COUNTRY, weight_g=weight, goods_vnd=0) == fee


@given(st.integers(1, 200_000), st.integers(1, 200_000))
def test_heavier_never_costs_less_within_the_brackets(first: int, second: int) -> None:
    light, heavy = sorted((min(first, 30_000), min(second, 30_000)))
    assert delivery_fee(COUNTRY, weight_g=light, goods_vnd=0) <= delivery_fee(
        COUNTRY, weight_g=heavy, goods_vnd=0
    )


def test_own_rates_come_before_the_house_and_may_be_free() -> None:
    own = [Rate("province", 5_000, 15_000, free_from_vnd=300_000)]
    assert choose_rates((own, ()), "province") == own
    assert choose_rates((own, ()), "country") == COUNTRY
    assert delivery_fee(own, weight_g=4_000, goods_vnd=299_999) == 15_000
    assert delivery_fee(own, weight_g=4_000, goods_vnd=300_000) == 0
    assert {rate.zone for rate in HOUSE_RATES} == {"province", "region", "country"}


def test_the_worked_table_of_the_document() -> None:
    """docs/algorithms/pricing-and-rounding.md shows these figures."""
    order = part(goods(65_000, 1, 1), goods(37_000, 2, 2), goods(99_000, 1, 3))
    voucher = VoucherTerms(1, "GIAM10", "percent", None, 10)
    quote = quote_checkout([order], voucher)
    assert [item.discount_vnd for item in quote.orders[0].goods] == [6_500, 7_400, 9_900]
    odd = part(goods(33_333, 1, 1), goods(33_333, 1, 2), goods(33_334, 1, 3))
    cut = quote_checkout([odd], VoucherTerms(1, "BOT10", "fixed", None, 10_000))
    assert [item.discount_vnd for item in cut.orders[0].goods] == [3_333, 3_333, 3_334]
    assert cut.total_vnd == 100_000 - 10_000 + 32_000


@given(
    st.lists(st.tuples(st.integers(1_000, 900_000), st.integers(1, 30)), min_size=1, max_size=12),
    st.sampled_from(["percent", "fixed", "free_ship"]),
    st.integers(1, 90),
    st.integers(1_000, 2_000_000),
    st.one_of(st.none(), st.integers(0, 50_000)),
    st.integers(0, 300_000),
)
def test_a_discount_is_spread_to_the_last_dong(
    rows: list[tuple[int, int]],
    kind: str,
    percent: int,
    fixed: int,
    cap: int | None,
    shipping: int,
) -> None:
    items = [goods(price, quantity, n) for n, (price, quantity) in enumerate(rows, 1)]
    before = part(*items, shipping=shipping)
    amount = {"percent": percent, "fixed": fixed, "free_ship": 0}[kind]
    terms = VoucherTerms(1, "X", kind, None, amount, max_discount_vnd=cap)
    after = quote_checkout([before], terms).orders[0]
    assert all(0 <= item.discount_vnd <= item.gross_vnd for item in after.goods)
    assert after.total_vnd == before.total_vnd - after.discount_vnd - after.shipping_discount_vnd
    assert 0 <= after.total_vnd <= before.total_vnd
    assert after.shipping_vnd >= 0
    if kind == "free_ship":
        assert after.discount_vnd == 0
    else:
        exact = before.subtotal_vnd * percent // 100 if kind == "percent" else fixed
        limit = exact if cap is None else min(exact, cap)
        assert after.discount_vnd == min(limit, before.subtotal_vnd)


def test_a_voucher_lowers_one_order_only() -> None:
    cheap, dear = part(goods(50_000, 1)), part(goods(90_000, 1), producer_id=2)
    house = quote_checkout([cheap, dear], VoucherTerms(1, "X", "fixed", None, 10_000))
    assert [order.discount_vnd for order in house.orders] == [0, 10_000]
    own = quote_checkout([cheap, dear], VoucherTerms(1, "X", "fixed", 1, 10_000))
    assert [order.discount_vnd for order in own.orders] == [10_000, 0]


@pytest.mark.parametrize(
    "terms",
    [
        VoucherTerms(1, "X", "percent", 3, 10),
        VoucherTerms(1, "X", "percent", None, 10, min_subtotal_vnd=50_001),
    ],
)
def test_a_voucher_that_fits_nothing_is_refused(terms: VoucherTerms) -> None:
    with pytest.raises(VoucherRefused):
        quote_checkout([part(goods(50_000, 1))], terms)


def test_the_total_is_complete_once_delivery_is_known() -> None:
    known = part(goods(50_000, 2))
    unknown = replace(known, shipping_list_vnd=None)
    assert Quote((known,)).is_complete
    assert not Quote((unknown,)).is_complete
    assert not Quote(()).is_complete
    assert Quote((unknown,)).total_vnd == 100_000


def test_troubles_are_what_cannot_be_ordered() -> None:
    short = Goods(replace(goods(1_000, 1).offer, left=0), 1)
    gone = Goods(replace(goods(1_000, 1).offer, is_for_sale=False), 1)
    assert Quote((part(short, gone, goods(1_000, 1)),)).troubles == [short, gone]
