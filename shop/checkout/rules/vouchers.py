"""Where a discount code stands, and why it may not be used."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_

MAX_PERCENT: Final = 90
MIN_FIXED_VND: Final = 1_000
MAX_USES: Final = 1_000_000
AFTER_SESSION: Final = timedelta(minutes=30)
"""How long a session's voucher outlasts the session: who watched on a slow network still orders."""

_CODE: Final = re.compile(r"[A-Z0-9-]{3,30}")

KIND_WORDS: Final[Mapping[str, str]] = {
    "percent": N_("Giảm theo phần trăm"),
    "fixed": N_("Giảm một số tiền"),
    "free_ship": N_("Miễn phí giao hàng"),
}

STATE_WORDS: Final[Mapping[str, str]] = {
    "coming": N_("Sắp tới"),
    "running": N_("Đang dùng được"),
    "used_up": N_("Hết lượt"),
    "over": N_("Hết hạn"),
    "stopped": N_("Đã dừng"),
}

WHY_NOT: Final[Mapping[str, str]] = {
    "unknown": N_("Không có mã giảm giá này. Vui lòng xem lại chính tả, hoặc để trống ô này."),
    "coming": N_("Mã giảm giá này chưa tới ngày dùng."),
    "used_up": N_("Mã giảm giá này đã hết lượt."),
    "over": N_("Mã giảm giá này đã hết hạn."),
    "stopped": N_("Người bán đã dừng mã giảm giá này."),
}


USED_BY_YOU: Final = N_(
    "Số điện thoại này đã dùng hết lượt của mã giảm giá. Hãy bỏ mã rồi đặt, hoặc dùng mã khác."
)


def person_key(voucher_id: int, phone: str) -> str:
    """Digest that counts uses per person without keeping who."""
    return hashlib.sha256(f"voucher:{voucher_id}:{phone}".encode()).hexdigest()


def state_of_voucher(
    *,
    starts_at: datetime,
    ends_at: datetime,
    is_stopped: bool,
    used: int,
    max_uses: int | None,
    now: datetime,
) -> str:
    """One of STATE_WORDS."""
    if is_stopped:
        return "stopped"
    if ends_at <= now:
        return "over"
    if starts_at > now:
        return "coming"
    return "used_up" if max_uses is not None and used >= max_uses else "running"


class BadVoucher(Invalid):
    message = N_("Mã giảm giá chưa hợp lệ.")


class CodeTaken(Conflict):
    message = N_("Mã này đã có. Vui lòng đặt mã khác, ví dụ thêm tên cơ sở của bạn.")


class FewerThanUsed(Conflict):
    message = N_("Mã đã được dùng %(used)s lần nên không đặt giới hạn thấp hơn được.")


@dataclass(frozen=True)
class VoucherDraft:
    """A discount code as a producer wants it. ``amount``: percent or đồng, by kind."""

    code: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    amount: int = 0
    max_discount_vnd: int | None = None
    min_subtotal_vnd: int = 0
    max_uses: int | None = None
    per_person: int = 1
    session_key: str | None = None


def check_voucher(draft: VoucherDraft) -> None:
    """Raises BadVoucher beside the field that is wrong."""
    if not _CODE.fullmatch(draft.code):
        raise BadVoucher(N_("Mã gồm 3–30 chữ không dấu, số hoặc dấu gạch."), field="code")
    if draft.ends_at <= draft.starts_at:
        raise BadVoucher(N_("Giờ kết thúc phải sau giờ bắt đầu."), field="ends_at")
    bounds = {
        "percent": (1, MAX_PERCENT, "percent", N_("Giảm từ 1 đến 90 phần trăm.")),
        "fixed": (MIN_FIXED_VND, MAX_VND, "off_vnd", N_("Giảm ít nhất 1.000 ₫.")),
        "free_ship": (0, 0, "kind", BadVoucher.message),
    }.get(draft.kind)
    if bounds is None:
        raise BadVoucher(field="kind")
    low, high, field, words = bounds
    if not low <= draft.amount <= high:
        raise BadVoucher(words, field=field)
