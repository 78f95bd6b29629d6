"""What a product must say before it may be sold: label facts by kind, a picture, a price.

Label contents: Decree 37/2026/NĐ-CP art. 42 and its appendix (name, responsible producer, origin,
and by kind of goods ingredients, quantity, storage, use, warnings). Staff judge the words; here it
is only said what is missing.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shop.catalogue.rules.groups import SUBGROUPS, group_of, is_service
from shop.core.text import N_

MIN_PRICE_VND: Final = 1_000

_EATEN: Final = ("ingredients", "net_content", "storage", "usage", "origin", "shelf_life_days")
_DEMANDED: Final[dict[str, tuple[str, ...]]] = {
    "food": _EATEN,
    "beverage": _EATEN,
    "medicinal": _EATEN,
    "handicraft": ("ingredients", "usage", "origin"),
    "ornamental": ("usage", "origin"),
    "tourism": ("origin",),
}
_FRESH: Final = frozenset({"F11", "F12"})
_FRESH_DEMANDED: Final = ("net_content", "storage", "origin")

FACT_LABELS: Final = {
    "ingredients": N_("Thành phần, chất liệu"),
    "net_content": N_("Định lượng"),
    "storage": N_("Cách bảo quản"),
    "usage": N_("Cách dùng"),
    "warnings": N_("Cảnh báo"),
    "origin": N_("Xuất xứ"),
    "shelf_life_days": N_("Hạn dùng (ngày)"),
}

_MISSING: Final = {
    "ingredients": N_("Chưa ghi thành phần hoặc chất liệu."),
    "net_content": N_("Chưa ghi định lượng, ví dụ: 500 g."),
    "storage": N_("Chưa ghi cách bảo quản."),
    "usage": N_("Chưa ghi cách dùng."),
    "warnings": N_("Loại hàng này phải có lời cảnh báo trên nhãn."),
    "origin": N_("Chưa ghi xuất xứ."),
    "shelf_life_days": N_("Chưa ghi hạn dùng tính theo ngày."),
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


@dataclass(frozen=True)
class ProductState:
    """What judging a product needs: its texts and counts of what belongs to it."""

    subgroup: str
    regulated_class: str
    facts: Mapping[str, str | int | None]
    """name, summary, story and the label facts by column name."""
    active_variants: int
    photos: int
    photos_with_right: int
    producer_state: str
    is_illustrated: bool = False


def demanded_facts(subgroup: str, regulated_class: str) -> tuple[str, ...]:
    """The label facts that must be filled in for these goods, in the order of the form."""
    base = _FRESH_DEMANDED if subgroup in _FRESH else _DEMANDED[group_of(subgroup).code]
    return base if regulated_class == "none" else (*base, "warnings")


def missing_facts(state: ProductState) -> list[Finding]:
    """A finding ``missing_<fact>`` for every demanded label fact that is empty."""
    return [
        Finding(f"missing_{fact}", _MISSING[fact], "label", fact)
        for fact in demanded_facts(state.subgroup, state.regulated_class)
        if not state.facts.get(fact)
    ]


def findings(state: ProductState) -> list[Finding]:
    """Everything that keeps the product from being sold, then what is only worth a look.

    Codes: missing_summary, missing_<fact>, missing_variant, missing_photo, photo_without_right,
    producer_not_verified (blocking); claims_stars, claims_healing (warnings for people to judge).
    """
    found = []
    if not state.facts.get("summary"):
        found.append(
            Finding("missing_summary", N_("Chưa có câu giới thiệu ngắn."), "facts", "summary")
        )
    found += missing_facts(state)
    if state.active_variants == 0 and not is_service(state.subgroup):
        found.append(
            Finding("missing_variant", N_("Chưa có quy cách và giá bán."), "variants", "price_vnd")
        )
    if state.photos == 0:
        found.append(Finding("missing_photo", N_("Chưa có ảnh sản phẩm."), "photos", "photo"))
    elif state.photos_with_right == 0:
        found.append(
            Finding(
                "photo_without_right",
                N_("Chưa ảnh nào được xác nhận quyền sử dụng."),
                "photos",
                "has_right_to_use",
            )
        )
    return found + producer_findings(state.producer_state) + claim_warnings(state.facts)


def producer_findings(producer_state: str) -> list[Finding]:
    """``producer_not_verified`` unless staff have verified the producer."""
    if producer_state == "verified":
        return []
    return [
        Finding(
            "producer_not_verified",
            N_("Cơ sở sản xuất chưa được cán bộ Đoàn xác minh."),
            "review",
        )
    ]


def blocking(found: list[Finding]) -> list[Finding]:
    """Only the findings that keep the product from being published."""
    return [finding for finding in found if finding.is_blocking]


_STARS: Final = re.compile(
    r"(?<!\w)(?:[1-5]|một|hai|ba|bốn|năm)\s*(?:sao(?!\w)|[*★⭐])|[★⭐]{2,}|(?<!\w)[1-5]\s*-?\s*stars?(?!\w)",
    re.IGNORECASE,
)
_HEALING: Final = re.compile(
    r"(?<!\w)(?:chữa|điều trị|đặc trị|trị bệnh|trị dứt|khỏi bệnh|khỏi hẳn|thần dược|chống ung thư|"
    r"ngừa ung thư|giảm cân cấp tốc|thay thế thuốc|thay thuốc chữa|cures?|heals?|treats? disease)"
    r"(?!\w)",
    re.IGNORECASE,
)
_CLAIM_FIELDS: Final = (
    *("name", "name_en", "summary", "summary_en", "story", "story_en"),
    *("ingredients", "usage", "net_content"),
)


def claim_warnings(facts: Mapping[str, str | int | None]) -> list[Finding]:
    """Words that claim stars (the certificate shows them by itself) or healing. Never blocking.

    Compared with accents: "chữa" (heal) is not "chưa" (not yet) nor "chứa" (contain).
    """
    found = []
    for name in _CLAIM_FIELDS:
        text = facts.get(name)
        if not isinstance(text, str) or not text:
            continue
        step = "label" if name in FACT_LABELS else "facts"
        for code, pattern, sentence in (
            (
                "claims_stars",
                _STARS,
                N_("Lời viết nhắc đến số sao (“%(words)s”). Sao chỉ hiện từ giấy còn hạn."),
            ),
            (
                "claims_healing",
                _HEALING,
                N_("Lời viết có thể bị hiểu là chữa bệnh (“%(words)s”). Nên bỏ."),
            ),
        ):
            hit = pattern.search(text)
            if hit:
                found.append(
                    Finding(code, sentence, step, name, is_blocking=False, params={"words": hit[0]})
                )
    return found


def is_subgroup(code: str) -> bool:
    """Whether the subgroup exists."""
    return code in SUBGROUPS
