"""What concerns a channel as a whole: whether it lives, and what a draft cannot hold."""

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

from shop.marketplaces.rules.profile import DRAFT_MARK, LIFECYCLES, Certainty, Profile
from shop.marketplaces.rules.readiness.findings import Finding, make_finding


def channel_findings(profile: Profile, public_url: str) -> list[Finding]:
    """What concerns every product of the channel; nothing here refuses."""
    found = []

    def warn(code: str, value: object, certainty: Certainty = "certain", **more: Any) -> None:
        found.append(
            make_finding(
                code,
                value,
                channel=profile.slug,
                product_id=None,
                severity="warn",
                certainty=certainty,
                **more,
            )
        )

    life = profile.lifecycle
    if not profile.is_active:
        warn(
            "CHANNEL_CLOSED",
            LIFECYCLES[life.state],
            life.certainty,
            source=life.source,
            origin=life.source,
            as_of=life.as_of.strftime("%d/%m/%Y"),
        )
    if profile.level == "draft":
        warn("TEMPLATE_MISSING", DRAFT_MARK)
    blank = [column.key for column in profile.columns if column.value == "category"]
    if profile.needs_category and blank:
        warn("CATEGORY_MISSING", blank)
    if profile.brand_when_none:
        warn("BRAND_MISSING", profile.brand_when_none)
    if profile.has_addresses and not is_reachable(public_url):
        warn("IMG_URL_PUBLIC", public_url)
    unsure = [
        column.key
        for column in profile.columns
        if column.value == "weight_g" and column.certainty == "uncertain"
    ]
    if unsure:
        warn("WEIGHT_UNIT", unsure, "uncertain")
    return found


_PRIVATE_NAMES: Final = ("localhost", "local", "test", "example", "invalid", "internal", "lan")


def is_reachable(public_url: str) -> bool:
    """Whether addresses under ``public_url`` open from the Internet: https, public host."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.rsplit(".", 1)[1] in _PRIVATE_NAMES:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
