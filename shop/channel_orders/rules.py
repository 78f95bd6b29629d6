"""Reading an order export: which column means what, what each row says, what it does to stock.

Exports of Shopee, TikTok Shop and Lazada differ by language and month. Headings are guessed by
their words (known from sellers' descriptions, unverified), the person sees and corrects them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold
from shop.sheets.rules import mapping
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.mapping import Layout
from shop.sheets.rules.numbers import MONEY, PLAIN, Unreadable, parse_whole

State = Literal["open", "shipped", "completed", "cancelled", "returned"]

MOST_UNITS: Final = 100_000

FIELDS: Final = {
    "order": N_("Mã đơn hàng"),
    "line": N_("Mã dòng hàng (Lazada)"),
    "state": N_("Trạng thái đơn"),
    "sku": N_("SKU"),
    "name": N_("Tên sản phẩm"),
    "quantity": N_("Số lượng"),
    "back": N_("Số lượng trả lại"),
    "revenue": N_("Tiền hàng của dòng"),
    "ordered": N_("Ngày đặt"),
}
STATES: Final[Mapping[State, str]] = {
    "open": N_("Chờ giao"),
    "shipped": N_("Đang giao"),
    "completed": N_("Hoàn thành"),
    "cancelled": N_("Đã hủy"),
    "returned": N_("Trả hàng, hoàn tiền"),
}
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("ma don hang", "order id", "ordernumber", "order number", "ma don", "order no"),
    "line": ("orderitemid", "order item id", "ma dong hang"),
    "state": ("trang thai don hang", "order status", "status", "trang thai"),
    "sku": (
        "sku phan loai hang",
        "seller sku",
        "sellersku",
        "sku nguoi ban",
        "sku",
        "sku san pham",
    ),
    "name": ("ten san pham", "product name", "itemname", "item name"),
    "quantity": ("so luong", "quantity", "so luong san pham"),
    "back": (
        *("so luong san pham duoc hoan tra", "so luong tra lai", "returned quantity"),
        *("sku quantity of return", "so luong hoan tra"),
    ),
    "revenue": (
        *(
            "tong gia ban (san pham)",
            "tong gia ban san pham",
            "sku subtotal after discount",
            "paidprice",
            "paid price",
        ),
        *("tong gia ban", "thanh tien", "tien hang"),
    ),
    "ordered": (
        "ngay dat hang",
        "created time",
        "createtime",
        "create time",
        "ngay dat",
        "order date",
    ),
}
_RANK: Final[Mapping[State, int]] = {
    "open": 0,
    "shipped": 1,
    "completed": 2,
    "returned": 2,
    "cancelled": 3,
}
_STATES: Final[tuple[tuple[State, re.Pattern[str]], ...]] = (
    ("completed", re.compile(r"(van )?co the (gui )?(yeu cau )?(tra hang|hoan tien)")),
    ("returned", re.compile(r"return|refund|tra hang|hoan tien|hoan tra")),
    ("cancelled", re.compile(r"cancel|huy|that bai|failed")),
    ("completed", re.compile(r"complete|hoan thanh|delivered|da giao|confirmed")),
    ("shipped", re.compile(r"ship|transit|dang giao|van chuyen")),
)
_PRIVATE: Final = re.compile(
    r"nguoi (mua|nhan)|khach|buyer|recipient|customer|phone|dien thoai|dia chi|address|username"
    r"|ward|district|province|zip|postal|email|tinh|quan|phuong|nickname|shippingname|billing"
)


_CURRENCY: Final = re.compile(r"^-?\s*(vnd|vnđ|₫|đ)?\s*-?", re.IGNORECASE)
"""What stands before a sum."""
_NUMBER: Final = re.compile(r"(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{4,60}")
_ROUNDED: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
NO_NUMBER: Final = N_("Ô mã đơn trống hoặc không phải mã đơn.")
ROUNDED: Final = N_(
    "Excel đã làm tròn mã đơn này. Hãy tải lại tệp từ sàn và đừng lưu lại bằng Excel."
)


class NoColumns(Invalid):
    message = N_("Hãy chọn cột mã đơn, cột SKU và cột trạng thái.")


class NoOrders(Invalid):
    message = N_("Không thấy dòng đơn hàng nào trong tệp này.")


@dataclass(frozen=True)
class Line:
    """A row of an order. ``back``: units that came back; ``number`` counts from 1."""

    number: int
    order: str
    key: str
    sku: str
    name: str
    quantity: int
    back: int
    revenue_vnd: int
    ordered_at: datetime | None
    state: State
    told_state: str
    fault: str = ""
    """Why it cannot be taken: a Vietnamese sentence."""


def guess(rows: Sequence[Sequence[Cell]]) -> Layout:
    """The row among the first that names the most fields, and its columns."""
    return mapping.guess(rows, mapping.being(_WORDS))


def is_whole(layout: Layout) -> bool:
    """Whether rows can be read by it."""
    return layout.has("order", "sku", "state")


def without_buyers(rows: Sequence[Sequence[Cell]], header: int) -> list[list[Cell]]:
    """The cells without the columns whose heading speaks of the buyer: they are never stored."""
    heads = rows[header] if header < len(rows) else []
    private = {
        at
        for at, cell in enumerate(heads)
        if isinstance(cell, str) and _PRIVATE.search(fold(cell[:120]))
    }
    return [
        [None if at in private and n != header else cell for at, cell in enumerate(row)]
        for n, row in enumerate(rows)
    ]


def read_lines(rows: Sequence[Sequence[Cell]], layout: Layout) -> list[Line]:
    """Every row below the header that says anything; one without an order number is a fault.

    Left out is only the row of explanations that some channels put right below the header. Raises
    NoColumns, NoOrders when no row has an order number.
    """
    if not is_whole(layout):
        raise NoColumns
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[layout.header + 1 :], start=layout.header + 2):
        said = {field: words_of(cell) for field, cell in layout.cells(row).items()}
        if _NUMBER.fullmatch(said["order"]):
            lines.append(_line(number, said, seen))
        elif any(said.values()) and not (number == layout.header + 2 and _explains(said)):
            lines.append(_without_number(number, said))
    if all(line.fault in {NO_NUMBER, ROUNDED} for line in lines):
        raise NoOrders
    return lines


def _explains(said: Mapping[str, str]) -> bool:
    """Whether a row tells what its columns mean: no number where numbers stand."""
    return not re.search(r"[0-9]", said["order"] + said["quantity"]) and bool(said["state"])


def _without_number(number: int, said: Mapping[str, str]) -> Line:
    return Line(
        number=number,
        order=said["order"][:60],
        key="",
        sku=said["sku"][:100],
        name=said["name"][:300],
        quantity=1,
        back=0,
        revenue_vnd=0,
        ordered_at=None,
        state=state_of(said["state"]),
        told_state=said["state"][:120],
        fault=ROUNDED if _ROUNDED.fullmatch(said["order"]) else NO_NUMBER,
    )


def _line(number: int, said: Mapping[str, str], seen: dict[str, int]) -> Line:
    fault = ""
    try:
        quantity = _whole(said["quantity"], MOST_UNITS) if said["quantity"] else 1
        back = _whole(said["back"], MOST_UNITS)
        revenue = (
            parse_whole(_CURRENCY.sub("", said["revenue"]), units=MONEY, minimum=0, maximum=MAX_VND)
            if said["revenue"]
            else 0
        )
    except Unreadable as trouble:
        quantity, back, revenue, fault = 1, 0, 0, trouble.text
    if quantity < 1:
        fault = fault or N_("Số lượng phải từ 1 trở lên.")
    state = state_of(said["state"])
    if state == "returned" and not back:
        back = quantity
    plain = f"{said['order']}|{said['sku']}|{said['name']}"
    nth = seen[plain] = seen.get(plain, 0) + 1
    own = said["line"] if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", said["line"]) else ""
    digest = hashlib.sha256(f"{said['sku']}|{said['name']}|{nth}".encode()).hexdigest()[:40]
    return Line(
        number=number,
        order=said["order"],
        key=own or digest,
        sku=said["sku"][:100],
        name=said["name"][:300],
        quantity=max(quantity, 1),
        back=min(back, max(quantity, 1)),
        revenue_vnd=revenue,
        ordered_at=mapping.instant(said["ordered"]),
        state=state,
        told_state=said["state"][:120],
        fault=fault,
    )


def _whole(words: str, most: int) -> int:
    return parse_whole(words, units=PLAIN, minimum=0, maximum=most) if words else 0


def state_of(words: str) -> State:
    """The state that the channel's words mean; ``open`` for words that nobody knows."""
    plain = fold(words[:120])
    return next((state for state, pattern in _STATES if pattern.search(plain)), "open")


def is_older(told: State, known: State) -> bool:
    """Whether a file speaks of an order as it was before it is recorded: states go one way only.
    What was sent back and is settled for the seller may stand as completed again."""
    return _RANK[told] < _RANK[known]


def owed(line: Line) -> tuple[bool, int]:
    """Whether its units must have left stock, and how many of them must have come back."""
    if line.state == "cancelled":
        return False, line.quantity
    return True, line.back


def kept_revenue(line: Line) -> int:
    """đồng for the units that stay with the buyer; nothing of a cancelled line."""
    _must_leave, back = owed(line)
    return line.revenue_vnd * (line.quantity - min(back, line.quantity)) // line.quantity


def leading(lines: Iterable[Line]) -> dict[str, Line]:
    """The line whose state each order takes: one that still stands before those that do not."""
    found: dict[str, Line] = {}
    for line in lines:
        had = found.get(line.order)
        if not line.fault and (had is None or had.state in {"cancelled", "returned"}):
            found[line.order] = line
    return found
