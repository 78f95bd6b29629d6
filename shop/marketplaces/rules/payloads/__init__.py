"""Level B: bodies shaped to the channels' open APIs, checked by typed models, never sent by us.

An operator, or a connector some day, uploads the photos, fills in what ``Call.fill_in`` names, and
sends them.
"""

import json
from collections.abc import Callable
from typing import Final

from shop.marketplaces.rules.payloads import lazada, shopee, tiki, tiktok
from shop.marketplaces.rules.payloads.parts import Call, Fault, Material, PayloadRefused
from shop.marketplaces.rules.payloads.updates import UPDATES, SizeUpdate, update_calls
from shop.marketplaces.rules.profile import PayloadKind

_MAKERS: Final[dict[PayloadKind, Callable[[Material], list[Call]]]] = {
    "shopee": shopee.calls,
    "lazada": lazada.calls,
    "tiktok": tiktok.calls,
    "tiki": tiki.calls,
}


def make_calls(material: Material) -> list[Call]:
    """The calls that put the listing on its channel; none when the channel has no open API.

    Raises PayloadRefused when the listing does not fit the model.
    """
    kind = material.profile.payload
    return _MAKERS[kind](material) if kind is not None else []


def call_bytes(call: Call) -> bytes:
    """The body as it is stored: the same listing gives the same bytes."""
    if isinstance(call.body, str):
        return call.body.encode()
    return (json.dumps(call.body, ensure_ascii=False, indent=2) + "\n").encode()


__all__ = [
    "UPDATES",
    "Call",
    "Fault",
    "Material",
    "PayloadRefused",
    "SizeUpdate",
    "call_bytes",
    "make_calls",
    "update_calls",
]
