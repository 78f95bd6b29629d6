"""What a pack for a channel says, within what its platform allows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from livestream.clubs.policies import Policy
from livestream.runsheets.rules.words import remarks
from shop.core.text import N_

PLATFORMS: Final = ("tiktok", "shopee", "facebook", "zalo")
_IDS: Final[Mapping[str, re.Pattern[str]]] = {
    "shopee": re.compile(r"(?:-i\.|/product/)(\d{1,15})[./](\d{1,20})"),
    "tiktok": re.compile(r"/product/(\d{6,24})"),
}


def platform_id(platform: str, address: str) -> str:
    """The platform's own id in the address of a listing: ``shop.item`` on Shopee, digits on
    TikTok; empty when the address does not tell."""
    pattern = _IDS.get(platform)
    match = pattern.search(address) if pattern else None
    return ".".join(match.groups()) if match else ""


def description(about: str, address: str, policy: Policy) -> str:
    """The words under the title: our own address only where the platform lets it stand."""
    return f"{about}\n\n{address}".strip() if policy.may_show_own_codes else about


def flash_span(
    starts: datetime, ends: datetime, *, shown_at: datetime, policy: Policy
) -> tuple[datetime, datetime]:
    """A live price as the platform can run it: a window longer than its longest begins when the
    product is shown and lasts that long."""
    longest = timedelta(minutes=policy.max_flash_minutes or 24 * 60)
    if ends - starts <= longest:
        return starts, ends
    begin = shown_at if starts <= shown_at < ends else starts
    return begin, min(ends, begin + longest)


@dataclass(frozen=True)
class Good:
    """A product of the line-up, as far as a platform may mind it."""

    code: str
    stars: int | None
    words: str
    """The host's words for it."""
    has_id: bool
    """Whether the platform's own id of it is known."""
    flash_minutes: int
    """How long its live price is planned to hold; 0 without one."""


@dataclass(frozen=True)
class Advice:
    """What to see to before the pack is used: a Vietnamese sentence with parameters."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    """The product that it is about."""
    source: str = ""


def advise(policy: Policy, announced: str, goods: Sequence[Good]) -> list[Advice]:
    """What stands against this session on this platform; never a refusal.

    ``announced``: title and description. Order: what is announced, the product set, live prices,
    the host's words.
    """
    stars = max((one.stars or 0 for one in goods), default=0) or None
    found = [
        Advice(one.text, one.params, source=one.source)
        for one in remarks(announced, valid_stars=stars, policies=[policy])
    ]
    if policy.max_products is not None and len(goods) > policy.max_products:
        text = N_("Phiên có %(count)s sản phẩm, kênh chỉ nhận %(most)s.")
        found.append(Advice(text, {"count": len(goods), "most": policy.max_products}))
    found += _about(
        [one.code for one in goods if policy.slug in _IDS and not one.has_id],
        N_(
            "%(codes)s chưa có mã trên kênh nên phải tự tìm trong giỏ live. Người sản xuất ghi "
            "địa chỉ niêm yết trong mục Kênh bán."
        ),
    )
    longest = policy.max_flash_minutes
    found += _about(
        [one.code for one in goods if longest is not None and one.flash_minutes > longest],
        N_(
            "%(codes)s: giá live dài hơn %(most)s phút mà kênh cho. Bảng giá chớp nhoáng lấy "
            "%(most)s phút từ lúc giới thiệu."
        ),
        most=longest,
    )
    for good in goods:
        found += [
            Advice(one.text, one.params, good.code, one.source)
            for one in remarks(good.words, valid_stars=good.stars, policies=[policy])
            if good.words
        ]
    return found


def _about(codes: Sequence[str], text: str, **params: Any) -> list[Advice]:
    return [Advice(text, {"codes": ", ".join(codes), **params})] if codes else []
