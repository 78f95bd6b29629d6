"""Quotes without a database: tiers, states, refusals. Amounts in đồng."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

MAX_QUANTITY: Final = 100_000
MAX_TIERS: Final = 12
MAX_VALID_DAYS: Final = 180
PAY_DAYS: Final = timedelta(days=3)
"""How long an accepted quote keeps its goods while the transfer is on its way."""

QUOTE_STATES: Final = {
    "offered": N_("Chờ người mua trả lời"),
    "accepted": N_("Đã thành đơn"),
    "withdrawn": N_("Đã rút lại"),
}
QUOTE_STEPS: Final[Mapping[str, frozenset[str]]] = {
    "accepted": frozenset({"offered"}),
    "withdrawn": frozenset({"offered"}),
}
"""State -> states it may follow. Past its last day an offered quote is over by itself."""
SHOWN: Final = QUOTE_STATES | {"expired": N_("Hết hiệu lực")}

PAYMENTS: Final = {
    "vietqr": N_("Chuyển khoản trước khi gửi"),
    "cod": N_("Trả tiền khi nhận hàng"),
}

_TAX_CODE: Final = re.compile(r"\d{10}|\d{10}-\d{3}|\d{12}", re.ASCII)


class ContactNeeded(Invalid):
    message = N_("Vui lòng ghi số điện thoại hoặc e-mail để người bán gửi báo giá.")


class DayPassed(Invalid):
    message = N_("Ngày cần hàng phải từ hôm nay và trong hai năm tới.")


class NothingOffered(Invalid):
    message = N_("Báo giá cần ít nhất một mặt hàng với số lượng và đơn giá.")


class WrongTiers(Invalid):
    message = N_("Mua nhiều hơn không được đắt hơn: hãy xem lại các mức giá của cùng mặt hàng.")


class WrongValidity(Invalid):
    message = N_("Ngày hết hiệu lực phải từ hôm nay và trong 180 ngày tới.")


class ForeignGoods(Invalid):
    message = N_("Mặt hàng này không thuộc người bán, hoặc đang không bán.")


class AccountNeeded(Invalid):
    message = N_("Muốn nhận chuyển khoản, hãy thêm tài khoản nhận tiền và chờ cán bộ duyệt trước.")


class QuoteExpired(Conflict):
    message = N_("Báo giá đã hết hiệu lực. Chưa có gì được đặt; hãy nhắn người bán báo giá mới.")


class QuoteWithdrawn(Conflict):
    message = N_("Người bán đã rút báo giá này. Chưa có gì được đặt; hãy xem báo giá mới nhất.")


class QuoteOver(Conflict):
    message = N_("Báo giá này không rút lại được nữa: đã thành đơn hoặc đã rút.")


class TooFew(Invalid):
    message = N_("“%(product)s”: giá này áp dụng từ %(least)s trở lên.")


class NothingChosen(Invalid):
    message = N_("Hãy ghi số lượng của ít nhất một mặt hàng.")


@dataclass(frozen=True)
class Tier:
    """From so many units on, this price a unit."""

    variant_id: int
    from_quantity: int
    unit_price_vnd: int


def is_tax_code(text: str) -> bool:
    """Whether ``text`` has the form of a Vietnamese tax code: 10 digits, 10-3, or the 12 digits of
    a person. The form alone: whether it is anybody's is for people to ask."""
    return _TAX_CODE.fullmatch(text) is not None


def by_variant(tiers: Sequence[Tier]) -> dict[int, list[Tier]]:
    """Tiers of each size, smallest quantity first, sizes in the order of appearance."""
    found: dict[int, list[Tier]] = {}
    for tier in tiers:
        found.setdefault(tier.variant_id, []).append(tier)
    return {
        variant_id: sorted(some, key=lambda tier: tier.from_quantity)
        for variant_id, some in found.items()
    }


def require_tiers(tiers: Sequence[Tier]) -> None:
    """Raises NothingOffered, WrongTiers: prices must fall, quantities rise, within a size."""
    if not tiers:
        raise NothingOffered
    for some in by_variant(tiers).values():
        for lower, higher in pairwise(some):
            is_rising = higher.from_quantity > lower.from_quantity
            if not is_rising or higher.unit_price_vnd > lower.unit_price_vnd:
                raise WrongTiers


def unit_price(tiers: Sequence[Tier], quantity: int) -> int | None:
    """The price of a unit when so many are taken; None below the smallest tier."""
    fit = [tier for tier in tiers if tier.from_quantity <= quantity]
    return max(fit, key=lambda tier: tier.from_quantity).unit_price_vnd if fit else None


def require_validity(valid_until: date, today: date) -> None:
    """Raises WrongValidity (field ``valid_until``)."""
    if not today <= valid_until <= today + timedelta(days=MAX_VALID_DAYS):
        raise WrongValidity(field="valid_until")


def shown_state(state: str, valid_until: date, today: date) -> str:
    """How a quote stands on a day."""
    return "expired" if state == "offered" and today > valid_until else state
