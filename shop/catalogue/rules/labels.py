"""What a product must say before it may be sold: label facts by kind, a picture, a price.

Label contents: Decree 37/2026/NĐ-CP art. 42 and its appendix (name, responsible producer, origin,
and by kind of goods ingredients, quantity, storage, use, warnings). Staff judge the words; here it
is only said what is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shop.catalogue.rules.claims import claim_warnings
from shop.catalogue.rules.findings import Finding
from shop.catalogue.rules.groups import SUBGROUPS, group_of, is_service
from shop.core.text import N_

MIN_PRICE_VND: Final = 1_000

_EATEN: Final = ("ingredients", "net_content", "storage", "usage", "origin", "shelf_life_days")
_DEMANDED: Final[dict[str, tuple[str, ...]]] = {
    "eaten": _EATEN,
    "made": ("ingredients", "usage", "origin"),
    "living": ("usage", "origin"),
    "visit": ("origin",),
}
_FRESH_DEMANDED: Final = ("net_content", "storage", "origin")

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
    has_address: bool = True
    """Whether the producer's commune or address is known."""
    valid_stars: int | None = None


def demanded_facts(subgroup: str, regulated_class: str) -> tuple[str, ...]:
    """The label facts that must be filled in for these goods, in the order of the form."""
    is_fresh = SUBGROUPS[subgroup].is_fresh
    base = _FRESH_DEMANDED if is_fresh else _DEMANDED[group_of(subgroup).nature]
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
    producer_not_verified (blocking); those of ``label_advice`` and ``claim_warnings``.
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
    found += producer_findings(state.producer_state)
    found += label_advice(state)
    return found + claim_warnings(state.facts, valid_stars=state.valid_stars)


LABEL_RULE: Final = N_("Nghị định 37/2026/NĐ-CP, điều 42 (nội dung bắt buộc của nhãn).")
UNVERIFIED_RULE: Final = N_("Theo hiểu biết chung, chưa đối chiếu văn bản. Cán bộ sẽ xem lại.")

_USUAL_CLASS: Final = {
    "B11": "alcohol",
    "B12": "alcohol",
    "D1": "supplement",
    "D3": "essential_oil",
}
_STRENGTH: Final = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?\s{0,3}(?:%|độ|°)")


def label_advice(state: ProductState) -> list[Finding]:
    """What such labels usually say besides; never blocking.

    Codes: class_unusual, alcohol_strength, alcohol_age, supplement_words, maker_without_address.
    """
    advice = []
    usual = _USUAL_CLASS.get(state.subgroup)
    if usual and state.regulated_class == "none":
        text = N_("Nhóm hàng này thường là hàng có điều kiện. Hãy chọn đúng loại.")
        advice.append(("class_unusual", text, "facts", "regulated_class", UNVERIFIED_RULE))
    advice += _class_advice(state)
    if not state.has_address:
        text = N_(
            "Cơ sở chưa ghi xã hoặc địa chỉ; nhãn phải có tên và địa chỉ nơi chịu trách nhiệm."
        )
        advice.append(("maker_without_address", text, "review", "", LABEL_RULE))
    return [
        Finding(code, text, step, field, is_blocking=False, source=source)
        for code, text, step, field, source in advice
    ]


def _class_advice(state: ProductState) -> list[tuple[str, str, str, str, str]]:
    facts = {name: str(value or "") for name, value in state.facts.items()}
    warnings = facts.get("warnings", "").lower()
    advice = []
    if state.regulated_class == "alcohol":
        said = " ".join(facts.get(name, "") for name in ("net_content", "ingredients", "warnings"))
        if not _STRENGTH.search(said):
            text = N_("Chưa thấy độ cồn, ví dụ: 30 độ.")
            advice.append(("alcohol_strength", text, "label", "ingredients", UNVERIFIED_RULE))
        if warnings and "18" not in warnings:
            text = N_("Lời cảnh báo chưa nhắc người dưới 18 tuổi.")
            advice.append(("alcohol_age", text, "label", "warnings", UNVERIFIED_RULE))
    if state.regulated_class == "supplement" and warnings and "phải là thuốc" not in warnings:
        text = N_("Lời cảnh báo nên ghi: không phải là thuốc, không thay thế thuốc chữa bệnh.")
        advice.append(("supplement_words", text, "label", "warnings", UNVERIFIED_RULE))
    return advice


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
