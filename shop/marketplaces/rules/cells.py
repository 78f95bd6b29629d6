"""What goes into a cell: one named function per value that a profile's column may ask for.

Texts come out NFC, without control characters, at most as long as a cell holds; numbers are whole,
or decimals with a point; an empty cell is None.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.core.text import clean
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.facts import PaperFacts, VariantFacts
from shop.marketplaces.rules.listing import (
    Listing,
    ListingVariant,
    amount,
    group_label,
    net_content,
)
from shop.marketplaces.rules.profile import Column, Profile
from shop.marketplaces.rules.readiness import CELL_CHARACTERS, papers_in_force

Cell = str | int | Decimal | None

PHOTO_PLACES: Final = 9
"""``photo_1`` to ``photo_9`` (file names) and ``address_1`` to ``address_9`` (web addresses)."""


@dataclass(frozen=True)
class Row:
    """A variant of a listing in a sheet; ``number`` counts from 1, ``group`` counts products."""

    number: int
    group: int
    listing: Listing
    variant: ListingVariant
    profile: Profile
    day: date
    photo_names: tuple[str, ...]
    photo_addresses: tuple[str, ...]

    @property
    def has_options(self) -> bool:
        return len(self.listing.variants) > 1


def cell(row: Row, column: Column) -> Cell:
    """The value of a column in a row. Raises KeyError for an unknown value."""
    value = VALUES[column.value](row) if column.value else None
    if isinstance(value, str):
        return clean(value[: 2 * CELL_CHARACTERS])[:CELL_CHARACTERS] or None
    return value


def _photo(index: int, *, is_address: bool) -> Callable[[Row], Cell]:
    def take(row: Row) -> Cell:
        names = row.photo_addresses if is_address else row.photo_names
        return names[index] if index < len(names) else None

    return take


def _dmy(day: date | None) -> Cell:
    return day.strftime("%d/%m/%Y") if day else None


def _kilograms(grams: int) -> Decimal:
    return Decimal(grams) / 1000


def _centimetres(millimetres: int | None) -> Cell:
    return -(-millimetres // 10) if millimetres else None


def _food_safety(row: Row) -> PaperFacts | None:
    found = papers_in_force(row.listing.product, row.day)
    return next((paper for paper in found if paper.kind == "food_safety"), None)


def _food_safety_words(row: Row) -> Cell:
    paper = _food_safety(row)
    if paper is None:
        return None
    number = paper.number or paper.decision_no or CERTIFICATE_KINDS["food_safety"]
    return f"{number}; {_dmy(paper.issued_on)}; {_dmy(paper.expires_on)}"


def _stars(row: Row) -> Cell:
    paper = row.listing.recognition
    if paper is None:
        return None
    return f"{paper.stars} sao{' (hồ sơ minh họa)' if paper.is_illustration else ''}"


def _size(row: Row) -> Cell:
    facts = row.variant.facts
    sides = [_centimetres(side) for side in (facts.length_mm, facts.width_mm, facts.height_mm)]
    return " × ".join(str(side) for side in sides) if all(sides) else None


def _shelf_life(row: Row) -> Cell:
    days = row.listing.product.shelf_life_days
    return f"{days} ngày kể từ ngày sản xuất" if days else None


def _recognised(read: Callable[[PaperFacts], Cell]) -> Callable[[Row], Cell]:
    def take(row: Row) -> Cell:
        return read(row.listing.recognition) if row.listing.recognition else None

    return take


def _title_of_size(row: Row) -> Cell:
    """The title with this size's own amount: feeds show each size by itself."""
    title, own = row.listing.title, amount(row.variant.facts) or row.variant.option
    if not row.has_options or not own:
        return title
    whole = net_content(row.listing.product)
    if whole and title.endswith(whole):
        return f"{title.removesuffix(whole)}{own}"
    return title if own in title else f"{title} {own}"


def _at(values: tuple[str, ...], index: int) -> Cell:
    return values[index] if index < len(values) else None


def _whole_or_text(value: str) -> Cell:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else value


def _told(key: str) -> Callable[[Row], Cell]:
    """What the producer answered on the product's page."""
    return lambda row: row.listing.attributes.get(key) or None


