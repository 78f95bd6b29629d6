"""What a recall is, who a buyer is, and when all were told; all without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import CROCKFORD, N_

CODE_SYMBOLS: Final = 8
BUYER_SYMBOLS: Final = 12
MOST_LOTS: Final = 50
"""Lots one may choose for one recall; what was made from them comes on top."""
MOST_UNITS: Final = 1_000_000
DRILL_EVERY: Final = timedelta(days=365)
REMINDER_PAUSE: Final = timedelta(hours=12)
"""Between two rounds of messages to the same people."""

HAZARDS: Final = {
    "1": N_("Có thể gây hại nghiêm trọng cho sức khỏe"),
    "2": N_("Có thể gây hại tạm thời hoặc khả năng gây hại thấp"),
    "3": N_("Không gây hại cho sức khỏe (sai nhãn, sai quy cách…)"),
}
"""Our own scale of three, as food authorities abroad use it; no Vietnamese rule names these."""

OUTCOMES: Final = {
    "stopped": N_("Đã ngừng dùng, còn giữ hàng"),
    "used_up": N_("Đã dùng hết trước khi nhận tin"),
    "returned": N_("Đã gửi trả hàng"),
    "reached": N_("Đã nói chuyện, người mua đã rõ"),
    "passed_on": N_("Đã cho hoặc bán lại cho người khác"),
    "wrong_number": N_("Số không đúng, không liên lạc được"),
    "refused": N_("Người mua không muốn nghe"),
}
"""How telling a buyer ended. Only with one of these a buyer is off the list."""

ANSWERS: Final = ("stopped", "used_up", "returned", "passed_on")
"""Those a buyer can give on the page the message leads to."""
UNREACHED: Final = frozenset({"wrong_number", "refused"})
"""Outcomes that end the search for a buyer without the message having arrived."""
SETTLED_WAYS: Final = {"destroyed": N_("Đã tiêu hủy"), "sent_back": N_("Đã trả về nơi giao")}


class UnknownRecall(NotFound):
    message = N_("Không tìm thấy đợt thu hồi này.")


class NothingChosen(Invalid):
    message = N_("Hãy chọn ít nhất một lô.")


class TooManyLots(Invalid):
    message = N_("Mỗi đợt chọn tối đa 50 lô; các lô làm từ đó được tính thêm.")


class RecallOver(Conflict):
    message = N_("Đợt thu hồi đã khép lại. Hãy mở lại nếu còn việc phải ghi.")


class StillToDo(Conflict):
    message = N_(
        "Chưa khép lại được: còn %(buyers)s người mua chưa có kết quả và %(units)s gói trong kho "
        "chưa tiêu hủy hoặc trả về."
    )


class TooSoon(Conflict):
    message = N_("Vừa nhắc xong. Hãy chờ ít nhất 12 giờ rồi nhắc lại.")


class WrongReturn(Invalid):
    message = N_("Số hàng trả về phải từ 0 đến số đã mua.")


class DrillOver(Conflict):
    message = N_("Buổi diễn tập này đã kết thúc.")


@dataclass(frozen=True)
class Sale:
    """Units of a lot in a buyer's order; ``lot_id`` None: promised, not yet packed."""

    order_id: int
    order_code: str
    order_line_id: int
    lot_id: int | None
    units: int
    product: str
    is_out: bool
    """The goods have left the house."""
    person_id: int | None
    phone: str
    email: str | None
    name: str
    language: str
    at: datetime


@dataclass
class Buyer:
    """One human being to be told, with all that the recall touches of theirs."""

    person_id: int | None
    sales: list[Sale] = field(default_factory=list)

    @property
    def latest(self) -> Sale:
        """The newest order, whose contact is used."""
        return max(self.sales, key=lambda sale: (sale.at, sale.order_id))

    @property
    def email(self) -> str | None:
        """The newest e-mail address they gave."""
        given = [sale for sale in self.sales if sale.email]
        return max(given, key=lambda sale: (sale.at, sale.order_id)).email if given else None

    @property
    def has_goods(self) -> bool:
        """Whether units of the lots are on their way or with them."""
        return any(sale.is_out for sale in self.sales)


def group_buyers(sales: Iterable[Sale]) -> list[Buyer]:
    """One buyer per account; guests by telephone number, which also leads to an account that used
    it in another of these orders: nobody is told twice. A guest without a number (erased) counts
    by order. In order of their first sale."""
    found = list(sales)
    accounts: dict[str, int] = {}
    for sale in sorted(found, key=lambda sale: (sale.at, sale.order_id)):
        if sale.person_id is not None and sale.phone:
            accounts[sale.phone] = sale.person_id
    buyers: dict[tuple[str, str], Buyer] = {}
    for sale in found:
        person_id = sale.person_id or accounts.get(sale.phone)
        key = (
            ("person", str(person_id))
            if person_id is not None
            else ("phone", sale.phone)
            if sale.phone
            else ("order", str(sale.order_id))
        )
        buyers.setdefault(key, Buyer(person_id)).sales.append(sale)
    return list(buyers.values())


@dataclass(frozen=True)
class Figures:
    """Where the units of a recall are, and who was told. ``made`` is None when lots are not
    counted in sellable units alone."""

    buyers: int = 0
    reached: int = 0
    unreachable: int = 0
    sold: int = 0
    in_stock: int = 0
    """Held back in the house: blocked, or promised and not yet sent."""
    returned: int = 0
    destroyed: int = 0
    sent_back: int = 0
    made: int = 0

    @property
    def waiting(self) -> int:
        """Buyers without an outcome."""
        return self.buyers - self.reached - self.unreachable

    @property
    def reached_percent(self) -> int:
        """Of a hundred buyers, how many were reached; rounded down, so that 100 means all."""
        return 100 * self.reached // self.buyers if self.buyers else 100

    @property
    def brought_back_percent(self) -> int:
        """Of a hundred sold units, how many came back."""
        return 100 * self.returned // self.sold if self.sold else 100


def require_closable(figures: Figures) -> None:
    """Raise StillToDo while a buyer has no outcome or recalled goods lie in the house."""
    if figures.waiting or figures.in_stock:
        raise StillToDo(buyers=figures.waiting, units=figures.in_stock)


def is_drill_due(last: date | None, today: date) -> bool:
    """Whether a year has passed since the last drill (or there was none)."""
    return last is None or today - last >= DRILL_EVERY


def read_code(typed: str, symbols: int = CODE_SYMBOLS) -> str:
    """A code of ours as it is stored. Raises UnknownRecall for anything that cannot be one."""
    code = typed.upper()
    if len(code) != symbols or not set(code) <= set(CROCKFORD):
        raise UnknownRecall
    return code


def clean_lot_codes(typed: Sequence[str]) -> list[str]:
    """Each code once, in the order given. Raises NothingChosen, TooManyLots (field ``lo``)."""
    codes = list(dict.fromkeys(code for code in typed if code))
    if not codes:
        raise NothingChosen(field="lo")
    if len(codes) > MOST_LOTS:
        raise TooManyLots(field="lo")
    return codes
