"""How a photo looks, in 128 bits: two files of one picture, saved or cropped anew, stay close.

A bit says whether the picture grows brighter from one field of an 8 × 8 grid to its neighbour,
across and down (difference hash). Worked out once per stored photo and kept beside it.
"""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image

from shop.core.storage import Storage

_SIDE: Final = 8
_DRAFT: Final = (300, 300)
_LEAST_BITS: Final = 8
"""A plain area has no look of its own."""


def look_of(storage: Storage, sha: str, file_name: str) -> int | None:
    """The look of the stored JPEG ``file_name`` of photo ``sha``; None for one that shows next to
    nothing. Raises OSError when it is missing or no picture."""
    kept = f"{sha}-look.txt"
    return _look_of(storage.path(kept), storage.path(file_name)) or None


@lru_cache(maxsize=50_000)
def _look_of(kept: Path, photo: Path) -> int:
    """Names are content hashes, so this never changes."""
    if kept.exists():
        return int(kept.read_bytes(), 16)
    with Image.open(photo, formats=("JPEG",)) as picture:
        picture.draft("L", _DRAFT)
        found = look(picture.convert("L"))
    Storage(kept.parent.parent).put_as(kept.name, b"%x" % found)
    return found


def look(grey: Image.Image) -> int:
    """The bits of a grey picture; 0 when it shows next to nothing."""
    across = grey.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX).tobytes()
    down = grey.resize((_SIDE, _SIDE + 1), Image.Resampling.BOX).tobytes()
    bits = 0
    rows = [across[at : at + _SIDE + 1] for at in range(0, len(across), _SIDE + 1)]
    columns = [down[at::_SIDE] for at in range(_SIDE)]
    for line in (*rows, *columns):
        for one, following in pairwise(line):
            bits = bits << 1 | (one + 1 < following)
    return bits if bits.bit_count() >= _LEAST_BITS else 0
