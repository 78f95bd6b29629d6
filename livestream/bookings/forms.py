"""Shapes of what people type or tap about bookings."""

from datetime import date, datetime, time

from livestream.clubs.rules import PLATFORM_NAMES, WEEKDAYS, parse_clock
from livestream.sessions.forms import aware
from livestream.sessions.services import Absent
from livestream.sessions.timing import MAX_MINUTES
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form, parse_whole


def moment(raw: str) -> datetime | None:
    """A local moment as the browser sends it, or None."""
    try:
        return datetime.fromisoformat(raw[:32]).replace(tzinfo=None)
    except ValueError:
        return None


def day_of(raw: str) -> date | None:
    """A day as the browser sends it, or None."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


class PlaceForm(Form):
    """Where a session goes: ``to`` = ``<resource>:<day>`` at ``time``, or ``at`` = a moment."""

    version = forms.whole("", is_required=False, maximum=MAX_ID)
    to = forms.text("", is_required=False, maximum=40)
    time = forms.text(N_("Bắt đầu lúc"), is_required=False, maximum=5)
    at = forms.text("", is_required=False, maximum=32)

    def target(self) -> tuple[datetime, int | None]:
        """The start and the lane. Raises Invalid."""
        if self.at.data:
            local = moment(self.at.data)
            if local is not None:
                return aware(local), None
            raise Invalid(N_("Giờ phát chưa hợp lệ."), field="time")
        lane, _, typed = str(self.to.data or "").partition(":")
        day, resource_id = day_of(typed), parse_whole(lane)
        minute = parse_clock(self.time.data or "")
        if day is None or minute is None or minute >= 1440 or not 0 < (resource_id or 0) <= MAX_ID:
            raise Invalid(N_("Chọn một ngày trên lịch và giờ dạng 20:00."), field="time")
        return aware(datetime.combine(day, time(minute // 60, minute % 60))), resource_id


class SwapForm(Form):
    """The session to change places with."""

    other = forms.text(N_("Đổi chỗ với phiên"), maximum=26)


class HandOverForm(Form):
    """Who takes over from whom."""

    from_host = forms.row_id(N_("Người đang dẫn"))
    to_host = forms.row_id(N_("Người nhận"))
    reason = forms.text(N_("Lý do"), is_required=False, maximum=300)


class AbsenceForm(Form):
    """Who did not come: ``who`` is ``host:<id>`` or ``producer:<id>``."""

    who = forms.text(N_("Ai vắng mặt"), maximum=30)
    reason = forms.text(N_("Lý do"), is_required=False, maximum=300)
    is_off = forms.tick(N_("Phiên không diễn ra"))

    def absent(self) -> Absent:
        """Who is meant. Raises Invalid."""
        kind, _colon, raw = str(self.who.data).partition(":")
        number = parse_whole(raw)
        if kind not in {"host", "producer"} or number is None or not 0 < number <= MAX_ID:
            raise Invalid(N_("Vui lòng chọn một mục trong danh sách."), field="who")
        return Absent("host" if kind == "host" else "producer", number)


class TemplateForm(Form):
    """A usual slot."""

    name = forms.text(N_("Tên khung giờ"), minimum=2, maximum=120)
    weekday = forms.choice(
        N_("Ngày trong tuần"), [(str(day), name) for day, name in enumerate(WEEKDAYS)], default="5"
    )
    start = forms.text(N_("Bắt đầu lúc"), maximum=5, default="20:00")
    minutes = forms.whole(N_("Kéo dài"), maximum=MAX_MINUTES * 2, default=90)
    host_id = forms.choice(N_("Người dẫn"))
    channel_id = forms.choice(N_("Kênh"))
    studio_id = forms.choice(N_("Phòng live"), is_required=False)
    kit_id = forms.choice(N_("Bộ thiết bị"), is_required=False)

    def start_minute(self) -> int:
        """Minutes after midnight. Raises Invalid."""
        minute = parse_clock(self.start.data or "")
        if minute is None or minute >= 1440:
            raise Invalid(N_("Giờ chưa đúng, ví dụ: 20:00."), field="start")
        return minute


class SeriesForm(Form):
    """Sessions a week apart, made from a template."""

    title = forms.text(N_("Tên phiên"), minimum=3, maximum=160)
    title_en = forms.text(N_("Tên phiên bằng tiếng Anh"), is_required=False, maximum=160)
    first_day = forms.day(N_("Từ ngày"))
    weeks = forms.whole(N_("Số tuần"), minimum=1, maximum=26, default=4)
    taken = forms.choice(
        N_("Nếu có ngày đã kín"),
        [
            ("free", N_("Đặt những ngày trống, báo lại ngày kín")),
            ("all", N_("Không đặt ngày nào, cho tôi xem danh sách")),
        ],
        default="free",
    )
    submit_key = forms.text("", minimum=8, maximum=64)


class AskForm(Form):
    """Asking a club for a slot."""

    club = forms.choice(N_("Câu lạc bộ"))
    variant = forms.choice(N_("Sản phẩm muốn lên sóng"), is_required=False)
    campaign = forms.choice(N_("Thuộc chiến dịch"), is_required=False)
    starts_at = forms.moment(N_("Giờ mong muốn"))
    minutes = forms.whole(N_("Kéo dài"), maximum=MAX_MINUTES * 2, default=60)
    note = forms.long_text(N_("Lời nhắn"), is_required=False, maximum=500)
    submit_key = forms.text("", minimum=8, maximum=64)


class OwnChannelForm(Form):
    """A producer's own channel."""

    producer = forms.choice(N_("Cơ sở"))
    platform = forms.choice(
        N_("Nền tảng"), [(slug, name) for slug, name in PLATFORM_NAMES.items()], default="facebook"
    )
    handle = forms.text(N_("Tài khoản"), minimum=2, maximum=120)


class TakeForm(Form):
    """A club takes a request up."""

    title = forms.text(N_("Tên phiên"), minimum=3, maximum=160)
    starts_at = forms.moment(N_("Bắt đầu lúc"))
    minutes = forms.whole(N_("Kéo dài"), maximum=MAX_MINUTES * 2)
    host_id = forms.choice(N_("Người dẫn"))
    channel_id = forms.choice(N_("Kênh"))
    studio_id = forms.choice(N_("Phòng live"), is_required=False)
    kit_id = forms.choice(N_("Bộ thiết bị"), is_required=False)


class ReplyForm(Form):
    """A club says why it cannot."""

    reply = forms.text(N_("Lý do"), is_required=False, maximum=300)