def _told_whole(key: str) -> Callable[[Row], Cell]:
    """The same as a number where it is one: ``45.000 đ`` is 45000."""

    def take(row: Row) -> Cell:
        text = row.listing.attributes.get(key, "")
        return _whole_or_text(re.sub(r"[.,\s]|đ$|₫$", "", text.strip())) or None

    return take


def _unit_measure(facts: VariantFacts) -> Cell:
    """Google's spelling: a number, a space and the unit."""
    if facts.net_weight_g:
        return f"{facts.net_weight_g} g"
    return f"{facts.net_volume_ml} ml" if facts.net_volume_ml else None


VALUES: Final[dict[str, Callable[[Row], Cell]]] = {
    "number": lambda row: row.number,
    "category": lambda row: _whole_or_text(row.listing.category_id),
    "title": lambda row: row.listing.title,
    "title_of_size": _title_of_size,
    "description": lambda row: row.listing.description,
    "summary": lambda row: row.listing.product.summary,
    "sku": lambda row: row.variant.sku,
    "parent_sku": lambda row: row.listing.variants[0].sku if not row.has_options else None,
    "group": lambda row: str(row.group) if row.has_options else None,
    "option": lambda row: row.variant.option if row.has_options else None,
    "option_name_1": lambda row: _at(row.listing.axis_names, 0),
    "option_name_2": lambda row: _at(row.listing.axis_names, 1),
    "option_1": lambda row: _at(row.variant.options, 0) if row.has_options else None,
    "option_2": lambda row: _at(row.variant.options, 1) if row.has_options else None,
    "option_or_content": lambda row: row.variant.option or net_content(row.listing.product),
    "price": lambda row: row.variant.price_vnd,
    "stock": lambda row: row.variant.stock,
    "gtin": lambda row: row.variant.facts.gtin,
    "weight_g": lambda row: row.variant.facts.packed_weight_g,
    "weight_kg": lambda row: _kilograms(row.variant.facts.packed_weight_g),
    "length_cm": lambda row: _centimetres(row.variant.facts.length_mm),
    "width_cm": lambda row: _centimetres(row.variant.facts.width_mm),
    "height_cm": lambda row: _centimetres(row.variant.facts.height_mm),
    "size_cm": _size,
    "brand": lambda row: row.profile.brand_when_none,
    "currency": lambda _row: "VND",
    "group_label": lambda row: group_label(row.listing.product.subgroup),
    "stars": _stars,
    "decision_no": _recognised(lambda paper: paper.decision_no),
    "decision_issued": _recognised(lambda paper: _dmy(paper.issued_on)),
    "decision_until": _recognised(lambda paper: _dmy(paper.expires_on)),
    "producer": lambda row: row.listing.producer.name,
    "address": lambda row: row.listing.producer.place,
    "phone": lambda row: row.listing.producer.phone,
    "contact": lambda row: _told(hand_over.CONTACT)(row) or row.listing.producer.contact,
    "wholesale_price": _told_whole(hand_over.WHOLESALE),
    "fewest_units": _told_whole(hand_over.FEWEST),
    "declaration": _told(hand_over.DECLARED),
    "ingredients": lambda row: row.listing.product.ingredients,
    "net_content": lambda row: amount(row.variant.facts) or net_content(row.listing.product),
    "shelf_life": _shelf_life,
    "storage": lambda row: row.listing.product.storage,
    "food_safety": _food_safety_words,
    "trace_url": lambda row: row.listing.trace_url,
    "page_url": lambda row: row.listing.page_url,
    "availability_words": lambda row: "in stock" if row.variant.stock else "out of stock",
    "availability_code": lambda row: "in_stock" if row.variant.stock else "out_of_stock",
    "condition": lambda _row: "new",
    "price_and_currency": lambda row: f"{row.variant.price_vnd} VND",
    "addresses_more": lambda row: ",".join(row.photo_addresses[1:]),
    "item_group": lambda row: f"p{row.listing.product.id}" if row.has_options else None,
    "identifier_exists": lambda row: "yes" if row.variant.facts.gtin else "no",
    "shipping_weight": lambda row: f"{_kilograms(row.variant.facts.packed_weight_g)} kg",
    "unit_measure": lambda row: _unit_measure(row.variant.facts),
    **{f"photo_{n + 1}": _photo(n, is_address=False) for n in range(PHOTO_PLACES)},
    **{f"address_{n + 1}": _photo(n, is_address=True) for n in range(PHOTO_PLACES)},
}
