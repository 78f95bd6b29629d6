"""Parts of a culture product's story."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shop.core.text import N_

SECTION_LABELS: Final = {
    "maker": N_("Bàn tay làm ra"),
    "costume": N_("Từng phần trang phục"),
    "making": N_("Cách làm"),
    "meaning": N_("Ý nghĩa"),
    "other": N_("Chuyện khác"),
}

MAX_SECTIONS: Final = 12

ENGLISH_PAIRS: Final = {
    "name": N_("Tên sản phẩm"),
    "summary": N_("Giới thiệu ngắn"),
    "story": N_("Câu chuyện sản phẩm"),
}
"""Texts that have an English counterpart, ``<field>_en``."""


def missing_english(values: Mapping[str, Any], sections: Iterable[Any]) -> list[str]:
    """What an English reader will meet in Vietnamese: msgids of fields, then titles of parts."""
    found = [
        label
        for field, label in ENGLISH_PAIRS.items()
        if values.get(field) and not values.get(f"{field}_en")
    ]
    return found + [
        part.title for part in sections if not part.title_en or (part.words and not part.words_en)
    ]
