"""The forms of the producer's and the staff's desks: shape only."""

from typing import Any, Final

import wtforms
from wtforms.fields.choices import SelectChoice

from shop.catalogue import rules
from shop.catalogue.queries import Section
from shop.catalogue.services import CertificateFacts, EndorsementFacts
from shop.core.text import N_, clean
from shop.web.forms import (
    Form,
    choice,
    choices,
    day,
    long_text,
    phone,
    picture,
    row_id,
    text,
    tick,
    vnd,
    whole,
)

_CHOOSE = ("", N_("Chọn…"))

CHECKS: Final = rules.CERTIFICATE_CHECKS


def _labelled(labels: dict[str, str]) -> list[tuple[str, str]]:
    return list(labels.items())


class ProducerForm(Form):
    """Who the producer is and where."""

    name = text(N_("Tên cơ sở"), minimum=3, maximum=160)
    kind = choice(N_("Loại hình"), [_CHOOSE, *_labelled(rules.PRODUCER_KINDS)])
    province_code = choice(N_("Tỉnh, thành phố"))
    commune_code = choice(N_("Xã, phường, đặc khu"))
    address = text(N_("Thôn, xóm, số nhà"), is_required=False, maximum=200)
    tax_code = text(N_("Mã số thuế hoặc số đăng ký kinh doanh"), is_required=False, maximum=20)
    public_phone = phone(N_("Số điện thoại công khai"), is_required=False)
    story = long_text(N_("Câu chuyện của cơ sở"), is_required=False, maximum=5000)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "name": self.name.data,
            "kind": self.kind.data,
            "province_code": self.province_code.data,
            "commune_code": self.commune_code.data or None,
            "address": self.address.data,
            "tax_code": self.tax_code.data or None,
            "public_phone": self.public_phone.data or None,
            "story": self.story.data,
        }


class FactsForm(Form):
    """What the product is: names, group, introduction."""

    name = text(N_("Tên sản phẩm"), minimum=3, maximum=160)
    name_en = text(N_("Tên tiếng Anh"), is_required=False, maximum=160)
    subgroup = choice(N_("Nhóm OCOP"))
    regulated_class = choice(
        N_("Loại hàng có điều kiện"), _labelled(rules.REGULATED_CLASSES), default="none"
    )
    summary = long_text(N_("Giới thiệu ngắn"), is_required=False, maximum=300)
    summary_en = long_text(N_("Giới thiệu ngắn bằng tiếng Anh"), is_required=False, maximum=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subgroup.choices = [
            SelectChoice(*_CHOOSE),
            *(SelectChoice(sub.code, sub.label) for sub in rules.SUBGROUPS.values()),
        ]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "name": self.name.data,
            "name_en": self.name_en.data or None,
            "subgroup": self.subgroup.data,
            "regulated_class": self.regulated_class.data,
            "summary": self.summary.data.replace("\n", " "),
            "summary_en": self.summary_en.data.replace("\n", " ") or None,
        }


class NewProductForm(FactsForm):
    """The first step of a new product: also whose it is."""

    producer_id = row_id(N_("Cơ sở"))


class StoryForm(Form):
    """The product's story, and the months in which there is any."""

    story = long_text(N_("Câu chuyện sản phẩm"), is_required=False, maximum=5000)
    story_en = long_text(N_("Câu chuyện bằng tiếng Anh"), is_required=False, maximum=5000)
    season_months = choices(
        N_("Tháng có hàng"), [(str(n), str(n)) for n in range(1, 13)], is_required=False
    )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        known = {str(month): month for month in range(1, 13)}
        months = [known[month] for month in self.season_months.data or () if month in known]
        return {
            "story": self.story.data,
            "story_en": self.story_en.data or None,
            "season_mask": rules.season_mask(months),
        }


