"""What a club and a producer owe each other after a session, to the last đồng.

See docs/algorithms/live-settlement.md. Amounts are whole đồng; a positive sum is owed by the club
to the producer, a negative one by the producer to the club.
"""

from dataclasses import dataclass
from typing import Final

from shop.core.errors import Conflict, Invalid, NotAllowed
from shop.core.text import N_

SIDES: Final = ("producer", "club")
VIAS: Final = ("channel", "shop")
SETTLEMENT_STATES: Final = ("issued", "disputed", "agreed", "settled")
PAYMENT_STATES: Final = ("sent", "received", "refused")
NOTE_KINDS: Final = ("given", "returned")
NOTE_STATES: Final = ("waiting", "signed", "refused", "withdrawn")
MOST_FEE_BP: Final = 5_000
"""Basis points: no club keeps more than half."""
NON_PROFIT_KINDS: Final = frozenset({"club", "youth_union"})

SIDE_LABELS: Final = {"producer": N_("Người sản xuất"), "club": N_("Câu lạc bộ")}
VIA_LABELS: Final = {"channel": N_("Trên kênh live"), "shop": N_("Đơn trên Chợ Phiên")}
SETTLEMENT_LABELS: Final = {
    "issued": N_("Chờ người sản xuất xem"),
    "disputed": N_("Có điểm chưa thống nhất"),
    "agreed": N_("Đã thống nhất, chờ trả tiền"),
    "settled": N_("Đã xong"),
}
SETTLEMENT_BADGES: Final = {
    "issued": "warn",
    "disputed": "bad",
    "agreed": "soon",
    "settled": "ok",
}
PAYMENT_LABELS: Final = {
    "sent": N_("Chờ bên nhận xác nhận"),
    "received": N_("Đã nhận"),
    "refused": N_("Bên nhận báo chưa thấy tiền"),
}
NOTE_LABELS: Final = {
    "given": N_("Phiếu giao hàng cho câu lạc bộ"),
    "returned": N_("Phiếu trả hàng về người sản xuất"),
}
NOTE_STATE_LABELS: Final = {
    "waiting": N_("Chờ bên kia ký"),
    "signed": N_("Hai bên đã ký"),
    "refused": N_("Bên kia không ký"),
    "withdrawn": N_("Đã rút"),
}
NOTE_BADGES: Final = {"waiting": "warn", "signed": "ok", "refused": "bad", "withdrawn": "demo"}


class NotOver(Conflict):
    message = N_("Phiên chưa kết thúc nên chưa nhập kết quả được.")


class AlreadyClosed(Conflict):
    message = N_("Phiên đã đối soát xong, số liệu không đổi được nữa.")


class NoFigures(Conflict):
    message = N_("Hãy nhập kết quả (kể cả khi không bán được gì) rồi mới đối soát.")


class NotesOpen(Conflict):
    message = N_("Còn phiếu giao nhận chờ ký. Hãy ký, từ chối hoặc rút phiếu rồi đối soát.")


class TooManyBack(Invalid):
    message = N_("Số trả lại hoặc bị hoàn không thể lớn hơn số đã bán hoặc đã giao.")


class TooManyCharged(Invalid):
    message = N_("Câu lạc bộ chỉ trả cho số hàng còn thiếu: nhiều nhất %(most)s.")


class ThinkOfMoney(Invalid):
    message = N_("Đã có số bán thì phải có số tiền, và ngược lại.")


class SameSide(NotAllowed):
    message = N_("Người lập phiếu không ký thay bên kia. Hãy nhờ người của bên kia ký.")


class WrongStep(Conflict):
    message = N_("Việc này đã được làm rồi hoặc chưa tới lượt. Vui lòng tải lại trang.")


class TooMuchMoney(Conflict):
    message = N_("Số tiền lớn hơn phần còn phải trả. Hãy xem lại bảng quyết toán.")


class TermsFixed(Conflict):
    message = N_("Phiên đã lên sóng hoặc đã đối soát nên không đổi điều khoản được nữa.")


class ReasonNeeded(Invalid):
    message = N_("Vui lòng ghi rõ điểm chưa đúng để bên kia sửa.")


@dataclass(frozen=True)
class Terms:
    """What was agreed for one item. ``price_vnd``: what the producer gets per unit sold."""

    seller: str
    money_to: str
    price_vnd: int
    fee_bp: int
    platform_by: str
    """Who bears what the platform keeps back."""


@dataclass(frozen=True)
class Sold:
    """What went over one way: net of nothing; ``returned`` came back from buyers."""

    units: int = 0
    returned: int = 0
    gross_vnd: int = 0
    """What buyers paid for the goods, returns included."""
    returned_vnd: int = 0
    platform_vnd: int = 0
    charged: int = 0
    """Missing units the club pays for."""

    @property
    def kept(self) -> int:
        """Units that stayed sold."""
        return self.units - self.returned


@dataclass(frozen=True)
class Owed:
    """A statement's line. ``owed_vnd`` = (goods if the club has the money) + missing - fee
    + platform share."""

    goods_vnd: int
    missing_vnd: int
    fee_vnd: int
    platform_share_vnd: int
    owed_vnd: int


def fee_of(base_vnd: int, fee_bp: int) -> int:
    """A share in basis points, half a đồng upwards."""
    return (base_vnd * fee_bp + 5_000) // 10_000


def line_owed(terms: Terms, sold: Sold) -> Owed:
    """What one item over one way comes to. Raises TooManyBack."""
    if not 0 <= sold.returned <= sold.units or sold.returned_vnd > sold.gross_vnd:
        raise TooManyBack
    goods = sold.kept * terms.price_vnd
    missing = sold.charged * terms.price_vnd
    fee = fee_of(goods, terms.fee_bp)
    share = platform_share(terms, sold.platform_vnd)
    owed = (goods if terms.money_to == "club" else 0) + missing - fee + share
    return Owed(goods, missing, fee, share, owed)


def shop_owed(fee_bp: int, sold: Sold) -> Owed:
    """Orders of our own shop: their money went to the producer; the club has its fee of it."""
    if not 0 <= sold.returned <= sold.units:
        raise TooManyBack
    goods = sold.gross_vnd - sold.returned_vnd
    fee = fee_of(goods, fee_bp)
    return Owed(goods, 0, fee, 0, -fee)


def platform_share(terms: Terms, platform_vnd: int) -> int:
    """How the platform's fee moves the debt: it was kept back from whoever got the money."""
    if terms.money_to == terms.platform_by:
        return 0
    return -platform_vnd if terms.platform_by == "producer" else platform_vnd


def payer_of(owed_vnd: int) -> str:
    """Who pays the balance: ``club``, ``producer`` or nobody (empty)."""
    if owed_vnd == 0:
        return ""
    return "club" if owed_vnd > 0 else "producer"


def missing_units(given: int, brought_back: int, kept_sold: int) -> int:
    """Goods the club had and neither sold nor brought back; negative: it sold more than it had."""
    return given - brought_back - kept_sold
