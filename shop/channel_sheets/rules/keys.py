"""The machine keys of the marketplaces' sheets, and which of our values goes under each.

Sources: public descriptions of the mass-upload sheets, 2020-2026 (the project's notes on
marketplaces, sections 3.2, 4.2 and 5.1). Keys are stable; their order and number are not.
"""

import re
from dataclasses import dataclass
from typing import Final

WEIGHT: Final = "weight"
CATEGORY: Final = "category"
DELIVERY: Final = "delivery"

Value = str
"""Name of a value in ``marketplaces.rules.cells``, or WEIGHT, CATEGORY, DELIVERY."""


@dataclass(frozen=True)
class Family:
    """How the sheets of one channel are made.

    ``marks``: folded keys that tell the key row, at least ``least`` of them. ``step``: rows from
    the requirement row to the first data row. ``weight_unit``: what the profile expects.
    """

    channel: str
    marks: frozenset[str]
    least: int
    step: int
    weight_unit: str
    is_unit_certain: bool


FAMILIES: Final = (
    Family(
        "shopee",
        frozenset(
            {"ps_product_name", "ps_price", "ps_weight", "ps_stock", "ps_category"}
            | {"ps_product_description", "ps_sku_short"}
        ),
        3,
        3,
        "g",
        False,
    ),
    Family(
        "tiktok",
        frozenset(
            {"product_name", "product_description", "main_image", "parcel_weight", "price"}
            | {"seller_sku", "category"}
        ),
        4,
        2,
        "g",
        True,
    ),
    Family(
        "lazada",
        frozenset(
            {"sku.price", "sku.sellersku", "sku.packageweight", "productnoforbatch", "mainimage.0"}
            | {"sellersku", "*price", "*quantity", "package weight (kg)", "catid"}
        ),
        3,
        3,
        "kg",
        True,
    ),
)

_KNOWN: Final[tuple[tuple[str, str, Value], ...]] = (
    # Shopee
    ("shopee", r"ps_category", CATEGORY),
    ("shopee", r"ps_product_name", "title"),
    ("shopee", r"ps_product_description", "description"),
    ("shopee", r"ps_sku_parent_short", "parent_sku"),
    ("shopee", r"et_title_variation_integration_no", "group"),
    ("shopee", r"et_title_variation_1", "option_name_1"),
    ("shopee", r"et_title_option_for_variation_1", "option_1"),
    ("shopee", r"et_title_variation_2", "option_name_2"),
    ("shopee", r"et_title_option_for_variation_2", "option_2"),
    ("shopee", r"ps_price", "price"),
    ("shopee", r"ps_stock", "stock"),
    ("shopee", r"ps_sku_short", "sku"),
    ("shopee", r"ps_gtin_code", "gtin"),
    ("shopee", r"ps_item_cover_image", "address_1"),
    *(("shopee", rf"ps_item_image_{n}", f"address_{n + 1}") for n in range(1, 9)),
    ("shopee", r"ps_weight", WEIGHT),
    ("shopee", r"ps_length", "length_cm"),
    ("shopee", r"ps_width", "width_cm"),
    ("shopee", r"ps_height", "height_cm"),
    ("shopee", r"ps_brand", "brand"),
    ("shopee", r"channel_id\.\d+", DELIVERY),
    # TikTok Shop
    ("tiktok", r"category", CATEGORY),
    ("tiktok", r"product_name", "title"),
    ("tiktok", r"product_description", "description"),
    ("tiktok", r"main_image", "address_1"),
    *(("tiktok", rf"image_{n}", f"address_{n}") for n in range(2, 10)),
    ("tiktok", r"property_name_1", "option_name_1"),
    ("tiktok", r"property_value_1", "option_1"),
    ("tiktok", r"property_name_2", "option_name_2"),
    ("tiktok", r"property_value_2", "option_2"),
    ("tiktok", r"gtin_code", "gtin"),
    ("tiktok", r"parcel_weight", WEIGHT),
    ("tiktok", r"parcel_length", "length_cm"),
    ("tiktok", r"parcel_width", "width_cm"),
    ("tiktok", r"parcel_height", "height_cm"),
    ("tiktok", r"price", "price"),
    ("tiktok", r"quantity|warehouse_quantity/.+", "stock"),
    ("tiktok", r"seller_sku", "sku"),
    # Lazada: machine keys of the hidden twin, then the visible headers
    ("lazada", r"catid", CATEGORY),
    ("lazada", r"title\..+|\*?product name ?\(.+\)|\*?product name", "title"),
    ("lazada", r"description(\..+)?|main description", "description"),
    ("lazada", r"shortdescription(\..+)?|product highlights", "summary"),
    *(("lazada", rf"mainimage\.{n}", f"address_{n + 1}") for n in range(8)),
    *(("lazada", rf"\*?(product )?images{n}", f"address_{n}") for n in range(1, 9)),
    ("lazada", r"catproperty\.p20000|\*?brand", "brand"),
    ("lazada", r"productnoforbatch", "group"),
    ("lazada", r"variations combo", "option"),
    ("lazada", r"currencycode", "currency"),
    ("lazada", r"sku\.price|\*?price", "price"),
    ("lazada", r"sku\.quantity|sku\.multiwarehouseqty\..+|\*?quantity", "stock"),
    ("lazada", r"sku\.sellersku|\*?sellersku", "sku"),
    ("lazada", r"sku\.packageweight|\*?package weight.*", WEIGHT),
    ("lazada", r"sku\.packagelength|\*?package length.*", "length_cm"),
    ("lazada", r"sku\.packagewidth|\*?package width.*", "width_cm"),
    ("lazada", r"sku\.packageheight|\*?package height.*", "height_cm"),
    ("lazada", r"sku\.packagecontent.*", "net_content"),
)
_PATTERNS: Final = [(channel, re.compile(pattern), value) for channel, pattern, value in _KNOWN]
UNTOUCHED: Final = re.compile(r"tr\(s-wb-product@md5key\)|et_title_reason|ps_.*_range")
"""Columns that only the marketplace writes."""


VALUES_USED: Final = frozenset(value for _channel, _key, value in _KNOWN)
"""Every value that some key asks for."""


def folded_key(raw: str) -> str:
    """A key as it is compared: the part before ``|``, lower case, delivery ids behind a dot."""
    key = raw.split("|")[0].strip().lower()
    return re.sub(r"^channel_id[_.]+(\d+)$", r"channel_id.\1", key)[:120]


def value_of(channel: str, key: str) -> Value:
    """What we put under a key; empty when it is not ours to fill."""
    for known, pattern, value in _PATTERNS:
        if known == channel and pattern.fullmatch(key):
            return value
    return ""


def family_called(channel: str) -> Family | None:
    """How the sheets of this channel are made; None: nothing is known."""
    return next((family for family in FAMILIES if family.channel == channel), None)
