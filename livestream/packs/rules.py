"""What a pack for a channel says, within what its platform allows."""

import re
from collections.abc import Mapping
from typing import Final

from livestream.clubs.policies import Policy

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
