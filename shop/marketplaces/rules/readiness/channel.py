"""What concerns a channel as a whole: whether it lives, the seller's template, what is missing."""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from shop.marketplaces.rules.facts import TemplateFacts
from shop.marketplaces.rules.places import fix_path
from shop.marketplaces.rules.profile import (
    DRAFT_MARK,
    LIFECYCLES,
    Profile,
    Severity,
    severity_of,
)
from shop.marketplaces.rules.readiness.findings import Finding, make_finding

STALE: Final = timedelta(days=60)
"""After so long a template is downloaded anew: marketplaces change them without notice."""


def channel_findings(
    profile: Profile,
    public_url: str,
    template: TemplateFacts | None = None,
    day: date | None = None,
) -> list[Finding]:
    """What concerns every product of the channel. Only a template that cannot be filled refuses;
    what comes out then is the draft.

    ``day``: when the age of the template is judged; None: not at all.
    """
    found = [
        *_life(profile),
        *(_template(profile, template, day) if template else _no_template(profile)),
    ]
    if profile.brand_when_none:
        found.append(_say(profile, "BRAND_MISSING", profile.brand_when_none))
    if profile.has_addresses and not is_reachable(public_url):
        found.append(_say(profile, "IMG_URL_PUBLIC", public_url))
    unsure = [
        column.key
        for column in profile.columns
        if column.value == "weight_g" and column.certainty == "uncertain"
    ]
    if unsure and (template is None or template.weight_unit is None):
        found.append(_say(profile, "WEIGHT_UNIT", unsure, certainty="uncertain"))
    if profile.level != "archive":
        found.append(_say(profile, "IMG_BORDER_TEXT", severity="info"))
    return found


def _say(
    profile: Profile, code: str, value: object = "", *, severity: Severity = "warn", **more: Any
) -> Finding:
    return make_finding(
        code, value, channel=profile.slug, product_id=None, severity=severity, **more
    )


def _life(profile: Profile) -> Iterator[Finding]:
    life = profile.lifecycle
    if not profile.is_active:
        yield _say(
            profile,
            "CHANNEL_CLOSED",
            LIFECYCLES[life.state],
            certainty=life.certainty,
            source=life.source,
            origin=life.source,
            as_of=life.as_of.strftime("%d/%m/%Y"),
        )


def _no_template(profile: Profile) -> Iterator[Finding]:
    if profile.level == "draft":
        yield _say(profile, "TEMPLATE_MISSING", DRAFT_MARK)
    blank = [column.key for column in profile.columns if column.value == "category"]
    if profile.needs_category and blank:
        missing = _say(profile, "CATEGORY_MISSING", blank)
        yield replace(missing, path=fix_path("templates", channel=profile.slug, product_id=None))


def _template(profile: Profile, template: TemplateFacts, day: date | None) -> Iterator[Finding]:
    if day is not None and day - template.uploaded_on > STALE:
        since = template.uploaded_on.strftime("%d/%m/%Y")
        yield _say(profile, "TEMPLATE_STALE", since, limit=STALE.days)
    shop, expected = template.shop_id, template.expected_shop_id
    if shop and expected and shop != expected:
        yield _say(profile, "TEMPLATE_OTHER_SHOP", shop, severity="refuse", limit=expected)
    if template.unknown_required:
        keys = list(template.unknown_required)
        yield _say(profile, "TEMPLATE_UNKNOWN_REQUIRED", keys, severity="refuse")
    said, ours = template.weight_unit, profile.sheet_weight
    if said is not None and said != ours.value:
        yield _say(
            profile,
            "WEIGHT_UNIT_CONFLICT",
            said,
            severity=severity_of(ours.certainty),
            certainty=ours.certainty,
            source=ours.source,
            limit=ours.value,
        )


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
