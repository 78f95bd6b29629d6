"""Words and refusals of campaigns."""

from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

NEXT_STATES: Final = {
    "draft": frozenset({"published"}),
    "published": frozenset({"ended"}),
    "ended": frozenset({"published"}),
}

STATE_LABELS: Final = {
    "draft": N_("Bản nháp"),
    "published": N_("Đang mở"),
    "ended": N_("Đã khép lại"),
}


class NotInCampaign(Invalid):
    message = N_("Chiến dịch chưa mở, hoặc phiên nằm ngoài thời gian của chiến dịch.")


class BadWindow(Invalid):
    message = N_("Ngày kết thúc phải sau ngày bắt đầu.")


class WrongStep(Conflict):
    message = N_("Chiến dịch không chuyển được sang trạng thái này.")