class LabelForm(Form):
    """What is printed on the label."""

    ingredients = long_text(N_("Thành phần, chất liệu"), is_required=False, maximum=2000)
    net_content = text(N_("Định lượng"), is_required=False, maximum=80)
    origin = text(N_("Xuất xứ"), is_required=False, maximum=200)
    usage = long_text(N_("Cách dùng"), is_required=False, maximum=2000)
    storage = long_text(N_("Cách bảo quản"), is_required=False, maximum=2000)
    warnings = long_text(N_("Cảnh báo"), is_required=False, maximum=2000)
    shelf_life_days = whole(N_("Hạn dùng (ngày)"), is_required=False, minimum=1, maximum=36_500)
    is_lot_tracked = tick(N_("Làm theo lô, có số lô và ngày sản xuất"))

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.data)


class VariantForm(Form):
    """A size and its price. Weights in grams, lengths in millimetres, prices in đồng."""

    label = text(N_("Tên quy cách"), maximum=80)
    label_en = text(N_("Tên quy cách bằng tiếng Anh"), is_required=False, maximum=80)
    price_vnd = vnd(N_("Giá bán"), minimum=rules.MIN_PRICE_VND, maximum=1_000_000_000)
    net_weight_g = whole(N_("Khối lượng tịnh"), is_required=False, minimum=1, maximum=1_000_000)
    net_volume_ml = whole(N_("Thể tích thực"), is_required=False, minimum=1, maximum=1_000_000)
    packed_weight_g = whole(N_("Khối lượng cả bao bì"), minimum=1, maximum=1_000_000)
    length_mm = whole(N_("Dài"), is_required=False, minimum=1, maximum=10_000)
    width_mm = whole(N_("Rộng"), is_required=False, minimum=1, maximum=10_000)
    height_mm = whole(N_("Cao"), is_required=False, minimum=1, maximum=10_000)
    sku = text(N_("Mã hàng (SKU)"), is_required=False, maximum=40)
    gtin = text(N_("Mã vạch GTIN"), is_required=False, maximum=20)
    low_stock_at = whole(N_("Báo sắp hết khi còn"), is_required=False, maximum=100_000, default=5)
    is_active = tick(N_("Đang bán quy cách này"), default=True)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.data) | {
            "label_en": self.label_en.data or None,
            "sku": self.sku.data.upper(),
            "gtin": self.gtin.data.replace(" ", "") or None,
            "low_stock_at": 5 if self.low_stock_at.data is None else self.low_stock_at.data,
        }


class PhotoForm(Form):
    """What is said of a picture."""

    alt = text(N_("Ảnh chụp gì"), is_required=False, maximum=200)
    alt_en = text(N_("Ảnh chụp gì, bằng tiếng Anh"), is_required=False, maximum=200)
    has_right_to_use = tick(N_("Cơ sở có quyền dùng ảnh này để bán hàng"))
    is_illustration = tick(N_("Đây là hình minh họa, không phải ảnh chụp sản phẩm"))
    is_cover = tick(N_("Dùng làm ảnh bìa"))

    def words(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.data.items() if name != "is_cover"}


class PlaceForm(Form):
    """Where a picture goes, counted from 0."""

    to = whole(N_("Vị trí"), maximum=100)


class NewPhotoForm(PhotoForm):
    """A picture to add; without the tick on its use it stays off the public pages."""

    photo = picture(N_("Ảnh sản phẩm"))


