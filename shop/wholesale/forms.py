"""What companies and producers type: shape only."""

import re
from collections.abc import Mapping
from typing import Any, Final

from wtforms import HiddenField
from wtforms.validators import ValidationError

from shop.core.db import MAX_ID
from shop.core.text import N_, clean
from shop.enquiries.services import Visit
from shop.web.forms import (
    Form,
    choice,
    day,
    email,
    long_text,
    parse_whole,
    phone,
    text,
    vnd,
    whole,
)
from shop.web.i18n import gettext as _
from shop.wholesale.rules import MAX_QUANTITY, MAX_TIERS, PAYMENTS, Tier, is_tax_code
from shop.wholesale.services import Acceptance, Asked, Offer

_SUBMIT_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_QUANTITY: Final = re.compile(r"quantity_(\d{1,10})")


class _Once(Form):
    submit_key = HiddenField()

    def validate_submit_key(self, field: Any) -> None:
        """What the page was sent with; a missing one means the page was not ours."""
        if not _SUBMIT_KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Trang đã mở quá lâu. Vui lòng tải lại trang."))


class AskForm(_Once):
    """A shop or supermarket asks for a price. Provinces are filled by the route."""

    company = text(N_("Tên cửa hàng, công ty"), minimum=2, maximum=160)
    tax_code = text(N_("Mã số thuế"), is_required=False, maximum=14)
    quantity = whole(N_("Số lượng cần"), minimum=1, maximum=MAX_QUANTITY)
    wanted_on = day(N_("Cần hàng vào ngày"), is_required=False)
    province_code = choice(N_("Giao tới tỉnh, thành phố"))
    words = long_text(N_("Bạn cần gì"), minimum=5, maximum=2000)
    name = text(N_("Người liên hệ"), minimum=2, maximum=120)
    phone = phone(N_("Số điện thoại"), is_required=False)
    email = email("E-mail", is_required=False)

    def validate_tax_code(self, field: Any) -> None:
        """Its form alone: whether it is the company's is for people to ask."""
        if field.data and not is_tax_code(field.data):
            raise ValidationError(_("Mã số thuế có 10 số, 10 số-3 số, hoặc 12 số; hoặc để trống."))

    def asked(self, language: str) -> Asked:
        """What the service takes; call it on a valid form."""
        return Asked(
            visit=Visit(
                submit_key=self.submit_key.data,
                name=self.name.data,
                phone=self.phone.data or None,
                email=self.email.data or None,
                wanted_on=self.wanted_on.data,
                people=None,
                words=self.words.data,
                language=language,
            ),
            company=self.company.data,
            tax_code=self.tax_code.data or None,
            quantity=self.quantity.data or 0,
            province_code=self.province_code.data,
        )


class QuoteForm(_Once):
    """What the producer offers; the rows of prices are read beside it."""

    shipping_vnd = vnd(N_("Phí giao cả đơn"))
    payment = choice(N_("Cách trả tiền"), [*PAYMENTS.items()])
    valid_until = day(N_("Báo giá có hiệu lực đến hết ngày"))
    terms = long_text(N_("Điều kiện"), is_required=False, maximum=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[tuple[str, str, str]] = [("", "", "")] * 3
        self.tiers: list[Tier] = []

    def read_rows(self, posted: Mapping[str, str]) -> None:
        """Fields ``item_<n>``, ``from_<n>``, ``price_<n>``; rows without an item are left out."""
        self.rows, self.tiers = [], []
        for number in range(MAX_TIERS):
            row = tuple(
                clean(posted.get(f"{name}_{number}", "")[:40]) for name in ("item", "from", "price")
            )
            if any(row):
                self.rows.append((row[0], row[1], row[2]))
                self._read_row(row[0], row[1], row[2])
        self.rows += [("", "", "")] * (1 if self.rows else 3)

    def _read_row(self, item: str, least: str, price: str) -> None:
        variant_id, units, amount = parse_whole(item), parse_whole(least), parse_whole(price)
        is_good = (
            variant_id is not None
            and 1 <= variant_id <= MAX_ID
            and units is not None
            and 1 <= units <= MAX_QUANTITY
            and amount is not None
            and 1_000 <= amount <= 1_000_000_000
        )
        if is_good:
            self.tiers.append(Tier(variant_id or 0, units or 0, amount or 0))
        else:
            self.form_errors.append(
                _("Mỗi dòng giá cần mặt hàng, số lượng từ 1 và đơn giá từ 1.000 ₫.")
            )

    def offer(self) -> Offer:
        """What the service takes; call it on a valid form."""
        return Offer(
            submit_key=self.submit_key.data,
            tiers=tuple(self.tiers),
            shipping_vnd=self.shipping_vnd.data or 0,
            payment=self.payment.data,
            valid_until=self.valid_until.data,
            terms=self.terms.data or "",
        )


class AcceptForm(Form):
    """Where the goods go. Places are filled by the route, quantities are read beside it."""

    full_name = text(N_("Họ tên người nhận"), minimum=2, maximum=120)
    phone = phone(N_("Số điện thoại"))
    email = email(N_("E-mail"), is_required=False)
    province_code = choice(N_("Tỉnh, thành phố"))
    commune_code = choice(N_("Xã, phường"))
    street = text(N_("Số nhà, thôn, đường"), minimum=2, maximum=200)
    note = long_text(N_("Ghi chú cho người bán"), is_required=False, maximum=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quantities: dict[int, int] = {}

    def read_quantities(self, posted: Mapping[str, str]) -> None:
        """Fields ``quantity_<variant id>``; empty means none of it."""
        for name, typed in posted.items():
            match = _QUANTITY.fullmatch(name)
            if match is None or int(match[1]) > MAX_ID or not typed.strip():
                continue
            units = parse_whole(typed[:20])
            if units is None or units > MAX_QUANTITY:
                self.form_errors.append(
                    _("Số lượng phải là số nguyên, tối đa %(most)s.", most=MAX_QUANTITY)
                )
            else:
                self.quantities[int(match[1])] = units

    def acceptance(self, language: str) -> Acceptance:
        """What the service takes; call it on a valid form."""
        return Acceptance(
            quantities=self.quantities,
            full_name=self.full_name.data,
            phone=self.phone.data,
            email=self.email.data or None,
            province_code=self.province_code.data,
            commune_code=self.commune_code.data,
            street=self.street.data,
            note=self.note.data or "",
            language=language,
        )
