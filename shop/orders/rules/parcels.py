"""Parcels without a database: why a delivery failed, what came back, what a parcel may do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

MAX_PARCELS: Final = 20
"""Parcels one order may be sent in."""

FAIL_REASONS: Final = {
    "no_answer": N_("Người nhận không nghe máy"),
    "refused": N_("Người nhận từ chối nhận"),
    "bad_address": N_("Không tìm được địa chỉ"),
    "postponed": N_("Người nhận hẹn ngày khác"),
    "damaged": N_("Hàng hỏng trên đường"),
    "lost": N_("Đơn vị vận chuyển làm mất"),
    "other": N_("Lý do khác"),
}

PARCEL_WORDS: Final = {
    "packed": N_("Đã gói, chưa gửi"),
    "shipped": N_("Đang giao"),
    "delivered": N_("Đã giao"),
    "failed": N_("Giao không thành"),
    "returning": N_("Đang quay về"),
    "returned": N_("Đã quay về"),
    "cancelled": N_("Đã mở ra"),
}

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "packed": frozenset({"shipped", "cancelled"}),
    "shipped": frozenset({"delivered", "failed", "returning", "returned"}),
    "failed": frozenset({"shipped", "delivered", "returning", "returned"}),
    "returning": frozenset({"returned", "delivered"}),
    "delivered": frozenset(),
    "returned": frozenset(),
    "cancelled": frozenset(),
}
"""From which state to which a parcel may go. A delivered parcel stays one, also when some of its
goods come back later."""


def spread_over_parcels(
    total_vnd: int, values: Sequence[int | Fraction], rest: int | Fraction = 0
) -> list[int]:
    """The share of each parcel. ``values``: goods' value by parcel, ``rest``: of what is not packed
    yet; all in đồng. Goods without a value are spread evenly.
    """
    whole = sum(values) + rest
    if whole == 0:
        values, whole = [1] * len(values), len(values)
    shares, reached, before = [], Fraction(0), 0
    for value in values:
        reached += value
        upto = int(total_vnd * reached / whole)
        shares.append(upto - before)
        before = upto
    return shares


class NothingToPack(Invalid):
    message = N_("Kiện phải có ít nhất một món. Vui lòng nhập số lượng lấy từ lô.")


class TooManyParcels(Conflict):
    message = N_("Một đơn gửi nhiều nhất %(n)s kiện.")


class NotSettled(Invalid):
    message = N_("Số nhập lại kho và số bỏ đi của mỗi dòng phải bằng số hàng trong kiện.")


class TooManyBack(Conflict):
    message = N_("Số hàng trả lại nhiều hơn số đã giao. Vui lòng xem lại số lượng.")


@dataclass(frozen=True)
class Back:
    """Units of a line of a parcel that came back: on the shelf again, or written off."""

    shipment_line_id: int
    restock: int
    write_off: int

    @property
    def units(self) -> int:
        return self.restock + self.write_off
