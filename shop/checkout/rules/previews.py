"""What sample parcels would cost: the table under a producer's delivery settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shop.checkout.rules.delivery import Target, Terms, ways

SAMPLE_GRAMS: Final = (500, 1_000, 2_000, 5_000, 10_000)
SAMPLE_PROVINCES: Final = ("01", "48", "79", "96")
"""Hà Nội, Đà Nẵng, Thành phố Hồ Chí Minh and Cà Mau: far apart."""


@dataclass(frozen=True)
class Sample:
    """What parcels to one province cost, in the order of SAMPLE_GRAMS."""

    place: str
    fees: tuple[int | None, ...]
    """None: not sent there."""


def samples(terms: Terms, names: Mapping[str, str]) -> list[Sample]:
    """The producer's own province first; goods worth nothing, so that nothing is free."""
    home = terms.home.province_code
    codes = dict.fromkeys((*SAMPLE_PROVINCES[:1], home, *SAMPLE_PROVINCES[1:]))
    return [
        Sample(names[code], tuple(_fee(terms, code, weight) for weight in SAMPLE_GRAMS))
        for code in codes
        if code in names
    ]


def _fee(terms: Terms, province: str, weight_g: int) -> int | None:
    found = ways(terms, Target(province), weight_g=weight_g, goods_vnd=0)
    return next((way.fee_vnd for way in found if way.method == "ship"), None)
