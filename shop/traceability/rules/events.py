"""What an event kind is: its fields, who records it, what of it the public sees.

A kind is one file in ``traceability/events``; the form, the page and the tests come from it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from shop.core.errors import Invalid, NotFound
from shop.core.text import N_, clean

FieldType = Literal["text", "long_text", "whole", "decimal", "day", "choice"]
Recorder = Literal["producer", "system"]

MAX_TEXT = 200
MAX_LONG_TEXT = 1000
MAX_WHOLE = 1_000_000

_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){8,9}(?!\d)")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}")
_MOST_PLACES = 3
_GROUPED = re.compile(r"^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$")


class UnknownKind(NotFound):
    message = N_("Không có loại sự kiện này.")


class BadFact(Invalid):
    message = N_("Thông tin chưa hợp lệ. Vui lòng xem lại ô này.")


class MissingFact(BadFact):
    message = N_("Vui lòng điền ô này.")


class PersonalDataInside(BadFact):
    message = N_(
        "Nhật ký được công khai và không xóa được, nên đừng ghi số điện thoại hay e-mail vào đây."
    )


@dataclass(frozen=True)
class Field:
    """One fact of an event."""

    name: str
    label: str
    type: FieldType
    sample: Any
    """A value as a person would type it: the form's hint and the contract test's input."""
    unit: str = ""
    is_required: bool = True
    is_public: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    maximum: int = 0
    """Longest text, or largest number; 0 means the type's own limit."""
    about_past: bool = True
    """For days: whether it must not lie in the future."""

    @property
    def limit(self) -> int:
        own = {"text": MAX_TEXT, "long_text": MAX_LONG_TEXT}.get(self.type, MAX_WHOLE)
        return self.maximum or own


PLACE = Field(
    "place", N_("Nơi làm"), "text", "Xưởng HTX, xã Côn Minh", is_required=False, maximum=160
)
REMARK = Field(
    "remark",
    N_("Ghi chú thêm"),
    "long_text",
    "Trời nắng, củ đều",
    is_required=False,
    maximum=500,
)


@dataclass(frozen=True)
class Epcis:
    """How a kind stands in an EPCIS 2.0 document, in the words of CBV 2.0 (GS1, ratified 2022).

    CBV has no "harvesting": a harvest commissions a raw lot.
    """

    step: str
    """``bizStep``."""
    disposition: str = ""
    """``disposition`` after the event; empty: unchanged."""
    action: Literal["ADD", "OBSERVE", "DELETE"] = "OBSERVE"
    quantity: str = ""
    """The fact that says how much; empty: the event is about the lot as such."""
    times: str = ""
    """The fact by which that one is multiplied: boxes of so many units each."""
    unit: Literal["kg", "unit", "lot"] = "lot"
    """What that fact counts: kilograms, pieces, or the lot's own unit."""
    box: str = ""
    """The fact that names the box things went into: the event is an aggregation."""
    order: str = ""
    """The fact that names the order: a business transaction of type ``po``."""
    outcome: str = ""
    """The fact whose ``failed`` turns ``conformant`` into ``non_conformant``."""
    sets: str = ""
    """A ``persistentDisposition`` that begins here."""


@dataclass(frozen=True)
class EventKind:
    """One kind of journal entry."""

    slug: str
    label: str
    icon: str
    fields: tuple[Field, ...]
    recorder: Recorder = "producer"
    """``system`` kinds are written by services (release, hold, correction), never by a form."""
    is_public: bool = True
    position: int = 50
    """Order among the buttons of the entry page."""
    hint: str = ""
    lots: tuple[str, ...] = ("raw", "semi", "finished")
    """Kinds of lot this happens to."""
    takes: str = ""
    """The whole-number fact by which the lot grows smaller, in its unit; empty for most kinds."""
    epcis: Epcis | None = None
    """What trading partners are told of it; None: nothing."""


@dataclass(frozen=True)
class Facts:
    """Facts split by who may read them, in JSON's own types."""

    public: dict[str, Any]
    inner: dict[str, Any]


def read_facts(kind: EventKind, given: Mapping[str, Any], *, today: date) -> Facts:
    """Check ``given`` against the kind's fields. Empty optional facts are left out.

    Raises BadFact (with the field's name) for a missing, wrong, too long or unknown fact.
    """
    unknown = set(given) - {item.name for item in kind.fields}
    if unknown:
        raise BadFact(field=min(unknown))
    public: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for item in kind.fields:
        value = given.get(item.name)
        if value is None or (isinstance(value, str) and not clean(value)):
            if item.is_required:
                raise MissingFact(field=item.name)
            continue
        is_shown = kind.is_public and item.is_public
        (public if is_shown else inner)[item.name] = _read(item, value, today)
    return Facts(public, inner)


def _read(item: Field, value: Any, today: date) -> Any:
    reader = {
        "text": _read_text,
        "long_text": _read_text,
        "whole": _read_whole,
        "decimal": _read_decimal,
        "day": _read_day,
        "choice": _read_choice,
    }[item.type]
    return reader(item, value, today)


def _read_text(item: Field, value: Any, _today: date) -> str:
    if not isinstance(value, str):
        raise BadFact(field=item.name)
    text = clean(value)
    if len(text) > item.limit:
        raise BadFact(N_("Tối đa %(n)s ký tự."), field=item.name, n=item.limit)
    if _PHONE.search(text) or _MAIL.search(text):
        raise PersonalDataInside(field=item.name)
    return text


def _read_whole(item: Field, value: Any, _today: date) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadFact(N_("Vui lòng nhập một số nguyên."), field=item.name)
    if not 0 < value <= item.limit:
        raise BadFact(N_("Số phải lớn hơn 0 và không quá lớn."), field=item.name)
    return value


def typed_decimal(value: Any) -> Decimal:
    """A number as people here type it: ``1.250``, ``1.250,5``; ``12.5`` and ``12,5`` are equal.

    Raises BadFact for anything else, and for more than three decimal places.
    """
    typed = str(value).strip()
    if isinstance(value, str) and _GROUPED.match(typed):
        typed = typed.replace(".", "")
    try:
        number = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        raise BadFact(N_("Vui lòng nhập một số, ví dụ: 12,5.")) from None
    exponent = number.normalize().as_tuple().exponent if number.is_finite() else 0
    if isinstance(exponent, int) and -exponent > _MOST_PLACES:
        raise BadFact(N_("Tối đa 3 chữ số sau dấu phẩy."))
    return number


def _read_decimal(item: Field, value: Any, _today: date) -> str:
    """Decimals are kept as text, because binary floats have no one spelling."""
    try:
        number = typed_decimal(value)
    except BadFact as fault:
        raise BadFact(fault.text, field=item.name) from None
    if not number.is_finite() or not 0 <= number <= item.limit:
        raise BadFact(N_("Số phải từ 0 và không quá lớn."), field=item.name)
    return format(number.normalize(), "f")


def _read_day(item: Field, value: Any, today: date) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise BadFact(N_("Ngày chưa đúng, ví dụ: 22/11/2026."), field=item.name) from None
    if item.about_past and day > today:
        raise BadFact(N_("Ngày này chưa tới."), field=item.name)
    if abs(day.year - today.year) > 20:
        raise BadFact(N_("Ngày này quá xa hôm nay."), field=item.name)
    return day.isoformat()


def _read_choice(item: Field, value: Any, _today: date) -> str:
    if value not in [slug for slug, _label in item.choices]:
        raise BadFact(N_("Vui lòng chọn một mục trong danh sách."), field=item.name)
    return str(value)
