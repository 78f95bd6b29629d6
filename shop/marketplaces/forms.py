"""What people type about a listing or an export: shape only."""

import re
from collections.abc import Iterable
from typing import Any, Final

from flask import request
from wtforms.validators import ValidationError

from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.core.db import MAX_ID
from shop.core.text import N_, clean
from shop.marketplaces.rules.choices import (
    FITS,
    MAX_DAYS,
    MAX_DESCRIPTION,
    MAX_LINE,
    MAX_LINES,
    MAX_PHOTOS,
    MAX_RESERVE,
    MAX_TITLE,
)
from shop.marketplaces.rules.facts import AttributeFacts, Choice
from shop.marketplaces.rules.pricing import (
    MAX_FIXED_VND,
    MAX_PERCENT,
    MIN_PERCENT,
    STEPS_VND,
    PriceRule,
)
from shop.marketplaces.rules.profile import CERTAINTIES, LIFECYCLES
from shop.web import forms
from shop.web.i18n import gettext as _

MAX_RULE_TEXT: Final = 4_000
_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_SHA: Final = re.compile(r"^[0-9a-f]{64}$")
_PLACE: Final = re.compile(r"^[0-9]{1,2}$")
_STEPS: Final = [(str(step), f"{step:,} ₫".replace(",", ".")) for step in STEPS_VND]


def _percent(**over: Any) -> forms.WholeField:
    return forms.whole(
        N_("Giá trên kênh so với giá bán"),
        is_required=False,
        minimum=MIN_PERCENT,
        maximum=MAX_PERCENT,
        **over,
    )


def _fixed(**over: Any) -> forms.WholeField:
    return forms.whole(
        N_("Cộng thêm mỗi món"),
        is_required=False,
        maximum=MAX_FIXED_VND,
        **over,
    )


def _floor(**over: Any) -> forms.WholeField:
    return forms.vnd(N_("Giá sàn"), is_required=False, **over)


def _reserve(**over: Any) -> forms.WholeField:
    return forms.whole(N_("Giữ lại mỗi quy cách"), is_required=False, maximum=MAX_RESERVE, **over)


class ChoiceForm(forms.Form):
    """How a product goes to one channel."""

    is_included = forms.tick(N_("Đưa sản phẩm này lên kênh"), default=True)
    title = forms.text(
        N_("Tên đăng"),
        is_required=False,
        maximum=MAX_TITLE,
        description=N_("Bỏ trống để dùng tên dựng sẵn."),
    )
    description = forms.long_text(
        N_("Mô tả đăng"),
        is_required=False,
        maximum=MAX_DESCRIPTION,
        description=N_("Bỏ trống để dùng mô tả dựng sẵn từ thông tin sản phẩm."),
    )
    price_percent = _percent(default=100)
    price_fixed_vnd = _fixed(default=0, description=N_("Bù phí cố định của kênh."))
    price_step_vnd = forms.choice(N_("Làm tròn lên đến"), _STEPS, is_required=False, default="1000")
    price_floor_vnd = _floor(
        description=N_("Giá trên kênh thấp hơn mức này thì sản phẩm không được xuất.")
    )
    stock_reserve = _reserve(
        default=0, description=N_("Số món không chào trên kênh này, để dành cho nơi khác.")
    )
    category_id = forms.text(
        N_("Ngành hàng của kênh"),
        is_required=False,
        maximum=MAX_LINE,
        description=N_("Mã hoặc đường dẫn ngành hàng, đúng như trong mẫu của gian hàng."),
    )
    attributes = forms.long_text(
        N_("Thuộc tính của kênh"),
        is_required=False,
        maximum=MAX_LINES * MAX_LINE,
        description=N_("Mỗi dòng một thuộc tính, ví dụ “Xuất xứ: Việt Nam”."),
    )
    deliveries = forms.long_text(
        N_("Đơn vị vận chuyển bật trên kênh"),
        is_required=False,
        maximum=MAX_LINES * MAX_LINE,
        description=N_("Mỗi dòng một tên hoặc mã. Bỏ trống để theo cài đặt của gian hàng."),
    )
    handling_days = forms.whole(
        N_("Số ngày chuẩn bị hàng"),
        is_required=False,
        maximum=MAX_DAYS,
        description=N_("Chỉ điền khi bán đặt trước."),
    )
    photo_fit = forms.radio(
        N_("Ảnh không vuông thì"), list(FITS.items()), default="pad", is_required=False
    )

    @classmethod
    def showing(cls, choice: Choice, asked: Iterable[AttributeFacts] = ()) -> "ChoiceForm":
        """The form filled with what was decided before; ``asked`` have fields of their own."""
        listed = {one.key for one in asked}
        return cls(
            data={
                **vars(choice),
                "price_percent": choice.price.percent,
                "price_fixed_vnd": choice.price.fixed_vnd,
                "price_step_vnd": str(choice.price.step_vnd),
                "attributes": "\n".join(
                    f"{name}: {value}"
                    for name, value in choice.attributes.items()
                    if name not in listed
                ),
                "deliveries": "\n".join(choice.deliveries),
            }
        )

    def validate_attributes(self, field: Any) -> None:
        """Each line is a name, a colon and a value."""
        lines = _lines(field.data)
        if len(lines) > MAX_LINES or any(":" not in line for line in lines):
            raise ValidationError(
                _("Viết mỗi dòng một thuộc tính, tên và giá trị cách nhau bằng dấu hai chấm.")
            )

    def choice(self, photos: tuple[str, ...]) -> Choice:
        """What the service takes. ``photos``: what was chosen, see ``photos_asked``."""
        pairs = (line.partition(":") for line in _lines(self.attributes.data))
        return Choice(
            is_included=bool(self.is_included.data),
            title=self.title.data or "",
            description=self.description.data or "",
            category_id=self.category_id.data or "",
            attributes={name.strip(): value.strip() for name, _colon, value in pairs},
            deliveries=tuple(_lines(self.deliveries.data)),
            handling_days=self.handling_days.data,
            photos=photos,
            photo_fit=self.photo_fit.data or "pad",
            price=PriceRule(
                percent=100 if self.price_percent.data is None else self.price_percent.data,
                fixed_vnd=self.price_fixed_vnd.data or 0,
                step_vnd=int(self.price_step_vnd.data or 1000),
            ),
            price_floor_vnd=self.price_floor_vnd.data or None,
            stock_reserve=self.stock_reserve.data or 0,
        )


