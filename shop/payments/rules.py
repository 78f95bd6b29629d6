"""Decisions about money: what an order has received, what is owed back, who may change a payee."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

VND: Final = "VND"
PAYEE_DELAY: Final = timedelta(hours=24)
"""How long an approved change of payee waits: time for the old contact to object."""

KEEPS_MONEY: Final = frozenset(
    {"awaiting_payment", "awaiting_confirmation", "confirmed", "completed"}
)
"""Order states that have a claim on the money received; the others owe it back."""
AWAITING_MONEY: Final = frozenset({"awaiting_payment", "awaiting_confirmation", "confirmed"})
"""Order states in which the buyer is told how to pay."""
OPEN_REFUNDS: Final = frozenset({"requested", "approved", "sent"})
REFUND_STEPS: Final = {
    "requested": frozenset({"approved", "rejected", "done"}),
    "approved": frozenset({"sent", "done", "rejected"}),
    "sent": frozenset({"done", "failed"}),
    "failed": frozenset({"approved"}),
    "done": frozenset({"failed"}),
    "rejected": frozenset(),
}
"""A refund can fail after it was done: banks and card schemes send money back."""


class NoPayeeAccount(Conflict):
    message = N_("Người bán chưa có tài khoản nhận tiền. Vui lòng chọn cách trả tiền khác.")


class NotPayable(Conflict):
    message = N_("Đơn này không còn chờ trả tiền.")


class AlreadyPaid(Conflict):
    message = N_("Đơn này đã nhận đủ tiền. Nếu khách chuyển thêm, hãy đánh dấu ô bên dưới.")


class NotByHand(Conflict):
    message = N_("Tiền của đơn này do nơi thu tiền báo, không ghi bằng tay được.")


class NothingDelivered(Conflict):
    message = N_("Đơn trả tiền khi nhận hàng chỉ ghi nhận tiền sau khi đã xác nhận đơn.")


class AlreadyMatched(Conflict):
    message = N_("Khoản tiền này đã được gán cho một đơn.")


class ForeignMoney(Conflict):
    message = N_("Khoản tiền này không phải tiền đồng nên không gán cho đơn được.")


class WrongStep(Conflict):
    message = N_("Việc này vừa được xử lý. Vui lòng tải lại trang.")


class WaitingAccount(Conflict):
    message = N_("Đã có một tài khoản đang chờ duyệt. Vui lòng chờ cán bộ xem xét.")


class SamePerson(Conflict):
    message = N_("Người gửi hoặc thành viên của cơ sở không được tự duyệt tài khoản nhận tiền.")


class UnknownOrder(Invalid):
    message = N_("Không có đơn nào mang mã này.")


@dataclass(frozen=True)
class Money:
    """What the ledger says of one order, in đồng."""

    charged_vnd: int = 0
    refunded_vnd: int = 0

    @property
    def net_vnd(self) -> int:
        """What the seller holds of the buyer's money."""
        return self.charged_vnd - self.refunded_vnd


def add_up(facts: Iterable[tuple[str, int]]) -> Money:
    """Fold ledger facts (kind, amount in đồng) into what was received and given back."""
    sums: dict[str, int] = {}
    for kind, amount in facts:
        sums[kind] = sums.get(kind, 0) + amount
    refunded = sums.get("refund", 0) - sums.get("refund_failed", 0)
    disputed = sums.get("chargeback", 0) - sums.get("chargeback_reversed", 0)
    return Money(charged_vnd=sums.get("charge", 0), refunded_vnd=refunded + disputed)


def asked_now(total_vnd: int, *, net_vnd: int, upfront_vnd: int | None) -> int:
    """The đồng to ask for next: first what is left of the deposit, then what is left of all."""
    goal = total_vnd if upfront_vnd is None or net_vnd >= upfront_vnd else upfront_vnd
    return max(0, min(goal, total_vnd) - net_vnd)


def owed_back(money: Money, *, order_state: str, total_vnd: int) -> int:
    """The đồng that should go back to the buyer: all of it after the end, else the excess."""
    claim = total_vnd if order_state in KEEPS_MONEY else 0
    return max(0, money.net_vnd - claim)


def may_step(state: str, wanted: str) -> bool:
    """Whether a refund may go from ``state`` to ``wanted``."""
    return wanted in REFUND_STEPS.get(state, frozenset())
