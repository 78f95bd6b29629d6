"""The ways to pay that exist, found by listing ``providers/``."""

from functools import cache

from shop.core import plugs
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.payments import providers
from shop.payments.provider import Provider


class UnknownProvider(NotFound):
    message = N_("Không có cách trả tiền này.")


@cache
def all_providers() -> dict[str, Provider]:
    """Every provider by its slug."""
    return plugs.load(providers, "PROVIDER", Provider)


def provider_called(slug: str) -> Provider:
    """The provider of this slug. Raises UnknownProvider."""
    try:
        return all_providers()[slug]
    except KeyError:
        raise UnknownProvider from None