def _lines(text: str | None) -> list[str]:
    return [line for line in (text or "").split("\n") if line.strip()]


def photos_asked(known: tuple[str, ...]) -> tuple[str, ...]:
    """Digests in the order of the numbers beside them; a photo without a number stays out.

    Empty when nothing is chosen, or everything in the order of ``known``: photos that are added
    later then go out too.
    """
    pairs = list(zip(request.form.getlist("photo"), request.form.getlist("place"), strict=False))
    found = [
        (int(place), sha)
        for sha, place in pairs[:MAX_PHOTOS]
        if _SHA.match(sha) and _PLACE.match(clean(place[:8])) and int(place) > 0
    ]
    wished = tuple(sha for _place, sha in sorted(found, key=lambda one: one[0]))
    return () if wished == known else wished


class BulkForm(forms.Form):
    """What changes for all ticked products; an empty field leaves each as it is."""

    is_included = forms.choice(
        N_("Đưa lên kênh"),
        [("", N_("Giữ nguyên")), ("1", N_("Đưa lên kênh")), ("0", N_("Không đưa lên"))],
        is_required=False,
    )
    price_percent = _percent()
    price_fixed_vnd = _fixed()
    price_step_vnd = forms.choice(
        N_("Làm tròn lên đến"), [("", N_("Giữ nguyên")), *_STEPS], is_required=False
    )
    price_floor_vnd = _floor(description=N_("Gõ 0 để bỏ giá sàn."))
    stock_reserve = _reserve()
    photo_fit = forms.choice(
        N_("Ảnh không vuông thì"),
        [("", N_("Giữ nguyên")), *FITS.items()],
        is_required=False,
    )

    def changes(self) -> dict[str, Any]:
        """The fields that were filled in, as the service takes them."""
        said: dict[str, Any] = {
            "is_included": {"1": True, "0": False}.get(self.is_included.data or ""),
            "percent": self.price_percent.data,
            "fixed_vnd": self.price_fixed_vnd.data,
            "step_vnd": int(self.price_step_vnd.data) if self.price_step_vnd.data else None,
            "price_floor_vnd": self.price_floor_vnd.data,
            "stock_reserve": self.stock_reserve.data,
            "photo_fit": self.photo_fit.data or None,
        }
        return {name: value for name, value in said.items() if value is not None}


def products_asked() -> list[int]:
    """Ids of the ticked products."""
    return sorted({int(one) for one in request.form.getlist("product") if _is_id(one)})


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 19


def submit_key() -> str:
    """The key that makes a double click one export; empty when it is none of ours."""
    given = request.form.get("submit_key", "")
    return given if _KEY.match(given) else ""


# A channel's rule, as staff lay it over the profile


