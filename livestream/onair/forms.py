"""What consoles and order takers send, in shape."""

from collections.abc import Mapping
from typing import Annotated, Any

import wtforms
from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from wtforms import HiddenField

from livestream.onair.rules.comments import MAX_UNITS
from livestream.onair.rules.cues import UnknownPress
from livestream.onair.rules.pasting import (
    MAX_BYTES,
    MAX_CHARS,
    MAX_COMMENTS,
    Comment,
    checked,
    read_file,
    read_lines,
)
from livestream.onair.services import PressSent
from shop.checkout.services import CheckoutRequest
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.payments.registry import all_providers
from shop.places.rules import is_code
from shop.web.forms import (
    Form,
    choice,
    email,
    hidden,
    long_text,
    parse_whole,
    phone,
    row_id,
    text,
    whole,
)
from shop.web.request import uploaded

MAX_PRESSES = 200
_Millis = Annotated[int, Field(ge=-(2**53), le=2**53)]


class BadComments(Invalid):
    message = N_("Cần JSON dạng {channel_id, comments: [{id, author, text}]}, tối đa 500 mục.")


class BadUnits(Invalid):
    message = N_("Số lượng phải là số nguyên từ 0 đến 99.")


class _Press(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    kind: Annotated[str, Field(max_length=12)]
    item: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    at: _Millis | None = None


class _Batch(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    sent: _Millis | None = None
    presses: Annotated[list[_Press], Field(max_length=MAX_PRESSES)]


def read_presses() -> list[PressSent]:
    """The presses of a JSON body ``{sent, presses: [{key, kind, item, minutes, at}]}``.

    Raises UnknownPress.
    """
    try:
        batch = _Batch.model_validate_json(request.get_data())
    except ValidationError:
        raise UnknownPress from None
    return [
        PressSent(one.key, one.kind, one.item, one.minutes, one.at, batch.sent)
        for one in batch.presses
    ]


class PressForm(Form):
    """One press without JavaScript."""

    press_key = HiddenField()
    kind = hidden(maximum=12)
    item_id = row_id(is_required=False)
    minutes = whole(N_("Số phút"), is_required=False, minimum=1, maximum=240)

    def sent(self) -> PressSent:
        """What the service needs. Raises UnknownPress."""
        key = self.press_key.data or ""
        is_key = key.isascii() and key.replace("-", "").isalnum() and 8 <= len(key) <= 64
        if not is_key:
            raise UnknownPress
        return PressSent(key, self.kind.data or "", self.item_id.data, self.minutes.data)


class _Comment(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    text: str
    author: str = ""
    id: str = ""


class _Comments(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    channel_id: Annotated[int, Field(ge=1, le=MAX_ID)]
    comments: Annotated[list[_Comment], Field(max_length=MAX_COMMENTS)]


def read_comments_json() -> tuple[int, list[Comment]]:
    """(channel id, comments) of ``{channel_id, comments: [{id, author, text}]}``.

    Raises BadComments, and as ``pasting.checked``.
    """
    try:
        body = _Comments.model_validate_json(request.get_data())
    except ValidationError:
        raise BadComments from None
    return body.channel_id, checked(
        [Comment(one.text, one.author, one.id) for one in body.comments]
    )


class CommentsForm(Form):
    """Comments brought by hand: pasted, or a file."""

    channel_id = row_id(N_("Kênh"))
    pasted = long_text(N_("Dán bình luận vào đây"), is_required=False, maximum=MAX_CHARS)
    upload = wtforms.FileField(N_("Hoặc chọn tệp CSV, TXT"))

    def comments(self) -> list[Comment]:
        """Those of the file, if there is one, else those pasted. Raises as ``pasting.checked``."""
        name, content = uploaded("upload", MAX_BYTES)
        if name:
            return read_file(name, content)
        return read_lines(self.pasted.data or "")


class DraftForm(Form):
    """Whom a confirmed draft goes to. Units stand in fields ``units_<item id>``."""

    full_name = text(N_("Họ tên người nhận"), minimum=2, maximum=120)
    phone = phone(N_("Số điện thoại"))
    email = email(N_("E-mail"), is_required=False)
    province_code = choice(N_("Tỉnh, thành phố"))
    commune_code = choice(N_("Xã, phường"))
    street = text(N_("Số nhà, thôn, đường"), minimum=2, maximum=200)
    note = long_text(N_("Ghi chú cho người bán"), is_required=False, maximum=500)
    payment = choice(N_("Cách trả tiền"))
    voucher = text(N_("Mã giảm giá"), is_required=False, maximum=30)
    expected_total = whole("", is_required=False, maximum=MAX_VND)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment.choices = [(slug, one.label) for slug, one in all_providers().items()]

    def take_places(self) -> None:
        """Codes of places are taken as they come: the service knows whether they exist."""
        for field, digits in ((self.province_code, 2), (self.commune_code, 5)):
            code = field.data or ""
            field.choices = [(code, code)] if is_code(code, digits) else []

    def request(self, language: str) -> CheckoutRequest:
        """What the service needs; call it on a valid form. The draft's own key stands for it."""
        return CheckoutRequest(
            submit_key="",
            full_name=self.full_name.data,
            phone=self.phone.data,
            email=self.email.data or None,
            province_code=self.province_code.data,
            commune_code=self.commune_code.data,
            street=self.street.data,
            note=self.note.data or "",
            payment=self.payment.data,
            voucher=self.voucher.data or "",
            expected_total_vnd=self.expected_total.data,
            language=language,
        )


def read_units(sent: Mapping[str, str]) -> dict[int, int]:
    """Fields ``units_<item id>`` as item id -> units (0 to 99). Raises BadUnits."""
    found: dict[int, int] = {}
    for name, typed in sent.items():
        item = name.removeprefix("units_")
        if item == name:
            continue
        units = parse_whole(typed[:20]) if typed.strip() else 0
        is_item = item.isascii() and item.isdecimal() and len(item) <= 10
        if not is_item or int(item) > MAX_ID or units is None or units > MAX_UNITS:
            raise BadUnits
        found[int(item)] = units
    return found
