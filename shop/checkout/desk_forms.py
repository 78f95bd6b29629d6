"""Forms of the producer's pages about delivery and vouchers: shape only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from wtforms import HiddenField
from wtforms.validators import ValidationError

from shop.checkout.models import MAX_QUANTITY, DeliveryTerms, DeliveryZone, Voucher
from shop.checkout.rules import KIND_WORDS, Reach
from shop.checkout.rules.settings import (
    MAX_FEE_VND,
    MAX_GRAMS,
    MAX_ZONES,
    TermsDraft,
    ZoneDraft,
)
from shop.checkout.rules.vouchers import AFTER_SESSION, MAX_PERCENT, MAX_USES, VoucherDraft
from shop.checkout.slots import SessionChoice
from shop.core import clock
from shop.core.text import N_
from shop.web.forms import Form, choice, choices, moment, parse_whole, radio, text, tick, vnd, whole
from shop.web.i18n import gettext as _

NEAR: Final[tuple[Reach, ...]] = ("province", "region", "country")
LISTS: Final = MAX_ZONES - len(NEAR)


class ZoneForm(Form):
    """One zone: switched on, its prices, and for a list its provinces."""

    is_on = tick(N_("Có giao"))
    provinces = choices(N_("Các tỉnh"), is_required=False)
    first_g = whole(N_("Tới bao nhiêu gam"), minimum=1, maximum=MAX_GRAMS, is_required=False)
    first_vnd = vnd(N_("Giá"), maximum=MAX_FEE_VND, is_required=False)
    step_g = whole(N_("Mỗi bao nhiêu gam thêm"), minimum=1, maximum=MAX_GRAMS, is_required=False)
    step_vnd = vnd(N_("Cộng thêm"), maximum=MAX_FEE_VND, is_required=False)
    is_free = tick(N_("Áp dụng miễn phí giao"))

    reach: Reach = "list"

    def draft(self) -> ZoneDraft | None:
        """None when it is switched off (a list: names no province)."""
        names = tuple(self.provinces.data or ()) if self.reach == "list" else ()
        if not (names if self.reach == "list" else self.is_on.data):
            return None
        return ZoneDraft(
            reach=self.reach,
            first_g=self.first_g.data or 1_000,
            first_vnd=self.first_vnd.data or 0,
            step_g=self.step_g.data or 1_000,
            step_vnd=self.step_vnd.data or 0,
            provinces=names,
            is_free=bool(self.is_free.data),
        )


class TermsForm(Form):
    """Everything about delivery but the zones, which are forms of their own, and remote places."""

    version = HiddenField()
    has_post = tick(N_("Gửi bưu điện hoặc hãng vận chuyển"))
    rates = radio(
        N_("Bảng phí"),
        [("house", N_("Dùng bảng phí chung của chợ")), ("own", N_("Tự đặt phí"))],
    )
    free_from_vnd = vnd(N_("Miễn phí giao cho tiền hàng từ"), is_required=False, minimum=1_000)
    free_max_weight_g = whole(
        N_("Chỉ miễn phí khi kiện không nặng quá"),
        minimum=1,
        maximum=MAX_GRAMS,
        is_required=False,
    )
    remote_vnd = vnd(N_("Phụ phí vùng xa"), is_required=False, maximum=MAX_FEE_VND)
    has_pickup = tick(N_("Khách tự đến lấy"))
    pickup_place = text(N_("Địa chỉ lấy hàng"), is_required=False, maximum=200)
    pickup_hours = text(N_("Giờ lấy hàng"), is_required=False, maximum=100)
    has_hand = tick(N_("Tự mang tới cho khách gần"))
    hand_area = radio(
        N_("Giao xa tới đâu"),
        [("commune", N_("Trong xã, phường mình")), ("province", N_("Trong tỉnh mình"))],
    )
    hand_vnd = vnd(N_("Phí tự giao"), is_required=False, maximum=MAX_FEE_VND)
    hand_free_from_vnd = vnd(
        N_("Tự giao miễn phí cho tiền hàng từ"), is_required=False, minimum=1_000
    )

    zones: list[ZoneForm]

    @classmethod
    def posted(cls, sent: Any, provinces: Sequence[tuple[str, str]]) -> "TermsForm":
        """As it was sent."""
        form = cls(sent)
        form.zones = [_zone_form(number, provinces, sent) for number in range(MAX_ZONES)]
        return form

    @classmethod
    def of(
        cls,
        terms: DeliveryTerms | None,
        zones: Sequence[DeliveryZone],
        provinces: Sequence[tuple[str, str]],
    ) -> "TermsForm":
        """As it stands; without a row as the house has it."""
        filled: dict[str, Any] = {"has_post": True, "hand_area": "commune"}
        if terms is not None:
            filled = {name: getattr(terms, name) for name in cls()._fields if hasattr(terms, name)}
        filled["rates"] = "own" if zones else "house"
        filled["version"] = str(terms.version) if terms else "0"
        form = cls(data=filled)
        near = {zone.reach: zone for zone in zones if zone.reach != "list"}
        lists = [zone for zone in zones if zone.reach == "list"]
        rows = [*(near.get(reach) for reach in NEAR), *lists]
        rows += [None] * (MAX_ZONES - len(rows))
        form.zones = [
            _zone_form(number, provinces, row=row, is_new=not zones)
            for number, row in enumerate(rows)
        ]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """The zones count while the producer sets its own prices."""
        is_good: bool = super().validate(extra_validators)
        bad = [zone for zone in self.zones if not zone.validate()]
        return is_good and not bad

    @property
    def seen_version(self) -> int:
        """What the page showed; 0 for what is no number."""
        return min(parse_whole((self.version.data or "")[:12]) or 0, 2**31 - 1)

    def draft(self) -> TermsDraft:
        """What the service needs; call it on a valid form."""
        found = [zone.draft() for zone in self.zones] if self.rates.data == "own" else []
        return TermsDraft(
            has_post=bool(self.has_post.data),
            zones=tuple(zone for zone in found if zone is not None),
            free_from_vnd=self.free_from_vnd.data,
            free_max_weight_g=self.free_max_weight_g.data,
            remote_vnd=self.remote_vnd.data or 0,
            has_pickup=bool(self.has_pickup.data),
            pickup_place=self.pickup_place.data or "",
            pickup_hours=self.pickup_hours.data or "",
            has_hand=bool(self.has_hand.data),
            hand_area=self.hand_area.data,
            hand_vnd=self.hand_vnd.data or 0,
            hand_free_from_vnd=self.hand_free_from_vnd.data,
        )


_START: Final[Mapping[Reach, tuple[int, int, int, int]]] = {
    "province": (1_000, 18_000, 1_000, 3_000),
    "region": (1_000, 25_000, 1_000, 4_000),
    "country": (1_000, 32_000, 1_000, 6_500),
    "list": (1_000, 25_000, 1_000, 4_000),
}
"""What the fields of a new table of prices begin with: near the house's own."""


