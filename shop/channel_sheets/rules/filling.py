"""What stands in each cell of a filled template, and what could not be filled and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from shop.channel_sheets.rules.categories import Category
from shop.channel_sheets.rules.keys import CATEGORY, DELIVERY, UNTOUCHED, WEIGHT, family_called
from shop.channel_sheets.rules.layout import Layout, TemplateColumn
from shop.channel_sheets.rules.remarks import Remark
from shop.core.text import N_, clean
from shop.marketplaces.rules.cells import VALUES, Cell, Row, cell
from shop.marketplaces.rules.profile import Column

STALE_AFTER: Final = timedelta(days=60)
MOST_CONSTANT: Final = 500
MOST_NAMED: Final = 12
"""Columns that one remark names."""
UNITS: Final = {"g": N_("gam (g)"), "kg": N_("ki-lô-gam (kg)"), "lb": N_("pound (lb)")}
_GRAMS_IN_LB: Final = Decimal("453.59237")
_PICTURES: Final = "address_"


@dataclass(frozen=True)
class Choices:
    """What the producer decided for a template. ``unit`` empty: as the template says."""

    unit: str = ""
    is_shared: bool = False
    numbers_as_text: bool = False
    deliveries: tuple[str, ...] = ()
    """Keys of the delivery columns that are on."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Key -> the same value for every row."""


def weight_unit(layout: Layout, choices: Choices) -> str | None:
    """The unit for weights; None when the template contradicts the profile and nobody chose."""
    if choices.unit in UNITS:
        return choices.unit
    family = family_called(layout.channel)
    expected = family.weight_unit if family else "g"
    return expected if layout.told_unit in {"", expected} else None


def delivery_id(key: str) -> str:
    """The channel's number of a way of delivery, as its column is called: ``channel_id.5001``."""
    return key.rpartition(".")[2]


def is_fillable(column: TemplateColumn) -> bool:
    """Whether we or the producer may write into it."""
    return not UNTOUCHED.fullmatch(column.key)


def is_ours(column: TemplateColumn) -> bool:
    """Whether the catalogue or a choice of ours answers it."""
    return column.value in VALUES or column.value in {CATEGORY, WEIGHT, DELIVERY}


def asked_columns(layout: Layout) -> list[TemplateColumn]:
    """Columns that only the producer can answer, one value for every row: required first."""
    mandatory = {key for keys in layout.required_by_category.values() for key in keys}
    order = {"required": 0, "conditional": 1, "optional": 2, "": 3}
    found = [
        column
        for column in layout.every_column
        if is_fillable(column)
        and column.value not in VALUES
        and column.value not in {CATEGORY, WEIGHT, DELIVERY}
        and (
            column.need in {"required", "conditional"} or column.key in mandatory or column.allowed
        )
    ]
    return sorted(found, key=lambda column: (order[column.need], column.index))


def remarks_about(
    layout: Layout, choices: Choices, *, uploaded_at: datetime, now: datetime
) -> list[Remark]:
    """What is to be said of the template itself."""
    found: list[Remark] = []
    age = now - uploaded_at
    if age > STALE_AFTER:
        found.append(Remark("TEMPLATE_STALE", {"days": age.days}))
    if layout.need_row is None:
        found.append(Remark("TEMPLATE_NO_NEED_ROW", {}))
    found += _unit_remarks(layout, choices)
    found += _unknown_columns(layout, choices)
    if layout.deliveries and not set(choices.deliveries) & {d.key for d in layout.deliveries}:
        found.append(Remark("SHIP_NONE", {}, "giao-hang"))
    return found + _told_of_file(layout)


def unknown_columns(layout: Layout, choices: Choices) -> list[TemplateColumn]:
    """Required for every product, not of the catalogue, and not answered by the seller. On sheets
    that are for one category each, the category demands them."""
    return [
        column
        for column in (() if layout.more else layout.columns)
        if column.need == "required"
        and not is_ours(column)
        and is_fillable(column)
        and not choices.constants.get(column.key)
    ]


def _unknown_columns(layout: Layout, choices: Choices) -> list[Remark]:
    return [
        Remark("TEMPLATE_UNKNOWN_REQUIRED", {"label": column.label, "key": column.key}, column.key)
        for column in unknown_columns(layout, choices)
    ]


def _told_of_file(layout: Layout) -> list[Remark]:
    found = []
    if layout.private_sheets:
        found.append(Remark("TEMPLATE_PRIVATE", {"sheets": ", ".join(layout.private_sheets)}))
    if layout.samples:
        found.append(Remark("TEMPLATE_SAMPLES", {"count": layout.samples}))
    if layout.other_sheets:
        found.append(Remark("TEMPLATE_SHEETS", {"sheets": ", ".join(layout.other_sheets)[:300]}))
    return found


def _unit_remarks(layout: Layout, choices: Choices) -> list[Remark]:
    has_weight = any(column.value == WEIGHT for column in layout.columns)
    unit = weight_unit(layout, choices)
    if not has_weight or choices.unit:
        return []
    if unit is None:
        return [Remark("WEIGHT_UNIT_CONFLICT", {}, "don-vi")]
    if not layout.told_unit:
        return [Remark("WEIGHT_UNIT_UNTOLD", {"unit": unit}, "don-vi")]
    return []


