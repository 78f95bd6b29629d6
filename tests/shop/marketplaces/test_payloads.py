"""Level B: bodies shaped to the open APIs, judged by models written from the facts."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError

from shop.marketplaces import registry
from shop.marketplaces.rules.facts import Choice, ProductFacts
from shop.marketplaces.rules.listing import build_listing
from shop.marketplaces.rules.payloads import (
    UPDATES,
    Call,
    Material,
    PayloadRefused,
    SizeUpdate,
    call_bytes,
    make_calls,
    update_calls,
)
from shop.marketplaces.rules.payloads.shopee import AddItem
from shop.marketplaces.rules.payloads.tiktok import PackageWeight
from shop.marketplaces.services import make_bundle
from tests.factories.marketplaces import jpeg
from tests.shop.marketplaces.facts import (
    DAY,
    PRODUCER,
    PRODUCT,
    VARIANT,
    make_desk,
    product,
    profile,
    variant,
)

WITH_API = ("shopee", "lazada", "tiktok", "tiki")
CHOICE = Choice(
    category_id="100629",
    deliveries=("5001",),
    attributes={"ps_product_global_attribute.100010": "Việt Nam", "warranty_type": "Không"},
)
TWO = product(
    variants=(
        variant(label="Cay / 500 g"),
        variant(id=2, sku="TH-1000", label="Mặn / 500 g", price_vnd=70_000, packed_weight_g=1080),
        variant(id=3, sku="TH-3", label="Cay / 1 kg"),
        variant(id=4, sku="TH-4", label="Mặn / 1 kg"),
    )
)


def material(
    channel: str, goods: ProductFacts = PRODUCT, choice: Choice = CHOICE, **more: Any
) -> Material:
    used = profile(channel)
    listing = build_listing(
        goods, PRODUCER, used, choice, day=DAY, public_url="https://chophien.vn"
    )
    photos = tuple(f"anh/TH-500/0{n}.jpg" for n in range(1, 4))
    return Material(listing, choice, used, photos, **more)


def body(call: Call) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(call_bytes(call))
    return found


def test_channels_without_an_open_api_get_no_payload() -> None:
    assert {one.slug for one in registry.all_profiles().values() if one.payload} == set(WITH_API)
    assert make_calls(material("sendo")) == []
    assert make_calls(material("zalo")) == []


def test_shopee_adds_an_item_and_its_tiers() -> None:
    (single,) = make_calls(material("shopee"))
    item = body(single)
    assert item["original_price"] == 65_000
    assert item["weight"] == 0.55, "the API counts kilograms"
    assert item["dimension"] == {"package_length": 20, "package_width": 10, "package_height": 8}
    assert item["logistic_info"] == [{"logistic_id": 5001, "enabled": True}]
    assert item["brand"] == {"brand_id": 0, "original_brand_name": "NoBrand"}
    assert item["attribute_list"][0]["attribute_id"] == 100010
    assert item["image"]["image_id_list"][0] == "upload:anh/TH-500/01.jpg"
    assert item["item_status"] == "UNLIST"
    assert item["gtin_code"] == "00"
    assert single.fill_in

    add_item, tiers = (body(call) for call in make_calls(material("shopee", TWO)))
    assert "item_sku" not in add_item
    assert [one["variation_name"] for one in tiers["standardise_tier_variation"]] == [
        "Loại",
        "Quy cách",
    ]
    assert [one["tier_index"] for one in tiers["model"]] == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert tiers["model"][1]["original_price"] == 70_000
    assert tiers["model"][1]["weight"] == 1.08


def test_lazada_says_the_same_in_xml_and_json() -> None:
    xml, plain = make_calls(material("lazada", TWO))
    root = ElementTree.fromstring(call_bytes(xml))  # noqa: S314 our own
    request = body(plain)["Request"]["Product"]
    assert root.tag == "Request"
    assert root.findtext("Product/PrimaryCategory") == str(request["PrimaryCategory"]) == "100629"
    assert root.findtext("Product/Attributes/description") == request["Attributes"]["description"]
    assert request["Attributes"]["warranty_type"] == "Không"
    skus = root.findall("Product/Skus/Sku")
    assert [one.findtext("SellerSku") for one in skus] == ["TH-500", "TH-1000", "TH-3", "TH-4"]
    assert skus[1].findtext("package_weight") == "1.08"
    assert skus[0].find("saleProp") is not None
    one_photo = make_calls(material("lazada", addresses=("https://chophien.vn/a.jpg",)))[1]
    assert body(one_photo)["Request"]["Product"]["Images"] == {
        "Image": ["https://chophien.vn/a.jpg"]
    }


def test_tiktok_writes_amounts_as_text() -> None:
    (call,) = make_calls(material("tiktok", TWO))
    made = body(call)
    assert made["package_weight"] == {"value": "1.08", "unit": "KILOGRAM"}
    assert made["skus"][0]["price"] == {"amount": "65000", "currency": "VND"}
    assert made["skus"][0]["sales_attributes"][0] == {"name": "Loại", "value_name": "Cay"}
    assert made["save_mode"] == "AS_DRAFT"
    assert made == body(make_calls(material("tiktok", TWO))[0]), "the key is the same each time"
    for wrong in ("0", "0.0", "-1", "1,5", ""):
        with pytest.raises(ValidationError):
            PackageWeight(value=wrong)


def test_tiki_takes_its_request() -> None:
    (call,) = make_calls(material("tiki"))
    made = body(call)
    assert made["attributes"]["product_weight_kg"] == 0.55
    assert made["variants"][0]["option1"] == "none"
    assert made["option_attributes"] == []
    (two,) = (body(call) for call in make_calls(material("tiki", TWO)))
    assert two["option_attributes"] == ["Loại", "Quy cách"]
    assert two["variants"][3]["option2"] == "1 kg"


@pytest.mark.parametrize("channel", WITH_API)
def test_what_the_model_refuses_is_named(channel: str) -> None:
    with pytest.raises(PayloadRefused) as refused:
        make_calls(material(channel, choice=Choice()))
    assert any("category" in fault.path.lower() for fault in refused.value.faults)
    with pytest.raises(PayloadRefused):
        make_calls(material(channel, product(variants=(variant(sku="x" * 101),))))
    dear = product(variants=(variant(price_vnd=0),))
    with pytest.raises(PayloadRefused):
        make_calls(material(channel, dear))


def test_a_model_takes_nothing_unknown_and_changes_nothing_silently() -> None:
    (call,) = make_calls(material("shopee"))
    whole = dict(body(call))
    assert AddItem.model_validate(whole).model_dump(mode="json", exclude_none=True) == whole
    for change in (
        {"normal_stock": 3},
        {"category_id": "100629"},
        {"original_price": 65_000.5},
        {"image": {"image_id_list": []}},
        {"image": {"image_id_list": ["upload:a"] * 10}},
        {"gtin_code": "12"},
    ):
        with pytest.raises(ValidationError):
            AddItem.model_validate(whole | change)


def test_the_bundle_holds_payloads_and_says_why_one_is_missing() -> None:
    other = product(id=8, name="Trà xanh", variants=(variant(id=9, sku="TRA"),))
    made = make_bundle(
        profile("shopee"),
        make_desk(PRODUCT, other, choices={PRODUCT.id: CHOICE}),
        market_words=registry.market_words(),
        read=lambda _name: jpeg(),
        tell=lambda _percent: None,
    )
    assert json.loads(made.files["payload/TH-500/add_item.json"])["category_id"] == 100629
    readme = made.files["README.txt"].decode()
    assert "media_space.upload_image" in readme
    assert "Trà xanh" in readme.split("CHƯA LẬP ĐƯỢC GÓI DỮ LIỆU API")[1]
    assert VARIANT.sku not in readme.split("CHƯA LẬP ĐƯỢC GÓI DỮ LIỆU API")[1]


CHANGED = (SizeUpdate("TH-500", 72_000, None), SizeUpdate("TH-1000", 70_000, 3))
UPDATED: dict[str, dict[str, Any]] = {
    "shopee": {
        "POST /api/v2/product/update_price": {
            "item_id": 0,
            "price_list": [
                {"model_id": "upload:sku:TH-500", "original_price": 72_000},
                {"model_id": "upload:sku:TH-1000", "original_price": 70_000},
            ],
        },
        "POST /api/v2/product/update_stock": {
            "item_id": 0,
            "stock_list": [{"model_id": "upload:sku:TH-1000", "seller_stock": [{"stock": 3}]}],
        },
    },
    "tiktok": {
        "POST /product/202309/products/{product_id}/prices/update": {
            "skus": [
                {"id": "upload:sku:TH-500", "price": {"amount": "72000", "currency": "VND"}},
                {"id": "upload:sku:TH-1000", "price": {"amount": "70000", "currency": "VND"}},
            ]
        },
        "POST /product/202309/products/{product_id}/inventory/update": {
            "skus": [
                {
                    "id": "upload:sku:TH-1000",
                    "inventory": [{"warehouse_id": "upload:warehouse", "quantity": 3}],
                }
            ]
        },
    },
    "tiki": {
        "PUT /integration/v2/products/updateSku": {
            "original_sku": "TH-1000",
            "price": 70_000,
            "warehouse_quantities": [{"warehouse_id": 0, "qty_available": 3}],
        },
    },
}


@pytest.mark.parametrize("channel", sorted(UPDATED))
def test_an_update_tells_only_what_changed(channel: Any) -> None:
    made = update_calls(channel, CHANGED, has_options=True)
    assert {call.address: call.body for call in made} == UPDATED[channel]
    assert UPDATES[channel].source
    assert (update_calls(channel, [SizeUpdate("A", None, None)], has_options=True)) == []


def test_lazadas_update_is_xml_by_the_sellers_own_sku() -> None:
    (call,) = update_calls("lazada", CHANGED, has_options=True)
    root = ElementTree.fromstring(call_bytes(call))  # noqa: S314 - our own
    assert [{one.tag: one.text for one in sku} for sku in root.findall("Product/Skus/Sku")] == [
        {"SellerSku": "TH-500", "Price": "72000"},
        {"SellerSku": "TH-1000", "Price": "70000", "Quantity": "3"},
    ]


def test_updates_keep_the_models_bounds() -> None:
    many = [SizeUpdate(f"S{n}", 9_000, None) for n in range(120)]
    made = update_calls("shopee", many, has_options=True)
    counts = [len(call.body["price_list"]) for call in made if not isinstance(call.body, str)]
    assert counts == [50, 50, 20]
    single = update_calls("shopee", CHANGED[:1], has_options=False)
    assert single[0].body == {
        "item_id": 0,
        "price_list": [{"model_id": 0, "original_price": 72_000}],
    }
    with pytest.raises(PayloadRefused):
        update_calls("tiki", [SizeUpdate("A", 20_000_001, None)], has_options=False)
    with pytest.raises(PayloadRefused):
        update_calls("lazada", [SizeUpdate("", 1_000, 1)], has_options=False)
