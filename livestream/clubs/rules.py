"""Words and refusals of clubs: kinds, platforms, who may share what, weekly hours."""

import re
from typing import Final

from shop.core.errors import Conflict, Invalid, NotAllowed
from shop.core.text import N_

CLUB_LABELS: Final = {
    "club": N_("Câu lạc bộ streamer"),
    "youth_union": N_("Studio của Đoàn Thanh niên"),
    "creator": N_("Nhà sáng tạo nội dung"),
    "producer": N_("Người sản xuất tự phát"),
}

CLUB_STATES: Final = {
    "submitted": N_("Chờ xác minh"),
    "verified": N_("Đã xác minh"),
    "rejected": N_("Chưa được nhận"),
    "suspended": N_("Tạm dừng"),
}

RESOURCE_LABELS: Final = {
    "host": N_("Người dẫn"),
    "channel": N_("Kênh"),
    "studio": N_("Phòng live"),
    "kit": N_("Bộ thiết bị"),
}

PLATFORM_NAMES: Final = {
    "tiktok": "TikTok",
    "facebook": "Facebook",
    "shopee": "Shopee Live",
    "lazada": "LazLive",
    "youtube": "YouTube",
    "zalo": "Zalo",
    "other": N_("Nền tảng khác"),
}

WEEKDAYS: Final = (
    N_("Thứ Hai"),
    N_("Thứ Ba"),
    N_("Thứ Tư"),
    N_("Thứ Năm"),
    N_("Thứ Sáu"),
    N_("Thứ Bảy"),
    N_("Chủ nhật"),
)

LATEST_MINUTE: Final = 30 * 60
"""Hours may run past midnight, to six in the morning; they belong to the evening before."""


class NotVerified(NotAllowed):
    message = N_("Câu lạc bộ chưa được cán bộ xác minh nên chưa đặt được lịch.")


class AlreadyDecided(Conflict):
    message = N_("Việc này đã được quyết định rồi. Vui lòng tải lại trang.")


class AlreadyHost(Conflict):
    message = N_("Người này đã là người dẫn của câu lạc bộ.")


class AlreadyShared(Conflict):
    message = N_("Câu lạc bộ đã dùng hoặc đã hỏi mượn mục này rồi.")


class UnknownCode(Invalid):
    message = N_("Không có mục nào mang mã này. Hãy hỏi lại câu lạc bộ giữ nó.")


class ChannelTaken(Conflict):
    message = N_("Kênh này đã được một câu lạc bộ khai báo. Hãy xin dùng chung bằng mã của kênh.")


class PlaceNameTaken(Conflict):
    message = N_("Câu lạc bộ đã có một mục mang tên này. Hãy thêm số hoặc chỗ đặt vào tên.")


class BadHours(Invalid):
    message = N_("Giờ kết thúc phải sau giờ bắt đầu và không quá 6 giờ sáng hôm sau.")


_ADDRESS = re.compile(r"[A-Za-z0-9-]{1,120}")


def is_address(text: str) -> bool:
    """Whether ``text`` can be a slug, public id or token of ours; nothing else reaches a query."""
    return _ADDRESS.fullmatch(text) is not None


def check_hours(from_minute: int, to_minute: int) -> None:
    """Let hours of one evening pass, in minutes after midnight. Raises BadHours."""
    if not 0 <= from_minute < min(to_minute, 1440) or to_minute > LATEST_MINUTE:
        raise BadHours(field="to_minute")


def parse_clock(typed: str) -> int | None:
    """Minutes after midnight of ``20:00`` or ``20h30``; up to 30:00 for after midnight; or None."""
    hours, _, minutes = typed.strip().lower().replace("h", ":").partition(":")
    parts = (hours, minutes or "0")
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        return None
    value = int(parts[0]) * 60 + int(parts[1])
    return value if int(parts[1]) < 60 and value <= LATEST_MINUTE else None


def clock_text(minute: int) -> str:
    """``20:00`` for 1200."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def channel_key(platform: str, handle: str) -> str:
    """A handle as compared: without @, address, case."""
    bare = handle.strip().lower().rstrip("/").rsplit("/", 1)[-1]
    return f"{platform}:{bare.lstrip('@')}"
