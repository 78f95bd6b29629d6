"""Inspectors' links: how long they may live, what may be said about them."""

from datetime import datetime
from typing import Final

from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

DAYS: Final = (1, 7, 30, 90)
MAX_LINKS: Final = 20
"""Living links of one lot."""


class UnknownLink(NotFound):
    message = N_("Liên kết kiểm tra này không còn hiệu lực. Hãy xin người bán liên kết mới.")


class BadLife(Invalid):
    message = N_("Hãy chọn thời hạn của liên kết.")


class TooManyLinks(Conflict):
    message = N_("Lô này đang có quá nhiều liên kết kiểm tra. Hãy thu hồi bớt.")


class AlreadyTaken(Conflict):
    message = N_("Lô này trong tài liệu đã được nhập. Hãy tải lại trang.")


class UnknownItem(NotFound):
    message = N_("Không có lô này trong tài liệu.")


class FractionTooLarge(Invalid):
    message = N_("Trên 1.000 kg thì ghi tròn kg.")


def is_alive(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a link still opens."""
    return revoked_at is None and now < expires_at
