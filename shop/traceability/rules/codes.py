"""The code printed on what is sold: nine random Crockford base32 symbols and a check symbol.

The check is one Reed-Solomon parity symbol over GF(32) (field polynomial x^5 + x^2 + 1). With
``s0 … s9`` read as field elements, a code is right when ``Σ a^(9-i) · s_i = 0``, where ``a`` is the
generator 2. Every weight is another non-zero element of a field, so the sum cannot stay zero when
one symbol is changed, nor when two different symbols swap their places, neighbours or not. (Mod 31
would miss two symbols that are equal mod 31; mod 37 needs symbols a QR code in alphanumeric mode
lacks.)
"""

import re
import secrets
from itertools import combinations

from shop.core.text import CROCKFORD

LENGTH = 10
"""Symbols of a code: nine of data (45 bits) and the check symbol."""

_VALUE = {symbol: value for value, symbol in enumerate(CROCKFORD)}
_LOOKALIKES = str.maketrans("ILOU", "110V")
_SEPARATORS = re.compile(r"[\s\-.]+")


def _powers() -> list[int]:
    powers, element = [], 1
    for _ in range(LENGTH):
        powers.append(element)
        element <<= 1
        if element & 32:
            element ^= 0b100101
    return powers[::-1]


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product


_WEIGHTS = _powers()
_PRODUCTS = [[_times(weight, value) for value in range(32)] for weight in _WEIGHTS]


def _sum(symbols: str) -> int:
    total = 0
    for products, symbol in zip(_PRODUCTS, symbols, strict=False):
        total ^= products[_VALUE[symbol]]
    return total


def check_symbol(data: str) -> str:
    """The tenth symbol of nine data symbols. Raises ValueError for anything else."""
    if len(data) != LENGTH - 1 or any(symbol not in _VALUE for symbol in data):
        raise ValueError(f"not nine Crockford symbols: {data!r}")
    return CROCKFORD[_sum(data)]


def new_code() -> str:
    """A fresh random code."""
    data = "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH - 1))
    return data + check_symbol(data)


def normalise(typed: str) -> str | None:
    """What a person typed as ten symbols, or None when it cannot be a code at all.

    Lower case, spaces, dots and hyphens are fine; I and L are read as 1, O as 0, U as V.
    The check symbol is not judged here.
    """
    bare = _SEPARATORS.sub("", typed[:40]).upper().translate(_LOOKALIKES)
    if len(bare) != LENGTH or any(symbol not in _VALUE for symbol in bare):
        return None
    return bare


def is_right(code: str) -> bool:
    """Whether ten symbols agree with their check symbol."""
    return len(code) == LENGTH and all(s in _VALUE for s in code) and _sum(code) == 0


def near(code: str) -> list[str]:
    """Right codes one mistake away from ten symbols: one symbol changed, or two swapped."""
    found: set[str] = set()
    total = _sum(code)
    for place, products in enumerate(_PRODUCTS):
        wanted = total ^ products[_VALUE[code[place]]]
        found.add(code[:place] + CROCKFORD[products.index(wanted)] + code[place + 1 :])
    for first, second in combinations(range(LENGTH), 2):
        symbols = list(code)
        symbols[first], symbols[second] = symbols[second], symbols[first]
        swapped = "".join(symbols)
        if _sum(swapped) == 0:
            found.add(swapped)
    return sorted(found - {code})


def grouped(code: str) -> str:
    """``NB2K7-PQ4AX``: as people read it aloud."""
    return f"{code[:5]}-{code[5:]}"
