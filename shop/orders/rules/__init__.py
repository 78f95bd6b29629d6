"""The life of an order without a database: states, sums, codes, words.

Three axes: the order's own state moves along a table; payment and fulfilment are derived from the
ledger and the shipments, cached in the order, and can be computed again at any time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.money import MAX_VND
from shop.core.text import CROCKFORD, N_, random_code

CODE_LENGTH: Final = 10
MAX_LINES: Final = 50
MAX_LINE_QUANTITY: Final = 999

AWAITING: Final = frozenset({"awaiting_payment", "awaiting_confirmation"})
"""States that end by themselves when nobody acts in time."""

STEPS: Final[Mapping[str, frozenset[str]]] = {
    "awaiting_payment": frozenset({"confirmed", "cancelled", "expired", "awaiting_confirmation"}),
    "awaiting_confirmation": frozenset({"confirmed", "cancelled", "expired", "awaiting_payment"}),
    "confirmed": frozenset({"completed", "cancelled"}),
    "expired": frozenset({"confirmed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}
"""From which state to which an order may go; expired → confirmed is late money, from one way of
waiting to the other another way to pay."""

MAX_PAY_CHANGES: Final = 6
"""Each change of the way to pay holds the goods anew: often enough to try, too seldom to hoard."""

STATE_WORDS: Final = {
    "awaiting_payment": N_("Chờ thanh toán"),
    "awaiting_confirmation": N_("Chờ người bán xác nhận"),
    "confirmed": N_("Đã xác nhận"),
    "completed": N_("Hoàn tất"),
    "cancelled": N_("Đã hủy"),
    "expired": N_("Hết hạn"),
}

PAYMENT_WORDS: Final = {
    "unpaid": N_("Chưa trả tiền"),
    "partial": N_("Trả một phần"),
    "paid": N_("Đã trả đủ"),
    "overpaid": N_("Trả thừa"),
    "partly_refunded": N_("Đã hoàn một phần"),
    "refunded": N_("Đã hoàn tiền"),
    "disputed": N_("Đang khiếu nại với ngân hàng"),
}

FULFILMENT_WORDS: Final = {
    "none": N_("Chưa đóng gói"),
    "packed": N_("Đã đóng gói"),
    "partly_shipped": N_("Đã gửi một phần"),
    "shipped": N_("Đang giao"),
    "delivered": N_("Đã giao"),
    "failed_delivery": N_("Giao không thành"),
    "returned": N_("Đã trả hàng"),
}

EVENT_WORDS: Final = {
    "placed": N_("Đã đặt hàng"),
    "confirmed": N_("Người bán đã xác nhận đơn"),
    "money": N_("Đã ghi nhận tiền"),
    "paid": N_("Đã nhận đủ tiền"),
    "called": N_("Đã gọi xác nhận"),
    "packed": N_("Đã đóng gói"),
    "lot_chosen": N_("Lấy lô khác với lô được đề xuất"),
    "unpacked": N_("Đã mở kiện, hàng về kệ"),
    "shipped": N_("Đã gửi đi"),
    "sent_again": N_("Gửi lại lần nữa"),
    "turned_back": N_("Kiện đang quay về người bán"),
    "came_back": N_("Kiện đã về tới người bán"),
    "rest_cut": N_("Phần còn lại sẽ không được gửi"),
    "back_cut": N_("Phần hàng đã quay về không còn phải trả"),
    "goods_back": N_("Hàng trả lại đã về tới người bán"),
    "delivered": N_("Đã giao tới người nhận"),
    "received": N_("Người mua báo đã nhận được hàng"),
    "pay_changed": N_("Đã đổi cách trả tiền"),
    "return_asked": N_("Người mua yêu cầu trả hàng"),
    "return_more_needed": N_("Người bán hỏi thêm về hàng trả"),
    "return_answered": N_("Người mua trả lời thêm về hàng trả"),
    "return_agreed": N_("Người bán đồng ý nhận lại hàng"),
    "return_refused": N_("Người bán không nhận trả hàng"),
    "return_appealed": N_("Người mua nhờ cán bộ Đoàn xem việc trả hàng"),
    "return_noted": N_("Cán bộ Đoàn ghi ý kiến về việc trả hàng"),
    "return_settled": N_("Việc trả hàng đã giải quyết, tiền sẽ được hoàn"),
    "return_withdrawn": N_("Người mua rút yêu cầu trả hàng"),
    "return_closed": N_("Cán bộ Đoàn khép lại yêu cầu trả hàng"),
    "delivery_failed": N_("Giao không thành"),
    "completed": N_("Đơn hoàn tất"),
    "cancelled": N_("Đơn đã hủy"),
    "expired": N_("Đơn hết hạn, hàng được trả lại kho"),
    "reinstated": N_("Tiền đến sau hạn, đơn được khôi phục"),
    "late_money": N_("Tiền đến khi đơn đã đóng, sẽ được hoàn lại"),
    "goods_in": N_("Hàng đã về kho, người bán chuẩn bị gửi"),
    "moved": N_("Người bán dời đợt giao hàng"),
    "kept": N_("Người mua đồng ý ngày giao mới"),
    "refund_asked": N_("Đang xử lý hoàn tiền"),
    "refund_account": N_("Người mua đã cho tài khoản nhận tiền hoàn"),
    "refund_done": N_("Đã hoàn tiền cho người mua"),
    "refund_failed": N_("Tiền hoàn bị trả về, sẽ chuyển lại"),
    "disputed": N_("Ngân hàng của người mua khiếu nại khoản tiền"),
    "dispute_won": N_("Khiếu nại của ngân hàng kết thúc, tiền được giữ"),
    "dispute_ended": N_("Khiếu nại của ngân hàng đã kết thúc"),
}

BUYER_REASONS: Final = {
    "changed_mind": N_("Tôi đổi ý"),
    "wrong_order": N_("Tôi đặt nhầm"),
    "too_slow": N_("Chờ lâu quá"),
    "other": N_("Lý do khác"),
}

SELLER_REASONS: Final = {
    "out_of_stock": N_("Hết hàng"),
    "quality": N_("Hàng không đạt chất lượng"),
    "no_answer": N_("Không liên lạc được người mua"),
    "bad_address": N_("Không giao được tới địa chỉ này"),
    "buyer_asked": N_("Người mua yêu cầu"),
    "undelivered": N_("Không giao được, hàng đã quay về"),
    "recalled": N_("Lô hàng bị giữ hoặc thu hồi"),
    "harvest": N_("Đợt giao của mùa này đã hủy"),
    "other": N_("Lý do khác"),
}

CUT_REASONS: Final = {
    key: SELLER_REASONS[key]
    for key in ("out_of_stock", "quality", "buyer_asked", "recalled", "other")
}
"""Why the rest of an order is not sent."""

CAME_BACK: Final = "came_back"
"""Why units of a parcel that came back to the producer are no longer due: a reason of ours."""

REASON_WORDS: Final = (
    BUYER_REASONS
    | SELLER_REASONS
    | {
        "not_paid": N_("Quá hạn thanh toán"),
        "not_confirmed": N_("Người bán không xác nhận kịp"),
    }
)


class WrongState(Conflict):
    message = N_("Đơn đã chuyển sang trạng thái khác. Vui lòng tải lại trang để xem.")


class TooLate(Conflict):
    message = N_("Đơn đã đóng gói nên không hủy được nữa. Vui lòng gọi cho người bán.")


class OrderOver(Conflict):
    message = N_("Đơn đã quá hạn nên không xác nhận được nữa.")


class MoneyCame(Conflict):
    message = N_(
        "Đơn đã nhận được một phần tiền nên không đổi cách trả được nữa. Vui lòng trả nốt phần "
        "còn lại, hoặc gọi cho người bán."
    )


class DepositStays(Conflict):
    message = N_("Đơn đặt trước giữ cách trả tiền đã chọn.")


class TooManyChanges(Conflict):
    message = N_("Cách trả tiền đã được đổi nhiều lần. Vui lòng gọi cho người bán.")


class CannotPack(Conflict):
    message = N_("Kho không còn đủ hàng được phép bán để đóng gói “%(product)s”.")


class LotStopped(Conflict):
    message = N_(
        "Kiện có hàng thuộc lô %(lot_no)s đang tạm giữ hoặc bị thu hồi nên không được gửi. "
        "Hãy mở kiện rồi đóng bằng lô khác, hoặc hủy đơn."
    )


class BadTotals(Invalid):
    message = N_("Đơn quá lớn. Vui lòng chia thành nhiều đơn nhỏ hơn.")


def require_step(current: str, wanted: str) -> None:
    """Raises WrongState unless the table allows the step."""
    if wanted not in STEPS[current]:
        raise WrongState


def is_overdue(state: str, expires_at: datetime | None, payment_state: str, now: datetime) -> bool:
    """Whether the order has ended although no job has written so yet. Money stops the clock."""
    return (
        state in AWAITING
        and payment_state == "unpaid"
        and expires_at is not None
        and expires_at <= now
    )


def may_buyer_cancel(state: str, fulfilment_state: str) -> bool:
    """Buyers may call it off until it is packed."""
    return state in AWAITING or (state == "confirmed" and fulfilment_state == "none")


def may_seller_cancel(state: str, fulfilment_state: str) -> bool:
    """Sellers may call it off until it is on its way, or once everything came back."""
    is_here = fulfilment_state in {"none", "packed", "returned"}
    return state in AWAITING or (state == "confirmed" and is_here)


def may_cut(state: str, fulfilment_state: str, units_left: int) -> bool:
    """Something left the house and something did not: the rest need not be sent. What has not
    begun to leave is cancelled instead."""
    is_begun = fulfilment_state in {"partly_shipped", "failed_delivery"}
    return state == "confirmed" and is_begun and units_left > 0


def may_confirm_arrival(state: str, fulfilment_state: str) -> bool:
    """Buyers may say that the goods came once something is on its way, or said to have failed."""
    return state == "confirmed" and fulfilment_state in {
        "partly_shipped",
        "shipped",
        "failed_delivery",
    }


def may_pack(state: str, payment_state: str, units_left: int) -> bool:
    """Confirmed, something not packed yet, and its money (if any) not gone back or in dispute."""
    return state == "confirmed" and units_left > 0 and payment_state not in {"refunded", "disputed"}


def is_complete(state: str, fulfilment_state: str, payment_state: str) -> bool:
    """Goods are there and so is the money."""
    return (
        state == "confirmed"
        and fulfilment_state == "delivered"
        and payment_state in {"paid", "overpaid", "partly_refunded"}
    )


def payment_state(
    total_vnd: int, *, charged_vnd: int, refunded_vnd: int, is_disputed: bool = False
) -> str:
    """Derived from the ledger: what came in, what went back. Amounts in đồng."""
    if is_disputed:
        return "disputed"
    kept = charged_vnd - refunded_vnd
    if refunded_vnd > 0 and kept < total_vnd:
        return "partly_refunded" if kept > 0 else "refunded"
    if kept > total_vnd:
        return "overpaid"
    if kept == total_vnd:
        return "paid"
    return "partial" if kept > 0 else "unpaid"


def share_of_sent(total_vnd: int, lines: Sequence[tuple[int, int, int]]) -> int:
    """What is due for the units that were sent, in đồng: (line total, units sent, units ordered).

    Rounded as parcels' shares of money on delivery are (docs/algorithms/cod-shares.md), so that
    those shares add up to it. Goods without a value leave all of the total due.
    """
    whole = sum(price for price, _sent, _ordered in lines)
    if whole == 0:
        return total_vnd
    sent = sum((Fraction(price * units, of) for price, units, of in lines), Fraction(0))
    return int(total_vnd * sent / whole)


def is_enough(upfront_vnd: int | None, payment_state: str, kept_vnd: int) -> bool:
    """Whether the money that came makes the order stand: all of it, or its deposit (đồng)."""
    is_deposit_there = upfront_vnd is not None and kept_vnd >= upfront_vnd
    return payment_state in {"paid", "overpaid"} or (
        payment_state == "partial" and is_deposit_there
    )


def fulfilment_state(ordered: int, parcels: Sequence[tuple[str, int]]) -> str:
    """Derived from the shipments: (state, units) of each. Cancelled parcels count for nothing.

    ``ordered``: units to be sent in all, those that were cut left out.

    Units that came back count as ``returned`` whatever became of the rest of their parcel.
    """
    units = {
        state: sum(count for parcel, count in parcels if parcel == state)
        for state in ("packed", "shipped", "delivered", "failed", "returning", "returned")
    }
    back, out = units["returned"], units["shipped"] + units["delivered"]
    if back and back >= ordered:
        return "returned"
    if units["failed"] or units["returning"]:
        return "failed_delivery"
    if units["delivered"] and units["delivered"] + back >= ordered:
        return "delivered"
    if out:
        return "shipped" if out + back >= ordered else "partly_shipped"
    return "packed" if units["packed"] else "none"


@dataclass(frozen=True)
class LineDraft:
    """A line about to be written: prices as agreed now, in đồng; weight of one unit in grams."""

    variant_id: int
    product_id: int
    product_name: str
    variant_label: str
    sku: str
    unit_price_vnd: int
    quantity: int
    weight_g: int
    photo_sha: str | None = None
    discount_vnd: int = 0
    price_window_id: int | None = None
    from_owner: str | None = None
    """Whose set-aside the units may come from."""

    @property
    def gross_vnd(self) -> int:
        return self.unit_price_vnd * self.quantity


@dataclass(frozen=True)
class ContactDraft:
    """Who gets the parcel, and where."""

    full_name: str
    phone: str
    province_code: str
    commune_code: str
    street: str
    place: str
    email: str | None = None
    note: str = ""
    language: str = "vi"


@dataclass(frozen=True)
class OrderDraft:
    """An order about to be written: one producer's lines, and how it will be paid."""

    producer_id: int
    producer_name: str
    payment_provider: str
    is_prepaid: bool
    """Whether money must arrive before the producer starts; otherwise the producer confirms."""
    lines: tuple[LineDraft, ...]
    shipping_vnd: int
    expires_at: datetime
    is_demo: bool = False
    upfront_vnd: int | None = None
    """A deposit in đồng; None: all or nothing, as ``is_prepaid`` says."""
    awaits_goods: bool = False
    """The goods are still to come: no stock is held."""
    max_line_quantity: int = MAX_LINE_QUANTITY
    delivery_method: str = "ship"
    """One of models.DELIVERY_METHODS."""
    pickup_place: str = ""
    """Where and when the buyer fetches it."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """What the timeline keeps about the price, e.g. the voucher's code."""
    origin_code: str | None = None
    """Whose word led here (opaque)."""


