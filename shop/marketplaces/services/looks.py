"""How a photo looks, in 128 bits: files of one picture, saved, cropped or lit anew, stay close.

Each bit is the sign of one of the 128 lowest waves of the grey picture (discrete cosine transform
of 32 x 32 fields, the mean left out): brightness and contrast change how high waves are, not where
they lie. A photo has a look of the whole, and one without each of some edges, so that a crop meets
one of them. Worked out once per stored photo and kept beside it.
See docs/algorithms/photo-looks.md.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi
from operator import mul
from pathlib import Path
from typing import Final

from PIL import Image

from shop.core.storage import Storage
from shop.marketplaces.rules.likeness import LOWEST, WAVES

EDGES: Final = (0.0, 0.025, 0.05, 0.075, 0.1, 0.125)
"""What is left out on each side, as a part of the width and of the height; the whole comes first.
Other edges need another name of what is kept."""
_KEPT: Final = "looks2"
_FIELDS: Final = 32
_DRAFT: Final = (300, 300)
_HIGH: Final = 64
"""Of a wave over all fields: what a step of brightness here and there cannot make."""
_LEAST_HIGH: Final = 24
"""A plain area has no look of its own."""

_COSINES: Final = [
    [cos(pi * (2 * field + 1) * wave / (2 * _FIELDS)) for field in range(_FIELDS)]
    for wave in range(WAVES)
]


def looks_of(storage: Storage, sha: str, file_name: str) -> tuple[int, ...]:
    """The looks of the stored JPEG ``file_name`` of photo ``sha``; empty for one that shows next to
    nothing. Raises OSError when it is missing or no picture."""
    return _looks_of(storage.path(f"{sha}-{_KEPT}.txt"), storage.path(file_name))


@lru_cache(maxsize=50_000)
def _looks_of(kept: Path, photo: Path) -> tuple[int, ...]:
    """Names are content hashes, so this never changes."""
    if kept.exists():
        return tuple(int(word, 16) for word in kept.read_bytes().split())
    with Image.open(photo, formats=("JPEG",)) as picture:
        picture.draft("L", _DRAFT)
        found = looks(picture.convert("L"))
    Storage(kept.parent.parent).put_as(kept.name, " ".join(f"{one:x}" for one in found).encode())
    return found


def looks(grey: Image.Image) -> tuple[int, ...]:
    """One look for each of EDGES; none when the picture shows next to nothing."""
    found = []
    for edge in EDGES:
        waves = _waves(grey, edge)
        if sum(abs(wave) > _HIGH for wave in waves) < _LEAST_HIGH:
            return ()
        found.append(int("".join("1" if wave > 0 else "0" for wave in waves), 2))
    return tuple(found)


def _waves(grey: Image.Image, edge: float) -> list[float]:
    width, height = grey.size
    box = (width * edge, height * edge, width * (1 - edge), height * (1 - edge))
    fields = grey.resize((_FIELDS, _FIELDS), Image.Resampling.BOX, box=box).tobytes()
    rows = [fields[at : at + _FIELDS] for at in range(0, len(fields), _FIELDS)]
    across = [[_sum(cosines, row) for row in rows] for cosines in _COSINES]
    return [_sum(_COSINES[down], across[along]) for down, along in LOWEST]


def _sum(cosines: Sequence[float], values: Sequence[float]) -> float:
    total: float = sum(map(mul, cosines, values))
    return total
