"""What a template says about itself: which rows and columns, units, categories, delivery.

Nothing is looked up by position: the key row is the one that holds the channel's machine keys, the
requirement row the one with most words like "mandatory", and data begin so many rows below as the
channel's sheets keep for explanations. See docs/algorithms/template-filling.md.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, Final

from shop.channel_sheets.rules.book import Book, BookSheet
from shop.channel_sheets.rules.categories import Category, read_categories, required_by_category
from shop.channel_sheets.rules.keys import (
    CATEGORY,
    DELIVERY,
    FAMILIES,
    WEIGHT,
    Family,
    folded_key,
    value_of,
)
from shop.channel_sheets.rules.layout import MOST_ALLOWED, Delivery, Layout, Need, TemplateColumn
from shop.core.errors import Invalid
from shop.core.text import N_, fold

LOOKED_ROWS: Final = 30
MOST_SHEETS: Final = 40
"""Sheets of one workbook that are filled; the file is written once for each."""

_NEEDS: Final[tuple[tuple[Need, re.Pattern[str]], ...]] = (
    ("optional", re.compile(r"optional|khong bat buoc|tuy chon|khong")),
    (
        "conditional",
        re.compile(
            r"(conditional(ly)?|bat buoc)( mandatory| required| co dieu kien)?|co dieu kien"
            r"|mandatory (conditional|by category)"
        ),
    ),
    ("required", re.compile(r"\*?(mandatory|required|bat buoc)\*?")),
)
_UNITS: Final = (
    ("kg", re.compile(r"\b(kg|kgs|kilogram|kilograms|kilogam)\b")),
    ("g", re.compile(r"\b(g|gr|gram|grams|gam)\b")),
    ("lb", re.compile(r"\b(lb|lbs|pound|pounds)\b")),
)
_CEILING: Final = re.compile(
    r"(?:vnd|₫|đ)\s*([0-9][0-9.,]{3,14})|([0-9][0-9.,]{3,14})\s*(?:vnd|₫|đ)"
)
_DEFAULT_ID: Final = re.compile(r'"catId"\s*:\s*"?(\d{1,18})')
_ON: Final = frozenset({"on", "mo", "bat", "co", "yes"})
_OFF: Final = frozenset({"off", "tat", "dong", "khong", "no"})


class NoTemplate(Invalid):
    message = N_(
        "Không thấy dòng khóa của Shopee, TikTok Shop hay Lazada trong tệp này. Hãy tải mẫu đăng "
        "hàng loạt trống từ gian hàng rồi tải lên nguyên tệp, không sửa dòng nào."
    )


def find_layout(book: Book) -> Layout:
    """Understand a template. Raises NoTemplate."""
    found = _key_rows(book)
    if not found:
        raise NoTemplate
    family, keyed, key_row = found[0]
    first = _with_categories(book, _layout_of_sheet(book, family, keyed, key_row))
    if family.channel == "lazada":
        return _by_category(book, first, found)
    others = [one.name for _family, one, _row in found[1:] if not one.is_hidden]
    return dataclasses.replace(
        first, other_sheets=tuple(name for name in others if name != first.sheet)
    )


def _layout_of_sheet(book: Book, family: Family, keyed: BookSheet, key_row: int) -> Layout:
    sheet = _shown_twin(book, keyed)
    need_row = _need_row(sheet, key_row if sheet is keyed else 0)
    data_row = _data_row(family, key_row, need_row)
    columns = _columns(book, family, keyed, sheet, key_row, need_row, data_row)
    meta = key_row + 1
    is_shopee = family.channel == "shopee"
    has_meta = need_row is not None and need_row - key_row >= 3 and sheet is keyed
    return Layout(
        channel=family.channel,
        sheet=sheet.name,
        part=sheet.part,
        strings=book.strings,
        key_row=key_row,
        need_row=need_row,
        data_row=data_row,
        columns=columns,
        kind=sheet.text(meta, 0)[:40] if has_meta else "",
        shop_ref=sheet.text(meta, 3)[:80] if has_meta and is_shopee else "",
        told_unit=_told_unit(columns),
        categories=(),
        required_by_category={},
        deliveries=_deliveries(columns),
        samples=sum(any(map(_holds, row)) for row in sheet.rows[data_row:]),
        private_sheets=_private(book),
    )


def _with_categories(book: Book, layout: Layout) -> Layout:
    sheet = book.called(layout.sheet)
    if sheet is None:
        return layout
    return dataclasses.replace(
        layout,
        categories=read_categories(book, layout.columns, sheet),
        required_by_category=required_by_category(book, layout.columns, sheet),
    )


def _by_category(
    book: Book, first: Layout, found: Sequence[tuple[Family, BookSheet, int]]
) -> Layout:
    """Lazada: every visible sheet is one category. Its id is the default that the hidden twin
    gives, else the sheet's name."""
    if first.categories or any(column.value == CATEGORY for column in first.columns):
        return first
    sheets: dict[str, Layout] = {}
    others: dict[str, None] = {}
    for family, keyed, key_row in found:
        shown = _shown_twin(book, keyed)
        if family.channel != "lazada" or shown.is_hidden or shown.part in sheets:
            continue
        if len(sheets) == MOST_SHEETS:
            others.setdefault(shown.name)
        else:
            one = _layout_of_sheet(book, family, keyed, key_row)
            sheets[shown.part] = dataclasses.replace(one, category_id=_default_id(keyed, shown))
    layouts = list(sheets.values())
    if not layouts:
        return first
    return dataclasses.replace(
        layouts[0],
        categories=tuple(Category(one.category_id, one.sheet[:500], "") for one in layouts),
        more=tuple(layouts[1:]),
        other_sheets=tuple(others),
        samples=sum(one.samples for one in layouts),
    )


