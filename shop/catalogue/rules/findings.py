"""One thing to mend or to look at, and where."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shop.core.text import N_

STORY_FIELDS: Final = ("story", "story_en", "season_months")
"""What the step "story and season" holds."""

FACT_LABELS: Final = {
    "ingredients": N_("Thành phần, chất liệu"),
    "net_content": N_("Định lượng"),
    "storage": N_("Cách bảo quản"),
    "usage": N_("Cách dùng"),
    "warnings": N_("Cảnh báo"),
    "origin": N_("Xuất xứ"),
    "shelf_life_days": N_("Hạn dùng (ngày)"),
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend, by a stable ``code``; ``field`` and ``step`` say where."""

    code: str
    text: str
    step: str
    field: str = ""
    is_blocking: bool = True
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""
    """The outside rule behind it, in words."""
