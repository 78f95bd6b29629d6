"""The OCOP programme's six product groups and their subgroups.

Groups: Decision 148/QĐ-TTg (2023-02-24). Wording of the subgroups is ours, after the same decision;
codes are our own. The programme for 2026-2030 may change them.
"""

from dataclasses import dataclass
from typing import Final

from shop.core.text import N_, slugify


@dataclass(frozen=True)
class Group:
    """One of the six groups."""

    code: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Subgroup:
    """A subgroup such as F32; ``group`` is its group's code."""

    code: str
    group: str
    label: str
    label_en: str


GROUPS: Final = {
    group.code: group
    for group in (
        Group("food", N_("Thực phẩm"), "Food"),
        Group("beverage", N_("Đồ uống"), "Beverages"),
        Group("medicinal", N_("Dược liệu"), "Medicinal plants"),
        Group("handicraft", N_("Thủ công mỹ nghệ"), "Handicrafts"),
        Group("ornamental", N_("Sinh vật cảnh"), "Ornamental plants and animals"),
        Group("tourism", N_("Du lịch cộng đồng"), "Community tourism"),
    )
}

SUBGROUPS: Final = {
    code: Subgroup(code, group, label, label_en)
    for code, group, label, label_en in (
        ("F11", "food", N_("Rau, củ, quả, hạt tươi"), "Fresh vegetables, fruit and nuts"),
        ("F12", "food", N_("Thịt, trứng, sữa tươi"), "Fresh meat, eggs and milk"),
        ("F21", "food", N_("Gạo, ngũ cốc"), "Rice and cereals"),
        ("F22", "food", N_("Mật ong và sản phẩm từ ong"), "Honey and bee products"),
        ("F31", "food", N_("Đồ ăn nhanh"), "Ready-to-eat food"),
        ("F32", "food", N_("Chế biến từ gạo, ngũ cốc, củ"), "Made from rice, cereals and roots"),
        (
            "F33",
            "food",
            N_("Chế biến từ rau, củ, quả, hạt"),
            "Made from vegetables, fruit and nuts",
        ),
        ("F34", "food", N_("Chế biến từ thịt, trứng, sữa"), "Made from meat, eggs and milk"),
        ("F35", "food", N_("Chế biến từ thủy sản"), "Made from fish and seafood"),
        ("F41", "food", N_("Tương, nước mắm, gia vị lỏng"), "Sauces and fish sauce"),
        ("F42", "food", N_("Gia vị khác"), "Spices and seasonings"),
        ("F51", "food", N_("Chè"), "Tea"),
        ("F52", "food", N_("Trà thảo mộc"), "Herbal infusions"),
        ("F6", "food", N_("Cà phê, ca cao"), "Coffee and cocoa"),
        ("B11", "beverage", N_("Rượu trắng"), "Distilled spirits"),
        ("B12", "beverage", N_("Đồ uống có cồn khác"), "Other alcoholic drinks"),
        ("B2", "beverage", N_("Đồ uống không cồn"), "Soft drinks"),
        (
            "D1",
            "medicinal",
            N_("Thực phẩm chức năng, thuốc dược liệu"),
            "Functional food and herbal remedies",
        ),
        ("D2", "medicinal", N_("Mỹ phẩm thảo dược"), "Herbal cosmetics"),
        ("D3", "medicinal", N_("Tinh dầu, thảo dược khác"), "Essential oils and other herbs"),
        ("H1", "handicraft", N_("Đồ gia dụng, trang trí"), "Household and decoration"),
        ("H2", "handicraft", N_("Vải, may mặc"), "Textiles and garments"),
        ("S1", "ornamental", N_("Hoa"), "Flowers"),
        ("S2", "ornamental", N_("Cây cảnh"), "Ornamental plants"),
        ("S3", "ornamental", N_("Động vật cảnh"), "Ornamental animals"),
        ("T", "tourism", N_("Dịch vụ du lịch, điểm du lịch"), "Tourism services and sites"),
    )
}

SLUGS: Final = {code: slugify(group.label) for code, group in GROUPS.items()} | {
    code: slugify(subgroup.label) for code, subgroup in SUBGROUPS.items()
}
"""Code of a group or subgroup -> how its page's address names it."""

REGULATED_CLASSES: Final = {
    "none": N_("Hàng thường"),
    "alcohol": N_("Rượu, đồ uống có cồn"),
    "supplement": N_("Thực phẩm bảo vệ sức khỏe"),
    "herbal_check": N_("Thảo dược, cán bộ cần hỏi giấy công bố"),
    "essential_oil": N_("Tinh dầu, cán bộ cần hỏi giấy công bố"),
}
"""Classes that ask for more papers; a caution for people, not a legal ruling."""

PRODUCER_KINDS: Final = {
    "cooperative": N_("Hợp tác xã"),
    "cooperative_group": N_("Tổ hợp tác"),
    "household": N_("Hộ kinh doanh"),
    "company": N_("Công ty"),
    "youth_union": N_("Cơ sở Đoàn"),
}


def group_of(subgroup: str) -> Group:
    """The group of a subgroup's code. Raises KeyError for a code that does not exist."""
    return GROUPS[SUBGROUPS[subgroup].group]


def is_service(subgroup: str) -> bool:
    """Whether it is a visit rather than goods: no parcel, no lot."""
    return group_of(subgroup).code == "tourism"


def has_lots(subgroup: str) -> bool:
    """Whether such goods are made in lots with dates: food, drinks and medicinal goods."""
    return group_of(subgroup).code in {"food", "beverage", "medicinal"}
