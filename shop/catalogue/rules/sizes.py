"""Sizes (variants): how many a product has, and what their SKU looks like."""

import re
from typing import Final

MAX_VARIANTS: Final = 30

_SKU: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]{0,38}[A-Z0-9])?")


def is_sku(text: str) -> bool:
    """Whether it may be a SKU: capitals, digits, dots, dashes, at most 40, none at the ends."""
    return _SKU.fullmatch(text) is not None
