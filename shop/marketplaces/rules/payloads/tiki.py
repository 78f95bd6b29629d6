"""Tiki POST /integration/v2.1/requests.

Sources: a public Odoo module and two public connectors; limits of hocvien.tiki.vn. Weight in
kilograms, sides in centimetres. The name of the list ``images`` is from memory.
"""

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

_ADDRESS = "POST /integration/v2.1/requests"
_Price = Annotated[int, Field(ge=1_000, le=20_000_000)]


class Attributes(Strict):
    bulky: Literal[0, 1] = 0
    brand: Annotated[str, Field(min_length=1)]
    brand_country: Literal["Vietnam"] = "Vietnam"
    origin: Literal["Vietnam"] = "Vietnam"
    product_height: Whole
    product_width: Whole
    product_length: Whole
    product_weight_kg: Annotated[float, Field(ge=0.001, le=100)]
    is_warranty_applied: Literal[0, 1] = 0


class WarehouseStock(Strict):
    warehouseId: Whole
    qtyAvailable: Whole


class Variant(Strict):
    sku: Sku
    price: _Price
    option1: Annotated[str, Field(min_length=1)]
    option2: str | None = None
    inventory_type: Literal["dropship"] = "dropship"
    seller_warehouse: str = ""
    warehouse_stocks: Annotated[list[WarehouseStock], Field(min_length=1)]
    image: PhotoRef


class MetaData(Strict):
    is_auto_turn_on: bool = False


class ProductRequest(Strict):
    """Body of the call."""

    category_id: Annotated[int, Field(gt=0)]
    name: Annotated[str, Field(min_length=1, max_length=255)]
    description: Annotated[str, Field(min_length=1)]
    image: PhotoRef
    images: list[PhotoRef]
    attributes: Attributes
    option_attributes: Annotated[list[str], Field(max_length=2)]
    variants: Annotated[list[Variant], Field(min_length=1)]
    certificate_files: list[dict[str, str]]
    meta_data: MetaData


def calls(material: Material) -> list[Call]:
    """One call. Raises PayloadRefused."""
    request = checked(lambda: _request(material))
    fill_in = [
        "variants.warehouse_stocks.warehouseId: mã kho của gian hàng",
        "certificate_files: địa chỉ bản chụp giấy tờ, nếu ngành hàng cần",
    ]
    if not material.addresses:
        fill_in.insert(0, "image, images: địa chỉ https mở được từ Internet")
    return [Call("request", _ADDRESS, "json", dumped(request), tuple(fill_in))]


def _request(material: Material) -> ProductRequest:
    listing, pictures = material.listing, material.pictures
    length, width, height = sides_cm(listing.variants[0].facts) or (0, 0, 0)
    cover = pictures[0] if pictures else ""
    return ProductRequest(
        category_id=material.category,
        name=listing.title,
        description=listing.description,
        image=cover,
        images=pictures[1:],
        attributes=Attributes(
            brand=material.profile.brand_when_none,
            product_height=height,
            product_width=width,
            product_length=length,
            product_weight_kg=kilograms(
                max(variant.facts.packed_weight_g for variant in listing.variants)
            ),
        ),
        option_attributes=list(listing.axis_names),
        variants=[
            Variant(
                sku=variant.sku,
                price=variant.price_vnd,
                option1=variant.options[0] if material.has_options else "none",
                option2=variant.options[1] if len(variant.options) > 1 else None,
                warehouse_stocks=[WarehouseStock(warehouseId=0, qtyAvailable=variant.stock)],
                image=cover,
            )
            for variant in listing.variants
        ],
        certificate_files=[],
        meta_data=MetaData(),
    )
