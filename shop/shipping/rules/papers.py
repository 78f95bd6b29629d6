"""What stands on the paper of a parcel, and which papers there are."""

from dataclasses import dataclass
from typing import Final

from shop.core.errors import Invalid, NotFound
from shop.core.text import N_

MAX_AT_ONCE: Final = 100
"""Orders in one file: about 3 s of drawing on the reference machine."""


@dataclass(frozen=True)
class PageSize:
    """A sheet, in millimetres; ``scale``: how large its type is beside that of A6."""

    slug: str
    label: str
    width: float
    height: float
    scale: float


PAGE_SIZES: Final = {
    size.slug: size
    for size in (
        PageSize("a6", N_("A6 (105 × 148 mm)"), 105.0, 148.0, 1.0),
        PageSize("a5", N_("A5 (148 × 210 mm)"), 148.0, 210.0, 1.4),
    )
}

KINDS: Final = {
    "nhan": N_("Nhãn giao hàng"),
    "phieu": N_("Phiếu đóng gói"),
}
"""``nhan`` goes on the parcel, ``phieu`` into it."""


class NothingToPrint(NotFound):
    message = N_("Không có đơn nào để in. Hãy chọn đơn đã xác nhận trên bàn đơn hàng.")


class TooManyToPrint(Invalid):
    message = N_("Chọn nhiều quá. Mỗi tệp in được tối đa 100 đơn; hãy chia thành nhiều lần.")


@dataclass(frozen=True)
class Goods:
    """Units of one thing out of one lot. ``trace``: what the lot's QR holds; empty: no code."""

    name: str
    units: int
    lot_no: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Paper:
    """One parcel on paper. What the carrier needs and no more: no e-mail, no prices of goods."""

    code: str
    """The order's code."""
    qr: str
    """What the order's QR holds: an address that shows nothing without rights."""
    sender: str
    sender_place: str
    sender_phone: str
    recipient: str
    recipient_phone: str
    street: str
    place: str
    cod_vnd: int
    """To collect; 0: paid."""
    weight_g: int
    goods: tuple[Goods, ...]
    number: int = 1
    of: int = 1
    """Which parcel of how many."""
    note: str = ""
    carrier: str = ""
    tracking_no: str = ""
    is_proposal: bool = False
    """Not packed yet: the lots are those proposed."""

    @property
    def units(self) -> int:
        return sum(item.units for item in self.goods)


def grams(weight_g: int) -> str:
    """``1.250 g`` under ten kilograms, else ``12,5 kg``."""
    if weight_g < 10_000:
        return f"{weight_g:,} g".replace(",", ".")
    kilograms = f"{weight_g / 1000:.1f}".removesuffix(".0").replace(".", ",")
    return f"{kilograms} kg"


def hidden_phone(phone: str) -> str:
    """The last four digits: enough for the paper inside the parcel."""
    return "•" * max(len(phone) - 4, 0) + phone[-4:]
