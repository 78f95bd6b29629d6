"""How a channel's own mass-upload workbook is recognised, in which units it counts, who delivers.

Rows and columns are found by their content, never by number: keys are stable, order and count are
not. What the seller's template says of units, switches and deliveries goes before what stands here.
"""

from dataclasses import dataclass
from typing import Literal

from shop.marketplaces.rules.standing import Certainty, ProfileFault

WeightUnit = Literal["g", "kg"]


@dataclass(frozen=True)
class Unit:
    """A unit of weight with how sure we are of it."""

    value: WeightUnit
    certainty: Certainty
    source: str


@dataclass(frozen=True)
class Delivery:
    """A way of delivery by the channel's own id; ``price_max_vnd``: dearer goods are not taken."""

    id: str
    label: str
    takes_preorder: bool
    certainty: Certainty
    source: str
    price_max_vnd: int | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What identifies the workbook that a seller downloads empty.

    The key row is the row that holds all of ``must_have``; the requirement row is the one with most
    cells like *mandatory* or *bắt buộc*; the first data row comes ``data_after_needs`` rows later.
    """

    must_have: tuple[str, ...]
    data_after_needs: int
    key_ends_at: str = ""
    """A key is what stands before this sign."""
    hidden_keys_suffix: str = ""
    """Machine keys stand on a hidden twin sheet with this suffix."""
    shop_row: int | None = None
    """Row (from 1) with the shop's signature; never touched."""
    switch_words: tuple[tuple[str, str], ...] = ()
    """Words for on and off, the usual pair first."""
    numbers_as_text: bool = False
    parent_sku_on_variants: bool = False
    untouched_keys: tuple[str, ...] = ()
    """Columns whose cells must survive as they are."""
    reason_key: str = ""
    """Column in which the channel says why it refused a row."""
    certainty: Certainty = "certain"
    source: str = ""

    def __post_init__(self) -> None:
        if not self.must_have or self.data_after_needs < 1 or not self.source:
            raise ProfileFault("a layout needs keys to be found by, a first row and a source")
