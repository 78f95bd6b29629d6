"""How a cell of a column is read, and how a value is written into one."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.catalogue import rules as catalogue
from shop.core.text import N_, clean, fold
from shop.sheets.rules import numbers
from shop.sheets.rules.cells import Cell, is_clearing, words_of
from shop.sheets.rules.numbers import Unreadable

Scope = Literal["key", "size", "product", "stock"]

MAX_VND: Final = 1_000_000_000
MAX_UNITS: Final = 1_000_000

DATE: Final = N_("Bảng tính đã đổi ô này thành ngày. Hãy định dạng cột là văn bản rồi ghi lại.")
BROKEN: Final = N_("Ô này có lỗi của bảng tính (%(code)s).")
TOO_LONG: Final = N_("Tối đa %(n)s ký tự.")
TOO_SHORT: Final = N_("Tối thiểu %(n)s ký tự.")
NOT_A_TICK: Final = N_("Hãy ghi “có” hoặc “không”.")
NOT_LISTED: Final = N_("Không có trong danh mục. Hãy chọn trong danh sách của ô.")
NOT_A_SEASON: Final = N_("Hãy ghi tháng, ví dụ: tháng 5-8, hoặc tháng 11, 12, 1; hoặc cả năm.")
NOT_EMPTY: Final = N_("Ô này không được để trống.")

Read = Callable[["Column", Cell], Any]
Show = Callable[[Any], str | int]


@dataclass(frozen=True)
class Column:
    """One column of the sheet; ``key`` is the field it fills."""

    key: str
    label: str
    scope: Scope
    read: Read
    help: str
    synonyms: tuple[str, ...] = ()
    show: Show = str
    maximum: int = 200
    minimum: int = 0
    units: Mapping[str, int] = dataclasses.field(default_factory=lambda: numbers.PLAIN)
    empty: Any = None
    """What clearing the cell means; REQUIRED when it cannot be cleared."""
    choices: Callable[[], Mapping[str, str]] | None = None
    """Code -> label, for drop-down lists."""
    width: int = 14
    is_number: bool = False


REQUIRED: Final = object()


def read_cell(column: Column, cell: Cell) -> Any:
    """The value a cell means. Raises Unreadable with a sentence for people."""
    if isinstance(cell, dict):
        if "date" in cell:
            raise Unreadable(DATE)
        raise Unreadable(BROKEN, code=cell.get("error", "?"))
    if isinstance(cell, str) and is_clearing(cell):
        if column.empty is REQUIRED:
            raise Unreadable(NOT_EMPTY)
        return column.empty
    return column.read(column, cell)


def show_value(column: Column, value: Any) -> str | int:
    """The value as it stands in a cell (without marks); empty for nothing."""
    return "" if value is None or value == "" else column.show(value)


def read_line(column: Column, cell: Cell) -> str:
    text = words_of(cell)
    return _bounded(column, clean(text.replace("\n", " ")) if "\n" in text else text)


def read_block(column: Column, cell: Cell) -> str:
    return _bounded(column, words_of(cell))


def _bounded(column: Column, text: str) -> str:
    if len(text) > column.maximum:
        raise Unreadable(TOO_LONG, n=column.maximum)
    if len(text) < column.minimum:
        raise Unreadable(TOO_SHORT, n=column.minimum)
    return text


def read_whole(column: Column, cell: Cell) -> int:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Unreadable(numbers.NOT_A_NUMBER)
    typed = words_of(cell) if isinstance(cell, str) else cell
    return numbers.parse_whole(
        typed, units=column.units, minimum=column.minimum, maximum=column.maximum
    )


def read_upper(column: Column, cell: Cell) -> str:
    return read_line(column, cell).upper()


def read_gtin(_column: Column, cell: Cell) -> str | None:
    typed = words_of(cell).replace(" ", "")
    if "e" in typed.lower() and typed[:1].isdigit():
        raise Unreadable(numbers.SCIENTIFIC)
    return typed[:40] or None


_YES: Final = frozenset({"co", "x", "yes", "true", "1", "dung", "y"})
_NO: Final = frozenset({"khong", "no", "false", "0", "sai", "n"})


def read_tick(_column: Column, cell: Cell) -> bool:
    typed = fold(words_of(cell))
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise Unreadable(NOT_A_TICK)


def read_choice(column: Column, cell: Cell) -> str:
    """A code, its label, or both as the drop-down writes them: ``F32 – Chế biến từ gạo…``."""
    options = column.choices() if column.choices else {}
    typed = fold(words_of(cell)[:200])
    for code, label in options.items():
        if typed in (fold(code), fold(label), fold(f"{code} {label}")):
            return code
    first = typed.split(" ", 1)[0]
    by_code = {fold(code): code for code in options}
    if column.key == "subgroup" and first in by_code:
        return by_code[first]
    raise Unreadable(NOT_LISTED)


_ALL_YEAR: Final = frozenset({"", "ca nam", "quanh nam", "all year", "ca 12 thang"})


def read_season(_column: Column, cell: Cell) -> int:
    typed = words_of(cell).lower()
    if fold(typed) in _ALL_YEAR:
        return 0
    for word in ("tháng", "thang", "months", "month"):
        typed = typed.replace(word, "")
    mask = 0
    try:
        for part in typed.replace(";", ",").replace("đến", "-").replace("–", "-").split(","):
            bare = part.replace(" ", "")
            mask |= catalogue.parse_season(bare if "-" in bare else f"{bare}-{bare}")
    except ValueError:
        raise Unreadable(NOT_A_SEASON) from None
    return catalogue.season_mask(catalogue.season_months(mask))


def show_season(mask: int) -> str:
    """``tháng 11-2``: with a word before it, or spreadsheet programs make it a date."""
    spans = catalogue.season_spans(mask)
    if not spans:
        return "cả năm"
    parts = (str(first) if first == last else f"{first}-{last}" for first, last in spans)
    return "tháng " + ", ".join(parts)


def show_tick(value: bool) -> str:
    return "có" if value else "không"


def subgroups() -> dict[str, str]:
    return {code: sub.label for code, sub in catalogue.SUBGROUPS.items()}


def show_subgroup(code: str) -> str:
    subgroup = catalogue.SUBGROUPS.get(code)
    return f"{code} – {subgroup.label}" if subgroup else code


def classes() -> Mapping[str, str]:
    return catalogue.REGULATED_CLASSES


def show_class(code: str) -> str:
    return catalogue.REGULATED_CLASSES.get(code, code)


def ticks() -> dict[str, str]:
    """The two words of a yes-or-no column."""
    return {"có": "có", "không": "không"}
