"""QR and EAN-13 symbols as dark runs.

segno encodes a QR in 2 ms, nearly all of it spent on judging the eight masks module by module. We
ask it for one mask only (0.4 ms) and judge the masks ourselves: a mask is an XOR that depends on
the size alone, and the penalties of ISO/IEC 18004 §7.8.3 are counts of bits in shifted copies of
the whole symbol, held as one integer.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import segno

QUIET_MODULES: Final = 4

Run = tuple[int, int]
"""Where dark modules start in a row, and how many there are."""

_MASKS: Final = 8
_GAP: Final = 4
"""Light modules after each row of a symbol held as an integer, so that windows end with the row."""
_TO_DIGITS: Final = bytes.maketrans(b"\x00\x01", b"01")
_FINDER: Final = (True, False, True, True, True, False, True)


def _bits(address: str, mask: int, version: int | None = None) -> tuple[int, int, int]:
    """The symbol under one mask as an integer (first module highest), its side, its version."""
    made = segno.make_qr(address, error="m", boost_error=False, mask=mask, version=version)
    rows = [bytes(row) for row in made.matrix]
    digits = b"".join(row + b"\x00" * _GAP for row in rows).translate(_TO_DIGITS)
    return int(digits, 2), len(rows), int(made.version)


@cache
def _masks(version: int) -> tuple[int, ...]:
    """What to XOR with a symbol under mask 0 to have it under each mask; the same for any data."""
    first = _bits("A", 0, version)[0]
    return tuple(first ^ _bits("A", mask, version)[0] for mask in range(_MASKS))


@lru_cache(maxsize=16_384)
def _symbol(address: str) -> tuple[int, int]:
    """The symbol under its best mask as an integer, and its side. Error correction M."""
    plain, side, version = _bits(address, 0)
    return min(((plain ^ mask) for mask in _masks(version)), key=lambda s: _penalty(s, side)), side


def _penalty(dark: int, side: int) -> int:
    stride = side + _GAP
    full = _full(side)
    light = full & ~dark
    score = 0
    for same in (dark, light):
        pairs = same & same >> 1
        score += 3 * (pairs & pairs >> stride).bit_count()
        for step in (1, stride):
            score += _long_runs(same, step)
    for step in (1, stride):
        score += 40 * _finder_likes(dark, light, step)
    share = dark.bit_count() * 100 / (side * side)
    return score + 10 * int(abs(share - 50) / 5)


@cache
def _full(side: int) -> int:
    return int(("1" * side + "0" * _GAP) * side, 2)


def _long_runs(same: int, step: int) -> int:
    """Runs of five or more: three points, and one for each module past the fifth."""
    two = same & same >> step
    windows = two & two >> 2 * step & same >> 4 * step
    runs = (windows & ~(windows >> step)).bit_count()
    return windows.bit_count() + 2 * runs


def _finder_likes(dark: int, light: int, step: int) -> int:
    """Patterns 1:1:3:1:1 with four light modules, or the edge, on either side."""
    found = dark
    for place, is_dark in enumerate(_FINDER[1:], start=1):
        found &= (dark if is_dark else light) >> place * step
    blank = ~dark & ~(dark >> step)
    blank &= blank >> 2 * step
    return (found & (blank >> 7 * step | _before(dark, step))).bit_count()


def _before(dark: int, step: int) -> int:
    """Places whose four neighbours towards the lower bits' end are light."""
    filled = dark << step | dark << 2 * step | dark << 3 * step | dark << 4 * step
    return ~filled


def qr_rows(address: str) -> list[list[Run]]:
    """The dark runs of each row of the symbol, without quiet zone."""
    symbol, side = _symbol(address)
    stride = side + _GAP
    digits = f"{symbol:0{stride * side}b}"
    return [list(_runs(digits[start : start + side])) for start in range(0, stride * side, stride)]


def _runs(row: str) -> Iterator[Run]:
    start = row.find("1")
    while start >= 0:
        end = row.find("0", start)
        if end < 0:
            end = len(row)
        yield start, end - start
        start = row.find("1", end)


def qr_path(address: str) -> tuple[str, int]:
    """The symbol with its quiet zone as an SVG path of unit modules, and its side in modules."""
    rows = qr_rows(address)
    steps = [
        f"M{QUIET_MODULES + start} {QUIET_MODULES + number}h{length}v1h-{length}z"
        for number, runs in enumerate(rows)
        for start, length in runs
    ]
    return "".join(steps), len(rows) + 2 * QUIET_MODULES


EAN_MODULES: Final = 95
EAN_QUIET: Final = (11, 7)
"""Light modules left and right of an EAN-13."""
EAN_GUARDS: Final = frozenset((0, 2, 46, 48, 92, 94))

_LEFT_ODD: Final = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
_PARITY: Final = (
    *("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG"),
    *("LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"),
)


def ean13_runs(digits: str) -> list[Run]:
    """The bars of thirteen digits (GS1 General Specifications §5.2.1). Raises ValueError."""
    if len(digits) != 13 or not digits.isdecimal() or not digits.isascii():
        raise ValueError(f"not thirteen digits: {digits!r}")
    right = [_LEFT_ODD[int(digit)].translate(_FLIPPED) for digit in digits[7:]]
    left = [
        _LEFT_ODD[int(digit)] if set_ == "L" else _LEFT_ODD[int(digit)].translate(_FLIPPED)[::-1]
        for digit, set_ in zip(digits[1:7], _PARITY[int(digits[0])], strict=True)
    ]
    return list(_runs("101" + "".join(left) + "01010" + "".join(right) + "101"))


_FLIPPED: Final = str.maketrans("01", "10")