def written_columns(sheet: Layout, answered: Collection[str]) -> list[TemplateColumn]:
    """The columns that get values, in the order of the sheet. ``answered``: keys of columns that
    the seller answers."""
    return [
        column
        for column in sheet.columns
        if is_fillable(column) and (column.value or column.key in answered)
    ]


def cells_of(
    columns: Sequence[TemplateColumn],
    row: Row,
    category: Category | None,
    layout: Layout,
    choices: Choices,
) -> list[Cell]:
    """The values of one row, one for each column."""
    found: list[Cell] = []
    switches = {one.key: one for one in layout.deliveries}
    for column in columns:
        value = _value(column, row, category, layout, choices, switches)
        if value is None and choices.constants.get(column.key):
            value = choices.constants[column.key]
        if choices.numbers_as_text and value is not None:
            value = str(value)
        found.append(value)
    return found


def _value(
    column: TemplateColumn,
    row: Row,
    category: Category | None,
    layout: Layout,
    choices: Choices,
    switches: Mapping[str, Any],
) -> Cell:
    if column.value == CATEGORY:
        if category is None:
            return None
        return int(category.cell) if category.cell.isdigit() else category.cell
    if column.value == WEIGHT:
        return weight_in(row.variant.facts.packed_weight_g, weight_unit(layout, choices))
    if column.value == DELIVERY:
        switch = switches[column.key]
        return str(switch.on if column.key in choices.deliveries else switch.off)
    if column.value not in VALUES:
        return None
    value = cell(row, Column(column.key, column.label, column.value))
    if column.allowed and isinstance(value, str):
        alike = {_bare(word): word for word in column.allowed}
        return alike.get(_bare(value), value)
    return value


def _bare(text: str) -> str:
    return clean(text).lower().replace(" ", "")


def weight_in(grams: int, unit: str | None) -> Cell:
    """Grams in another unit, never with needless zeros; None when the unit is not known."""
    if not grams or unit is None:
        return None
    if unit == "g":
        return grams
    kilograms = Decimal(grams) / (1000 if unit == "kg" else _GRAMS_IN_LB)
    rounded = round(kilograms, 3).normalize()
    return int(rounded) if rounded == rounded.to_integral_value() else rounded


def remarks_on_row(
    columns: Sequence[TemplateColumn],
    values: Sequence[Cell],
    category: Category | None,
    layout: Layout,
    choices: Choices,
) -> list[Remark]:
    """What is missing in one row."""
    found: list[Remark] = []
    mandatory = layout.required_by_category.get(category.id, ()) if category else ()
    for column, value in zip(columns, values, strict=True):
        if value is not None or column.value == CATEGORY:
            continue
        if column.value.startswith(_PICTURES):
            if column.need == "required":
                found.append(Remark("PICTURES_EMPTY", {"label": column.label}, column.key))
        elif column.need == "required":
            found.append(Remark("CELL_EMPTY", {"label": column.label}, column.key))
    written = {column.key: value for column, value in zip(columns, values, strict=True)}
    for key in mandatory:
        asked = layout.column(key)
        if asked is not None and written.get(key) is None and asked.need != "required":
            told = {"path": category.path if category else "", "label": asked.label}
            found.append(Remark("ATTR_REQUIRED", told, key))
    price = next((v for c, v in zip(columns, values, strict=True) if c.value == "price"), None)
    found += _price_remarks(price, layout, choices)
    return found


def _price_remarks(price: Cell, layout: Layout, choices: Choices) -> list[Remark]:
    if price is None or (isinstance(price, str) and not price.isdigit()):
        return []
    return [
        Remark(
            "SHIP_PRICE_LIMIT",
            {"price": price, "limit": one.ceiling_vnd, "label": one.label},
            "giao-hang",
        )
        for one in layout.deliveries
        if one.key in choices.deliveries and one.ceiling_vnd and int(price) > one.ceiling_vnd
    ]


def changes_between(old: Layout, new: Layout) -> list[Remark]:
    """What a newer template asks for differently, by the labels that its reader knows."""
    before = {column.key: column for column in old.every_column}
    after = {column.key: column for column in new.every_column}
    named = {
        "TEMPLATE_NEW_COLUMNS": [one for key, one in after.items() if key not in before],
        "TEMPLATE_LOST_COLUMNS": [one for key, one in before.items() if key not in after],
        "TEMPLATE_NOW_REQUIRED": [
            one
            for key, one in after.items()
            if key in before and one.need == "required" != before[key].need
        ],
    }
    found = [Remark(code, {"what": _named(columns)}) for code, columns in named.items() if columns]
    had, has = ({one.id for one in layout.categories} for layout in (old, new))
    if had != has:
        counts = {"new": len(has - had), "lost": len(had - has)}
        found.append(Remark("TEMPLATE_CATEGORIES", counts, "nganh"))
    if old.told_unit != new.told_unit:
        units = {"before": old.told_unit or "?", "after": new.told_unit or "?"}
        found.append(Remark("TEMPLATE_UNIT", units, "don-vi"))
    return found or [Remark("TEMPLATE_CHANGED", {})]


def _named(columns: Sequence[TemplateColumn]) -> str:
    told = "; ".join(column.label for column in columns[:MOST_NAMED])
    return f"{told}; …" if len(columns) > MOST_NAMED else told
