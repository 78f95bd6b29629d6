"""Illustrative label texts: complete for publishing, marked, and without a word on healing."""

import pytest

from shop.core.text import fold
from shop.demo.figures import load_sorts
from shop.demo.labels import DISCLAIMER, MARK, label_for
from shop.demo.seed_rows import SeedProduct, load_products

PRODUCTS = {product.sku_hint: product for product in load_products(with_alcohol=True)}
HEALING = ("chua benh", "dieu tri", "khoi benh", "phong benh", "dac tri", "giam dau", "ung thu")


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS.keys())
def test_every_label_is_complete_and_marked(product: SeedProduct) -> None:
    label = label_for(product)
    assert label.is_illustrative
    assert label.warnings.endswith(DISCLAIMER)
    assert label.origin == f"{product.place}, Việt Nam"
    assert len(label.net_content) <= 80
    if product.is_service:
        return
    assert label.ingredients.endswith(MARK)
    assert label.storage
    assert label.usage
    assert label.net_content
    if product.ocop_group in {"food", "beverage", "medicinal"}:
        assert label.shelf_life_days
    else:
        assert label.shelf_life_days is None


def test_no_text_speaks_of_healing() -> None:
    for product in PRODUCTS.values():
        label = label_for(product)
        text = fold(" ".join((label.ingredients, label.usage, label.storage, label.warnings)))
        assert not any(f" {word} " in f" {text} " for word in HEALING), product.sku_hint


@pytest.mark.parametrize(
    ("regulated_class", "sentence"),
    [
        ("alcohol", "Chỉ bán cho người từ đủ 18 tuổi."),
        ("supplement", "Không phải là thuốc và không dùng thay thuốc."),
        ("herbal_check", "Không dùng thay thuốc."),
        ("essential_oil", "Không uống;"),
    ],
)
def test_regulated_classes_carry_their_warning(regulated_class: str, sentence: str) -> None:
    found = [p for p in PRODUCTS.values() if p.regulated_class == regulated_class]
    assert found
    assert all(sentence in label_for(product).warnings for product in found)


def test_allergens_and_infants_are_warned_of() -> None:
    assert "Có chứa lạc, vừng." in label_for(PRODUCTS["KEO-CU-DO-BA-HUONG"]).warnings
    assert "dưới 12 tháng tuổi" in label_for(PRODUCTS["MAT-ONG-BAC-HA"]).warnings
    assert "Có chứa cá." in label_for(PRODUCTS["NUOC-MAM-DANG-PHUONG"]).warnings


def test_the_vermicelli() -> None:
    label = label_for(PRODUCTS["MIEN-DONG-TAI-HOAN"])
    assert label.ingredients == "Tinh bột dong riềng, nước (minh họa)"
    assert label.net_content == "500 g; 1 kg"
    assert label.origin == "Xã Côn Minh, Tỉnh Thái Nguyên, Việt Nam"
    assert label.shelf_life_days == 365


def test_craft_labels_speak_of_no_food() -> None:
    assert label_for(PRODUCTS["TRANG-PHUC-HA-NHI"]).warnings == DISCLAIMER


def test_every_sort_has_its_texts() -> None:
    """Each key of the table stands for a sentence; a new row cannot name a missing one."""
    odd = PRODUCTS["MIEN-DONG-TAI-HOAN"]
    for sort in load_sorts():
        name = sort.words[0] if sort.words else "mặt hàng khác"
        product = odd.model_copy(update={"ocop_subgroup": sort.subgroup, "name_vi": name})
        assert label_for(product).usage
