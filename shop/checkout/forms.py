"""Forms of basket and checkout: shape only. Whether it can be had is judged by the service."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from wtforms import HiddenField
from wtforms.validators import ValidationError

from shop.checkout.models import MAX_QUANTITY
from shop.checkout.queries import MAX_LINES
from shop.checkout.services import CheckoutRequest
from shop.core.db import MAX_ID
from shop.core.text import N_, clean
from shop.payments.registry import all_providers
from shop.places.queries import PlaceMatch
from shop.places.rules import is_code
from shop.web.forms import (
    Form,
    choice,
    email,
    long_text,
    name_choice,
    parse_whole,
    phone,
    row_id,
    text,
    whole,
)
from shop.web.i18n import gettext as _

_SUBMIT_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SELLER: Final = re.compile(r"[a-z0-9-]{1,80}")
_LINE: Final = re.compile(r"quantity_(\d{1,10})")


class AddForm(Form):
    """One more thing in the basket."""

    variant_id = row_id(N_("Mặt hàng"))
    quantity = whole(N_("Số lượng"), minimum=1, maximum=MAX_QUANTITY)
    gt = HiddenField()
    """A code out of the address: whose word led here."""
    submit_key = HiddenField()
    """Of the page the form stands on; without one each press counts."""


def read_quantities(posted: Mapping[str, str]) -> dict[int, int]:
    """Fields ``quantity_<variant id>``, and ``remove`` with one id; other things are left out."""
    found: dict[int, int] = {}
    for name, typed in posted.items():
        match = _LINE.fullmatch(name)
        units = parse_whole(typed[:20]) if match else None
        if match and units is not None and int(match[1]) <= MAX_ID:
            found[int(match[1])] = min(units, MAX_QUANTITY)
    removed = parse_whole(posted.get("remove", "")[:20])
    if removed is not None and removed <= MAX_ID:
        found[removed] = 0
    return found


def by_producer(posted: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Fields ``<prefix><producer slug>``; empty and misshapen ones are left out."""
    found: dict[str, str] = {}
    for name, typed in posted.items():
        slug = name.removeprefix(prefix)
        value = clean(typed[:40])
        if slug != name and value and _SELLER.fullmatch(slug) and len(found) < MAX_LINES:
            found[slug] = value
    return found


class CheckoutForm(Form):
    """Who gets it, where, and how it is paid. Choices of places are filled by the route."""

    full_name = text(N_("Họ tên người nhận"), minimum=2, maximum=120)
    phone = phone(N_("Số điện thoại"))
    email = email(N_("E-mail"), is_required=False)
    province_code = name_choice(N_("Tỉnh, thành phố"))
    commune_code = name_choice(N_("Xã, phường"))
    old_place = text(N_("Tên xã, huyện cũ"), is_required=False, maximum=200)
    street = text(N_("Số nhà, thôn, đường"), minimum=2, maximum=200)
    note = long_text(N_("Ghi chú cho người bán"), is_required=False, maximum=500)
    payment = choice(N_("Cách trả tiền"))
    voucher = text(N_("Mã giảm giá"), is_required=False, maximum=30)
    submit_key = HiddenField()
    expected_total = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment.choices = [(slug, one.label) for slug, one in all_providers().items()]
        self.overrides: dict[str, str] = {}
        self.methods: dict[str, str] = {}
        self.matches: Sequence[PlaceMatch] = ()
        self.picked = False

    def take_posted(self, posted: Mapping[str, str]) -> None:
        """What stands in no field: ``payment_<slug>`` and ``delivery_<slug>``, empty meaning as
        usual; and codes of places, taken as they come: the service knows whether they exist.
        """
        self.overrides = by_producer(posted, "payment_")
        self.methods = by_producer(posted, "delivery_")
        for field, digits in ((self.province_code, 2), (self.commune_code, 5)):
            code = field.data or ""
            field.choices = [(code, code)] if is_code(code, digits) else []

    def pick_place(self, pair: str) -> None:
        """The buyer confirmed one of the places offered for an old name: ``19-02185``."""
        province, _dash, commune = pair.partition("-")
        if is_code(province, 2) and (not commune or is_code(commune, 5)):
            self.province_code.data, self.commune_code.data = province, commune
            self.old_place.data = "" if commune else self.old_place.data
            self.picked = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the shape is right; an old name alone is no place yet."""
        is_good: bool = super().validate(extra_validators)
        if self.commune_code.errors and not self.commune_code.data and self.old_place.data:
            self.commune_code.errors = [_("Hãy bấm chọn nơi đúng trong các gợi ý cho tên cũ.")]
        return is_good

    def validate_submit_key(self, field: Any) -> None:
        """What the page was sent with; a missing one means the page was not ours."""
        if not _SUBMIT_KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Trang đã mở quá lâu. Vui lòng tải lại trang đặt hàng."))

    def validate_expected_total(self, field: Any) -> None:
        """Empty, or the total that was shown."""
        if field.data and parse_whole(field.data[:30]) is None:
            raise ValidationError(_("Vui lòng tải lại trang đặt hàng."))

    def request(self, language: str) -> CheckoutRequest:
        """What the service needs; call it on a valid form."""
        expected = self.expected_total.data
        return CheckoutRequest(
            submit_key=self.submit_key.data,
            full_name=self.full_name.data,
            phone=self.phone.data,
            email=self.email.data or None,
            province_code=self.province_code.data,
            commune_code=self.commune_code.data,
            street=self.street.data,
            note=self.note.data or "",
            payment=self.payment.data,
            payment_by_producer=self.overrides,
            delivery_by_producer=self.methods,
            voucher=self.voucher.data or "",
            expected_total_vnd=parse_whole(expected[:30]) if expected else None,
            language=language,
        )
