"""The life of a return request without a database: states, sums, who may say what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.orders.rules.parcels import Back

Side = Literal["buyer", "producer", "staff"]

MAX_PHOTOS: Final = 3
MAX_WORDS: Final = 2000
MIN_WORDS: Final = 5
APPEAL_DAYS: Final = 14
"""How long after a refusal the buyer may ask the Youth Union's staff to look."""
CODE_SYMBOLS: Final = 10

STATES: Final = {
    "asked": N_("Chờ người bán trả lời"),
    "more_needed": N_("Người bán hỏi thêm"),
    "agreed": N_("Đồng ý, chờ hàng gửi lại"),
    "refused": N_("Người bán từ chối"),
    "appealed": N_("Cán bộ đang xem"),
    "settled": N_("Đã giải quyết"),
    "withdrawn": N_("Người mua đã rút"),
    "closed": N_("Đã khép lại"),
}

STEPS: Final[Mapping[str, Mapping[Side, frozenset[str]]]] = {
    "asked": {
        "buyer": frozenset({"withdrawn"}),
        "producer": frozenset({"agreed", "settled", "refused", "more_needed"}),
        "staff": frozenset({"agreed", "settled"}),
    },
    "more_needed": {
        "buyer": frozenset({"asked", "withdrawn"}),
        "producer": frozenset({"agreed", "settled", "refused"}),
        "staff": frozenset({"agreed", "settled"}),
    },
    "agreed": {
        "buyer": frozenset({"withdrawn"}),
        "producer": frozenset({"settled", "refused"}),
        "staff": frozenset({"settled"}),
    },
    "refused": {
        "buyer": frozenset({"appealed"}),
        "producer": frozenset({"agreed", "settled"}),
    },
    "appealed": {
        "buyer": frozenset({"withdrawn"}),
        "producer": frozenset({"agreed", "settled"}),
        "staff": frozenset({"agreed", "settled", "closed"}),
    },
    "settled": {},
    "withdrawn": {},
    "closed": {},
}
"""State -> side -> states to which that side may take it. ``closed``: staff let a refusal stand."""

OPEN: Final = frozenset({"asked", "more_needed", "agreed", "appealed"})
"""States in which somebody still owes an answer or goods; an order has one such request at most."""
ENDED: Final = frozenset(STATES) - OPEN

REASONS: Final = {
    "damaged": N_("Hàng bị vỡ, móp, chảy"),
    "spoiled": N_("Hàng bị hỏng, mốc, quá hạn"),
    "wrong_goods": N_("Giao sai hàng"),
    "missing": N_("Giao thiếu hàng"),
    "not_as_told": N_("Không đúng như mô tả"),
    "changed_mind": N_("Tôi đổi ý, hàng còn nguyên"),
    "other": N_("Lý do khác"),
}

REFUSALS: Final = {
    "as_told": N_("Hàng đúng như mô tả"),
    "opened": N_("Hàng đã mở, không bán lại được"),
    "no_proof": N_("Chưa có ảnh hoặc bằng chứng"),
    "misused": N_("Hỏng do cách bảo quản sau khi nhận"),
    "not_back": N_("Hàng không được gửi lại"),
    "other": N_("Lý do khác"),
}

SIDE_WORDS: Final = {
    "buyer": N_("Người mua"),
    "producer": N_("Người bán"),
    "staff": N_("Cán bộ Đoàn"),
}

STEP_WORDS: Final = {
    "asked": N_("Yêu cầu trả hàng"),
    "more_needed": N_("Người bán hỏi thêm"),
    "answered": N_("Người mua trả lời"),
    "agreed": N_("Đồng ý nhận lại hàng"),
    "refused": N_("Từ chối"),
    "appealed": N_("Nhờ cán bộ Đoàn xem"),
    "noted": N_("Cán bộ Đoàn ghi ý kiến"),
    "settled": N_("Đã giải quyết, tiền sẽ được hoàn"),
    "withdrawn": N_("Người mua rút yêu cầu"),
    "closed": N_("Cán bộ Đoàn khép lại"),
}
"""What a step of the return's own timeline is called; also ``return_<kind>`` on the order's."""

