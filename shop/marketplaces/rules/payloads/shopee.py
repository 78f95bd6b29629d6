"""Shopee v2.product.add_item and init_tier_variation.

Source: dump of the official parameter list (congminh1254/shopee-sdk, 18/08/2026). Weight in
kilograms, sides in whole centimetres, prices in whole đồng. New goods go in unlisted, so that a
person looks at them before buyers do.
"""

from typing import Annotated, Literal

from pydantic import Field

from shop.marketplaces.rules.listing import ListingVariant
from shop.marketplaces.rules.payloads.parts import (
    Call,
    Gtin,
    Kilograms,
    Material,
    PhotoRef,
    Positive,
    Sku,
    Strict,
    Whole,
    checked,
    dumped,
    kilograms,
    sides_cm,
)

_BASE = "POST /api/v2/product"


class Image(Strict):
    image_id_list: Annotated[list[PhotoRef], Field(min_length=1, max_length=9)]
    image_ratio: Literal["1:1", "3:4"] = "1:1"


class Logistic(Strict):
    logistic_id: Positive
    enabled: bool


class SellerStock(Strict):
    stock: Whole


class Brand(Strict):
    brand_id: Whole
    original_brand_name: Annotated[str, Field(min_length=1)]


class AttributeValue(Strict):
    """``value_id`` 0 is a value of one's own and needs its name."""

    value_id: Whole
    original_value_name: Annotated[str, Field(min_length=1)]


class Attribute(Strict):
    attribute_id: Positive
    attribute_value_list: Annotated[list[AttributeValue], Field(min_length=1)]


class Dimension(Strict):
    package_length: Positive
    package_width: Positive
    package_height: Positive


class PreOrder(Strict):
    is_pre_order: bool
    days_to_ship: Positive


class AddItem(Strict):
    """Body of v2.product.add_item."""

    original_price: Positive
    description: Annotated[str, Field(min_length=1)]
    weight: Kilograms
    item_name: Annotated[str, Field(min_length=1)]
    category_id: Positive
    image: Image
    logistic_info: Annotated[list[Logistic], Field(min_length=1)]
    seller_stock: list[SellerStock]
    brand: Brand
    attribute_list: list[Attribute] | None = None
    dimension: Dimension | None = None
    item_sku: Sku | None = None
    gtin_code: Gtin | None = None
    condition: Literal["NEW", "USED"] = "NEW"
    pre_order: PreOrder | None = None
    item_status: Literal["NORMAL", "UNLIST"] = "UNLIST"


class Option(Strict):
    variation_option_id: Whole
    variation_option_name: Annotated[str, Field(min_length=1)]


class Variation(Strict):
    variation_id: Whole
    variation_name: Annotated[str, Field(min_length=1)]
    variation_option_list: Annotated[list[Option], Field(min_length=1)]


class Model(Strict):
    tier_index: Annotated[list[Whole], Field(min_length=1, max_length=2)]
    original_price: Positive
    model_sku: Sku
    seller_stock: list[SellerStock]
    gtin_code: Gtin | None = None
    weight: Kilograms
    dimension: Dimension | None = None


class InitTierVariation(Strict):
    """Body of v2.product.init_tier_variation; ``item_id`` 0 until add_item has answered."""

    item_id: Whole
    standardise_tier_variation: Annotated[list[Variation], Field(min_length=1, max_length=2)]
    model: Annotated[list[Model], Field(min_length=1, max_length=50)]


def calls(material: Material) -> list[Call]:
    """One call for a single size, two for more. Raises PayloadRefused."""
    item = checked(lambda: _item(material))
    fill_in = ["image.image_id_list: mã ảnh do media_space.upload_image trả về"]
    made = [Call("add_item", f"{_BASE}/add_item", "json", dumped(item), tuple(fill_in))]
    if material.has_options:
        tiers = checked(lambda: _tiers(material))
        made.append(
            Call(
                "init_tier_variation",
                f"{_BASE}/init_tier_variation",
                "json",
                dumped(tiers),
                ("item_id: số do add_item trả về",),
            )
        )
    return made


def _item(material: Material) -> AddItem:
    listing, choice = material.listing, material.choice
    first = listing.variants[0]
    days = choice.handling_days
    return AddItem(
        original_price=first.price_vnd,
        description=listing.description,
        weight=kilograms(max(one.facts.packed_weight_g for one in listing.variants)),
        item_name=listing.title,
        category_id=material.category,
        image=Image(image_id_list=material.uploads),
        logistic_info=[
            Logistic(logistic_id=int(one), enabled=True)
            for one in choice.deliveries
            if one.isascii() and one.isdigit()
        ],
        seller_stock=[SellerStock(stock=sum(one.stock for one in listing.variants))],
        brand=Brand(brand_id=0, original_brand_name=material.profile.brand_when_none),
        attribute_list=_attributes(material) or None,
        dimension=_dimension(first),
        item_sku=None if material.has_options else first.sku,
        gtin_code=(first.facts.gtin or "00") if not material.has_options else None,
        pre_order=PreOrder(is_pre_order=True, days_to_ship=days) if days is not None else None,
    )


def _attributes(material: Material) -> list[Attribute]:
    """Attributes whose key ends in the channel's number, as the templates name them."""
    found = []
    for key, value in material.choice.attributes.items():
        number = key.rsplit(".", 1)[-1]
        if number.isascii() and number.isdigit() and value.strip():
            values = [AttributeValue(value_id=0, original_value_name=value.strip())]
            found.append(Attribute(attribute_id=int(number), attribute_value_list=values))
    return found


def _dimension(variant: ListingVariant) -> Dimension | None:
    sides = sides_cm(variant.facts)
    if sides is None:
        return None
    return Dimension(package_length=sides[0], package_width=sides[1], package_height=sides[2])


def _tiers(material: Material) -> InitTierVariation:
    listing = material.listing
    axes = [
        list(dict.fromkeys(values))
        for values in zip(*(one.options for one in listing.variants), strict=True)
    ]
    return InitTierVariation(
        item_id=0,
        standardise_tier_variation=[
            Variation(
                variation_id=0,
                variation_name=name,
                variation_option_list=[
                    Option(variation_option_id=0, variation_option_name=value) for value in values
                ],
            )
            for name, values in zip(listing.axis_names, axes, strict=True)
        ],
        model=[
            Model(
                tier_index=[
                    values.index(value) for value, values in zip(one.options, axes, strict=True)
                ],
                original_price=one.price_vnd,
                model_sku=one.sku,
                seller_stock=[SellerStock(stock=one.stock)],
                gtin_code=one.facts.gtin or None,
                weight=kilograms(one.facts.packed_weight_g),
                dimension=_dimension(one),
            )
            for one in listing.variants
        ],
    )
