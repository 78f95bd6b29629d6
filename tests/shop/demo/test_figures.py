"""Illustrative figures: plausible, the same every time, and marked."""

import pytest

from shop.demo import figures
from shop.demo.figures import Figures, SeedVariant, figures_for
from shop.demo.seed_rows import SeedProduct, load_products

PRODUCTS = {product.sku_hint: product for product in load_products(with_alcohol=True)}


def _variants(sku_hint: str) -> tuple[SeedVariant, ...]:
    return figures_for(PRODUCTS[sku_hint]).variants


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS.keys())
def test_every_product_has_plausible_packs(product: SeedProduct) -> None:
    made = figures_for(product)
    assert made.is_illustrative
    assert made.is_service is product.is_service
    if product.is_service:
        assert made == Figures(variants=(), is_service=True, is_lot_tracked=False)
        return
    assert 1 <= len(made.variants) <= 3
    for variant in made.variants:
        assert variant.is_illustrative
        assert 1000 <= variant.price_vnd <= 5_000_000
        assert variant.price_vnd % 1000 == 0
        assert 1 <= variant.stock <= 120
        net = variant.net_weight_g or variant.net_volume_ml or 1
        assert net < variant.packed_weight_g <= 12_000
        assert variant.length_mm >= variant.width_mm >= variant.height_mm >= 20
        assert 0 < len(variant.sku) <= 40
        assert 0 < len(variant.label) <= 80
    prices = [variant.price_vnd for variant in made.variants]
    assert prices == sorted(set(prices))


def test_figures_do_not_depend_on_the_run() -> None:
    """Fixed values: another machine or another day shows the same demo."""
    small, large = _variants("MIEN-DONG-TAI-HOAN")
    assert (small.sku, small.label, small.label_en) == (
        "MIEN-DONG-TAI-HOAN-500G",
        "Gói 500 g",
        "500 g pack",
    )
    assert (small.price_vnd, large.price_vnd) == (51_000, 97_000)
    assert (large.label, large.packed_weight_g) == ("Gói 1 kg", 1140)


def test_skus_are_unique() -> None:
    skus = [v.sku for product in PRODUCTS.values() for v in figures_for(product).variants]
    assert len(skus) == len(set(skus))


@pytest.mark.parametrize(
    ("sku_hint", "labels"),
    [
        ("TRA-XANH-PHIN-HO", ["Hộp 100 g"]),
        ("CHE-SHAN-CONG-THANH", ["Hộp 500 g"]),
        ("TRUNG-VIT-SIN-CHENG", ["Vỉ 10 quả", "Vỉ 30 quả"]),
        ("MAT-ONG-BAC-HA", ["Chai 500 ml", "Chai 1 lít"]),
        ("VIT-QUAY-HONG-XIEM", ["Con 1,2 kg"]),
        ("BANH-CHUNG-CAM-HONG-LY", ["1 chiếc", "2 chiếc"]),
        ("TRANG-PHUC-HA-NHI", ["1 bộ"]),
    ],
)
def test_packs_follow_the_goods_and_the_source(sku_hint: str, labels: list[str]) -> None:
    assert [variant.label for variant in _variants(sku_hint)] == labels


@pytest.mark.parametrize(
    ("sku_hint", "index", "low", "high"),
    [
        ("MAT-ONG-BAC-HA", 0, 350_000, 500_000),
        ("BUP-BE-EM-GAI-XIN-MAN", 0, 300_000, 1_500_000),
        ("KHAU-NHUC-TIEN-YEN", 0, 100_000, 120_000),
        ("GA-CUA-TAM-BAC", 0, 150_000, 165_000),
        ("THANH-LONG-RUOT-DO-THANH-HA", 0, 45_000, 45_000),
    ],
)
def test_a_price_the_source_names_bounds_the_illustration(
    sku_hint: str, index: int, low: int, high: int
) -> None:
    assert low <= _variants(sku_hint)[index].price_vnd <= high


def test_a_farm_gate_price_is_no_shop_price() -> None:
    assert PRODUCTS["QUYT-BAC-KAN"].price_max_vnd == 12_000
    assert _variants("QUYT-BAC-KAN")[0].price_vnd > 3 * 12_000


def test_crafts_and_plants_carry_no_lot() -> None:
    tracked = {p.ocop_group: figures_for(p).is_lot_tracked for p in PRODUCTS.values()}
    assert tracked == {
        "food": True,
        "beverage": True,
        "medicinal": True,
        "handicraft": False,
        "ornamental": False,
        "tourism": False,
    }


def test_sorts_are_complete() -> None:
    sorts = figures.load_sorts()
    defaults = [sort.subgroup for sort in sorts if not sort.words]
    assert len(defaults) == len(set(defaults))
    assert {p.ocop_subgroup for p in PRODUCTS.values()} - {"T"} == set(defaults)
    for sort in sorts:
        assert 0 < sort.low_vnd < sort.high_vnd
        assert sort.sizes == tuple(sorted(sort.sizes))
        assert (sort.measure == "piece") is (sort.piece_g > 0)


def test_an_unknown_subgroup_is_refused() -> None:
    odd = PRODUCTS["MIEN-DONG-TAI-HOAN"].model_copy(update={"ocop_subgroup": "Z9"})
    with pytest.raises(KeyError):
        figures.sort_of(odd)
