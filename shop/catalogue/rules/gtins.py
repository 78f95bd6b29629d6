"""GTIN: the number under a barcode. A declared one must at least be possible.

Check digit and restricted ranges: GS1 General Specifications. Numbers for use inside one shop
(20-29, 02, 04), coupons, books and GS1's own examples are not trade item numbers.
"""

from typing import Final

from shop.core.text import N_

_LENGTHS: Final = (8, 12, 13, 14)
_RESTRICTED: Final = ("02", "04", "05", "2", "952", "977", "978", "979", "98", "99")


GTIN_FAULTS: Final = {
    "shape": N_("Mã vạch cần 8, 12, 13 hoặc 14 chữ số."),
    "check": N_("Số kiểm tra cuối mã vạch không khớp. Hãy nhập lại từ bao bì."),
    "restricted": N_("Dải số này chỉ dùng nội bộ hoặc cho mục đích khác, không phải mã GTIN."),
}
"""What to say of each fault."""


def check_digit(body: str) -> int:
    """The check digit of the digits before it: weights 3, 1, 3… from the right."""
    total = sum(int(digit) * (3, 1)[i % 2] for i, digit in enumerate(reversed(body)))
    return -total % 10


def gtin_fault(gtin: str) -> str | None:
    """Why this is no GTIN: ``shape``, ``check`` or ``restricted``; None when it may be one."""
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) in _LENGTHS):
        return "shape"
    if check_digit(gtin[:-1]) != int(gtin[-1]) or not int(gtin):
        return "check"
    thirteen = gtin.zfill(14)[1:]
    if len(gtin) != 8 and thirteen.startswith(_RESTRICTED):
        return "restricted"
    return None


def gtin14(gtin: str) -> str:
    """The number with the leading zeros that make every GTIN 14 digits long."""
    return gtin.zfill(14)
