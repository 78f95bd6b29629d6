"""Ready sentences that staff send things back with; each knows the step it is about."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.catalogue.rules.reference import Entry, Live, add_seed
from shop.catalogue.rules.steps import STEPS
from shop.core.text import N_

SUBJECTS: Final = {
    "producer": N_("Hồ sơ cơ sở"),
    "product": N_("Sản phẩm"),
    "certificate": N_("Giấy chứng nhận"),
    "endorsement": N_("Đoàn bảo trợ"),
}

REFUSAL_STEPS: Final = {
    "": N_("Không riêng bước nào"),
    **{step: label for step, label in STEPS.items() if step != "review"},
}
"""Steps of the product editor that a refusal can lead back to."""


@dataclass(frozen=True)
class Reason:
    """One ready sentence."""

    code: str
    subject: str
    label: str
    label_en: str
    step: str
    valid_from: date | None
    valid_until: date | None


def _reason(entry: Entry) -> Reason:
    data = entry.data
    return Reason(
        entry.code,
        str(data["subject"]),
        str(data["label"]),
        str(data["label_en"]),
        str(data.get("step") or ""),
        entry.valid_from,
        entry.valid_until,
    )


add_seed(
    Entry("reason", code, {"subject": subject, "label": label, "label_en": en, "step": step})
    for code, subject, step, label, en in (
        (
            "ten-khong-khop",
            "producer",
            "",
            N_("Tên hoặc loại hình chưa khớp với giấy đăng ký."),
            "Name or kind does not match the registration paper.",
        ),
        (
            "khong-lien-lac",
            "producer",
            "",
            N_("Chưa liên lạc được theo số điện thoại đã ghi."),
            "Could not be reached under the phone number given.",
        ),
        (
            "sai-dia-ban",
            "producer",
            "",
            N_("Địa chỉ không thuộc địa bàn đã chọn."),
            "The address is not in the chosen commune.",
        ),
        (
            "anh-chua-ro",
            "product",
            "photos",
            N_("Ảnh chưa rõ hoặc không phải sản phẩm này."),
            "The photo is unclear or shows something else.",
        ),
        (
            "nhan-chua-du",
            "product",
            "label",
            N_("Thông tin nhãn chưa đủ hoặc chưa khớp với bao bì."),
            "The label facts are incomplete or differ from the packaging.",
        ),
        (
            "noi-qua",
            "product",
            "facts",
            N_("Lời giới thiệu nói quá công dụng. Hãy bỏ các từ chữa bệnh, điều trị."),
            "The text claims too much. Please remove words of healing and treatment.",
        ),
        (
            "sai-nhom",
            "product",
            "facts",
            N_("Nhóm sản phẩm chưa đúng."),
            "The product group is not right.",
        ),
        (
            "gia-chua-hop",
            "product",
            "variants",
            N_("Quy cách, khối lượng hoặc giá có chỗ chưa hợp lý."),
            "A size, weight or price does not look right.",
        ),
        (
            "anh-giay-mo",
            "certificate",
            "",
            N_("Ảnh chụp giấy chưa đọc được."),
            "The scan cannot be read.",
        ),
        (
            "so-khong-khop",
            "certificate",
            "",
            N_("Số hoặc ngày không khớp với quyết định đã công bố."),
            "Number or date differs from the published decision.",
        ),
        (
            "giay-cua-hang-khac",
            "certificate",
            "",
            N_("Tên sản phẩm trên giấy không phải sản phẩm này."),
            "The paper names another product.",
        ),
        (
            "sai-cap",
            "certificate",
            "",
            N_("Cấp công nhận chưa đúng với hạng sao và ngày cấp."),
            "The issuing level does not fit the stars and the date.",
        ),
        (
            "doan-chua-xac-nhan",
            "endorsement",
            "",
            N_("Đơn vị Đoàn nêu tên chưa xác nhận dự án này."),
            "The union unit named has not confirmed this project.",
        ),
    )
)

REASONS: Final = Live("reason", _reason)


def reasons_for(subject: str, today: date) -> list[Reason]:
    """The sentences that may be chosen for this subject today."""
    return [
        one
        for one in REASONS.values()
        if one.subject == subject
        and (one.valid_from is None or one.valid_from <= today)
        and (one.valid_until is None or today <= one.valid_until)
    ]
