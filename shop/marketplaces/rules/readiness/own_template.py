"""What the seller's own template demands of a listing: category, attributes, delivery, pre-order.

Without an uploaded template nothing here is known, and nothing is said.
"""

from collections.abc import Iterator
from typing import Final

from shop.core.money import format_vnd
from shop.marketplaces.rules.facts import CategoryFacts, TemplateFacts
from shop.marketplaces.rules.readiness.findings import Case, Finding
from shop.marketplaces.rules.sheet_layout import Delivery


def _category(case: Case) -> Iterator[Finding]:
    template, wanted = case.desk.template, case.choice.category_id
    if template is None or not case.profile.needs_category:
        return
    if not wanted:
        keys = [column.key for column in case.profile.columns if column.value == "category"]
        yield case.find("CATEGORY_MISSING", keys)
        return
    if not template.categories:
        return
    known = template.categories.get(wanted)
    if known is None:
        yield case.find("CATEGORY_UNKNOWN", wanted)
        return
    labels = {asked.key: asked.label for asked in template.attributes}
    empty = [
        labels.get(key, key)
        for key in known.required
        if not case.choice.attributes.get(key, "").strip()
    ]
    if empty:
        yield case.find("ATTR_REQUIRED", empty, limit=known.path)
    yield from _handling(case, known)


def _allowed(case: Case) -> Iterator[Finding]:
    """Values outside of the drop-downs of the template."""
    for asked in case.desk.template.attributes if case.desk.template else ():
        told = case.choice.attributes.get(asked.key, "")
        if told and asked.allowed and told not in asked.allowed:
            yield case.find("ATTR_VALUE", told, limit=asked.label)


def _handling(case: Case, known: CategoryFacts) -> Iterator[Finding]:
    days = case.choice.handling_days
    if days is None or known.handling_days is None:
        return
    least, most = known.handling_days
    if not least <= days <= most:
        yield case.find("PREORDER_RANGE", days, limit=f"{least}–{most}")


def _delivery(case: Case) -> Iterator[Finding]:
    template, chosen = case.desk.template, case.choice.deliveries
    if template is not None and case.profile.needs_delivery:
        offered = {way.id for way in template.deliveries}
        if not chosen or (offered and offered.isdisjoint(chosen)):
            yield case.find("SHIP_NONE")
    known = _known(template, case.profile.deliveries)
    dearest = max((variant.price_vnd for variant in case.listing.variants), default=0)
    for way in (known[one] for one in chosen if one in known):
        if way.price_max_vnd is not None and dearest > way.price_max_vnd:
            yield case.find(
                "SHIP_PRICE_LIMIT",
                way.label,
                certainty=way.certainty,
                source=way.source,
                count=format_vnd(dearest),
                limit=format_vnd(way.price_max_vnd),
            )
        if case.choice.handling_days is not None and not way.takes_preorder:
            yield case.find(
                "PREORDER_DELIVERY", way.label, certainty=way.certainty, source=way.source
            )


def _known(template: TemplateFacts | None, usual: tuple[Delivery, ...]) -> dict[str, Delivery]:
    """Ways of delivery by id; what the template says goes before the profile."""
    of_shop = template.deliveries if template else ()
    return {way.id: way for way in (*usual, *of_shop)}


CHECKS: Final = (_category, _allowed, _delivery)
