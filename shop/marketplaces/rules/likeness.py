"""Photos of different products that show one picture, though their files differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as pairs_of
from typing import Final

from shop.marketplaces.rules.facts import ProductFacts

WAVES: Final = 12
BITS: Final = 128
LOWEST: Final = sorted(pairs_of(range(WAVES), repeat=2), key=lambda at: (sum(at), at))[1 : BITS + 1]
"""Waves (down, along) of a look's bits, from its highest bit."""
CLOSE: Final = 10
"""Of 128 bits. Different pictures drawn by one hand in one frame differ by 14 and more in what was
tried, different photos by 38 and more; what copies differ by stands in
docs/algorithms/photo-looks.md."""
_MIRROR: Final = int("".join("1" if along % 2 else "0" for _down, along in LOWEST), 2)
"""Waves that are odd from left to right: a mirror turns their sign, and no other."""
_BANDS: Final = CLOSE + 1
_BAND_BITS: Final = BITS // _BANDS
_PART: Final = (1 << _BAND_BITS) - 1
_MOST_ALIKE: Final = 200
"""Photos of one band that are compared with another: more are of one plain kind."""


@dataclass(frozen=True, slots=True)
class _Photo:
    """A photo of a product, by the look of its whole."""

    owner: int
    sha: str
    whole: int


def copied_photos(products: Iterable[ProductFacts]) -> frozenset[str]:
    """Digests of photos that look like one of another product.

    The whole of each photo (its first look) is compared with every look of the others, as it is and
    mirrored: a copy that was cropped is, whole, what the other is without its edges. Looks that
    differ in at most ``CLOSE`` bits are the same in one of ``CLOSE`` + 1 bands, so only those are
    compared.
    """
    photos = [(one.id, photo.sha, photo.looks) for one in products for photo in one.photos]
    alike: dict[int, list[_Photo]] = defaultdict(list)
    for owner, sha, looks in photos:
        for whole in looks[:1]:
            for band in _bands(whole):
                alike[band].append(_Photo(owner, sha, whole))
    found: set[str] = set()
    for owner, sha, looks in photos:
        for bits in looks:
            copies = {*_copies(owner, bits, alike), *_copies(owner, bits ^ _MIRROR, alike)}
            found |= {sha, *copies} if copies else copies
    return frozenset(found)


def _copies(owner: int, bits: int, alike: Mapping[int, Sequence[_Photo]]) -> Iterator[str]:
    """Photos of other owners that show this, whole."""
    for band in _bands(bits):
        some = alike.get(band, ())
        if len(some) <= _MOST_ALIKE:
            for one in some:
                if (one.whole ^ bits).bit_count() <= CLOSE and one.owner != owner:
                    yield one.sha


def _bands(bits: int) -> list[int]:
    """The parts of a look, each with the number of its band before it."""
    return [band << _BAND_BITS | bits >> band * _BAND_BITS & _PART for band in range(_BANDS)]
