"""What a basket costs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.checkout.rules import (
    HOUSE_ZONES,
    Goods,
    Hand,
    Home,
    Offer,
    OrderQuote,
    Quote,
    Target,
    Tariff,
    Terms,
    VoucherRefused,
    VoucherTerms,
    Way,
    Zone,
    estimate,
    quote_checkout,
    region_of,
    ways,
    zone_between,
)


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


HOUSE = Terms(Home("19", "02185"))


def sent(terms: Terms, weight: int, *, to: str = "01", commune: str = "", goods: int = 0) -> int:
    """What having it sent costs; there must be that way."""
    found = ways(terms, Target(to, commune), weight_g=weight, goods_vnd=goods)
    assert found[0].method == "ship"
    return found[0].fee_vnd


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
    assert sent(HOUSE, weight, to="96") == fee


@given(st.integers(1, 200_000), st.integers(1, 200_000))
def test_heavier_never_costs_less_within_the_brackets(first: int, second: int) -> None:
    light, heavy = sorted((min(first, 30_000), min(second, 30_000)))
    assert sent(HOUSE, light, to="96") <= sent(HOUSE, heavy, to="96")


OWN = Terms(
    Home("19", "02185"),
    zones=(
        Zone("list", Tariff(((2_000, 22_000),), 500, 3_000), frozenset({"01", "24"})),
        Zone("province", Tariff(((1_000, 15_000),), 1_000, 2_000)),
        Zone("country", Tariff(((1_000, 30_000),), 1_000, 8_000), is_free=False),
    ),
    free_from_vnd=500_000,
    free_max_weight_g=10_000,
    remote_vnd=20_000,
    remote_communes=frozenset({"00001"}),
    pickup_place="Xưởng ở thôn Chè Cọ · 7–17 giờ",
    hand=Hand("commune", 5_000, 200_000),
)
"""The producer of the worked table in docs/algorithms/delivery-quote.md."""


@pytest.mark.parametrize(
    ("to", "weight", "goods", "fee"),
    [
        ("01", 2_000, 0, 22_000),
        ("01", 2_001, 0, 25_000),
        ("01", 3_500, 0, 31_000),
        ("24", 500, 0, 22_000),
        ("19", 2_500, 0, 19_000),
        ("37", 2_000, 0, 38_000),
        ("96", 1_000, 0, 30_000),
        ("01", 10_000, 499_999, 70_000),
        ("01", 10_000, 500_000, 0),
        ("01", 10_001, 500_000, 73_000),
        ("96", 1_000, 500_000, 30_000),
    ],
)
def test_own_zones_steps_and_free_from(to: str, weight: int, goods: int, fee: int) -> None:
    assert sent(OWN, weight, to=to, goods=goods) == fee


def test_a_remote_commune_costs_more_even_where_the_rest_is_free() -> None:
    assert sent(OWN, 1_000, to="01", commune="00001") == 42_000
    assert sent(OWN, 1_000, to="01", commune="00001", goods=500_000) == 20_000


@given(st.integers(1, 300_000), st.integers(1, 300_000), st.sampled_from(["01", "19", "96"]))
def test_by_steps_heavier_never_costs_less(first: int, second: int, to: str) -> None:
    light, heavy = sorted((first, second))
    assert sent(OWN, light, to=to) <= sent(OWN, heavy, to=to)


def test_near_by_it_is_carried_by_hand_and_everybody_may_fetch_it() -> None:
    def offered(target: Target, goods: int = 0) -> list[tuple[str, int]]:
        found = ways(OWN, target, weight_g=500, goods_vnd=goods)
        return [(way.method, way.fee_vnd) for way in found]

    near = Target("19", "02185")
    assert offered(near) == [("ship", 15_000), ("hand", 5_000), ("pickup", 0)]
    assert offered(near, 200_000)[1] == ("hand", 0)
    assert offered(Target("19")) == [("ship", 15_000), ("pickup", 0)]
    wide = replace(OWN, hand=Hand("province", 9_000), has_post=False, pickup_place=None)
    assert ways(wide, Target("19"), weight_g=1, goods_vnd=0) == (Way("hand", 9_000),)
    assert ways(wide, Target("01"), weight_g=1, goods_vnd=0) == ()


def test_a_place_in_no_zone_is_not_sent_to() -> None:
    near_only = replace(OWN, zones=OWN.zones[:2], pickup_place=None, hand=None)
    assert ways(near_only, Target("96"), weight_g=1, goods_vnd=0) == ()
    quote = part(goods(50_000, 1)).delivered(near_only, Target("96"), "ship")
    assert quote.is_out_of_reach
    assert not Quote((quote,)).is_complete
    assert estimate(near_only, ["96"], [(500, 1)]) is None
    assert {zone.reach for zone in HOUSE_ZONES} == {"province", "region", "country"}


def test_a_way_that_does_not_reach_becomes_the_usual_one() -> None:
    quote = part(goods(50_000, 1))
    assert quote.delivered(OWN, Target("96"), "hand").way == Way("ship", 30_000)
    assert quote.delivered(OWN, Target("96"), "pickup").shipping_list_vnd == 0


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
