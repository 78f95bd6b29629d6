"""What is known of a product before any channel: plain values read from the catalogue.

Weights in grams, lengths in millimetres, prices in đồng, texts as stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from shop.marketplaces.rules.pricing import PriceRule
from shop.marketplaces.rules.sheet_layout import Delivery, WeightUnit


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
    shop_floor: int = 0
    """Free units that the shop keeps for itself: no channel may be given them."""
    kept: tuple[tuple[str, int], ...] = ()
    """Channel and the units kept for it alone; they are not among ``available``."""


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
    format: str = "JPEG"
    """What the file really is, whatever its name says."""
    looks: tuple[int, ...] = ()
    """128 bits each that stay close for copies of one picture; none: not known."""


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
    contact: str = ""
    """Name of the owner who joined first: who answers for the goods."""


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
    description: str = ""
    """Empty: the built description is used."""
    photos: tuple[str, ...] = ()
    """Digests in the order wished; empty: all, as the catalogue has them."""
    photo_fit: str = "pad"
    """``pad`` or ``crop``: how a photo comes to the channel's ratio."""
    price: PriceRule = field(default_factory=PriceRule)
    price_floor_vnd: int | None = None
    stock_reserve: int = 0
    """Free units of each size that are not offered here."""
    category_id: str = ""
    """The channel's own id, chosen from the seller's template."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Values of the category's attributes by the template's own key."""
    deliveries: tuple[str, ...] = ()
    """Ids of the ways of delivery that are switched on; empty: not chosen."""
    handling_days: int | None = None
    """Days to get an order ready; None: not a pre-order."""


@dataclass(frozen=True)
class CategoryFacts:
    """A category as the seller's own template lists it."""

    id: str
    path: str
    required: tuple[str, ...] = ()
    """Keys of the attributes that must be filled."""
    handling_days: tuple[int, int] | None = None
    """Fewest and most days of a pre-order."""


@dataclass(frozen=True)
class AttributeFacts:
    """A column of the seller's template that the catalogue cannot answer."""

    key: str
    """As choices name it: the channel's own id of the attribute, else the column's key."""
    label: str
    need: Literal["required", "conditional", "optional", ""] = ""
    """For every category alike; what one category demands stands in ``CategoryFacts``."""
    about: str = ""
    allowed: tuple[str, ...] = ()
    """The words of its drop-down; empty: any."""


@dataclass(frozen=True)
class TemplateFacts:
    """What the seller's uploaded template says, as far as listings are judged by it."""

    uploaded_on: date
    ref: str = ""
    """Where its own page is; empty: nowhere."""
    file_name: str = ""
    shop_id: str = ""
    expected_shop_id: str = ""
    """The shop of the template before; empty when there was none."""
    weight_unit: WeightUnit | None = None
    """What its description rows say; None: nothing."""
    unknown_required: tuple[str, ...] = ()
    """Keys of required columns that we cannot fill."""
    categories: Mapping[str, CategoryFacts] = field(default_factory=dict)
    deliveries: tuple[Delivery, ...] = ()
    attributes: tuple[AttributeFacts, ...] = ()
    usual_category: str = ""
    """Of a template that is made for a single category."""
    usual_deliveries: tuple[str, ...] = ()
    """Ways of delivery that the seller switched on for the whole template."""
    usual_attributes: Mapping[str, str] = field(default_factory=dict)
    """Values that the seller gave for every row."""

    def completed(self, choice: Choice) -> Choice:
        """The choice with what was decided once for the whole template where it says nothing."""
        return replace(
            choice,
            category_id=choice.category_id or self.usual_category,
            deliveries=choice.deliveries or self.usual_deliveries,
            attributes={**self.usual_attributes, **choice.attributes},
        )
