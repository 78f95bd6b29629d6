"""When a certificate counts, and what it then allows to say.

An OCOP recognition lasts 36 months from its issue (Decision 148/QĐ-TTg; the end can be edited,
because the paper decides). Stars and logo appear only while a record of that very product is
verified by staff, not revoked and not past its last day, which still counts.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.core.text import N_

VALIDITY_MONTHS: Final = 36
REMINDER_DAYS: Final = (90, 60, 30)

CERTIFICATE_KINDS: Final = {
    "ocop": N_("Công nhận sản phẩm OCOP"),
    "vietgap": N_("VietGAP"),
    "organic": N_("Hữu cơ"),
    "food_safety": N_("An toàn thực phẩm"),
    "haccp": N_("HACCP, ISO 22000"),
    "ad_content": N_("Xác nhận nội dung quảng cáo"),
    "other": N_("Giấy tờ khác"),
}
"""``ad_content``: an authority's confirmation of the words an advertisement may use, asked for some
classes of goods (Advertising Law as amended and Decree 342/2025/NĐ-CP, known from the press)."""


@dataclass(frozen=True)
class Paper:
    """What judging a certificate needs."""

    kind: str
    state: str
    issued_on: date
    expires_on: date
    stars: int | None = None


@dataclass(frozen=True, order=True)
class ValidStars:
    """Stars that count, and the last day on which they do."""

    stars: int
    until: date


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def default_expiry(issued_on: date) -> date:
    """The end that the form proposes: 36 months after the issue."""
    return add_months(issued_on, VALIDITY_MONTHS)


def is_valid(paper: Paper, today: date) -> bool:
    """Whether the paper may be relied upon today."""
    return paper.state == "verified" and paper.issued_on <= today <= paper.expires_on


def valid_stars(papers: Iterable[Paper], today: date) -> ValidStars | None:
    """The highest stars that count today and their last day; None when there are none."""
    counted = [
        ValidStars(paper.stars, paper.expires_on)
        for paper in papers
        if paper.kind == "ocop" and paper.stars is not None and is_valid(paper, today)
    ]
    return max(counted, default=None)


def due_reminder(expires_on: date, today: date) -> int | None:
    """Which reminder (90, 60 or 30 days) is due: the smallest threshold already reached.

    None long before the end and once the last day is over.
    """
    left = (expires_on - today).days
    if left < 0:
        return None
    return min((days for days in REMINDER_DAYS if left <= days), default=None)


CERTIFICATE_CHECKS: Final = {
    "readable": N_("Bản chụp đọc được, có dấu và chữ ký"),
    "number": N_("Số giấy, số quyết định khớp"),
    "names": N_("Tên sản phẩm và tên chủ thể khớp"),
    "dates": N_("Ngày cấp, ngày hết hạn khớp"),
    "issuer": N_("Cơ quan cấp đúng thẩm quyền"),
    "stars": N_("Hạng sao khớp"),
}
"""What staff compare with the scan before they verify a paper."""


def needed_checks(kind: str) -> tuple[str, ...]:
    """The comparisons that a paper of this kind needs: stars only stand on OCOP ones."""
    return tuple(code for code in CERTIFICATE_CHECKS if kind == "ocop" or code != "stars")
