"""Where a discount code stands, and why it may not be used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.core.text import N_

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