def _default_id(keyed: BookSheet, shown: BookSheet) -> str:
    for row in keyed.rows[:LOOKED_ROWS]:
        for cell in row:
            told = _DEFAULT_ID.search(cell) if isinstance(cell, str) else None
            if told:
                return told[1]
    return shown.name[:40]


def _holds(cell: Any) -> bool:
    return cell not in (None, "")


def _key_rows(book: Book) -> list[tuple[Family, BookSheet, int]]:
    """Every row of keys; visible sheets first, but a hidden twin with machine keys before them."""
    found = []
    for number, sheet in enumerate(book.sheets):
        for row, cells in enumerate(sheet.rows[:LOOKED_ROWS]):
            keys = {folded_key(cell) for cell in cells if isinstance(cell, str)}
            for family in FAMILIES:
                hits = len(keys & family.marks)
                if hits >= family.least:
                    is_twin = sheet.name.lower().endswith("_hide")
                    found.append(((not is_twin, sheet.is_hidden, number, row), family, sheet, row))
    found.sort(key=lambda one: one[0])
    usable = [one for one in found if not one[2].is_hidden or one[0][0] is False]
    return [(family, sheet, row) for _order, family, sheet, row in usable]


def _shown_twin(book: Book, keyed: BookSheet) -> BookSheet:
    """The sheet that people fill: for ``Name_hide`` it is ``Name``."""
    name = re.sub(r"_hide$", "", keyed.name, flags=re.IGNORECASE)
    return book.called(name) or keyed


def need_of(words: str) -> Need:
    """What a cell of a requirement row says; empty for any other text."""
    plain = fold(words[:60]).strip("*() ")
    for need, pattern in _NEEDS:
        if need == "conditional" and plain == "bat buoc":
            continue
        if pattern.fullmatch(plain):
            return need
    return ""


def _need_row(sheet: BookSheet, key_row: int) -> int | None:
    """The row below the keys with most words of need; None when there is none."""
    best, most = None, 1
    for row in range(key_row + 1, min(key_row + 10, len(sheet.rows))):
        hits = sum(bool(need_of(cell)) for cell in sheet.rows[row] if isinstance(cell, str))
        if hits > most:
            best, most = row, hits
    return best


def _data_row(family: Family, key_row: int, need_row: int | None) -> int:
    if need_row is not None:
        return need_row + family.step
    return {"shopee": key_row + 6, "tiktok": key_row + 5}.get(family.channel, 4)


def _columns(
    book: Book,
    family: Family,
    keyed: BookSheet,
    sheet: BookSheet,
    key_row: int,
    need_row: int | None,
    data_row: int,
) -> tuple[TemplateColumn, ...]:
    listed = book.listed(sheet, data_row)
    found = []
    has_stock = False
    for index, raw in enumerate(keyed.rows[key_row]):
        key = folded_key(raw) if isinstance(raw, str) else ""
        if not key:
            continue
        label = _label(sheet, keyed, key_row, need_row, index) or key
        value = value_of(family.channel, key)
        if value == "stock":
            value, has_stock = ("" if has_stock else value), True
        told = need_of(sheet.text(need_row, index)) if need_row is not None else ""
        first = need_row + 1 if need_row is not None else data_row
        about = [sheet.text(row, index) for row in range(first, data_row)]
        found.append(
            TemplateColumn(
                index=index,
                key=key,
                label=(label.strip("* ") or key)[:120],
                need=told or ("required" if label.startswith("*") else ""),
                about=" ".join(filter(None, about))[:600],
                allowed=listed.get(index, ())[:MOST_ALLOWED] if value != CATEGORY else (),
                value=value,
            )
        )
    return tuple(found)


def _label(
    sheet: BookSheet, keyed: BookSheet, key_row: int, need_row: int | None, index: int
) -> str:
    if sheet is not keyed:
        return sheet.text(0, index)
    if need_row is None or need_row - 1 == key_row:
        return sheet.text(key_row, index)
    return sheet.text(need_row - 1, index)


def _told_unit(columns: Sequence[TemplateColumn]) -> str:
    """The unit that the words about the weight column name."""
    told = set()
    for column in columns:
        if column.value == WEIGHT:
            plain = fold(f"{column.label} {column.about}")
            told |= {unit for unit, pattern in _UNITS if pattern.search(plain)}
    return told.pop() if len(told) == 1 else ("?" if told else "")


def _deliveries(columns: Sequence[TemplateColumn]) -> tuple[Delivery, ...]:
    found = []
    for column in columns:
        if column.value != DELIVERY:
            continue
        on, off = _switch(column)
        ceiling = _CEILING.search(column.about.lower())
        digits = re.sub(r"[.,]", "", (ceiling[1] or ceiling[2])) if ceiling else ""
        found.append(
            Delivery(
                key=column.key,
                label=column.label,
                on=on,
                off=off,
                ceiling_vnd=int(digits) if digits else None,
            )
        )
    return tuple(found)


def _switch(column: TemplateColumn) -> tuple[str, str]:
    """The words for on and off, out of the drop-down or the explanation; else On and Off."""
    words = column.allowed or tuple(re.findall(r"[^\W\d_]{2,5}", column.about))
    on = next((word for word in words if fold(word) in _ON), "On")
    off = next((word for word in words if fold(word) in _OFF and fold(word) != fold(on)), "Off")
    return on, off


def _private(book: Book) -> tuple[str, ...]:
    told = ("hiddenshopbrand", "hiddentax")
    return tuple(
        sheet.name
        for sheet in book.sheets
        if sheet.name.lower() in told and any(any(map(_holds, row)) for row in sheet.rows[1:])
    )
