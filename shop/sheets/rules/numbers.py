"""Whole numbers as people type them: ``1.250.000``, ``1,250,000.00``, ``125k``, ``1,5 kg``.

Two rules keep a guess from becoming a price. A single separator before exactly three digits groups
thousands (``1.250`` is 1250, as prices are written in Vietnam), unless a unit multiplies the
number: then it is refused (``1.250 kg`` may be 1250 g or 1250 kg). What is not whole in the
column's own unit is refused, never rounded.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shop.core.text import N_

PLAIN: Final[Mapping[str, int]] = {"": 1}
MONEY: Final[Mapping[str, int]] = {
    **dict.fromkeys(("", "đ", "d", "₫", "vnd", "vnđ", "đồng", "dong"), 1),
    **dict.fromkeys(("k", "nghìn", "ngàn", "nghin", "ngan"), 1_000),
    **dict.fromkeys(("tr", "triệu", "trieu"), 1_000_000),
}
GRAMS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("", "g", "gr", "gam", "gram"), 1),
    **dict.fromkeys(("kg", "ký", "ky", "kí", "ki"), 1_000),
}
MILLILITRES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("", "ml"), 1),
    **dict.fromkeys(("l", "lít", "lit"), 1_000),
}
MILLIMETRES: Final[Mapping[str, int]] = {"": 1, "mm": 1, "cm": 10, "m": 1_000}
DAYS: Final[Mapping[str, int]] = dict.fromkeys(("", "ngày", "ngay", "days", "day"), 1)

MAX_LENGTH: Final = 40
"""Characters of a cell that can still be a number."""

_SCIENTIFIC: Final = re.compile(r"^\d+([.,]\d+)?e[+-]?\d+$", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")


class Unreadable(Exception):
    """The cell holds no number the column can take; the argument is a sentence for people."""

    def __init__(self, text: str, **params: object) -> None:
        self.text = text
        self.params = params
        super().__init__(text)


NOT_A_NUMBER: Final = N_("Cần một số, ví dụ: 125.000.")
NOT_WHOLE: Final = N_("Cần một số nguyên, không có phần lẻ.")
NEGATIVE: Final = N_("Không nhận số âm.")
PERCENT: Final = N_("Không nhận phần trăm. Hãy ghi số.")
SCIENTIFIC: Final = N_(
    "Bảng tính đã rút gọn số này thành dạng 8,93E+12 nên mất chữ số. Hãy định dạng cột là văn bản."
)
UNKNOWN_UNIT: Final = N_("Không hiểu đơn vị “%(unit)s” ở cột này.")
AMBIGUOUS: Final = N_(
    "Không rõ dấu chấm, phẩy ngăn hàng nghìn hay phần lẻ. Hãy ghi liền các chữ số."
)
TOO_LARGE: Final = N_("Phải từ %(low)s đến %(high)s.")


@dataclass(frozen=True)
class _Reading:
    value: Decimal
    is_ambiguous: bool


def parse_whole(typed: str | float, *, units: Mapping[str, int], minimum: int, maximum: int) -> int:
    """The whole number a cell means, in the column's own unit (the unit whose factor is 1).

    Raises Unreadable: with what is wrong, never a guess.
    """
    amount = _from_text(typed, units) if isinstance(typed, str) else _from_number(typed)
    if amount != amount.to_integral_value():
        raise Unreadable(NOT_WHOLE)
    if not minimum <= amount <= maximum:
        raise Unreadable(TOO_LARGE, low=grouped(minimum), high=grouped(maximum))
    return int(amount)


def grouped(number: int) -> str:
    """``1250000`` as ``1.250.000``."""
    return f"{number:,}".replace(",", ".")


def _from_number(value: float) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise Unreadable(NOT_A_NUMBER)
    if amount < 0:
        raise Unreadable(NEGATIVE)
    return amount


def _from_text(typed: str, units: Mapping[str, int]) -> Decimal:
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", typed)).strip().lower()
    _refuse_shapes(text)
    found = _match(text)
    factor = units.get(found[1])
    if factor is None:
        raise Unreadable(UNKNOWN_UNIT, unit=found[1])
    reading = _read_digits(found[0])
    if reading.is_ambiguous and factor != 1:
        raise Unreadable(AMBIGUOUS)
    return reading.value * factor


def _refuse_shapes(text: str) -> None:
    if "%" in text:
        raise Unreadable(PERCENT)
    if text.startswith(("-", "−", "–", "(")):
        raise Unreadable(NEGATIVE)
    if _SCIENTIFIC.match(text):
        raise Unreadable(SCIENTIFIC)
    if len(text) > MAX_LENGTH:
        raise Unreadable(NOT_A_NUMBER)


_DIGITS: Final = re.compile(r"^\+?([0-9][0-9., ']*)(.*)$")


def _match(text: str) -> tuple[str, str]:
    found = _DIGITS.match(text)
    if found is None:
        raise Unreadable(NOT_A_NUMBER)
    digits, unit = found[1].rstrip(" "), found[2].strip().rstrip(".")
    if not digits[-1].isdigit():
        raise Unreadable(NOT_A_NUMBER)
    return digits, unit


_GROUPS: Final = {
    mark: re.compile(rf"^[0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+$") for mark in "., '"
}


def _read_digits(digits: str) -> _Reading:
    """Tell thousands from decimals. Raises Unreadable for groups that are not of three."""
    marks = [char for char in digits if not char.isdigit()]
    kinds = set(marks)
    if not kinds:
        return _Reading(Decimal(digits), is_ambiguous=False)
    if len(kinds) == 1:
        return _one_mark(digits, marks[0], len(marks))
    decimal = marks[-1]
    if len(kinds) > 2 or decimal not in ".," or marks.count(decimal) != 1:
        raise Unreadable(AMBIGUOUS)
    whole, _, rest = digits.rpartition(decimal)
    return _Reading(_grouped(whole, marks[0]) + Decimal(f"0.{rest}"), is_ambiguous=False)


def _one_mark(digits: str, mark: str, times: int) -> _Reading:
    is_grouped = _GROUPS[mark].match(digits) is not None and not digits.startswith("0")
    if is_grouped:
        return _Reading(_grouped(digits, mark), is_ambiguous=times == 1 and mark in ".,")
    if mark in ".," and times == 1:
        return _Reading(Decimal(digits.replace(",", ".")), is_ambiguous=False)
    raise Unreadable(AMBIGUOUS)


def _grouped(whole: str, mark: str) -> Decimal:
    if _GROUPS[mark].match(whole) is None:
        raise Unreadable(AMBIGUOUS)
    return Decimal(whole.replace(mark, ""))
