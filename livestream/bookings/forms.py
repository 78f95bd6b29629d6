"""Shapes of what people type or tap about bookings."""

from datetime import date, datetime, time

from livestream.clubs.rules import parse_clock
from livestream.sessions.forms import aware
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
        return date.fromisoformat(raw[:10])
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
