"""What a provider pushes, read alike for every one of them: whatever has two readings is refused.

A signature proves who wrote the bytes, not what they mean. With a name that comes twice, NaN, a
body in another encoding or packed, or a form called JSON, the part that checked and the part that
reads could see two different things. None of our providers sends such a thing; refusing is safe,
since each is asked again by the poller, or sends again and is seen in the log of refused messages.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from shop.payments.provider import Malformed

_TYPES = frozenset({"", "application/json"})
_CHARSETS = frozenset({"", "utf-8", "utf8"})


def check_headers(headers: Mapping[str, str]) -> None:
    """A pushed body is plain JSON in UTF-8. Headers left out are no contradiction.

    Raises Malformed.
    """
    given = {name.lower(): value for name, value in headers.items()}
    kind, *parameters = given.get("content-type", "").lower().split(";")
    charset = ""
    for name, _, value in (one.strip().partition("=") for one in parameters):
        charset = value.strip('"') if name == "charset" else charset
    packed = given.get("content-encoding", "").strip().lower()
    if kind.strip() not in _TYPES or charset not in _CHARSETS or packed not in {"", "identity"}:
        raise Malformed


def read_object(told: bytes | str) -> dict[str, Any]:
    """The JSON object that ``told`` is: UTF-8, each name once, finite numbers. Raises Malformed."""
    try:
        text = told.decode("utf-8") if isinstance(told, bytes) else told
        read = json.loads(
            text, object_pairs_hook=_each_once, parse_constant=_finite, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(read, dict):
        raise Malformed
    return read


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name comes twice")
    return read


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
