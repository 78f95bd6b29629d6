"""Calling a provider over the network: as every outgoing call; its silence is told in our words."""

from collections.abc import Mapping
from typing import Any

from shop.core import outgoing
from shop.core.outgoing import Answer, Patience
from shop.payments.provider import ProviderSilent


def send_json(
    patience: Patience,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
    tries: int = 3,
) -> Answer:
    """What a provider answers. Raises ProviderSilent when the outcome is unknown."""
    try:
        return outgoing.send_json(
            patience, method, url, headers=headers, values=values, tries=tries
        )
    except outgoing.NoAnswer:
        raise ProviderSilent from None
