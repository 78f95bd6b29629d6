"""Kinds of complaints, and the form in which evidence is kept."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

KIND_LABELS: Final = {
    "claim": N_("Nói sai công dụng hoặc chứng nhận"),
    "price": N_("Sai giá hoặc khuyến mại"),
    "origin": N_("Nghi hàng giả, sai nguồn gốc"),
    "conduct": N_("Lời nói, trang phục không phù hợp"),
    "other": N_("Việc khác"),
}
STATE_LABELS: Final = {
    "open": N_("Đang xem xét"),
    "upheld": N_("Đúng, đã xử lý"),
    "dismissed": N_("Không có căn cứ"),
}
STATE_BADGES: Final = {"open": "warn", "upheld": "ok", "dismissed": "demo"}
DEFAULT_MONTHS: Final = 36
"""Drafts of the e-commerce law said one and three years; the final figure is open."""


class AlreadyAnswered(Conflict):
    message = N_("Khiếu nại này đã được trả lời.")


class AnswerMissing(Invalid):
    message = N_("Vui lòng ghi câu trả lời cho người khiếu nại.")


def digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON: sorted keys, no blanks, UTF-8."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def add_months(moment: datetime, months: int) -> datetime:
    """The same day so many months later (earlier if below 0), or the last day of that month."""
    years, month = divmod(moment.month - 1 + months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=moment.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError("no month is shorter than 28 days")
