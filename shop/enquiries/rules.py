"""The life of an enquiry, and its refusals."""

from collections.abc import Mapping
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

KINDS: Final = {"visit": N_("Hỏi đặt dịch vụ"), "wholesale": N_("Hỏi mua sỉ")}
"""What may be asked for."""

STATES: Final = {
    "new": N_("Mới"),
    "answered": N_("Đã trả lời"),
    "closed": N_("Đã đóng"),
}

STEPS: Final[Mapping[str, frozenset[str]]] = {
    "answered": frozenset({"new", "answered"}),
    "closed": frozenset({"new", "answered"}),
}
"""State -> states it may follow. A closed enquiry stays closed: the buyer asks anew."""

SIDES: Final = ("buyer", "producer")
MAX_PEOPLE: Final = 500
MAX_AHEAD_DAYS: Final = 730


class NotAService(Conflict):
    message = N_("Sản phẩm này bán thẳng trên trang, hãy bỏ vào giỏ; hoặc đã ngừng nhận khách.")


class DayPassed(Invalid):
    message = N_("Ngày đến phải từ hôm nay và trong hai năm tới.")


class ContactNeeded(Invalid):
    message = N_("Vui lòng ghi số điện thoại hoặc e-mail để người làm ra trả lời.")


class AlreadyClosed(Conflict):
    message = N_("Câu hỏi này đã đóng. Vui lòng tải lại trang.")


class AnswerNeeded(Invalid):
    message = N_("Vui lòng viết câu trả lời.")
