"""What stands in the way of a product on a channel, before anything is uploaded.

A finding names the exact word or value, why it matters, how to mend it and how sure we are. Only
``refuse`` keeps a product out of the export; a rule that nobody has verified only ever warns.
How each code is decided: docs/algorithms/listing-readiness.md.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from shop.core.text import N_, clean
from shop.marketplaces.rules.listing import build_listing
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import goods, own_template, papers, photos, texts
from shop.marketplaces.rules.readiness.channel import channel_findings, is_reachable
from shop.marketplaces.rules.readiness.findings import (
    SEVERITY_ORDER,
    Assessed,
    Case,
    Desk,
    Finding,
    Status,
    make_finding,
)
from shop.marketplaces.rules.readiness.goods import volumetric_weight_g
from shop.marketplaces.rules.readiness.papers import needed_papers, papers_in_force
from shop.marketplaces.rules.readiness.texts import CELL_CHARACTERS

log = logging.getLogger(__name__)

_CHECKS: Final = (
    *texts.CHECKS,
    *photos.CHECKS,
    *goods.CHECKS,
    *papers.CHECKS,
    *own_template.CHECKS,
)


def assess(profile: Profile, desk: Desk, market_words: Iterable[str]) -> list[Assessed]:
    """Every product of the desk with its findings; a faulty one never stops the others.

    ``market_words``: folded names of all channels.
    """
    others = frozenset(market_words) - set(profile.market_words)
    shared_photos = _in_several(
        {photo.sha for photo in product.photos} for product in desk.products
    )
    shared_skus = _in_several(
        {clean(variant.sku) for variant in product.variants} for product in desk.products
    )
    found = []
    for product in desk.products:
        choice = desk.choice(product.id)
        try:
            whole = desk.whole_choice(product.id)
            listing = build_listing(
                product,
                desk.producer,
                profile,
                whole,
                day=desk.day,
                public_url=desk.public_url,
            )
            case = Case(profile, desk, listing, whole, others, shared_photos, shared_skus)
            found.append(Assessed(product, choice, listing, tuple(_check(case))))
        except Exception as fault:
            log.exception("product %d cannot be listed on %s", product.id, profile.slug)
            finding = make_finding(
                "PRODUCT_FAULT", type(fault).__name__, channel=profile.slug, product_id=product.id
            )
            found.append(Assessed(product, choice, None, (finding,)))
    return found


def _in_several(groups: Iterable[set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for group in groups:
        twice |= seen & group
        seen |= group
    return frozenset(twice - {""})


def _check(case: Case) -> list[Finding]:
    found = [finding for check in _CHECKS for finding in check(case)]
    return sorted(found, key=lambda finding: SEVERITY_ORDER.index(finding.severity))


NOT_CHECKED: Final[Sequence[str]] = (
    N_("Sàn có duyệt bài đăng hay không."),
    N_("Chữ, số điện thoại, dấu của nơi khác nằm trong ảnh."),
    N_("Quyền của bạn đối với ảnh và nhãn hiệu."),
    N_("Ngành hàng chọn có hợp với hàng hay không; không có mẫu thì cả thuộc tính bắt buộc."),
    N_("Chính sách hiện hành của sàn sau ngày hồ sơ kênh được kiểm tra."),
    N_("Địa chỉ ảnh có mở được từ máy của sàn hay không."),
)
"""What nobody can check offline; printed in every report."""

__all__ = [
    "CELL_CHARACTERS",
    "NOT_CHECKED",
    "Assessed",
    "Desk",
    "Finding",
    "Status",
    "assess",
    "channel_findings",
    "is_reachable",
    "make_finding",
    "needed_papers",
    "papers_in_force",
    "volumetric_weight_g",
]
