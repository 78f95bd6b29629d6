"""Lazada /product/create, as XML and as JSON.

Sources: the public sample of /product/create and a Vietnamese seller system of 2026. Weight in
kilograms, sides in centimetres. Photos must lie on Lazada's own servers: /image/migrate gives their
addresses. The images are always a list, even a single one.
"""

from typing import Annotated, Any, Final
from xml.etree import ElementTree

from pydantic import Field

from shop.marketplaces.rules.payloads.parts import (
    Call,
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

_ADDRESS: Final = "POST /product/create"
_PROPS: Final = ("size", "color_family")
"""Names that the public sample uses; each category has its own."""


class Images(Strict):
    Image: Annotated[list[PhotoRef], Field(min_length=1, max_length=8)]


class Attributes(Strict):
    name: Annotated[str, Field(min_length=1, max_length=255)]
    description: Annotated[str, Field(min_length=1)]
    short_description: str | None = None
    brand: Annotated[str, Field(min_length=1)]
    more: dict[str, str] = Field(default_factory=dict)
    """What the category asks for besides, by its own key."""


class OneSku(Strict):
    SellerSku: Sku
    price: Positive
    quantity: Whole
    package_weight: Kilograms
    package_length: Positive
    package_width: Positive
    package_height: Positive
    package_content: str | None = None
    saleProp: dict[str, str] | None = None


class Skus(Strict):
    Sku: Annotated[list[OneSku], Field(min_length=1)]


class Product(Strict):
    PrimaryCategory: Positive
    Images: Images
    Attributes: Attributes
    Skus: Skus


def calls(material: Material) -> list[Call]:
    """The same request twice: XML and JSON. Raises PayloadRefused."""
    product = checked(lambda: _product(material))
    body = dumped(product)
    body["Attributes"] |= body["Attributes"].pop("more")
    request = {"Request": {"Product": body}}
    fill_in = ["Images.Image: địa chỉ do /image/migrate trả về"]
    if material.has_options:
        fill_in.append("saleProp: tên thuộc tính bán hàng của ngành (/category/attributes/get)")
    return [
        Call("create", _ADDRESS, "xml", xml_of(request), tuple(fill_in)),
        Call("create", _ADDRESS, "json", request, tuple(fill_in)),
    ]


def _product(material: Material) -> Product:
    listing = material.listing
    return Product(
        PrimaryCategory=material.category,
        Images=Images(Image=material.pictures),
        Attributes=Attributes(
            name=listing.title,
            description=listing.description,
            short_description=listing.product.summary or None,
            brand=material.profile.brand_when_none,
            more={
                key: value.strip()
                for key, value in material.choice.attributes.items()
                if value.strip() and key.isidentifier()
            },
        ),
        Skus=Skus(Sku=[_sku(material, index) for index in range(len(listing.variants))]),
    )


def _sku(material: Material, index: int) -> OneSku:
    variant = material.listing.variants[index]
    length, width, height = sides_cm(variant.facts) or (0, 0, 0)
    return OneSku(
        SellerSku=variant.sku,
        price=variant.price_vnd,
        quantity=variant.stock,
        package_weight=kilograms(variant.facts.packed_weight_g),
        package_length=length,
        package_width=width,
        package_height=height,
        package_content=variant.option or None,
        saleProp=dict(zip(_PROPS, variant.options, strict=False)) if material.has_options else None,
    )


def xml_of(request: dict[str, Any]) -> str:
    """The request as Lazada's XML: a list repeats its element."""
    root = ElementTree.Element("Request")
    _append(root, request["Request"])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _append(parent: ElementTree.Element, values: dict[str, Any]) -> None:
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            child = ElementTree.SubElement(parent, name)
            if isinstance(one, dict):
                _append(child, one)
            else:
                child.text = str(one)
