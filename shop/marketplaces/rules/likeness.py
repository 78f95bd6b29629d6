"""Photos of different products that show one picture, though their files differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from shop.marketplaces.rules.facts import ProductFacts

CLOSE: Final = 10
"""Of 128 bits. Different pictures drawn by one hand in one frame differ by 12 and more in what was
tried, different photos by 29 and more; what copies differ by stands in
docs/algorithms/photo-looks.md."""
_BANDS: Final = CLOSE + 1
_BITS: Final = 128 // _BANDS
_MOST_ALIKE: Final = 200
"""Photos of one band that are compared with each other: more are of one plain kind."""


@dataclass(frozen=True)
class _Look:
    """One look of a photo of a product."""

    owner: int
    sha: str
    bits: int

    def is_copy_of(self, other: "_Look") -> bool:
        return self.owner != other.owner and (self.bits ^ other.bits).bit_count() <= CLOSE


def copied_photos(products: Iterable[ProductFacts]) -> frozenset[str]:
    """Digests of photos that look like one of another product. Looks that differ in at most
    ``CLOSE`` bits are the same in one of ``CLOSE`` + 1 bands, so only those are compared."""
    looks = [
        _Look(product.id, photo.sha, bits)
        for product in products
        for photo in product.photos
        for bits in photo.looks
    ]
    bands: dict[tuple[int, int], list[_Look]] = {}
    for one in looks:
        for band in range(_BANDS):
            part = one.bits >> band * _BITS & (1 << _BITS) - 1
            bands.setdefault((band, part), []).append(one)
    alike = (some for some in bands.values() if len(some) <= _MOST_ALIKE)
    pairs = (pair for some in alike for pair in combinations(some, 2))
    return frozenset(sha for one, two in pairs if one.is_copy_of(two) for sha in (one.sha, two.sha))
