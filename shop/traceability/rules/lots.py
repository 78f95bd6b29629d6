"""Lot numbers, dates and states; what the page behind a code may say about it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

LOT_NO = re.compile(r"^[A-Z0-9-]{1,20}$")
MAX_QUANTITY: Final = 1_000_000
OLDEST: Final = timedelta(days=5 * 366)
"""Nothing is recorded about what happened longer ago than this."""
CLOCK_SKEW: Final = timedelta(minutes=10)
"""How far a phone's clock may run ahead of ours."""

MOVES: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"released", "on_hold", "recalled", "closed"}),
    "released": frozenset({"on_hold", "recalled", "closed"}),
    "on_hold": frozenset({"released", "recalled", "closed"}),
    "recalled": frozenset(),
    "closed": frozenset({"recalled"}),
}
"""From which state a lot may go where. What is sold out and closed can still be
called back; what was called back stays so, whatever became of the goods."""


class UnknownLot(NotFound):
    message = N_("Không tìm thấy lô hàng này.")


class UnknownProduct(NotFound):
    message = N_("Không tìm thấy sản phẩm này.")


class BadLotNumber(Invalid):
    message = N_("Số lô chỉ gồm chữ không dấu A–Z, số và gạch nối, tối đa 20 ký tự.")


class LotNumberTaken(Conflict):
    message = N_("Sản phẩm này đã có lô %(lot_no)s. Hãy chọn số lô khác.")


class BadLotDates(Invalid):
    message = N_("Ngày sản xuất, ngày đóng gói và hạn dùng phải theo thứ tự thời gian.")


class WrongMove(Conflict):
    message = N_("Lô đang ở trạng thái không làm được việc này. Vui lòng tải lại trang.")


class AlreadyRecalled(Conflict):
    message = N_("Các lô này đã nằm trong một đợt thu hồi khác.")


class NotLotTracked(Invalid):
    message = N_("Sản phẩm này không theo lô; hãy dùng mã của sản phẩm.")


class NothingRecorded(Invalid):
    message = N_("Nhật ký của lô còn trống. Hãy ghi ít nhất một sự kiện trước khi mở bán.")


class NotForSale(Invalid):
    message = N_("Lô nguyên liệu và bán thành phẩm không mở bán; chỉ lô thành phẩm mới bán được.")


class LotExpired(Invalid):
    message = N_("Lô đã quá hạn dùng nên không mở bán được.")


class NothingLeft(Invalid):
    message = N_("Lô này đã hủy hết nên không mở bán được.")


class NotSellable(Conflict):
    message = N_("Lô này chưa mở bán, đang tạm giữ hoặc đã quá hạn nên không bán được.")


class MoreThanMade(Conflict):
    message = N_("Lô chỉ còn %(left)s; không thể trừ %(asked)s.")


class LotClosed(Conflict):
    message = N_("Lô đã đóng nên không ghi thêm được.")


class BadMoment(Invalid):
    message = N_("Thời gian phải là lúc đã qua và không quá 5 năm trước.")


def read_lot_no(typed: str) -> str:
    """The lot number in upper case. Raises BadLotNumber (field ``lot_no``).

    GS1 allows more signs, but only ASCII survives every scanner and printer.
    """
    lot_no = typed.strip().upper()
    if not LOT_NO.match(lot_no):
        raise BadLotNumber(field="lot_no")
    return lot_no


def proposed_lot_no(made_on: date, taken: set[str]) -> str:
    """``L261122-1``: the first free number of the day."""
    number = 1
    while (proposal := f"L{made_on:%y%m%d}-{number}") in taken:
        number += 1
    return proposal


def require_dates(
    *, made_on: date, packed_on: date | None, best_before: date | None, today: date
) -> None:
    """Raise BadLotDates, naming the field at fault."""
    if made_on > today:
        raise BadLotDates(N_("Ngày sản xuất chưa tới."), field="made_on")
    if made_on < today - OLDEST:
        raise BadLotDates(N_("Ngày sản xuất quá xa hôm nay."), field="made_on")
    if packed_on is not None and packed_on < made_on:
        raise BadLotDates(N_("Ngày đóng gói phải sau ngày sản xuất."), field="packed_on")
    if packed_on is not None and packed_on > today:
        raise BadLotDates(N_("Ngày đóng gói chưa tới."), field="packed_on")
    if best_before is None:
        return
    if best_before < (packed_on or made_on):
        raise BadLotDates(N_("Hạn dùng phải sau ngày sản xuất."), field="best_before")
    if best_before.year > today.year + 20:
        raise BadLotDates(N_("Hạn dùng quá xa hôm nay."), field="best_before")


def require_move(state: str, to: str) -> None:
    """Raise WrongMove unless a lot may go from ``state`` to ``to``."""
    if to not in MOVES[state]:
        raise WrongMove


def require_moment(happened_at: datetime, now: datetime) -> None:
    """Raise BadMoment for an event that has not happened yet or happened too long ago."""
    if not now - OLDEST <= happened_at <= now + CLOCK_SKEW:
        raise BadMoment(field="happened_at")


def is_sellable(state: str, best_before: date | None, today: date) -> bool:
    """Whether units of a lot may be sold on ``today``: released, and before its date."""
    return state == "released" and (best_before is None or best_before >= today)


Verdict = Literal[
    "genuine",
    "lotless",
    "material",
    "early",
    "expired",
    "on_hold",
    "recalled",
    "void",
    "unprinted",
]


@dataclass(frozen=True)
class Judged:
    """What a code's page says first, and whether it is a warning."""

    verdict: Verdict
    is_bad: bool


def judge(
    *,
    code_state: str,
    lot_state: str | None,
    best_before: date | None,
    today: date,
    lot_kind: str = "finished",
    code_level: str = "lot",
) -> Judged:
    """The verdict about a code that exists; ``lot_state`` is None for a product-level code."""
    verdict: Verdict
    if code_state == "void":
        verdict = "void"
    elif code_state == "unprinted" and code_level in ("unit", "box"):
        verdict = "unprinted"
    elif lot_state is None:
        verdict = "lotless"
    elif lot_state == "recalled":
        verdict = "recalled"
    elif lot_state == "on_hold":
        verdict = "on_hold"
    elif best_before is not None and best_before < today:
        verdict = "expired"
    elif lot_kind != "finished":
        verdict = "material"
    else:
        verdict = "early" if lot_state == "open" else "genuine"
    return Judged(verdict, verdict in {"void", "unprinted", "recalled", "on_hold", "expired"})
