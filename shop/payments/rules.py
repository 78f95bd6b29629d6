"""Decisions about money: what an order has received, what is owed back, who may change a payee."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, fold

VND: Final = "VND"
PAYEE_DELAY: Final = timedelta(hours=24)
"""How long an approved change of payee waits: time for the old contact to object."""

REPEAT_WINDOW: Final = timedelta(days=3)
"""Within it, the same amount for the same order told in two ways is taken for one transfer until a
person says otherwise: a producer may confirm by hand days before the bank's list is read."""
SET_ASIDE_REASONS: Final = ("same_transfer", "not_ours")

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
    "done": frozenset({"failed"}),
    "failed": frozenset(),
    "rejected": frozenset(),
}
"""A refund can fail after it was done: banks and card schemes send money back. What failed stays
failed; what is still to be given back becomes a new refund with a key of its own."""
NOT_SENT: Final = frozenset({"requested", "approved"})
COUNTED: Final = OPEN_REFUNDS | {"done"}
"""Refunds that have used up (part of) a charge."""

REFUND_REASONS: Final = {
    "damaged": N_("Hàng hư hỏng hoặc vỡ"),
    "wrong_goods": N_("Giao sai hoặc thiếu hàng"),
    "quality": N_("Hàng không đạt chất lượng"),
    "returned": N_("Khách trả hàng"),
    "not_delivered": N_("Không giao được"),
    "goodwill": N_("Bớt tiền cho khách"),
    "window_moved": N_("Đợt giao đặt trước bị dời hoặc hủy"),
    "other": N_("Lý do khác"),
}
"""Why somebody decides to give money back; callers of ``ask_refund`` choose one of these."""
REASON_WORDS: Final = REFUND_REASONS | {
    "excess": N_("Khách trả thừa"),
    "order_cancelled": N_("Đơn đã hủy"),
    "order_expired": N_("Đơn đã hết hạn"),
    "dashboard": N_("Hoàn ở trang của nơi thu tiền"),
}
REFUND_WORDS: Final = {
    "requested": N_("Chờ xử lý"),
    "approved": N_("Đã duyệt, chờ chuyển"),
    "sent": N_("Đang chuyển"),
    "done": N_("Đã hoàn"),
    "failed": N_("Chuyển không thành"),
    "rejected": N_("Không hoàn"),
}


class NoPayeeAccount(Conflict):
    message = N_("Người bán chưa có tài khoản nhận tiền. Vui lòng chọn cách trả tiền khác.")


class NotPayable(Conflict):
    message = N_("Đơn này không còn chờ trả tiền.")


class NotOffered(Invalid):
    message = N_("Người bán không nhận cách trả tiền này. Vui lòng chọn cách khác.")


class AlreadyPaid(Conflict):
    message = N_("Đơn này đã nhận đủ tiền. Nếu khách chuyển thêm, hãy đánh dấu ô bên dưới.")


class NotByHand(Conflict):
    message = N_("Tiền của đơn này do nơi thu tiền báo, không ghi bằng tay được.")


class NothingDelivered(Conflict):
    message = N_("Đơn trả tiền khi nhận hàng chỉ ghi nhận tiền sau khi đã xác nhận đơn.")


class CountedElsewhere(Conflict):
    message = N_("Mã giao dịch này đã được ghi cho đơn %(code)s.")


class LooksCounted(Conflict):
    message = N_(
        "Đã có khoản cùng số tiền vừa được ghi từ nguồn khác. Nếu đây là lần chuyển khác, hãy đánh "
        "dấu ô bên dưới."
    )


class AlreadyMatched(Conflict):
    message = N_("Khoản tiền này đã được gán cho một đơn.")


class ForeignMoney(Conflict):
    message = N_("Khoản tiền này không phải tiền đồng nên không gán cho đơn được.")


class NotTheSame(Invalid):
    message = N_("Hai khoản này không cùng tài khoản và số tiền nên không thể là một.")


class WrongStep(Conflict):
    message = N_("Việc này vừa được xử lý. Vui lòng tải lại trang.")


class WaitingAccount(Conflict):
    message = N_("Đã có một tài khoản đang chờ duyệt. Vui lòng chờ cán bộ xem xét.")


class SamePerson(Conflict):
    message = N_("Người gửi hoặc thành viên của cơ sở không được tự duyệt tài khoản nhận tiền.")


class NothingToRefund(Conflict):
    message = N_("Đơn này không còn khoản tiền nào để hoàn.")


class RefundTooLarge(Invalid):
    message = N_("Chỉ còn hoàn được tối đa %(left)s của đơn này.")


class StillAwaited(Conflict):
    message = N_("Đơn còn chờ trả tiền. Hãy hủy đơn, tiền đã nhận sẽ tự thành khoản hoàn.")


class SecondPerson(Conflict):
    message = N_("Khoản hoàn lớn cần hai người. Hãy nhờ người khác làm bước này.")


