"""Shapes of what people type about sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import request
from werkzeug.datastructures import MultiDict

from livestream.sessions.services import ItemWish
from livestream.sessions.timing import MAX_MINUTES, VN
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form, parse_whole

MAX_WISHES = 60
DEFAULT_MINUTES = 10


class SessionForm(Form):
    """A new session. Line-up: ``variant_id`` repeated, and per variant ``item_minutes_<id>``,
    ``item_price_vnd_<id>`` and ``item_set_aside_<id>``.
    """

    club_id = forms.row_id()
    title = forms.text(N_("Tên phiên"), minimum=3, maximum=160)
    title_en = forms.text(N_("Tên phiên bằng tiếng Anh"), is_required=False, maximum=160)
    starts_at = forms.moment(N_("Bắt đầu lúc"))
    minutes = forms.whole(N_("Kéo dài"), maximum=MAX_MINUTES * 2, default=60)
    host_id = forms.choice(N_("Người dẫn"))
    channel_id = forms.choice(N_("Kênh"))
    studio_id = forms.choice(N_("Phòng live"), is_required=False)
    kit_id = forms.choice(N_("Bộ thiết bị"), is_required=False)
    campaign_id = forms.choice(N_("Chiến dịch"), is_required=False)
    watch_url = forms.text(
        N_("Đường dẫn xem"),
        is_required=False,
        maximum=300,
        description=N_("Bắt đầu bằng https://, có thể điền sau."),
    )
    about = forms.long_text(N_("Giới thiệu"), is_required=False, maximum=3000)
    submit_key = forms.text("", minimum=8, maximum=64)


class WordsForm(Form):
    """Words and link of a session."""

    title = forms.text(N_("Tên phiên"), minimum=3, maximum=160)
    title_en = forms.text(N_("Tên phiên bằng tiếng Anh"), is_required=False, maximum=160)
    watch_url = forms.text(N_("Đường dẫn xem"), is_required=False, maximum=300)
    about = forms.long_text(N_("Giới thiệu"), is_required=False, maximum=3000)
    version = forms.whole("", is_required=False, maximum=MAX_ID)


class MoveForm(Form):
    """Another time, other people or places."""

    starts_at = forms.moment(N_("Bắt đầu lúc"))
    minutes = forms.whole(N_("Kéo dài"), maximum=MAX_MINUTES * 2)
    host_id = forms.choice(N_("Người dẫn"), is_required=False)
    channel_id = forms.choice(N_("Kênh"), is_required=False)
    studio_id = forms.choice(N_("Phòng live"), is_required=False)
    kit_id = forms.choice(N_("Bộ thiết bị"), is_required=False)
    version = forms.whole("", is_required=False, maximum=MAX_ID)


class VersionForm(Form):
    """A step that needs no words."""

    version = forms.whole("", is_required=False, maximum=MAX_ID)


class ReasonForm(VersionForm):
    """A step that may need a reason."""

    reason = forms.text(N_("Lý do"), is_required=False, maximum=300)


class OverrideForm(Form):
    """Letting a warning pass."""

    rule = forms.text(N_("Cảnh báo"), maximum=30)
    reason = forms.text(N_("Lý do"), is_required=False, maximum=300)


class ConsentForm(VersionForm):
    """A producer's answer."""

    answer = forms.choice(N_("Trả lời"), [("agree", N_("Đồng ý")), ("decline", N_("Không đồng ý"))])
    note = forms.text(N_("Lý do hoặc lời nhắn"), is_required=False, maximum=300)
    floor_price_vnd = forms.vnd(N_("Giá live thấp nhất"), is_required=False, minimum=1000)


def aware(local: datetime) -> datetime:
    """A local moment in Vietnam as an instant. Raises Invalid for years nobody means."""
    if not 2000 <= local.year <= 2100:
        raise Invalid(N_("Giờ phát chưa hợp lệ."), field="starts_at")
    return local.replace(tzinfo=VN)


def check_link(typed: str | None, *, field: str = "watch_url") -> str | None:
    """An https address, or None for nothing. Raises Invalid."""
    if not typed:
        return None
    try:
        parts = urlsplit(typed)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or "." not in parts.netloc or " " in typed or "@" in parts.netloc:
        raise Invalid(N_("Đường dẫn xem phải bắt đầu bằng https://."), field=field)
    return typed


def chosen_ids(*fields: Any) -> list[int]:
    """The ids of choices that were made."""
    return [int(field.data) for field in fields if field.data]


@dataclass(frozen=True)
class WishRow:
    """One product of the line-up as typed, with what is wrong about it."""

    variant_id: int
    minutes: str = ""
    price_vnd: str = ""
    set_aside: str = ""
    error: str = ""


def typed_rows(source: MultiDict[str, str] | None = None) -> list[WishRow]:
    """The line-up as typed: ``variant_id`` repeated with its three fields each."""
    values = source if source is not None else request.form
    rows: list[WishRow] = []
    for raw in values.getlist("variant_id")[:MAX_WISHES]:
        variant_id = parse_whole(raw[:20])
        if variant_id is None or not 0 < variant_id <= MAX_ID:
            raise Invalid(N_("Có sản phẩm không hợp lệ. Hãy chọn lại."), field="title")
        row = WishRow(
            variant_id=variant_id,
            minutes=values.get(f"item_minutes_{variant_id}", "")[:20],
            price_vnd=values.get(f"item_price_vnd_{variant_id}", "")[:20],
            set_aside=values.get(f"item_set_aside_{variant_id}", "")[:20],
        )
        if variant_id not in {known.variant_id for known in rows}:
            rows.append(row)
    return rows


def wishes(rows: Sequence[WishRow]) -> list[ItemWish]:
    """The typed rows as wishes. Raises Invalid naming the first wrong field."""
    return [
        ItemWish(
            variant_id=row.variant_id,
            minutes=_whole(row.minutes, row, "item_minutes", 1, 240) or DEFAULT_MINUTES,
            live_price_vnd=_whole(row.price_vnd, row, "item_price_vnd", 1000, MAX_VND),
            set_aside=_whole(row.set_aside, row, "item_set_aside", 0, 1_000_000) or 0,
        )
        for row in rows
    ]


def _whole(typed: str, row: WishRow, field: str, low: int, high: int) -> int | None:
    if not typed.strip():
        return None
    value = parse_whole(typed)
    if value is None or not low <= value <= high:
        raise Invalid(
            N_("Số chưa đúng trong phần sản phẩm: “%(typed)s”."),
            field=f"{field}_{row.variant_id}",
            typed=typed[:20],
        )
    return value
