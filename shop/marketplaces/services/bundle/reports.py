"""The readiness report as data: frozen with the export, printed in the bundle and on the page."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shop.marketplaces.rules.listing import Listing, bounded, text_length
from shop.marketplaces.rules.profile import CERTAINTIES, FIDELITIES, LEVELS, LIFECYCLES, Profile
from shop.marketplaces.rules.readiness import NOT_CHECKED, Assessed, Desk, Finding

SCHEMA: Final = 1
SEVERITIES: Final = {"refuse": "Phải sửa", "warn": "Nên xem", "info": "Để biết"}
STATUSES: Final = {"ready": "Sẵn sàng", "blocked": "Bị chặn", "excluded": "Không đưa lên kênh"}


def finding_data(finding: Finding, public_url: str) -> dict[str, Any]:
    """A finding with its sentences filled in, in Vietnamese."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "certainty_text": CERTAINTIES[finding.certainty],
        "source": finding.source,
        "field": finding.field,
        "value": finding.value,
        "why": finding.why % finding.params,
        "fix": finding.fix % finding.params,
        "fix_url": f"{public_url}{finding.path}",
        "params": dict(finding.params),
    }


def product_data(assessed: Assessed, public_url: str) -> dict[str, Any]:
    """A product with what is exported of it and everything found."""
    listing = assessed.listing
    title = listing.title if listing else bounded(assessed.product.name)
    return {
        "product_id": assessed.product.id,
        "name": bounded(assessed.product.name),
        "status": assessed.status,
        "title": title,
        "title_characters": text_length(title),
        "stars": listing.stars if listing else None,
        "photos": len(listing.photos) if listing else 0,
        "digest": _digest(listing) if listing else "",
        "variants": [
            {"sku": variant.sku, "price_vnd": variant.price_vnd, "stock": variant.stock}
            for variant in (listing.variants if listing else ())
        ],
        "findings": [finding_data(finding, public_url) for finding in assessed.findings],
    }


def _digest(listing: Listing) -> str:
    """Of everything that is told of the product but its prices and units."""
    told = (
        *(listing.title, listing.description, listing.category_id, listing.photo_fit),
        sorted(listing.attributes.items()),
        *(listing.deliveries, listing.handling_days, listing.trace_url, listing.stars),
        [photo.sha for photo in listing.photos],
        [(one.sku, one.option, one.facts.packed_weight_g) for one in listing.variants],
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def report_data(
    profile: Profile,
    desk: Desk,
    assessed: Sequence[Assessed],
    channel: Sequence[Finding],
    papers: Mapping[str, Sequence[str]],
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The whole report. ``papers``: ``included`` and ``missing`` lines."""
    statuses = [item.status for item in assessed]
    included = [item for item in assessed if item.status != "excluded"]
    return {
        "schema": SCHEMA,
        "channel": {
            "slug": profile.slug,
            "label": profile.label,
            "level": profile.level,
            "level_text": LEVELS[profile.level],
            "fidelity": {level: FIDELITIES[level] for level in profile.fidelity},
            "profile_version": profile.version,
            "source": profile.source,
            "lifecycle": profile.lifecycle.state,
            "lifecycle_text": LIFECYCLES[profile.lifecycle.state],
            "lifecycle_as_of": profile.lifecycle.as_of.isoformat(),
            "lifecycle_source": profile.lifecycle.source,
        },
        "producer": {"slug": desk.producer.slug, "name": bounded(desk.producer.name)},
        "day": desk.day.isoformat(),
        "counts": {
            "products": len(assessed),
            "ready": statuses.count("ready"),
            "blocked": statuses.count("blocked"),
            "excluded": statuses.count("excluded"),
            "refusals": sum(len(item.refusals) for item in included),
            "warnings": sum(len(item.warnings) for item in included),
        },
        "channel_findings": [finding_data(finding, desk.public_url) for finding in channel],
        "products": [product_data(item, desk.public_url) for item in assessed],
        "papers": {name: list(lines) for name, lines in papers.items()},
        "files": list(files),
        "not_checked": list(NOT_CHECKED),
    }
