"""Prices, stock, weights, codes and sizes: arithmetic that cannot be argued with."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from shop.core.money import format_vnd
from shop.marketplaces.rules.axes import missing_combinations
from shop.marketplaces.rules.places import stock_path
from shop.marketplaces.rules.readiness.findings import Case, Finding

VOLUME_DIVISOR: Final = 6_000
"""Cubic centimetres that carriers count as one kilogram."""


def _prices(case: Case) -> Iterator[Finding]:
    limits, floor = case.profile.limits, case.choice.price_floor_vnd
    prices = [variant.price_vnd for variant in case.listing.variants]
    if not prices:
        yield case.find("VARIANT_NONE")
        return
    low, high = min(prices), max(prices)
    if limits.price_min_vnd and 0 < low < limits.price_min_vnd.value:
        yield case.beyond("PRICE_MIN", format_vnd(low), limits.price_min_vnd)
    if limits.price_max_vnd and high > limits.price_max_vnd.value:
        yield case.beyond("PRICE_MAX", format_vnd(high), limits.price_max_vnd)
    spread = limits.price_spread
    if spread and high > low * spread.value:
        yield case.beyond("PRICE_SPREAD", f"{format_vnd(low)} – {format_vnd(high)}", spread)
    if floor is not None and low < floor:
        yield case.find("PRICE_BELOW_FLOOR", format_vnd(low), limit=f"{floor:,}".replace(",", "."))
    if case.listing.product.is_demo or any(
        variant.facts.is_price_illustrative for variant in case.listing.variants
    ):
        yield case.find("PRICE_ILLUSTRATIVE", format_vnd(low), severity="warn")


def _single_prices(case: Case) -> Iterator[Finding]:
    step = case.profile.limits.price_step_vnd
    for variant in case.listing.variants:
        price = variant.price_vnd
        if price <= 0:
            yield case.find("PRICE_MISSING", variant.sku)
        elif price != int(price):
            yield case.find("PRICE_FRACTION", f"{variant.sku}: {price}")
        elif step and price % step.value:
            yield case.beyond("PRICE_STEP", f"{variant.sku}: {format_vnd(price)}", step)


def _stock(case: Case) -> Iterator[Finding]:
    for variant in case.listing.variants:
        if variant.stock == 0:
            none_left = case.find("STOCK_ZERO", variant.sku, severity="warn")
            yield replace(none_left, path=stock_path(variant.facts.id))
        elsewhere = case.desk.offered_elsewhere.get(variant.facts.id, 0)
        offered = variant.stock + elsewhere
        is_ours = case.profile.level == "feed"  # buyers of a feed are led to this very shop
        shared = elsewhere and variant.stock and not variant.is_kept and not is_ours
        if shared and offered > variant.facts.available:
            yield case.find(
                "STOCK_OVERSOLD",
                variant.sku,
                severity="warn",
                count=offered,
                limit=variant.facts.available,
            )


def _weights(case: Case) -> Iterator[Finding]:
    for variant in case.listing.variants:
        facts = variant.facts
        packed, net = facts.packed_weight_g, facts.net_weight_g or 0
        if packed <= 0:
            yield case.find("WEIGHT_MISSING", variant.sku)
        elif packed < net:
            yield case.find("WEIGHT_RANGE", variant.sku, count=packed, limit=net)
        yield from _weight_limits(case, variant.sku, packed)
        sides = (facts.length_mm, facts.width_mm, facts.height_mm)
        if not all(sides):
            yield case.find("DIMS_MISSING", variant.sku, certainty="uncertain")
            continue
        volumetric_g = volumetric_weight_g(*(side or 0 for side in sides))
        if volumetric_g > packed:
            yield case.find(
                "VOLUMETRIC",
                variant.sku,
                certainty="uncertain",
                count=volumetric_g,
                limit=packed,
            )


def _weight_limits(case: Case, sku: str, packed_g: int) -> Iterator[Finding]:
    least, most = case.profile.limits.weight_min_g, case.profile.limits.weight_max_g
    if least and 0 < packed_g < least.value:
        yield case.beyond("WEIGHT_LIMIT", sku, least, count=packed_g)
    if most and packed_g > most.value:
        yield case.beyond("WEIGHT_LIMIT", sku, most, count=packed_g)


def volumetric_weight_g(length_mm: int, width_mm: int, height_mm: int) -> int:
    """Grams that a carrier counts for the volume: cm³ / 6000 as kilograms."""
    return length_mm * width_mm * height_mm // VOLUME_DIVISOR


def _skus(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    longest = case.profile.limits.sku_max
    for variant in case.listing.variants:
        sku = variant.sku
        if not sku:
            yield case.find("SKU_MISSING", variant.option or "?")
            continue
        if sku in seen or sku in case.shared_skus:
            yield case.find("SKU_DUP", sku)
        seen.add(sku)
        if not sku.isascii():
            yield case.find("SKU_CHARS", sku, certainty="uncertain")
        if longest and len(sku) > longest.value:
            yield case.beyond("SKU_LONG", sku, longest, count=len(sku))


def _options(case: Case) -> Iterator[Finding]:
    variants, limits = case.listing.variants, case.profile.limits
    if len(variants) < 2:
        return
    options = [variant.option for variant in variants]
    for option in dict.fromkeys(options):
        if options.count(option) > 1:
            yield case.find("OPTION_DUP", option)
        if limits.option_max and len(option) > limits.option_max.value:
            yield case.beyond("OPTION_LONG", option, limits.option_max, count=len(option))
    for limit in (limits.variants_max, limits.variants_advised):
        if limit and len(variants) > limit.value:
            yield case.beyond("VARIANTS_MANY", len(variants), limit, count=len(variants))
            break


def _axes(case: Case) -> Iterator[Finding]:
    variants, limits = case.listing.variants, case.profile.limits
    if len(variants) < 2:
        return
    parts = [variant.options for variant in variants]
    if limits.axes_max and len(parts[0]) > limits.axes_max.value:
        yield case.beyond("AXES_MANY", variants[0].option, limits.axes_max, count=len(parts[0]))
    gaps = missing_combinations(parts)
    if gaps:
        yield case.find("VARIANT_GAP", gaps[:3], certainty="uncertain", count=len(gaps))


CHECKS: Final = (_prices, _single_prices, _stock, _weights, _skus, _options, _axes)
