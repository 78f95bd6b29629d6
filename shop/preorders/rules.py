"""Ship windows and deposits without a database: arithmetic, states, refusals.

The arithmetic is explained with a worked table in docs/algorithms/deposits.md. Amounts in đồng.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

MAX_UNITS: Final = 1_000_000
MAX_QUANTITY: Final = 999
MAX_AHEAD_DAYS: Final = 730
MAX_HELD_BACK_PERCENT: Final = 90

WINDOW_STATES: Final = ("open", "arrived", "cancelled")
WINDOW_STEPS: Final[Mapping[str, frozenset[str]]] = {
    "arrived": frozenset({"open"}),
    "cancelled": frozenset({"open"}),
}
"""State -> states it may follow. A moved window stays open."""
PLACE_STATES: Final = ("held", "arrived", "ended")
"""A place in a window counts while it is held, and for ever once its goods have come."""
ANSWERS: Final = ("none", "asked", "kept")
"""What a buyer said to new dates."""

DEPOSIT_KINDS: Final = {
    "none": N_("Không cọc, gọi xác nhận"),
    "percent": N_("Phần trăm tiền hàng"),
    "fixed": N_("Số tiền cho mỗi đơn vị"),
}
REST: Final = {
    "transfer": N_("Chuyển khoản khi hàng về, trước khi gửi"),
    "delivery": N_("Tiền mặt khi nhận hàng"),
}
MOVE_REASONS: Final = {
    "weather": N_("Thời tiết"),
    "ripening": N_("Chín sớm hoặc muộn hơn dự kiến"),
    "pests": N_("Sâu bệnh"),
    "transport": N_("Đường sá, vận chuyển"),
    "other": N_("Lý do khác"),
}
CANCEL_REASONS: Final = MOVE_REASONS | {"too_little": N_("Thu hoạch không đủ")}

PHASES: Final = {
    "open": N_("Đang nhận đặt"),
    "full": N_("Đã đủ chỗ"),
    "closed": N_("Ngừng nhận, chờ thu hoạch"),
    "arrived": N_("Hàng đã về"),
    "cancelled": N_("Đã hủy"),
}
"""What a window looks like from outside."""


class WindowFull(Conflict):
    message = N_("Đợt này chỉ còn %(left)s chỗ. Vui lòng giảm số lượng hoặc chọn đợt khác.")


class WindowClosed(Conflict):
    message = N_("Đợt này không nhận đặt nữa. Chưa có gì được đặt; vui lòng chọn đợt khác.")


class TermsChanged(Conflict):
    message = N_(
        "Giá, tiền cọc hoặc phí giao vừa thay đổi. Chưa có gì được đặt; vui lòng xem lại rồi bấm "
        "đặt trước."
    )


class BuyerLimit(Conflict):
    message = N_("Mỗi người chỉ đặt được %(limit)s trong đợt này, bạn đã đặt %(had)s.")


class NoTransfer(Conflict):
    message = N_("Người bán chưa nhận chuyển khoản được nên chưa nhận cọc. Vui lòng thử lại sau.")


class AccountNeeded(Invalid):
    message = N_("Muốn nhận cọc, hãy thêm tài khoản nhận tiền và chờ cán bộ duyệt trước.")


class NotForSale(Conflict):
    message = N_("Mặt hàng này đang không bán nên không mở đặt trước được.")


class TooManyPlaces(Invalid):
    message = N_("Vụ này chỉ hứa được %(room)s nữa, sau khi trừ phần để dành.")


class PlacesTaken(Invalid):
    message = N_("Đã có %(taken)s được đặt, không thể giảm xuống dưới.")


class WrongDays(Invalid):
    message = N_("Ngày giao phải từ hôm nay, ngày sau không trước ngày đầu, trong hai năm tới.")


class WrongClose(Invalid):
    message = N_("Ngày ngừng nhận phải từ hôm nay và không sau ngày giao cuối.")


class WrongDeposit(Invalid):
    message = N_("Tiền cọc: từ 1 đến 100 phần trăm, hoặc từ 1.000 ₫ tới giá bán một đơn vị.")


class WindowChanged(Conflict):
    message = N_("Đợt giao này vừa được thay đổi. Vui lòng tải lại trang để xem.")


class NothingToAnswer(Conflict):
    message = N_("Không còn ngày giao mới nào chờ bạn trả lời. Vui lòng tải lại trang.")


@dataclass(frozen=True)
class Terms:
    """What a window asks of a buyer. ``deposit_amount``: percent, or đồng a unit, by kind."""

    price_vnd: int
    deposit_kind: str
    deposit_amount: int


@dataclass(frozen=True)
class Bill:
    """What one pre-order costs, and when."""

    goods_vnd: int
    shipping_vnd: int
    deposit_vnd: int

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.shipping_vnd

    @property
    def rest_vnd(self) -> int:
        """What is due once the goods are there."""
        return self.total_vnd - self.deposit_vnd


def bill(terms: Terms, quantity: int, shipping_vnd: int) -> Bill:
    """Price × quantity, delivery, and the part to pay first."""
    goods = terms.price_vnd * quantity
    return Bill(goods, shipping_vnd, deposit_vnd(terms, quantity))


def deposit_vnd(terms: Terms, quantity: int) -> int:
    """The deposit in whole đồng: a percentage of the goods (never of delivery) rounded up, or an
    amount a unit; never more than the goods."""
    goods = terms.price_vnd * quantity
    if terms.deposit_kind == "percent":
        return min(goods, -(-goods * terms.deposit_amount // 100))
    if terms.deposit_kind == "fixed":
        return min(goods, terms.deposit_amount * quantity)
    return 0


def promisable(expected_units: int, held_back_percent: int) -> int:
    """How many of an expected harvest may be promised: what is held back for bad weather is
    rounded up, so that rounding never promises one too many."""
    return expected_units - -(-expected_units * held_back_percent // 100)


def phase(state: str, closes_on: date, left: int, today: date) -> str:
    """How a window stands on a day."""
    if state != "open":
        return state
    if today > closes_on:
        return "closed"
    return "open" if left > 0 else "full"


def require_days(from_on: date, to_on: date, today: date) -> None:
    """Raises WrongDays (field ``to_on``)."""
    if not today <= from_on <= to_on <= today + timedelta(days=MAX_AHEAD_DAYS):
        raise WrongDays(field="to_on")


def require_close(closes_on: date, to_on: date, today: date) -> None:
    """Raises WrongClose (field ``closes_on``)."""
    if not today <= closes_on <= to_on:
        raise WrongClose(field="closes_on")


def require_deposit(terms: Terms) -> None:
    """Raises WrongDeposit (field ``deposit_amount``)."""
    amount = terms.deposit_amount
    is_fine = {
        "none": amount == 0,
        "percent": 1 <= amount <= 100,
        "fixed": 1_000 <= amount <= terms.price_vnd,
    }.get(terms.deposit_kind, False)
    if not is_fine:
        raise WrongDeposit(field="deposit_amount")
