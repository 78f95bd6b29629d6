"""GS1 Digital Link addresses: read strictly, written in one way.

Sources: GS1 Digital Link URI Syntax 1.6 (keys, qualifiers, their order) and the GS1 Syntax
Dictionary (lengths, check digits, dates). Of the keys only those we resolve are read: 01 (GTIN)
with the qualifiers 22, 10 and 21 or with 235, and 414 (location) with 254 or 7040. Attributes in
the query are judged where the dictionary gives them a fixed form; other keys there are let pass.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.core.errors import Invalid
from shop.core.text import N_

GTIN: Final = "01"
LOCATION: Final = "414"
KEY_LENGTHS: Final = {GTIN: 14, LOCATION: 13}

_SET_82: Final = r"[!-\"%-?A-Z_a-z]"
"""Signs of GS1's character set 82, as a pattern of one sign."""
_QUALIFIERS: Final = {
    "22": re.compile(rf"{_SET_82}{{1,20}}"),
    "10": re.compile(rf"{_SET_82}{{1,20}}"),
    "21": re.compile(rf"{_SET_82}{{1,20}}"),
    "235": re.compile(rf"{_SET_82}{{1,28}}"),
    "254": re.compile(rf"{_SET_82}{{1,20}}"),
    "7040": re.compile(r"[0-9][A-Z0-9]{3}"),
}
_ORDERS: Final = {GTIN: (("22", "10", "21"), ("235",)), LOCATION: (("254",), ("7040",))}
_DAYS: Final = frozenset({"11", "12", "13", "15", "16", "17"})
_GLNS: Final = frozenset({"410", "411", "412", "413", "414", "415", "416", "417"})


class MalformedLink(Invalid):
    message = N_("Địa chỉ này không đúng cú pháp GS1 Digital Link.")


@dataclass(frozen=True)
class DigitalLink:
    """A key with its qualifiers, in the order of the address."""

    ai: str
    value: str
    qualifiers: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, ai: str) -> str | None:
        return dict(self.qualifiers).get(ai)

    @property
    def path(self) -> str:
        """``/01/08931234567897/10/MD-2611``."""
        return "".join(f"/{ai}/{value}" for ai, value in self.parts)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        return ((self.ai, self.value), *self.qualifiers)


def check_digit(body: str) -> int:
    """The check digit of GTIN, GLN and SSCC: weights 3, 1, 3… from the right."""
    return -sum(int(d) * (3, 1)[i % 2] for i, d in enumerate(reversed(body))) % 10


def is_checked(digits: str, length: int) -> bool:
    """Whether ``digits`` are that many digits of which the last one is the right check digit."""
    is_number = len(digits) == length and digits.isascii() and digits.isdigit()
    return is_number and check_digit(digits[:-1]) == int(digits[-1])


def read(segments: Sequence[str], attributes: Iterable[tuple[str, str]] = ()) -> DigitalLink:
    """The address ``/ai/value/ai/value…`` given by its decoded segments. Raises MalformedLink.

    One empty segment at the end (a trailing slash) is let pass.
    """
    given = list(segments)
    if given and given[-1] == "":
        given.pop()
    if len(given) < 2 or len(given) % 2:
        raise MalformedLink
    (ai, value), *qualifiers = zip(given[::2], given[1::2], strict=True)
    if ai not in KEY_LENGTHS or not is_checked(value, KEY_LENGTHS[ai]):
        raise MalformedLink
    _require_qualifiers(ai, qualifiers)
    for name, attribute in attributes:
        _require_attribute(name, attribute)
    return DigitalLink(ai, value, tuple(qualifiers))


def _require_qualifiers(ai: str, qualifiers: Sequence[tuple[str, str]]) -> None:
    names = [name for name, _value in qualifiers]
    if not any(names == [name for name in order if name in names] for order in _ORDERS[ai]):
        raise MalformedLink
    for name, value in qualifiers:
        if not _QUALIFIERS[name].fullmatch(value):
            raise MalformedLink


def _require_attribute(name: str, value: str) -> None:
    if name in _DAYS and not _is_day(value):
        raise MalformedLink
    if name in _GLNS and not is_checked(value, 13):
        raise MalformedLink
    if name == "8008" and not _is_day_and_time(value):
        raise MalformedLink
    if name == "422" and not re.fullmatch(r"[0-9]{3}", value):
        raise MalformedLink


def _is_day(value: str) -> bool:
    """YYMMDD; day 00 stands for the whole month."""
    if not re.fullmatch(r"[0-9]{6}", value):
        return False
    year, month, day = int(value[:2]), int(value[2:4]), int(value[4:])
    try:
        date(2000 + year, month, day or 1)
    except ValueError:
        return False
    return True


def _is_day_and_time(value: str) -> bool:
    """YYMMDDhh[mm][ss]."""
    if not re.fullmatch(r"[0-9]{8}([0-9]{2}){0,2}", value) or not _is_day(value[:6]):
        return False
    hours, minutes, seconds = (int(value[at : at + 2] or 0) for at in (6, 8, 10))
    return value[4:6] != "00" and hours < 24 and minutes < 60 and seconds < 60


def of_item(gtin14: str, *, lot_no: str = "", serial: str = "") -> DigitalLink:
    """The address of a GTIN, of a lot of it, of one unit of the lot."""
    qualifiers = tuple((ai, value) for ai, value in (("10", lot_no), ("21", serial)) if value)
    return DigitalLink(GTIN, gtin14, qualifiers)
