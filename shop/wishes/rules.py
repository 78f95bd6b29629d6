"""The life of an alert, and the refusals of wish lists."""

from datetime import timedelta
from typing import Final

from shop.core.errors import Conflict
from shop.core.text import N_

ALERT_STATES: Final = ("unconfirmed", "waiting", "told", "ended")
"""``unconfirmed``: a guest has not opened the link yet; ``told`` once; ``ended``: called off."""

MAX_WISHES: Final = 100
MAX_ALERTS: Final = 30
"""Open alerts of one person or address."""

WAITING_FOR: Final = timedelta(days=365)
LISTS_FOR: Final = timedelta(days=180)
"""A guest's list that nobody opened or changed for so long is dropped, as its cookie is."""


class ListFull(Conflict):
    message = N_("Danh sách đã có 100 sản phẩm. Hãy bỏ bớt sản phẩm cũ.")


class StillInStock(Conflict):
    message = N_("Quy cách này đang còn hàng, bạn có thể mua ngay.")


class TooManyAlerts(Conflict):
    message = N_("Bạn đang chờ tin của 30 mặt hàng. Hãy bỏ bớt trước khi thêm.")
