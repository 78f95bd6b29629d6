"""What delivery costs and by which ways goods reach a buyer, explained in
docs/algorithms/delivery-quote.md. Weights in grams, amounts in đồng.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shop.core.text import N_

Reach = Literal["list", "province", "region", "country"]
"""Which places a zone covers: a list of provinces, or as seen from the producer's own."""

Method = Literal["ship", "hand", "pickup"]

REACH_WORDS: Final = {
    "list": N_("Các tỉnh tự chọn"),
    "province": N_("Trong tỉnh"),
    "region": N_("Trong vùng"),
    "country": N_("Toàn quốc"),
}

METHOD_WORDS: Final[Mapping[str, str]] = {
    "ship": N_("Gửi tận nơi"),
    "hand": N_("Người bán tự giao"),
    "pickup": N_("Tự đến lấy"),
}

TRANSIT_DAYS: Final[dict[str, tuple[int, int]]] = {
    "province": (1, 3),
    "region": (2, 4),
    "country": (3, 6),
}
"""Days from handing over to arrival, the fewest and the most: our own round figures, shown as an
estimate and promised nowhere."""


@dataclass(frozen=True)
class Tariff:
    """The price of a parcel by its weight: brackets, and what each further step costs."""

    brackets: tuple[tuple[int, int], ...]
    """(up to so many grams, đồng), the lightest first; at least one."""
    step_g: int = 0
    """Beyond the last bracket each started step of this weight costs ``step_vnd``; 0: heavier goods
    travel as several parcels."""
    step_vnd: int = 0

    def fee(self, weight_g: int) -> int:
        """What goods of this weight cost."""
        heaviest, dearest = self.brackets[-1]
        if weight_g > heaviest and self.step_g:
            return dearest + -(-(weight_g - heaviest) // self.step_g) * self.step_vnd
        full, rest = divmod(weight_g, heaviest)
        if full and not rest:
            return full * dearest
        return full * dearest + next(price for limit, price in self.brackets if rest <= limit)


@dataclass(frozen=True)
class Zone:
    """Where a tariff holds."""

    reach: Reach
    tariff: Tariff
    provinces: frozenset[str] = frozenset()
    """Codes, for a list."""
    is_free: bool = True
    """Whether the free-from amount counts here."""


def _house(reach: Reach, *prices: int) -> Zone:
    limits = (1_000, 3_000, 5_000, 10_000, 20_000, 30_000)
    return Zone(reach, Tariff(tuple(zip(limits, prices, strict=True))))


HOUSE_ZONES: Final = (
    _house("province", 18_000, 24_000, 30_000, 45_000, 70_000, 95_000),
    _house("region", 25_000, 33_000, 42_000, 65_000, 105_000, 145_000),
    _house("country", 32_000, 45_000, 58_000, 92_000, 155_000, 220_000),
)
"""What applies while a producer has set no zones: round figures near what the post charges."""


def region_of(province_code: str) -> str:
    """North, centre or south, by the official code of the province (in force since July 2025).

    Codes ascend from north to south: 01–37 down to Ninh Bình, 38–68 Thanh Hóa to Lâm Đồng, 75 on
    from Đồng Nai.
    """
    number = int(province_code)
    if number <= 37:
        return "north"
    return "centre" if number <= 68 else "south"


def zone_between(origin_province: str, target_province: str) -> Reach:
    """Same province, same region, or the rest of the country."""
    if origin_province == target_province:
        return "province"
    return "region" if region_of(origin_province) == region_of(target_province) else "country"


@dataclass(frozen=True)
class Home:
    """Where a producer is."""

    province_code: str
    commune_code: str = ""


@dataclass(frozen=True)
class Target:
    """Where a buyer is; the commune may not be chosen yet."""

    province_code: str
    commune_code: str = ""


@dataclass(frozen=True)
class Hand:
    """The producer's own hands carry it, near by."""

    area: str
    """``commune`` or ``province``: how far they go."""
    price_vnd: int = 0
    free_from_vnd: int | None = None

    def reaches(self, home: Home, target: Target) -> bool:
        """Whether the buyer is near enough."""
        if self.area == "commune":
            return bool(target.commune_code) and target.commune_code == home.commune_code
        return target.province_code == home.province_code


@dataclass(frozen=True)
class Terms:
    """Everything a producer says about delivery."""

    home: Home
    zones: tuple[Zone, ...] = HOUSE_ZONES
    has_post: bool = True
    free_from_vnd: int | None = None
    """Goods worth this much travel free in the zones that say so; None: never."""
    free_max_weight_g: int | None = None
    """Heavier goods are not free, whatever they are worth."""
    remote_vnd: int = 0
    remote_communes: frozenset[str] = frozenset()
    pickup_place: str | None = None
    """Where and when goods may be fetched; None: they may not."""
    hand: Hand | None = None

    def zone_to(self, province_code: str) -> Zone | None:
        """The zone of a province: a list that names it, else the nearest reach."""
        for zone in self.zones:
            if province_code in zone.provinces:
                return zone
        near = {zone.reach: zone for zone in reversed(self.zones)}
        reach = zone_between(self.home.province_code, province_code)
        wider = {
            "province": ("province", "region", "country"),
            "region": ("region", "country"),
            "country": ("country",),
        }[reach]
        return next((near[one] for one in wider if one in near), None)

    def is_free(self, zone: Zone, weight_g: int, goods_vnd: int) -> bool:
        """Whether these goods travel free of the zone's price."""
        return (
            zone.is_free
            and self.free_from_vnd is not None
            and goods_vnd >= self.free_from_vnd
            and (self.free_max_weight_g is None or weight_g <= self.free_max_weight_g)
        )


@dataclass(frozen=True)
class Way:
    """One way for one order, and what the buyer pays for it."""

    method: Method
    fee_vnd: int
    surcharge_vnd: int = 0
    """The part of the fee that a remote commune causes."""
    is_waived: bool = False
    """Whether the zone's price fell away because of what the goods are worth."""
    place: str = ""
    """Where to fetch it."""


def ways(terms: Terms, target: Target, *, weight_g: int, goods_vnd: int) -> tuple[Way, ...]:
    """By which ways goods reach the buyer, the usual one first; empty: by none.

    ``goods_vnd`` is what the goods cost before discounts. A remote commune's surcharge is asked for
    even where the rest is free: the carrier asks for it too.
    """
    found: list[Way] = []
    zone = terms.zone_to(target.province_code) if terms.has_post else None
    if zone is not None:
        is_waived = terms.is_free(zone, weight_g, goods_vnd)
        extra = terms.remote_vnd if target.commune_code in terms.remote_communes else 0
        price = 0 if is_waived else zone.tariff.fee(weight_g)
        found.append(Way("ship", price + extra, extra, is_waived))
    hand = terms.hand
    if hand is not None and hand.reaches(terms.home, target):
        is_waived = hand.free_from_vnd is not None and goods_vnd >= hand.free_from_vnd
        found.append(Way("hand", 0 if is_waived else hand.price_vnd, 0, is_waived))
    if terms.pickup_place is not None:
        found.append(Way("pickup", 0, place=terms.pickup_place))
    return tuple(found)


@dataclass(frozen=True)
class Estimate:
    """What sending one piece costs, from the cheapest size to the dearest, and how long."""

    low_vnd: int
    high_vnd: int
    first_day: int
    last_day: int


def estimate(
    terms: Terms, provinces: Iterable[str], pieces: Sequence[tuple[int, int]]
) -> Estimate | None:
    """Over all provinces asked for; ``pieces`` are (packed weight in grams, price in đồng), at
    least one. Exactly what checkout asks to have a basket of that one piece sent, but for remote
    communes. None when none of the provinces is sent to.
    """
    fees: set[int] = set()
    days: list[int] = []
    priced: set[Zone] = set()
    for code in provinces:
        zone = terms.zone_to(code) if terms.has_post else None
        if zone is None:
            continue
        days += TRANSIT_DAYS[zone_between(terms.home.province_code, code)]
        if zone not in priced:
            priced.add(zone)
            fees |= {
                0 if terms.is_free(zone, weight, price) else zone.tariff.fee(weight)
                for weight, price in pieces
            }
    return Estimate(min(fees), max(fees), min(days), max(days)) if fees else None
