"""The OCOP programme's product groups and their subgroups.

Groups: Decision 148/QĐ-TTg (2023-02-24). Wording of the subgroups is ours, after the same decision;
codes are our own. What stands here is the seed: staff keep both as data (``rules.reference``),
because the programme for 2026-2030 may change them.
"""

from collections import ChainMap
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from shop.catalogue.rules.reference import Entry, Live, add_seed, seed
from shop.core.text import N_, slugify

NATURES: Final = {
    "eaten": N_("Ăn, uống, dùng cho sức khỏe: có lô và hạn dùng"),
    "made": N_("Đồ làm ra: có chất liệu và cách dùng"),
    "living": N_("Cây, con, hoa"),
    "visit": N_("Dịch vụ: khách đến tận nơi, không giao hàng"),
}
"""What a group's goods are like: decides label facts, lots and delivery."""


@dataclass(frozen=True)
class Group:
    """A group; ``nature`` is a key of NATURES."""

    code: str
    label: str
    label_en: str
    nature: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Subgroup:
    """A subgroup such as F32; ``group`` is its group's code. Fresh ones ask less of the label."""

    code: str
    group: str
    label: str
    label_en: str
    is_fresh: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


def _group(entry: Entry) -> Group:
    return Group(
        entry.code,
        str(entry.data["label"]),
        str(entry.data["label_en"]),
        str(entry.data["nature"]),
        entry.valid_from,
        entry.valid_until,
    )


def _subgroup(entry: Entry) -> Subgroup:
    return Subgroup(
        entry.code,
        str(entry.data["group"]),
        str(entry.data["label"]),
        str(entry.data["label_en"]),
        bool(entry.data.get("is_fresh")),
        entry.valid_from,
        entry.valid_until,
    )


add_seed(
    Entry("group", code, {"label": label, "label_en": label_en, "nature": nature})
    for code, nature, label, label_en in (
        ("food", "eaten", N_("Thực phẩm"), "Food"),
        ("beverage", "eaten", N_("Đồ uống"), "Beverages"),
        ("medicinal", "eaten", N_("Dược liệu"), "Medicinal plants"),
        ("handicraft", "made", N_("Thủ công mỹ nghệ"), "Handicrafts"),
        ("ornamental", "living", N_("Sinh vật cảnh"), "Ornamental plants and animals"),
        ("tourism", "visit", N_("Du lịch cộng đồng"), "Community tourism"),
    )
)
add_seed(
    Entry(
        "subgroup",
        code,
        {"group": group, "label": label, "label_en": en, "is_fresh": code in ("F11", "F12")},
    )
    for code, group, label, en in (
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
)

GROUPS: Final = Live("group", _group)
SUBGROUPS: Final = Live("subgroup", _subgroup)
"""Read like constants; each look follows what staff wrote last."""


def _slug(entry: Entry) -> str:
    """How the address of its page names it: the first wording for good, so that links live."""
    first = seed().entries.get((entry.kind, entry.code), entry)
    return str(entry.data.get("slug") or slugify(str(first.data["label"])))


SLUGS: Final = ChainMap[str, str](
    cast("Any", Live("group", _slug)), cast("Any", Live("subgroup", _slug))
)
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
    return group_of(subgroup).nature == "visit"


def has_lots(subgroup: str) -> bool:
    """Whether such goods are made in lots with dates: food, drinks and medicinal goods."""
    return group_of(subgroup).nature == "eaten"


def open_subgroups(today: date, *, and_also: str = "") -> list[Subgroup]:
    """Subgroups that may be chosen today, and the one chosen before."""
    return [
        sub
        for sub in SUBGROUPS.values()
        if sub.code == and_also or (_is_open(sub, today) and _is_open(GROUPS[sub.group], today))
    ]


def _is_open(thing: Group | Subgroup, today: date) -> bool:
    begun = thing.valid_from is None or thing.valid_from <= today
    return begun and (thing.valid_until is None or today <= thing.valid_until)
