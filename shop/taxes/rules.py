"""Rates as dated data, the rounding of tax, periods. Figures to look at, not a tax return.

What is known of the law comes from secondary sources (facts §5.7: Decree 117/2025 for household and
individual sellers), so every seed entry is marked as not compared with the text; pages say so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.catalogue.rules.reference import Entry, Live, add_seed
from shop.core.errors import NotFound
from shop.core.money import distribute
from shop.core.text import N_

KIND: Final = "tax"
"""Of reference entries: a rate, or (activity ``limit``) an amount a year that changes duties."""

ACTIVITIES: Final = {
    "goods": N_("Bán hàng hóa"),
    "services": N_("Dịch vụ"),
    "transport": N_("Vận tải, dịch vụ gắn với hàng hóa"),
    "limit": N_("Ngưỡng doanh thu năm"),
}
SELLER_KINDS: Final = {
    "household": N_("Hộ kinh doanh, cá nhân"),
    "cooperative_group": N_("Tổ hợp tác"),
    "cooperative": N_("Hợp tác xã"),
    "company": N_("Doanh nghiệp"),
    "youth_union": N_("Tổ chức Đoàn"),
}
SIGNS: Final = {
    "charge": 1,
    "refund": -1,
    "refund_failed": 1,
    "chargeback": -1,
    "chargeback_reversed": 1,
}
"""Which facts of the payment ledger count, and which way."""
SUCCESSFUL: Final = frozenset({"confirmed", "completed"})
"""Money of an order counts once its sale is agreed; what is given back later counts against it."""

MAX_BP: Final = 10_000
_WHOLE: Final = 10_000


@dataclass(frozen=True)
class Rate:
    """Value-added and personal income tax in hundredths of a percent, for whom and when."""

    code: str
    revision: int
    label: str
    label_en: str
    activity: str
    seller_kinds: frozenset[str]
    vat_bp: int
    pit_bp: int
    limit_vnd: int
    basis: str
    is_checked: bool
    """Whether somebody compared it with the text of the law."""
    valid_from: date | None
    valid_until: date | None

    def is_open(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


def _rate(entry: Entry) -> Rate:
    data = entry.data
    return Rate(
        code=entry.code,
        revision=entry.revision,
        label=str(data["label"]),
        label_en=str(data["label_en"]),
        activity=str(data["activity"]),
        seller_kinds=frozenset(data.get("seller_kinds") or ()),
        vat_bp=int(data.get("vat_bp") or 0),
        pit_bp=int(data.get("pit_bp") or 0),
        limit_vnd=int(data.get("limit_vnd") or 0),
        basis=str(data.get("basis") or ""),
        is_checked=bool(data.get("is_checked")),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )


RATES: Final = Live(KIND, _rate)

_DECREE: Final = "Nghị định 117/2025/NĐ-CP (theo bài tóm tắt, chưa đối chiếu văn bản)"
_DRAFT: Final = "Dự thảo về thuế hộ kinh doanh 2026 (theo báo, chưa đối chiếu văn bản)"


def _seed(code: str, label: str, label_en: str, activity: str, **more: object) -> Entry:
    data = {"label": label, "label_en": label_en, "activity": activity, "basis": _DECREE}
    start = date(2025, 7, 1) if activity != "limit" else date(2026, 1, 1)
    return Entry(KIND, code, data | {"is_checked": False} | more, valid_from=start)


add_seed(
    (
        _seed(
            "ho-hang-hoa-2025",
            N_("Hộ bán hàng hóa"),
            "Household, goods",
            "goods",
            seller_kinds=["household"],
            vat_bp=100,
            pit_bp=50,
        ),
        _seed(
            "ho-dich-vu-2025",
            N_("Hộ làm dịch vụ"),
            "Household, services",
            "services",
            seller_kinds=["household"],
            vat_bp=500,
            pit_bp=200,
        ),
        _seed(
            "ho-van-tai-2025",
            N_("Hộ vận tải"),
            "Household, transport",
            "transport",
            seller_kinds=["household"],
            vat_bp=300,
            pit_bp=150,
        ),
        _seed(
            "nguong-chiu-thue-2026",
            N_("Doanh thu năm từ mức này có thể phải nộp thuế"),
            "Yearly revenue from which tax may be due",
            "limit",
            seller_kinds=["household"],
            limit_vnd=500_000_000,
            basis=_DRAFT,
        ),
        _seed(
            "nguong-hoa-don-2026",
            N_("Doanh thu năm từ mức này có thể phải xuất hóa đơn điện tử từ máy tính tiền"),
            "Yearly revenue from which e-invoices by cash register may be due",
            "limit",
            seller_kinds=["household"],
            limit_vnd=1_000_000_000,
            basis=_DRAFT,
        ),
    )
)


def rate_for(rates: Iterable[Rate], *, day: date, activity: str, seller_kind: str) -> Rate | None:
    """The rate in force; of several the highest, because an unclear case counts as the dearest.

    None: nothing is withheld of this seller's money.
    """
    found = [
        rate
        for rate in rates
        if rate.activity == activity and seller_kind in rate.seller_kinds and rate.is_open(day)
    ]
    return max(found, key=lambda rate: (rate.vat_bp + rate.pit_bp, rate.code), default=None)


def limits_passed(
    rates: Iterable[Rate], *, day: date, seller_kind: str, year_vnd: int
) -> list[Rate]:
    """The yearly amounts that a seller's revenue has reached, smallest first."""
    found = [
        rate
        for rate in rates
        if rate.activity == "limit"
        and seller_kind in rate.seller_kinds
        and rate.is_open(day)
        and 0 < rate.limit_vnd <= year_vnd
    ]
    return sorted(found, key=lambda rate: rate.limit_vnd)


