"""A template understood: its rows, columns, units, categories and deliveries.

``rules.reading`` finds them.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.channel_sheets.rules.categories import Category
from shop.channel_sheets.rules.keys import CATEGORY

Need = Literal["required", "conditional", "optional", ""]
MOST_ALLOWED: Final = 200
"""Values of a drop-down that are kept for a column."""


@dataclass(frozen=True)
class TemplateColumn:
    """A column of the sheet to fill; ``index`` counts from 0, ``value`` names what goes in."""

    index: int
    key: str
    label: str
    need: Need
    about: str
    """What the explanation rows say."""
    allowed: tuple[str, ...]
    value: str


@dataclass(frozen=True)
class Delivery:
    """A delivery channel of the shop: a column with a word for on and one for off."""

    key: str
    label: str
    on: str
    off: str
    ceiling_vnd: int | None
    """Dearest goods that it takes; None: not told."""


@dataclass(frozen=True)
class Layout:
    """A template understood. Rows count from 0."""

    channel: str
    sheet: str
    part: str
    strings: str
    key_row: int
    need_row: int | None
    data_row: int
    columns: tuple[TemplateColumn, ...]
    kind: str
    shop_ref: str
    told_unit: str
    """``g``, ``kg``, ``lb`` as the template writes; ``?`` when it contradicts itself; empty: not
    said."""
    categories: tuple[Category, ...]
    required_by_category: Mapping[str, tuple[str, ...]]
    """Category id -> keys that are mandatory in it."""
    deliveries: tuple[Delivery, ...]
    samples: int
    """Rows of examples that filling deletes."""
    private_sheets: tuple[str, ...]
    """Hidden sheets that hold the shop's own data."""
    other_sheets: tuple[str, ...] = ()
    """Visible sheets with keys that are not filled."""
    category_id: str = ""
    """The one category that this sheet is for; empty: its column says it."""
    more: tuple["Layout", ...] = ()
    """Further sheets to fill: Lazada keeps one for each category."""

    @property
    def sheets(self) -> tuple["Layout", ...]:
        """Every sheet to fill, this one first."""
        return (self, *self.more)

    @property
    def is_of_one_category(self) -> bool:
        """Whether the file is made for a single category, so that nobody needs to choose."""
        return bool(self.category_id) and len(self.categories) == 1

    @property
    def needs_category(self) -> bool:
        return bool(self.category_id) or any(column.value == CATEGORY for column in self.columns)

    def sheet_of(self, category_id: str) -> "Layout":
        """The sheet that takes goods of this category."""
        return next((one for one in self.sheets if one.category_id == category_id), self)

    @property
    def every_column(self) -> tuple[TemplateColumn, ...]:
        """The columns of all sheets, each key once, the most demanding first."""
        found: dict[str, TemplateColumn] = {}
        for column in (column for sheet in self.sheets for column in sheet.columns):
            if column.key not in found or column.need == "required":
                found[column.key] = column
        return tuple(found.values())

    def column(self, key: str) -> TemplateColumn | None:
        """The column of this key."""
        return next((column for column in self.columns if column.key == key), None)

    def as_json(self) -> dict[str, Any]:
        """For the store; ``layout_of`` reads it back."""
        told: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return told


def layout_of(told: Mapping[str, Any]) -> Layout:
    """The layout that ``as_json`` gave."""
    values = dict(told)
    values["columns"] = tuple(
        TemplateColumn(**{**one, "allowed": tuple(one["allowed"])}) for one in told["columns"]
    )
    values["categories"] = tuple(Category(**one) for one in told["categories"])
    values["deliveries"] = tuple(Delivery(**one) for one in told["deliveries"])
    values["required_by_category"] = {
        known: tuple(keys) for known, keys in told["required_by_category"].items()
    }
    values["private_sheets"] = tuple(told["private_sheets"])
    values["other_sheets"] = tuple(told["other_sheets"])
    values["more"] = tuple(layout_of(one) for one in told.get("more", ()))
    return Layout(**values)


def fingerprint(layout: Layout) -> str:
    """The same for two files that ask for the same things, whatever their order of columns."""
    asked = {
        "channel": layout.channel,
        "kind": layout.kind,
        "columns": sorted(
            [column.key, column.need, *column.allowed] for column in layout.every_column
        ),
        "unit": layout.told_unit,
        "categories": sorted(category.id for category in layout.categories),
        "required": {known: sorted(keys) for known, keys in layout.required_by_category.items()},
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
