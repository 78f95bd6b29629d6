"""The carriers that exist, found by listing ``carriers/``."""

from functools import cache

from shop.core import plugs
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.shipping import carriers
from shop.shipping.rules.carriers import Carrier


class UnknownCarrier(NotFound):
    message = N_("Không có hãng vận chuyển này.")


@cache
def all_carriers() -> dict[str, Carrier]:
    """Every carrier by its slug, the usual ones first."""
    found = plugs.load(carriers, "CARRIER", Carrier)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))


def carrier_called(slug: str) -> Carrier:
    """The carrier of this slug. Raises UnknownCarrier."""
    try:
        return all_carriers()[slug]
    except KeyError:
        raise UnknownCarrier from None