class NotApprovedYet(Conflict):
    message = N_("Khoản hoàn lớn phải được người thứ hai duyệt trước khi chuyển.")


class ProofNeeded(Invalid):
    message = N_("Khoản hoàn lớn cần ảnh chụp hoặc tệp PDF chứng từ.")


class OwedMoney(Conflict):
    message = N_("Đơn đang nợ khách khoản tiền này nên không từ chối được.")


class ByProvider(Conflict):
    message = N_("Khoản này do nơi thu tiền hoàn. Hãy chọn “Chuyển tay” nếu họ không hoàn được.")


class InDispute(Conflict):
    message = N_("Ngân hàng của khách đang khiếu nại khoản tiền này. Hãy chờ kết quả.")


class UncheckedBank(Invalid):
    message = N_(
        "Ngân hàng này không có trong danh sách. Hãy kiểm tra mã ngân hàng rồi đánh dấu ô."
    )


class UnknownOrder(Invalid):
    message = N_("Không có đơn nào mang mã này.")


LIVE: Final = frozenset({"created", "started"})
"""States of an attempt to which nothing came yet, or not all of it."""


@dataclass(frozen=True)
class Money:
    """What the ledger says of one order, in đồng."""

    charged_vnd: int = 0
    refunded_vnd: int = 0
    """Given back or taken back: refunds and disputes."""
    disputed_vnd: int = 0
    """The part of it that a buyer's bank took."""

    @property
    def returned_vnd(self) -> int:
        """What was given back to the buyer, disputes aside."""
        return self.refunded_vnd - self.disputed_vnd

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
    return Money(sums.get("charge", 0), refunded + disputed, disputed)


def asked_now(total_vnd: int, *, net_vnd: int, upfront_vnd: int | None) -> int:
    """The đồng to ask for next: first what is left of the deposit, then what is left of all."""
    goal = total_vnd if upfront_vnd is None or net_vnd >= upfront_vnd else upfront_vnd
    return max(0, min(goal, total_vnd) - net_vnd)


def owed_back(money: Money, *, order_state: str, total_vnd: int, granted_vnd: int = 0) -> int:
    """The đồng that should go back to the buyer: all of it after the end, else the excess.

    ``granted_vnd`` is what people decided to give back, on its way or done: it lowers the claim.
    """
    claim = max(0, total_vnd - granted_vnd) if order_state in KEEPS_MONEY else 0
    return max(0, money.net_vnd - claim)


def left_to_pay(money: Money, *, total_vnd: int, granted_vnd: int = 0) -> int:
    """The đồng that the buyer still has to pay. What a bank took back is not asked for again."""
    return max(0, total_vnd - granted_vnd - money.net_vnd - money.disputed_vnd)


@dataclass(frozen=True)
class Charge:
    """A charge of an order and what of it no refund has used up yet, in đồng."""

    row_id: int
    provider: str
    left_vnd: int


def share_out(charges: Iterable[Charge], amount_vnd: int) -> list[tuple[Charge, int]]:
    """Which charges give ``amount_vnd`` back, the newest first; short when they have less left."""
    parts = []
    for charge in sorted(charges, key=lambda one: -one.row_id):
        part = min(charge.left_vnd, amount_vnd)
        if part > 0:
            parts.append((charge, part))
            amount_vnd -= part
    return parts


def approval_fault(
    *, amount_vnd: int, limit_vnd: int, requested_by: int | None, actor_id: int
) -> Conflict | None:
    """Why this person may not approve: above the limit nobody approves their own wish."""
    is_own = requested_by is not None and requested_by == actor_id
    return SecondPerson() if amount_vnd > limit_vnd and is_own else None


def payout_fault(
    *, amount_vnd: int, limit_vnd: int, approved_by: int | None, actor_id: int, has_proof: bool
) -> Conflict | Invalid | None:
    """Why this person may not pay it out: above the limit another one approved it, with proof."""
    if amount_vnd <= limit_vnd:
        return None
    if approved_by is None:
        return NotApprovedYet()
    if approved_by == actor_id:
        return SecondPerson()
    return None if has_proof else ProofNeeded(field="proof")


def may_step(state: str, wanted: str) -> bool:
    """Whether a refund may go from ``state`` to ``wanted``."""
    return wanted in REFUND_STEPS.get(state, frozenset())


def account_digest(number: str) -> str:
    """How the ledger names an account; empty for none."""
    return hashlib.sha256(number.encode()).hexdigest() if number else ""


def merge_key(account: str, amount_vnd: int, reference: str) -> str | None:
    """One name for a transfer, whichever way told of it; None when the bank's name is too weak.

    A reference counts from six letters and digits on, four of them digits: "CK" or "1" typed by
    hand for two orders of one price must not melt them into one.
    """
    plain = re.sub(r"[^0-9A-Z]", "", fold(reference).upper())
    if not account or len(plain) < 6 or sum(char.isdigit() for char in plain) < 4:
        return None
    return hashlib.sha256(f"{account}|{amount_vnd}|{plain}".encode()).hexdigest()
