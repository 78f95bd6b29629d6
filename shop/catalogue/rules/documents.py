"""Which papers a goal asks for: the required-document matrix.

What is known of the dossiers is from general knowledge, not from a text we hold, so a paper marked
``is_checked`` false is a reminder, never a refusal. Staff correct the matrix as data.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.catalogue.rules.groups import GROUPS, SUBGROUPS
from shop.catalogue.rules.reference import Entry, Live, add_seed
from shop.core.text import N_

PURPOSES: Final = {
    "ocop": N_("Hồ sơ OCOP"),
    "gtin": N_("Đăng ký mã GTIN"),
    "trace": N_("Đăng ký truy xuất nguồn gốc"),
}


@dataclass(frozen=True)
class Document:
    """One paper. Empty ``groups`` or ``classes``: whatever they are."""

    code: str
    purpose: str
    label: str
    label_en: str
    groups: frozenset[str] = frozenset()
    """Codes of groups or subgroups."""
    classes: frozenset[str] = frozenset()
    """Regulated classes."""
    from_stars: int = 3
    certificate_kind: str = ""
    """A verified certificate of this kind in the catalogue is this paper."""
    is_required: bool = True
    is_checked: bool = False
    """Whether the rule was compared with the text of the law."""
    basis: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


def _document(entry: Entry) -> Document:
    data = entry.data
    return Document(
        code=entry.code,
        purpose=str(data["purpose"]),
        label=str(data["label"]),
        label_en=str(data["label_en"]),
        groups=frozenset(data.get("groups") or ()),
        classes=frozenset(data.get("classes") or ()),
        from_stars=int(data.get("from_stars") or 3),
        certificate_kind=str(data.get("certificate_kind") or ""),
        is_required=bool(data.get("is_required", True)),
        is_checked=bool(data.get("is_checked")),
        basis=str(data.get("basis") or ""),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )


def _seed(purpose: str, code: str, label: str, label_en: str, **more: object) -> Entry:
    data = {"purpose": purpose, "label": label, "label_en": label_en, "is_required": True}
    return Entry("document", code, data | more)


_EATEN: Final = ["food", "beverage", "medicinal"]

add_seed(
    (
        _seed("ocop", "ocop-dang-ky", N_("Phiếu đăng ký đánh giá, phân hạng"), "Application form"),
        _seed("ocop", "ocop-phuong-an", N_("Phương án, kế hoạch kinh doanh"), "Business plan"),
        _seed(
            "ocop",
            "ocop-dkkd",
            N_("Giấy đăng ký kinh doanh hoặc hợp tác xã"),
            "Business or cooperative registration",
        ),
        _seed("ocop", "ocop-mau", N_("Sản phẩm mẫu và ảnh"), "Sample and photos"),
        _seed("ocop", "ocop-cau-chuyen", N_("Câu chuyện sản phẩm"), "Product story"),
        _seed(
            "ocop",
            "ocop-nguyen-lieu",
            N_("Minh chứng nguồn gốc nguyên liệu địa phương"),
            "Proof of local raw materials",
            is_checked=True,
            basis="1489/QĐ-TTg: xã kiểm tra nguyên liệu, lao động",
        ),
        _seed(
            "ocop",
            "ocop-lao-dong",
            N_("Minh chứng lao động địa phương"),
            "Proof of local labour",
            is_checked=True,
            basis="1489/QĐ-TTg: xã kiểm tra nguyên liệu, lao động",
        ),
        _seed("ocop", "ocop-nhan", N_("Nhãn, bao bì đang dùng"), "Label and packaging in use"),
        _seed(
            "ocop",
            "ocop-attp",
            N_("Giấy chứng nhận hoặc cam kết an toàn thực phẩm"),
            "Food safety certificate or commitment",
            groups=_EATEN,
            certificate_kind="food_safety",
        ),
        _seed(
            "ocop",
            "ocop-cong-bo",
            N_("Bản tự công bố hoặc đăng ký công bố"),
            "Self-declaration or registration of the product",
            groups=_EATEN,
        ),
        _seed(
            "ocop",
            "ocop-kiem-nghiem",
            N_("Phiếu kiểm nghiệm còn hạn"),
            "Valid test report",
            groups=_EATEN,
        ),
        _seed(
            "ocop",
            "ocop-ruou",
            N_("Giấy phép sản xuất rượu"),
            "Permit to produce spirits",
            classes=["alcohol"],
        ),
        _seed(
            "ocop",
            "ocop-haccp",
            N_("Hệ thống quản lý chất lượng (HACCP, ISO 22000…)"),
            "Quality management system (HACCP, ISO 22000…)",
            groups=_EATEN,
            from_stars=4,
            certificate_kind="haccp",
            is_required=False,
        ),
        _seed(
            "gtin", "gtin-don", N_("Đơn đăng ký sử dụng mã số mã vạch"), "GS1 prefix application"
        ),
        _seed(
            "gtin",
            "gtin-dkkd",
            N_("Giấy đăng ký kinh doanh hoặc hợp tác xã"),
            "Business or cooperative registration",
        ),
        _seed(
            "gtin",
            "gtin-phi",
            N_("Chứng từ nộp phí cấp và phí năm đầu"),
            "Proof of fees paid",
            is_checked=True,
            basis="Thông tư 232/2016/TT-BTC: GCP-10 1.000.000 đ, duy trì 500.000 đ/năm",
        ),
        _seed("gtin", "gtin-danh-muc", N_("Danh mục sản phẩm gắn mã"), "List of numbered products"),
        _seed(
            "trace",
            "trace-quy-trinh",
            N_("Mô tả các bước làm và địa điểm"),
            "Description of steps and places",
        ),
        _seed(
            "trace",
            "trace-du-lieu",
            N_("Dữ liệu tối thiểu: tên, ảnh, đơn vị, nơi, thời gian, lô"),
            "Minimum data: name, picture, unit, place, time, lot",
            is_checked=True,
            basis="Thông tư 02/2024/TT-BKHCN",
        ),
        _seed(
            "trace",
            "trace-tai-khoan",
            N_("Tài khoản trên cổng truy xuất của tỉnh hoặc quốc gia"),
            "Account on the provincial or national portal",
        ),
        _seed("trace", "trace-in-tem", N_("Mẫu tem có mã đã quét thử"), "Label sample, scanned"),
    )
)

DOCUMENTS: Final = Live("document", _document)


def documents_for(
    purpose: str, *, subgroup: str, regulated_class: str, stars: int | None, today: date
) -> list[Document]:
    """The papers that this goal asks of these goods today, in the order of the matrix.

    ``stars`` is the class aimed at (3 when none is named); ``subgroup`` empty: goods of any kind.
    """
    kinds = {subgroup, SUBGROUPS[subgroup].group} if subgroup in SUBGROUPS else set(GROUPS)
    return [
        one
        for one in DOCUMENTS.values()
        if one.purpose == purpose
        and _fits(one, kinds, regulated_class, stars or 3)
        and (one.valid_from is None or one.valid_from <= today)
        and (one.valid_until is None or today <= one.valid_until)
    ]


def _fits(one: Document, kinds: set[str], regulated_class: str, stars: int) -> bool:
    fits_kind = not one.groups or bool(one.groups & kinds)
    fits_class = not one.classes or regulated_class in one.classes
    return fits_kind and fits_class and stars >= one.from_stars