@dataclass(frozen=True)
class Totals:
    """Sums in đồng. ``total = subtotal + shipping - discount``."""

    subtotal_vnd: int
    discount_vnd: int
    shipping_vnd: int

    @property
    def total_vnd(self) -> int:
        return self.subtotal_vnd + self.shipping_vnd - self.discount_vnd


def totals(
    lines: Sequence[LineDraft], shipping_vnd: int, max_quantity: int = MAX_LINE_QUANTITY
) -> Totals:
    """Sums of an order. Raises BadTotals when a figure is negative or absurd."""
    subtotal = sum(line.gross_vnd for line in lines)
    discount = sum(line.discount_vnd for line in lines)
    is_fine = (
        0 < len(lines) <= MAX_LINES
        and all(0 < line.quantity <= max_quantity for line in lines)
        and all(0 <= line.discount_vnd <= line.gross_vnd for line in lines)
        and shipping_vnd >= 0
        and subtotal + shipping_vnd <= MAX_VND
    )
    if not is_fine:
        raise BadTotals
    return Totals(subtotal, discount, shipping_vnd)


# Codes: nine random symbols and one that checks them.

_ALIASES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE: Final = re.compile(f"[{CROCKFORD}]{{{CODE_LENGTH}}}")


def _times_alpha(value: int) -> int:
    """Multiply by x in GF(32) = GF(2)[x] / (x^5 + x^2 + 1)."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_symbol(body: str) -> str:
    """The symbol that makes any single wrong symbol, and any two swapped ones, visible.

    A weighted sum over GF(32): the powers of x are all different for up to 31 places.
    """
    total = 0
    for symbol in body:
        total = _times_alpha(total ^ CROCKFORD.index(symbol))
    return CROCKFORD[total]


def new_code() -> str:
    """An unguessable code (45 random bits) with its check symbol."""
    body = random_code(CODE_LENGTH - 1)
    return body + check_symbol(body)


def read_code(typed: str) -> str | None:
    """The code as stored, from what people type (lower case, blanks, O for 0); None if wrong."""
    code = re.sub(r"[\s-]", "", typed[:40]).upper().translate(_ALIASES)
    if not _CODE.fullmatch(code) or check_symbol(code[:-1]) != code[-1]:
        return None
    return code


def shown_state(state: str, expires_at: datetime | None, payment_state: str, now: datetime) -> str:
    """The state to show: an overdue order is over, whether or not a job has written so."""
    return "expired" if is_overdue(state, expires_at, payment_state, now) else state