def tax_of(base_vnd: int, rate_bp: int) -> int:
    """The tax of a sum to the đồng, half a đồng up; of a negative sum the same, taken back."""
    size = (abs(base_vnd) * rate_bp + _WHOLE // 2) // _WHOLE
    return size if base_vnd >= 0 else -size


def share_base(total_vnd: int, weights: Sequence[int]) -> list[int]:
    """An order's money spread over its activities to the last đồng."""
    if not any(weights):
        weights = [1] * len(weights)
    shares = distribute(abs(total_vnd), weights)
    return shares if total_vnd >= 0 else [-share for share in shares]


def activity_of(nature: str) -> str:
    """What selling goods of this nature is: a visit is a service, all else is goods."""
    return "services" if nature == "visit" else "goods"


# Periods


class UnknownPeriod(NotFound):
    message = N_("Kỳ ghi dạng 2026-11 (tháng), 2026-Q4 (quý) hoặc 2026 (năm).")


_PERIOD: Final = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]|Q[1-4]))?")


@dataclass(frozen=True)
class Period:
    """A month, a quarter or a year in Vietnam."""

    slug: str
    months: tuple[str, ...]

    @property
    def year(self) -> int:
        return int(self.slug[:4])


def month_of(day: date) -> str:
    """The month of a day, ``2026-11``."""
    return day.strftime("%Y-%m")


def period_called(slug: str) -> Period:
    """Raises UnknownPeriod."""
    found = _PERIOD.fullmatch(slug)
    if found is None:
        raise UnknownPeriod
    year, part = found.groups()
    if part is None:
        numbers: Sequence[int] = range(1, 13)
    elif part.startswith("Q"):
        first = 3 * int(part[1]) - 2
        numbers = range(first, first + 3)
    else:
        numbers = [int(part)]
    return Period(slug, tuple(f"{year}-{number:02}" for number in numbers))


def periods_near(today: date) -> list[str]:
    """What a page offers: this and the last five months, the last four quarters, two years."""
    at = today.year * 12 + today.month - 1
    months = [f"{(at - back) // 12}-{(at - back) % 12 + 1:02}" for back in range(6)]
    quarter = at // 3
    quarters = [f"{(quarter - back) // 4}-Q{(quarter - back) % 4 + 1}" for back in range(4)]
    return [*months, *quarters, str(today.year), str(today.year - 1)]
