"""What is known of a product before any channel: plain values read from the catalogue.

Weights in grams, lengths in millimetres, prices in đồng, texts as stored.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class VariantFacts:
    """A size of a product; ``available`` are the units that can still be promised."""

    id: int
    sku: str
    label: str
    price_vnd: int
    packed_weight_g: int
    net_weight_g: int | None = None
    net_volume_ml: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    gtin: str = ""
    is_price_illustrative: bool = False
    available: int = 0


@dataclass(frozen=True)
class PhotoFacts:
    """A photo as it would leave the house: pixels and bytes of the stored JPEG.

    ``size`` is None when the file is missing or cannot be read.
    """

    sha: str
    width: int
    height: int
    size: int | None
    is_illustration: bool = False
    has_right_to_use: bool = True


@dataclass(frozen=True)
class PaperFacts:
    """A certificate of the product, or of its whole producer when ``is_own`` is False."""

    kind: str
    state: str
    issued_on: date
    expires_on: date
    stars: int | None = None
    number: str = ""
    decision_no: str = ""
    issuer: str = ""
    scan_sha: str | None = None
    is_illustration: bool = False
    is_own: bool = True


@dataclass(frozen=True)
class ProducerFacts:
    """Who makes it."""

    id: int
    slug: str
    name: str
    place: str
    """Address with commune and province."""
    province: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ProductFacts:
    """A product with all that hangs on it."""

    id: int
    slug: str
    name: str
    subgroup: str
    state: str
    regulated_class: str = "none"
    summary: str = ""
    story: str = ""
    ingredients: str = ""
    net_content: str = ""
    storage: str = ""
    usage: str = ""
    warnings: str = ""
    origin: str = ""
    shelf_life_days: int | None = None
    is_lot_tracked: bool = True
    is_demo: bool = False
    variants: tuple[VariantFacts, ...] = ()
    photos: tuple[PhotoFacts, ...] = ()
    papers: tuple[PaperFacts, ...] = ()
    trace_code: str = ""
    """Code of the first lot that may be sold, else of the product; empty when neither exists."""


@dataclass(frozen=True)
class Choice:
    """What the producer decided for this product on this channel."""

    is_included: bool = True
    title: str = ""
    """Empty: the built title is used."""
    price_percent: int = 100
    price_floor_vnd: int | None = None
    stock_reserve: int = 0
