"""Which addresses may be named as places to buy, and how long a check of one counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

Standing = Literal["fresh", "old", "dropped"]

CHECK_COUNTS_DAYS: Final = 90
"""So long a check is simply shown; after it the page says that things may have changed."""
DROPPED_AFTER_DAYS: Final = 180
"""After so long without a check a link is no longer shown."""

MAX_LINKS: Final = 12
MAX_FACES: Final = 12
MAX_URL: Final = 500


@dataclass(frozen=True)
class Channel:
    """A place on the net where goods are sold. ``hosts``: its domains; none: any."""

    slug: str
    label: str
    hosts: tuple[str, ...] = ()


CHANNELS: Final = {
    channel.slug: channel
    for channel in (
        Channel("shopee", "Shopee", ("shopee.vn", "shp.ee")),
        Channel("lazada", "Lazada", ("lazada.vn",)),
        Channel("tiktok", "TikTok Shop", ("tiktok.com",)),
        Channel("postmart", "Buudien.vn (Postmart)", ("postmart.vn", "buudien.vn")),
        Channel("voso", "Voso", ("voso.vn",)),
        Channel("facebook", "Facebook", ("facebook.com", "fb.com")),
        Channel("website", N_("Trang riêng")),
    )
}


class BadLink(Invalid):
    message = N_("Đường dẫn phải bắt đầu bằng https:// và đúng kênh đã chọn.")


class LinkKnown(Conflict):
    message = N_("Đường dẫn này đã có trong danh sách.")


class TooManyLinks(Conflict):
    message = N_("Một cơ sở có tối đa 12 đường dẫn. Hãy bỏ bớt đường dẫn cũ.")


class TooManyFaces(Conflict):
    message = N_("Một cơ sở giới thiệu tối đa 12 người.")


class ConsentNeeded(Invalid):
    message = N_("Chỉ đưa lên khi người đó đã đồng ý. Vui lòng đánh dấu ô đồng ý.")


def checked_url(channel: str, typed: str) -> str:
    """The address as kept. Raises BadLink (field ``url``) for anything but https at a host of the
    channel: a link that says Shopee must lead to Shopee."""
    try:
        parts = urlsplit(typed.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadLink(field="url") from None
    known = CHANNELS.get(channel)
    is_plain = parts.scheme == "https" and port is None and not parts.username
    if known is None or not is_plain or "." not in host or not host.isascii():
        raise BadLink(field="url")
    is_theirs = not known.hosts or any(
        host == one or host.endswith(f".{one}") for one in known.hosts
    )
    found = parts._replace(netloc=host).geturl()
    if not is_theirs or len(found) > MAX_URL:
        raise BadLink(field="url")
    return found


def standing(checked_on: date, today: date) -> Standing:
    """How far a check of that day still counts."""
    age = today - checked_on
    if age <= timedelta(days=CHECK_COUNTS_DAYS):
        return "fresh"
    return "old" if age <= timedelta(days=DROPPED_AFTER_DAYS) else "dropped"
