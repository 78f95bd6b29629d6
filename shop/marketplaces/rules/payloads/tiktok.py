"""TikTok Shop POST /product/202309/products.

Source: a validator for Vietnam of a seller system that cites TikTok's documents. Amounts and
weights are strings; the weight is in kilograms. Saved as a draft for a person to look at.
"""

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from shop.marketplaces.rules.payloads.parts import (
    Call,
    Material,
    PhotoRef,
    Sku,
    Strict,
    Whole,
    checked,
    dumped,
    kilograms,
    sides_cm,
)

_ADDRESS = "POST /product/202309/products"
_WAREHOUSE = "upload:warehouse"
_DigitText = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]


class Uri(Strict):
    uri: PhotoRef


class PackageWeight(Strict):
    value: Annotated[str, Field(pattern=r"^([1-9][0-9]{0,4}(\.[0-9]{1,3})?|0\.[0-9]{0,2}[1-9])$")]
    unit: Literal["KILOGRAM"] = "KILOGRAM"


class PackageDimensions(Strict):
    length: _DigitText
    width: _DigitText
    height: _DigitText
    unit: Literal["CENTIMETER"] = "CENTIMETER"


class SalesAttribute(Strict):
    name: Annotated[str, Field(min_length=1)]
    value_name: Annotated[str, Field(min_length=1, max_length=50)]


class Price(Strict):
    amount: _DigitText
    currency: Literal["VND"] = "VND"


class Inventory(Strict):
    warehouse_id: Annotated[str, Field(min_length=1)]
    quantity: Whole


class OneSku(Strict):
    seller_sku: Sku
    sales_attributes: list[SalesAttribute]
    price: Price
    inventory: Annotated[list[Inventory], Field(min_length=1)]


class AttributeValue(Strict):
    name: Annotated[str, Field(min_length=1)]


class ProductAttribute(Strict):
    id: _DigitText
    values: Annotated[list[AttributeValue], Field(min_length=1)]


class Product(Strict):
    """Body of the call."""

    title: Annotated[str, Field(min_length=25, max_length=255)]
    description: Annotated[str, Field(min_length=1, max_length=10_000)]
    category_id: _DigitText
    category_version: Literal["v2"] = "v2"
    save_mode: Literal["AS_DRAFT", "LISTING"] = "AS_DRAFT"
    main_images: Annotated[list[Uri], Field(min_length=1, max_length=9)]
    package_weight: PackageWeight
    package_dimensions: PackageDimensions | None = None
    product_attributes: list[ProductAttribute] | None = None
    is_cod_allowed: bool = True
    skus: Annotated[list[OneSku], Field(min_length=1, max_length=100)]
    idempotency_key: Annotated[str, Field(min_length=1)]


def calls(material: Material) -> list[Call]:
    """One call. Raises PayloadRefused."""
    product = checked(lambda: _product(material))
    fill_in = (
        "main_images.uri: uri do /product/202309/images/upload trả về (use_case MAIN_IMAGE)",
        f"skus.inventory.warehouse_id: mã kho của gian hàng thay cho {_WAREHOUSE}",
    )
    return [Call("create_product", _ADDRESS, "json", dumped(product), fill_in)]


def _product(material: Material) -> Product:
    listing = material.listing
    sides = sides_cm(listing.variants[0].facts)
    heaviest = max(variant.facts.packed_weight_g for variant in listing.variants)
    skus = [variant.sku for variant in listing.variants]
    return Product(
        title=listing.title,
        description=listing.description,
        category_id=str(material.category),
        main_images=[Uri(uri=name) for name in material.uploads],
        package_weight=PackageWeight(value=f"{kilograms(heaviest):.3f}".rstrip("0").rstrip(".")),
        package_dimensions=PackageDimensions(
            length=str(sides[0]), width=str(sides[1]), height=str(sides[2])
        )
        if sides
        else None,
        product_attributes=[
            ProductAttribute(id=key.rsplit("/", 1)[-1], values=[AttributeValue(name=value.strip())])
            for key, value in material.choice.attributes.items()
            if value.strip() and key.rsplit("/", 1)[-1].isdigit()
        ]
        or None,
        skus=[
            OneSku(
                seller_sku=variant.sku,
                sales_attributes=[
                    SalesAttribute(name=name, value_name=value)
                    for name, value in zip(listing.axis_names, variant.options, strict=False)
                ],
                price=Price(amount=str(variant.price_vnd)),
                inventory=[Inventory(warehouse_id=_WAREHOUSE, quantity=variant.stock)],
            )
            for variant in listing.variants
        ],
        idempotency_key=hashlib.sha256("\n".join(skus).encode()).hexdigest()[:32],
    )