REFUND_REASON_OF: Final = {
    "damaged": "damaged",
    "spoiled": "quality",
    "wrong_goods": "wrong_goods",
    "missing": "wrong_goods",
    "not_as_told": "quality",
    "changed_mind": "returned",
    "other": "returned",
}
"""Why money goes back, in the words of payments."""


class NotYetDelivered(Conflict):
    message = N_("Chưa có món nào được giao tới. Bạn có thể hủy đơn hoặc gọi cho người bán.")


class TooLate(Conflict):
    message = N_("Đã quá %(days)s ngày từ khi nhận hàng. Vui lòng gọi thẳng cho người bán.")


class AlreadyOpen(Conflict):
    message = N_("Đơn này đang có một yêu cầu trả hàng chưa xong.")


class NothingChosen(Invalid):
    message = N_("Chọn ít nhất một món và số lượng muốn trả.")


class TooMany(Invalid):
    message = N_("Số lượng “%(product)s” muốn trả nhiều hơn số đã nhận và chưa trả (%(left)s).")


class TooManyPhotos(Invalid):
    message = N_("Tối đa 3 ảnh.")


class WrongStep(Conflict):
    message = N_("Yêu cầu vừa chuyển sang bước khác. Vui lòng tải lại trang.")


class AppealOver(Conflict):
    message = N_("Đã quá hạn nhờ cán bộ xem. Vui lòng liên hệ trực tiếp Đoàn xã nơi bán hàng.")


class BadRefund(Invalid):
    message = N_("Số tiền hoàn phải từ 1 ₫ đến %(most)s.")


class BadCount(Invalid):
    message = N_("Số nhập lại kho cộng số bỏ phải đúng bằng số được trả (%(units)s).")


@dataclass(frozen=True)
class Bought:
    """A delivered line: how many units came, how many are already given back or asked about."""

    line_id: int
    product_name: str
    line_total_vnd: int
    ordered: int
    delivered: int
    given_back: int

    @property
    def left(self) -> int:
        """Units that may still be asked about."""
        return max(0, self.delivered - self.given_back)


def require_step(state: str, side: Side, wanted: str) -> None:
    """Raises WrongStep unless the table lets this side take it there."""
    if wanted not in STEPS[state].get(side, frozenset()):
        raise WrongStep


def may(state: str, side: Side, wanted: str) -> bool:
    """Whether the table lets this side take it there."""
    return wanted in STEPS[state].get(side, frozenset())


def is_in_time(delivered_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether a request may still be made, counted from the latest parcel's arrival."""
    return delivered_at is not None and now <= delivered_at + timedelta(days=days)


def require_quantities(wanted: Mapping[int, int], bought: Sequence[Bought]) -> None:
    """Raises NothingChosen, TooMany (fields ``units_<line>``)."""
    known = {line.line_id: line for line in bought}
    if not any(wanted.values()) or not wanted.keys() <= known.keys():
        raise NothingChosen(field="lines")
    for line_id, units in wanted.items():
        line = known[line_id]
        if not 0 <= units <= line.left:
            raise TooMany(field=f"units_{line_id}", product=line.product_name, left=line.left)


def share_vnd(line: Bought, units: int) -> int:
    """What ``units`` of a line cost after its discount, in đồng; all units together cost exactly
    the line's total, whatever was given back before."""
    before = line.line_total_vnd * line.given_back // line.ordered
    after = line.line_total_vnd * (line.given_back + units) // line.ordered
    return after - before


def spread(came: Mapping[int, int], restock: int, write_off: int) -> list[Back]:
    """Lay units that came back on the lines of parcels they may have come in (line -> units), the
    first parcel first, what goes back on the shelf before what is written off."""
    back = []
    for line_id, units in came.items():
        on_shelf = min(restock, units)
        lost = min(write_off, units - on_shelf)
        restock, write_off = restock - on_shelf, write_off - lost
        if on_shelf or lost:
            back.append(Back(line_id, on_shelf, lost))
    return back