class SectionForm(Form):
    """A part of a culture product's story, in both languages."""

    kind = choice(N_("Phần này nói về"), _labelled(rules.SECTION_LABELS), default="maker")
    title = text(N_("Tiêu đề"), maximum=120)
    words = long_text(N_("Nội dung"), is_required=False, maximum=3000)
    title_en = text(N_("Tiêu đề tiếng Anh"), is_required=False, maximum=120)
    words_en = long_text(N_("Nội dung tiếng Anh"), is_required=False, maximum=3000)
    photo = choice(N_("Ảnh kèm theo"), [("", N_("Không kèm ảnh"))], is_required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.photo.data:
            self.offer_photos([("", N_("Không kèm ảnh")), (self.photo.data, self.photo.data)])

    def offer_photos(self, photos: list[tuple[str, str]]) -> None:
        """The product's photos; the service leaves out what is none of them."""
        self.photo.choices = [SelectChoice(sha, label) for sha, label in photos]

    def section(self) -> Section:
        """What the service takes."""
        return Section(
            kind=self.kind.data,
            title=self.title.data,
            title_en=self.title_en.data or None,
            words=self.words.data,
            words_en=self.words_en.data or None,
            photo_sha=self.photo.data or None,
        )


class CertificateForm(Form):
    """A paper as printed."""

    kind = choice(N_("Loại giấy"), _labelled(rules.CERTIFICATE_KINDS), default="ocop")
    stars = choice(
        N_("Số sao OCOP"),
        [("", N_("Không có")), *((str(n), f"{n} ★") for n in (3, 4, 5))],
        is_required=False,
    )
    certificate_no = text(N_("Số giấy chứng nhận"), is_required=False, maximum=80)
    decision_no = text(N_("Số quyết định"), is_required=False, maximum=80)
    decided_on = day(N_("Ngày quyết định"), is_required=False)
    issuer_level = choice(N_("Cấp công nhận"), _labelled(rules.ISSUER_LEVELS), default="province")
    issuer = text(N_("Cơ quan cấp"), maximum=160)
    issued_on = day(N_("Ngày cấp"))
    expires_on = day(N_("Có giá trị đến hết ngày"), is_required=False)
    criteria_version = choice(N_("Bộ tiêu chí"), is_required=False)
    score = whole(N_("Điểm đánh giá"), is_required=False, maximum=100)
    product_name_printed = text(N_("Tên sản phẩm trên giấy"), is_required=False, maximum=160)
    entity_name_printed = text(N_("Tên chủ thể trên giấy"), is_required=False, maximum=160)
    address_printed = text(N_("Địa chỉ trên giấy"), is_required=False, maximum=200)
    is_illustration = tick(N_("Giấy minh họa để thử hệ thống, không phải giấy thật"))
    scan = picture(N_("Ảnh chụp giấy"))
    renews_id = row_id(is_required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria_version.choices = [
            SelectChoice("", N_("Theo ngày cấp")),
            *(SelectChoice(one.code, one.label) for one in rules.CRITERIA.values()),
        ]

    def facts(self, scan_sha: str | None) -> CertificateFacts:
        """What the service takes."""
        values = {name: value for name, value in self.data.items() if name != "scan"}
        values["stars"] = int(values["stars"]) if values["stars"] else None
        return CertificateFacts(**values, scan_sha=scan_sha)


class DecisionForm(Form):
    """A staff decision; ``reason`` is the code of a ready sentence, ``note`` their own words."""

    decision = wtforms.StringField(filters=[lambda value: clean(value or "")[:20]])
    reason = wtforms.StringField(
        N_("Lý do có sẵn"), filters=[lambda value: clean(value or "")[:40]]
    )
    step = choice(N_("Bước cần sửa"), list(rules.REFUSAL_STEPS.items()), is_required=False)
    note = long_text(N_("Lý do, lời nhắn"), is_required=False, maximum=1000)
    checked = choices(N_("Đã đối chiếu với bản chụp"), list(CHECKS.items()), is_required=False)

    def words(self) -> str:
        """The chosen sentence and what was added to it."""
        ready = rules.REASONS.get(self.reason.data or "")
        return " ".join(part for part in (ready.label if ready else "", self.note.data) if part)

    def wanted_step(self) -> str:
        """The editor's step this is about: as chosen, else the ready sentence's own."""
        ready = rules.REASONS.get(self.reason.data or "")
        return str(self.step.data or (ready.step if ready else ""))


class ReferenceForm(Form):
    """One thing that staff keep as data; which fields count depends on its kind."""

    code = text(N_("Mã"), is_required=False, maximum=40)
    revision = whole(is_required=False, maximum=1_000_000, label="")
    label = text(N_("Tên, câu chữ tiếng Việt"), minimum=2, maximum=200)
    label_en = text(N_("Tiếng Anh"), minimum=2, maximum=200)
    nature = choice(N_("Tính chất hàng"), list(rules.NATURES.items()), is_required=False)
    group = choice(N_("Thuộc nhóm"), is_required=False)
    is_fresh = tick(N_("Hàng tươi: nhãn cần ít thông tin hơn"))
    purpose = choice(N_("Dùng cho"), list(rules.PURPOSES.items()), is_required=False)
    groups = choices(N_("Chỉ với các nhóm, phân nhóm"), is_required=False)
    classes = choices(
        N_("Chỉ với loại hàng"), list(rules.REGULATED_CLASSES.items()), is_required=False
    )
    from_stars = choice(
        N_("Từ hạng sao"), [("3", "3 ★"), ("4", "4 ★"), ("5", "5 ★")], is_required=False
    )
    certificate_kind = choice(
        N_("Giấy đã có trong hệ thống"),
        [("", N_("Không")), *rules.CERTIFICATE_KINDS.items()],
        is_required=False,
    )
    is_required = tick(N_("Bắt buộc có"))
    is_checked = tick(N_("Đã đối chiếu với văn bản"))
    basis = text(N_("Căn cứ"), is_required=False, maximum=200)
    subject = choice(N_("Dùng khi trả lại"), list(rules.SUBJECTS.items()), is_required=False)
    step = choice(N_("Bước cần sửa"), list(rules.REFUSAL_STEPS.items()), is_required=False)
    valid_from = day(N_("Dùng từ ngày"), is_required=False)
    valid_until = day(N_("Dùng đến hết ngày"), is_required=False)
    why = text(N_("Vì sao đổi, căn cứ nào"), minimum=3, maximum=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(one.code, one.label) for one in rules.GROUPS.values()]
        self.group.choices = [SelectChoice(*pair) for pair in every]
        every += [(one.code, f"{one.code} · {one.label}") for one in rules.SUBGROUPS.values()]
        self.groups.choices = [SelectChoice(*pair) for pair in every]

    def values(self, kind: str) -> dict[str, Any]:
        """The data of an entry of this kind, as the service takes it."""
        values = {name: self[name].data for name in REFERENCE_FIELDS[kind]}
        if "from_stars" in values:
            values["from_stars"] = int(values["from_stars"] or 3)
        return values


REFERENCE_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "group": ("label", "label_en", "nature"),
    "subgroup": ("label", "label_en", "group", "is_fresh"),
    "criteria": ("label", "label_en"),
    "document": (
        *("label", "label_en", "purpose", "groups", "classes", "from_stars"),
        *("certificate_kind", "is_required", "is_checked", "basis"),
    ),
    "reason": ("label", "label_en", "subject", "step"),
}
"""What an entry of each kind holds, in the order of the form."""


class EndorsementForm(Form):
    """Which union unit vouches for which project."""

    union_unit = text(N_("Đơn vị Đoàn bảo trợ"), minimum=3, maximum=160)
    project = text(N_("Tên dự án khởi nghiệp"), minimum=3, maximum=200)
    year = whole(N_("Năm"), minimum=2000, maximum=2100)
    programme = text(N_("Chương trình, cuộc thi"), is_required=False, maximum=200)
    is_illustration = tick(N_("Bản ghi minh họa để thử hệ thống"))
    scan = picture(N_("Ảnh chụp giấy xác nhận"))

    def facts(self, scan_sha: str | None) -> EndorsementFacts:
        """What the service takes."""
        return EndorsementFacts(
            union_unit=self.union_unit.data,
            project=self.project.data,
            year=self.year.data or 0,
            programme=self.programme.data,
            scan_sha=scan_sha,
            is_illustration=self.is_illustration.data,
        )