class ChannelRuleForm(forms.Form):
    """One rule of a channel; which fields count depends on its topic."""

    revision = forms.whole("", is_required=False, maximum=1_000_000)
    value = forms.whole(
        N_("Giá trị"),
        is_required=False,
        minimum=1,
        maximum=MAX_ID,
        description=N_("Bỏ trống: kênh không có mức này."),
    )
    is_used = forms.tick(N_("Có xét các lời này trên kênh"))
    more = forms.long_text(
        N_("Thêm lời (mỗi dòng một lời)"), is_required=False, maximum=MAX_RULE_TEXT
    )
    fewer = forms.long_text(
        N_("Bỏ qua lời (mỗi dòng một lời)"), is_required=False, maximum=MAX_RULE_TEXT
    )
    unit = forms.radio(N_("Cột cân nặng ghi bằng"), [("g", "g"), ("kg", "kg")], is_required=False)
    ways = forms.long_text(
        N_("Kênh giao hàng"),
        is_required=False,
        maximum=MAX_RULE_TEXT,
        description=N_("Mỗi dòng: mã | tên | có hoặc không nhận đặt trước | giá cao nhất (đồng)."),
    )
    kinds = forms.choices(N_("Giấy kênh đòi"), list(CERTIFICATE_KINDS.items()), is_required=False)
    state = forms.choice(N_("Tình trạng"), list(LIFECYCLES.items()), is_required=False)
    as_of = forms.day(N_("Theo nguồn ngày"), is_required=False)
    note = forms.long_text(N_("Lời nói với người bán"), is_required=False, maximum=500)
    certainty = forms.radio(N_("Chắc đến đâu"), list(CERTAINTIES.items()), is_required=False)
    source = forms.text(N_("Nguồn"), is_required=False, maximum=200)
    is_withdrawn = forms.tick(N_("Dùng lại giá trị có sẵn trong phần mềm"))
    why = forms.text(N_("Vì sao đổi, căn cứ nào"), minimum=3, maximum=300)

    def validate_source(self, field: Any) -> None:
        """A rule that counts names where it comes from."""
        if not self.is_withdrawn.data and not field.data:
            raise ValidationError(_("Ghi nguồn của quy tắc: tài liệu, công văn, trang của sàn."))

    def validate_as_of(self, field: Any) -> None:
        """A state was told on some day."""
        if self.topic == "life" and not self.is_withdrawn.data and field.data is None:
            raise ValidationError(_("Vui lòng điền ô này."))

    def validate_ways(self, field: Any) -> None:
        """Every line has an id and a name."""
        if self.topic == "delivery" and _ways(field.data or "") is None:
            raise ValidationError(_("Mỗi dòng: mã | tên | có hoặc không | giá cao nhất."))

    topic: str = ""

    def values(self) -> dict[str, Any]:
        """The data of the entry."""
        if self.is_withdrawn.data:
            return {"is_withdrawn": True}
        sure = {"certainty": self.certainty.data or "uncertain", "source": self.source.data}
        return sure | self._own()

    def _own(self) -> dict[str, Any]:
        every: dict[str, dict[str, Any]] = {
            "limit": {"value": self.value.data},
            "words": {
                "is_used": bool(self.is_used.data),
                "more": _phrases(self.more.data),
                "fewer": _phrases(self.fewer.data),
            },
            "unit": {"value": self.unit.data},
            "delivery": {"ways": _ways(self.ways.data or "") or []},
            "papers": {"kinds": list(self.kinds.data or [])},
            "life": {
                "state": self.state.data,
                "as_of": self.as_of.data.isoformat() if self.as_of.data else "",
                "note": self.note.data or "",
            },
        }
        return every[self.topic]


def _phrases(text: str | None) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _ways(text: str) -> list[dict[str, Any]] | None:
    """Ways of delivery out of lines; None when a line is none."""
    found = []
    for line in _phrases(text):
        parts = [part.strip() for part in line.split("|")]
        highest = forms.parse_whole(parts[3]) if len(parts) > 3 and parts[3] else None
        if len(parts) < 3 or not all(parts[:2]) or (len(parts) > 3 and parts[3] and not highest):
            return None
        found.append(
            {
                "id": parts[0][:40],
                "label": parts[1][:80],
                "takes_preorder": parts[2].lower() in {"có", "co", "yes"},
                "price_max_vnd": highest,
            }
        )
    return found


WEEKDAYS: Final = (
    N_("Thứ Hai"),
    N_("Thứ Ba"),
    N_("Thứ Tư"),
    N_("Thứ Năm"),
    N_("Thứ Sáu"),
    N_("Thứ Bảy"),
    N_("Chủ nhật"),
)


class WeeklyForm(forms.Form):
    """On which weekday a channel is exported again."""

    weekday = forms.choice(
        N_("Tự xuất lại mỗi tuần"),
        [("", N_("Không tự xuất")), *((str(n), name) for n, name in enumerate(WEEKDAYS))],
        is_required=False,
        description=N_("Làm lúc 6 giờ sáng, xong thì báo cho bạn."),
    )


SEEN: Final[list[tuple[str, str]]] = [
    ("listed", N_("Đã đăng")),
    ("seen", N_("Đã xem lại, vẫn còn")),
    ("gone", N_("Không còn bài đăng")),
]


class SightingForm(forms.Form):
    """Where somebody saw the product on the channel."""

    what = forms.choice(N_("Tình trạng bài đăng"), SEEN, default="listed")
    address = forms.text(
        N_("Đường dẫn bài đăng"),
        is_required=False,
        maximum=500,
        description=N_("Dán từ trình duyệt. Xem lại bài cũ thì để trống."),
    )
    on_day = forms.day(N_("Ngày thấy"))
    helped_by = forms.text(
        N_("Ai giúp đăng"),
        is_required=False,
        maximum=120,
        description=N_("Ví dụ: Đoàn xã, bưu cục, tổ công nghệ số."),
    )
