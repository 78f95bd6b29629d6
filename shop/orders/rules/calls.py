"""Confirming by telephone: what a call may end with, when to call again, when to give up.

Why: 15-20 % of parcels paid on delivery come back (facts, payments and orders §5), so a person is
called before anything is packed. All of it warns; only people decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shop.core.errors import Invalid
from shop.core.text import N_

VN: Final = ZoneInfo("Asia/Ho_Chi_Minh")

OUTCOMES: Final = {
    "confirmed": N_("Khách đồng ý, xác nhận đơn"),
    "no_answer": N_("Không nghe máy"),
    "call_again": N_("Khách hẹn gọi lại"),
    "wrong_number": N_("Sai số"),
    "refused": N_("Khách không mua nữa"),
}
"""What a call may end with."""

OUTCOME_WORDS: Final = {
    "confirmed": N_("Đồng ý"),
    "no_answer": N_("Không nghe máy"),
    "call_again": N_("Hẹn gọi lại"),
    "wrong_number": N_("Sai số"),
    "refused": N_("Không mua nữa"),
}

NO_ANSWER_LIMIT: Final = 3
"""After so many calls without an answer cancelling is proposed."""

LONGEST_HOLD: Final = timedelta(days=7)
"""However often a buyer asks to be called again, goods wait no longer than that from the order."""

CALL_GRACE: Final = timedelta(hours=12)
"""By how much the order's deadline outlasts the call that was agreed."""

PAUSE: Final = timedelta(hours=3)
DAY_BEGINS, DAY_ENDS = time(8), time(20)
"""When people are called, in Vietnam."""


class BadCallTime(Invalid):
    message = N_("Giờ gọi lại phải ở tương lai và trong vòng 7 ngày kể từ lúc đặt hàng.")


def next_try(now: datetime) -> datetime:
    """When to call again somebody who did not answer: some hours later, by day."""
    local = (now + PAUSE).astimezone(VN)
    if local.time() >= DAY_ENDS:
        local += timedelta(days=1)
    if not DAY_BEGINS <= local.time() < DAY_ENDS:
        local = local.replace(hour=DAY_BEGINS.hour, minute=0, second=0, microsecond=0)
    return local.astimezone(now.tzinfo)


@dataclass(frozen=True)
class Calling:
    """Where confirming an order by telephone stands."""

    no_answers: int = 0
    last: str = ""
    next_at: datetime | None = None
    is_due: bool = False
    give_up: str = ""
    """Why cancelling is proposed: an outcome; empty: it is not."""


def calling(calls: Sequence[tuple[str, datetime | None]], now: datetime) -> Calling:
    """From the calls made so far, oldest first: (outcome, when to call again)."""
    if not calls:
        return Calling()
    last, next_at = calls[-1]
    no_answers = sum(outcome == "no_answer" for outcome, _at in calls)
    give_up = last if last in {"wrong_number", "refused"} else ""
    if last == "no_answer" and no_answers >= NO_ANSWER_LIMIT:
        give_up = "no_answer"
    is_due = next_at is not None and next_at <= now
    return Calling(no_answers, last, next_at, is_due, give_up)


@dataclass(frozen=True)
class CodRecord:
    """What became of the orders paid on delivery that one telephone number placed."""

    delivered: int = 0
    failed: int = 0
    waiting: int = 0
    """Open ones, this order among them."""


@dataclass(frozen=True)
class CodLimits:
    """From where on the desk warns; amounts in đồng."""

    new_phone_vnd: int = 2_000_000
    waiting: int = 3


Warning_ = tuple[str, dict[str, int]]
"""A sentence (msgid) and its figures."""


def cod_warnings(record: CodRecord, total_vnd: int, limits: CodLimits) -> list[Warning_]:
    """What to ask about before packing an order that is paid on delivery."""
    found: list[Warning_] = []
    if record.failed:
        text = N_("Số này đã %(n)s lần không nhận hàng trả sau.")
        found.append((text, {"n": record.failed}))
    if not record.delivered and total_vnd >= limits.new_phone_vnd:
        text = N_("Số mới, đơn lớn: hãy xin đặt cọc bằng chuyển khoản trước khi gửi.")
        found.append((text, {}))
    if record.waiting >= limits.waiting:
        text = N_("Số này đang có %(n)s đơn trả sau chưa xong.")
        found.append((text, {"n": record.waiting}))
    return found
