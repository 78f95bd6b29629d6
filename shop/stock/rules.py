"""Stock without a database: the words used for it, sums, and which lot goes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

MAX_QUANTITY: Final = 1_000_000
"""Units in one receipt, count or want."""

RECEIPT: Final = "receipt"
COUNT: Final = "count"
LOT_RELEASED: Final = "lot_released"
LOT_BLOCKED: Final = "lot_blocked"
LOT_BACK: Final = "lot_back"
SALE: Final = "sale"
UNPACKED: Final = "unpacked"
DESTROYED: Final = "destruction"
SOLD_ELSEWHERE: Final = "sale_elsewhere"
SENT_BACK: Final = "sent_back"
PARCEL_BACK: Final = "parcel_back"
RETURNED: Final = "returned"
WRITTEN_OFF: Final = "written_off"

REASONS: Final = {
    RECEIPT: N_("Nhập thêm"),
    COUNT: N_("Kiểm kê"),
    "damaged": N_("Hỏng, vỡ"),
    "gift": N_("Biếu, hàng mẫu"),
    RETURNED: N_("Khách trả lại"),
    "other": N_("Lý do khác"),
    LOT_RELEASED: N_("Lô được xuất bán"),
    LOT_BLOCKED: N_("Lô bị giữ hoặc hết hạn"),
    LOT_BACK: N_("Lô được bán trở lại"),
    SALE: N_("Đóng gói cho đơn"),
    UNPACKED: N_("Đơn đã gói bị hủy"),
    DESTROYED: N_("Tiêu hủy"),
    SOLD_ELSEWHERE: N_("Bán, giao ngoài Chợ Phiên"),
    SENT_BACK: N_("Trả hàng thu hồi về nơi giao"),
    PARCEL_BACK: N_("Kiện không giao được quay về"),
    WRITTEN_OFF: N_("Hàng quay về bị hỏng hoặc mất"),
}
"""Every reason a movement may carry, with its words."""

TYPED_REASONS: Final = (COUNT, "damaged", "gift", "returned", "other")
"""Those a person may choose when correcting stock."""


class OutOfStock(Conflict):
    """Fewer are left than wanted. ``shortages``: variant id -> what is left."""

    message = N_("“%(product)s” chỉ còn %(left)s. Vui lòng giảm số lượng rồi đặt lại.")

    def __init__(self, *, product: str, left: int, shortages: dict[int, int]) -> None:
        super().__init__(product=product, left=left)
        self.shortages = shortages


class NotEnoughStock(Conflict):
    message = N_("Không trừ được: kho chỉ còn %(left)s chưa giữ cho đơn nào.")


class LotShort(Conflict):
    message = N_("Lô đã chọn không còn đủ hàng hoặc không được bán nữa. Vui lòng chọn lại lô.")


class NotBlocked(Conflict):
    message = N_("Trong kho chỉ còn %(left)s đang bị giữ lại của lô này.")


class WrongPick(Invalid):
    message = N_("Tổng số lượng lấy từ các lô không khớp với số lượng của đơn.")


class LivePriceOver(Conflict):
    message = N_("Giá trong phiên live của “%(product)s” vừa hết. Vui lòng xem lại giá mới.")


@dataclass(frozen=True)
class Want:
    """Units to hold for ``owner_key``, e.g. ``order_line:12``.

    ``from_owner``: whose set-aside may be used first, e.g. ``session_item:5``.
    """

    owner_key: str
    variant_id: int
    quantity: int
    from_owner: str | None = None


@dataclass(frozen=True)
class Level:
    """Units of a variant."""

    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True)
class LivePrice:
    """The price a variant goes for right now, because someone is on air with it."""

    window_id: int
    owner_key: str
    price_vnd: int
    ends_at: datetime
    left: int | None
    """Units still sold at this price; None: no limit."""
    per_buyer: int | None
    set_aside: int = 0
    """Units held for the session, on top of what is available."""


@dataclass(frozen=True)
class LotOnHand:
    """Units of a variant in a lot that may be sold."""

    lot_id: int
    lot_no: str
    best_before: date | None
    made_on: date
    on_hand: int


SHOP: Final = "shop"
"""The channel that is this shop: what is kept for it no other channel may be given."""


class NotForChannel(Conflict):
    message = N_("Chỉ còn %(left)s chưa giữ cho đơn, phiên live hay kênh nào. Hãy giảm số lượng.")


class NotKept(Conflict):
    message = N_("Kênh này chỉ còn %(left)s được giữ riêng.")


class UnknownChannel(Invalid):
    message = N_("Không có kênh này. Vui lòng chọn trong danh sách.")


def channel_key(channel: str, variant_id: int) -> str:
    """The owner of what is kept of a variant for a channel."""
    return f"channel:{channel}:{variant_id}"


def channel_units(*, kept: int, available: int, shop_floor: int) -> int:
    """Units a channel may offer: what is kept for it; else what is free above the shop's own.

    Only what is kept can never be sold twice: free units are offered everywhere at once.
    """
    return kept or max(0, available - shop_floor)


# Counting


class TakeClosed(Conflict):
    message = N_("Phiếu kiểm kê này đã ghi sổ hoặc đã bỏ. Hãy mở phiếu mới nếu cần đếm lại.")


class TakeTooLong(Invalid):
    message = N_("Phiếu dài quá %(most)s dòng. Hãy chọn một sản phẩm để kiểm kê.")


class NothingToCount(Invalid):
    message = N_("Chưa có mặt hàng nào để đếm. Hãy nhập kho trước.")


class NothingCounted(Invalid):
    message = N_("Phiếu chưa có dòng nào được đếm.")


class TakeFaults(Conflict):
    """Lines that cannot be written as counted. ``lines``: line id -> what is wrong (msgid)."""

    message = N_("Có %(count)s dòng chưa ghi được. Xem lời nhắc ở từng dòng rồi sửa hoặc đếm lại.")

    def __init__(self, lines: dict[int, str]) -> None:
        super().__init__(count=len(lines))
        self.lines = lines


CORRECTED_SINCE: Final = N_(
    "Sổ của dòng này vừa được người khác sửa sau khi bạn đếm. Hãy đếm lại để không trừ hai lần."
)
BELOW_PROMISED: Final = N_(
    "Đếm được ít hơn số đã giữ cho đơn, phiên live hoặc kênh bán. Hãy hủy bớt phần đã giữ trước."
)

MAX_TAKE_LINES: Final = 200


@dataclass(frozen=True)
class Count:
    """What somebody found in a pile. ``counted`` None: take the figure off the sheet again."""

    line_id: int
    counted: int | None
    reason: str = COUNT


Pick = tuple[int | None, int]
"""Lot (None: units without a lot) and how many units out of it."""


def total_by_variant(wants: Iterable[Want]) -> dict[int, int]:
    """Quantities of one variant summed, variants in ascending order of id."""
    sums: dict[int, int] = {}
    for want in wants:
        sums[want.variant_id] = sums.get(want.variant_id, 0) + want.quantity
    return dict(sorted(sums.items()))


def fefo(lots: Sequence[LotOnHand], without_lot: int, quantity: int) -> list[Pick]:
    """What to take for ``quantity``: earliest best-before first, undated lots, then loose units.

    The sum is smaller than ``quantity`` when there are not enough.
    """
    order = sorted(lots, key=_expiry_order)
    sources: list[Pick] = [*((lot.lot_id, lot.on_hand) for lot in order), (None, without_lot)]
    picks: list[Pick] = []
    for lot_id, units in sources:
        take = min(units, quantity)
        if take > 0:
            picks.append((lot_id, take))
            quantity -= take
    return picks


def _expiry_order(lot: LotOnHand) -> tuple[bool, date, date, int]:
    return (lot.best_before is None, lot.best_before or lot.made_on, lot.made_on, lot.lot_id)
