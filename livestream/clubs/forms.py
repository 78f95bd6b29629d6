"""Shapes of what people type about clubs."""

from typing import Any

from livestream.clubs.models import PLATFORMS
from livestream.clubs.rules import CLUB_LABELS, PLATFORM_NAMES, WEEKDAYS, clock_text, parse_clock
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form, phone_digits

_KINDS = [(value, CLUB_LABELS[value]) for value in ("club", "youth_union", "creator", "producer")]
_PLATFORMS = [(value, PLATFORM_NAMES[value]) for value in PLATFORMS]


class ClubForm(Form):
    """Registration."""

    name = forms.text(N_("Tên câu lạc bộ"), minimum=3, maximum=160)
    kind = forms.choice(N_("Loại"), _KINDS, default="club")
    province_code = forms.choice(N_("Tỉnh, thành phố"))
    place = forms.text(N_("Xã, phường hoặc nơi hay phát"), is_required=False, maximum=160)
    about = forms.long_text(N_("Giới thiệu"), is_required=False, maximum=3000)


class ProfileForm(Form):
    """What the public page says, and the commune whose officers confirm ordinary sessions."""

    name = forms.text(N_("Tên câu lạc bộ"), minimum=3, maximum=160)
    commune_code = forms.choice(
        N_("Xã, phường, đặc khu"),
        is_required=False,
        description=N_("Cán bộ xã được chốt phiên thường của câu lạc bộ."),
    )
    place = forms.text(N_("Xã, phường hoặc nơi hay phát"), is_required=False, maximum=160)
    about = forms.long_text(N_("Giới thiệu"), is_required=False, maximum=3000)
    about_en = forms.long_text(N_("Giới thiệu bằng tiếng Anh"), is_required=False, maximum=3000)


class DecisionForm(Form):
    """Staff's answer to a club."""

    decision = forms.choice(
        N_("Quyết định"), [("verify", N_("Xác minh")), ("reject", N_("Chưa nhận"))]
    )
    note = forms.text(N_("Lý do"), is_required=False, maximum=300)


class AnswerForm(Form):
    """Yes or no."""

    answer = forms.choice(N_("Trả lời"), [("agree", N_("Đồng ý")), ("decline", N_("Không đồng ý"))])


class ChannelForm(Form):
    """A channel account."""

    platform = forms.choice(N_("Nền tảng"), _PLATFORMS, default="tiktok")
    handle = forms.text(N_("Tài khoản"), maximum=120, description=N_("Ví dụ: @miendongtaihoan"))
    name = forms.text(N_("Tên gọi của kênh"), minimum=2, maximum=120)


class PlaceForm(Form):
    """A studio or a kit."""

    kind = forms.choice(
        N_("Loại"), [("studio", N_("Phòng live")), ("kit", N_("Bộ thiết bị"))], default="studio"
    )
    name = forms.text(N_("Tên phòng hoặc bộ thiết bị"), minimum=2, maximum=120)
    buffer_before_minutes = forms.whole(N_("Phút chuẩn bị trước"), maximum=240, default=15)
    buffer_after_minutes = forms.whole(N_("Phút dọn dẹp sau"), maximum=240, default=15)


class ResourceForm(Form):
    """Changes of what the club keeps."""

    name = forms.text(N_("Tên gọi"), minimum=2, maximum=120)
    buffer_before_minutes = forms.whole(N_("Phút chuẩn bị trước"), maximum=240)
    buffer_after_minutes = forms.whole(N_("Phút dọn dẹp sau"), maximum=240)
    is_active = forms.tick(N_("Đang dùng"))
    meets_requirements = forms.tick(N_("Kênh đã đủ điều kiện gian hàng của nền tảng"))


class CodeForm(Form):
    """Asking to share by code."""

    code = forms.text(
        N_("Mã dùng chung"),
        maximum=12,
        description=N_("Hỏi câu lạc bộ giữ người dẫn, phòng hoặc kênh đó."),
    )


class InviteForm(Form):
    """Asking a person to join."""

    login = forms.text(N_("Số điện thoại hoặc e-mail của người được mời"), maximum=200)
    role = forms.choice(
        N_("Vai trò"), [("host", N_("Người dẫn")), ("manager", N_("Quản lý"))], default="host"
    )

    def login_key(self) -> str:
        """The login as accounts keep it."""
        typed = str(self.login.data)
        return typed.lower() if "@" in typed else phone_digits(typed) or typed.lower()


class HoursForm(Form):
    """Weekly hours: ``from_0``…``from_6`` and ``to_0``…``to_6``, Monday first; empty: not free."""

    def hours(self) -> list[tuple[int, int, int]]:
        """(weekday, from, to) in minutes. Raises Invalid on the first field that is no time."""
        found = []
        for day in range(7):
            begin, end = self[f"from_{day}"].data, self[f"to_{day}"].data
            if begin or end:
                found.append((day, _minute(begin, f"from_{day}"), _minute(end, f"to_{day}")))
        return found


for _day, _name in enumerate(WEEKDAYS):
    setattr(HoursForm, f"from_{_day}", forms.text(_name, is_required=False, maximum=5))
    setattr(HoursForm, f"to_{_day}", forms.text(N_("đến"), is_required=False, maximum=5))


def _minute(typed: str | None, field: str) -> int:
    value = parse_clock(typed or "")
    if value is None:
        raise Invalid(N_("Giờ chưa đúng, ví dụ: 20:00."), field=field)
    return value


def hours_data(rows: list[Any]) -> dict[str, str]:
    """The form's values for the weekly hours kept (one span a day)."""
    data = {}
    for row in rows:
        data[f"from_{row.weekday}"] = clock_text(row.from_minute)
        data[f"to_{row.weekday}"] = clock_text(row.to_minute)
    return data


class DayForm(Form):
    """One day."""

    day = forms.day(N_("Ngày"))


class ExceptionForm(DayForm):
    """A day away, or free at other hours."""

    from_time = forms.text(
        N_("Rảnh từ"), is_required=False, maximum=5, description=N_("Để trống nếu bận cả ngày.")
    )
    to_time = forms.text(N_("Đến"), is_required=False, maximum=5)
    note = forms.text(N_("Ghi chú"), is_required=False, maximum=120)

    def hours(self) -> tuple[int, int] | None:
        """Minutes after midnight; None: away. Raises Invalid."""
        if not self.from_time.data and not self.to_time.data:
            return None
        return _minute(self.from_time.data, "from_time"), _minute(self.to_time.data, "to_time")
