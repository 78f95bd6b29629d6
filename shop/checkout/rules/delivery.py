"""What delivery costs: zone of the two provinces × packed weight, explained in
docs/algorithms/delivery-quote.md. Weights in grams, amounts in đồng.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shop.core.text import N_

Zone = Literal["province", "region", "country"]

ZONE_WORDS: Final = {
    "province": N_("trong tỉnh"),
    "region": N_("trong vùng"),
    "country": N_("toàn quốc"),
}


TRANSIT_DAYS: Final[dict[Zone, tuple[int, int]]] = {
    "province": (1, 3),
    "region": (2, 4),
    "country": (3, 6),
}
"""Days from handing over to arrival, the fewest and the most: our own round figures, shown as an
estimate and promised nowhere."""


@dataclass(frozen=True)
class Rate:
    """The price of one parcel of up to ``max_weight_g`` to a zone."""

    zone: str
    max_weight_g: int
    price_vnd: int
    free_from_vnd: int | None = None
    """Goods worth this much travel free in this bracket; None: never."""


def _brackets(zone: str, prices: Mapping[int, int]) -> list[Rate]:
    return [Rate(zone, kilograms * 1000, price) for kilograms, price in prices.items()]


HOUSE_RATES: Final = (
    *_brackets("province", {1: 18_000, 3: 24_000, 5: 30_000, 10: 45_000, 20: 70_000, 30: 95_000}),
    *_brackets("region", {1: 25_000, 3: 33_000, 5: 42_000, 10: 65_000, 20: 105_000, 30: 145_000}),
    *_brackets("country", {1: 32_000, 3: 45_000, 5: 58_000, 10: 92_000, 20: 155_000, 30: 220_000}),
)
"""What applies while a producer has set no rates: round figures near what the post charges."""


def region_of(province_code: str) -> str:
    """North, centre or south, by the official code of the province (in force since July 2025).

    Codes ascend from north to south: 01–37 down to Ninh Bình, 38–68 Thanh Hóa to Lâm Đồng, 75 on
    from Đồng Nai.
    """
    number = int(province_code)
    if number <= 37:
        return "north"
    return "centre" if number <= 68 else "south"


def zone_between(origin_province: str, target_province: str) -> Zone:
    """Same province, same region, or the rest of the country."""
    if origin_province == target_province:
        return "province"
    return "region" if region_of(origin_province) == region_of(target_province) else "country"


def choose_rates(tables: Iterable[Sequence[Rate]], zone: str) -> list[Rate]:
    """The first table that knows the zone, the built-in one where none does; lightest first."""
    for table in (*tables, HOUSE_RATES):
        chosen = [rate for rate in table if rate.zone == zone]
        if chosen:
            return sorted(chosen, key=lambda rate: rate.max_weight_g)
    raise ValueError(f"no zone is called {zone}")


def delivery_fee(rates: Sequence[Rate], *, weight_g: int, goods_vnd: int) -> int:
    """What the buyer pays for delivery, in đồng.

    The first bracket that holds the weight. Heavier goods travel as full parcels of the heaviest
    bracket and one with the rest. The bracket's free-from amount makes it free; several parcels
    are free only if each of their brackets is.
    """
    heaviest = rates[-1]
    full, rest = divmod(weight_g, heaviest.max_weight_g)
    parcels = [heaviest] * full
    if rest or not full:
        parcels.append(next(rate for rate in rates if rest <= rate.max_weight_g))
    if all(rate.free_from_vnd is not None and goods_vnd >= rate.free_from_vnd for rate in parcels):
        return 0
    return sum(rate.price_vnd for rate in parcels)


@dataclass(frozen=True)
class Estimate:
    """What sending one piece costs, from the cheapest size to the dearest, and how long."""

    low_vnd: int
    high_vnd: int
    first_day: int
    last_day: int


def estimate(
    tables: Sequence[Sequence[Rate]], zones: Iterable[Zone], pieces: Sequence[tuple[int, int]]
) -> Estimate:
    """Over all zones asked for; ``pieces`` are (packed weight in grams, price in đồng), at least
    one. Exactly what checkout asks for a basket of that one piece."""
    fees: list[int] = []
    days: list[int] = []
    for zone in zones:
        rates = choose_rates(tables, zone)
        fees += [delivery_fee(rates, weight_g=weight, goods_vnd=price) for weight, price in pieces]
        days += TRANSIT_DAYS[zone]
    return Estimate(min(fees), max(fees), min(days), max(days))
