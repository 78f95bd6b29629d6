"""What a console sends, in shape."""

from typing import Annotated

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from wtforms import HiddenField

from livestream.onair.rules.cues import UnknownPress
from livestream.onair.services import PressSent
from shop.core.db import MAX_ID
from shop.core.text import N_
from shop.web.forms import Form, hidden, row_id, whole

MAX_PRESSES = 200
_Millis = Annotated[int, Field(ge=-(2**53), le=2**53)]


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