def _zone_form(
    number: int,
    provinces: Sequence[tuple[str, str]],
    sent: Any = None,
    *,
    row: DeliveryZone | None = None,
    is_new: bool = False,
) -> ZoneForm:
    reach: Reach = NEAR[number] if number < len(NEAR) else "list"
    first_g, first_vnd, step_g, step_vnd = _START[reach]
    filled: dict[str, Any] = {
        "is_on": is_new,
        "first_g": first_g,
        "first_vnd": first_vnd,
        "step_g": step_g,
        "step_vnd": step_vnd,
        "is_free": True,
    }
    if row is not None:
        filled = {name: getattr(row, name, True) for name in filled}
        filled["provinces"] = row.provinces
    form = ZoneForm(sent, prefix=f"z{number}-", data=filled)
    form.reach = reach
    form.provinces.choices = list(provinces)
    return form


class VoucherForm(Form):
    """A new discount code."""

    submit_key = HiddenField()
    code = text(N_("Mã"), minimum=3, maximum=30)
    kind = radio(N_("Kiểu giảm"), list(KIND_WORDS.items()))
    percent = whole(N_("Phần trăm giảm"), minimum=1, maximum=MAX_PERCENT, is_required=False)
    off_vnd = vnd(N_("Số tiền giảm"), minimum=1_000, is_required=False)
    max_discount_vnd = vnd(N_("Giảm nhiều nhất"), minimum=1_000, is_required=False)
    min_subtotal_vnd = vnd(N_("Tiền hàng ít nhất"), is_required=False)
    max_uses = whole(N_("Số lượt tất cả"), minimum=1, maximum=MAX_USES, is_required=False)
    per_person = whole(N_("Mỗi người dùng mấy lần"), minimum=1, maximum=MAX_QUANTITY)
    session = choice(N_("Chỉ trong phiên live"), is_required=False)
    starts_at = moment(N_("Bắt đầu"), is_required=False)
    ends_at = moment(N_("Kết thúc"), is_required=False)

    def validate_starts_at(self, field: Any) -> None:
        """A day of our time."""
        check_year(field.data)

    def validate_ends_at(self, field: Any) -> None:
        """A day of our time."""
        check_year(field.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """An end is needed unless the session says it."""
        is_good: bool = super().validate(extra_validators)
        if not self.ends_at.data and not self.session.data and not self.ends_at.errors:
            self.ends_at.errors = [_("Vui lòng điền ô này.")]
            return False
        return is_good

    def draft(self, sessions: Sequence[SessionChoice], now: datetime) -> VoucherDraft:
        """What the service needs; call it on a valid form. A session's window is its own."""
        live = next((one for one in sessions if one.key == self.session.data), None)
        starts_at, ends_at = aware(self.starts_at.data) or now, aware(self.ends_at.data) or now
        if live is not None:
            starts_at, ends_at = live.starts_at, live.ends_at + AFTER_SESSION
        amounts = {"percent": self.percent.data, "fixed": self.off_vnd.data}
        return VoucherDraft(
            code=(self.code.data or "").upper(),
            kind=self.kind.data,
            amount=amounts.get(self.kind.data) or 0,
            max_discount_vnd=self.max_discount_vnd.data,
            min_subtotal_vnd=self.min_subtotal_vnd.data or 0,
            max_uses=self.max_uses.data,
            per_person=self.per_person.data or 1,
            starts_at=starts_at,
            ends_at=ends_at,
            session_key=live.key if live else None,
        )


class VoucherChangeForm(Form):
    """What may still be changed of a code that is out."""

    ends_at = moment(N_("Kết thúc"))
    max_uses = whole(N_("Số lượt tất cả"), minimum=1, maximum=MAX_USES, is_required=False)
    per_person = whole(N_("Mỗi người dùng mấy lần"), minimum=1, maximum=MAX_QUANTITY)

    def validate_ends_at(self, field: Any) -> None:
        """A day of our time."""
        check_year(field.data)

    @classmethod
    def of(cls, voucher: Voucher) -> "VoucherChangeForm":
        """As it stands."""
        return cls(
            data={
                "ends_at": voucher.ends_at.astimezone(clock.VN),
                "max_uses": voucher.max_uses,
                "per_person": voucher.per_person,
            }
        )


def check_year(local: datetime | None) -> None:
    """Far years are slips, and the ends of the calendar have no other time zone."""
    if local is not None and not 2020 <= local.year <= 2100:
        raise ValidationError(_("Vui lòng xem lại năm."))


def aware(local: datetime | None) -> datetime | None:
    """A local moment of a form, with its zone."""
    return local.replace(tzinfo=clock.VN) if local is not None else None
