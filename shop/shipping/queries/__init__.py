"""Reading what goes on paper, into carriers' files, and what carriers paid back."""

from shop.shipping.queries.parcels import (
    BY_CARRIER,
    Sending,
    not_sent,
    printable_orders,
    sendings,
    to_pack,
    without_carrier,
)

__all__ = [
    "BY_CARRIER",
    "Sending",
    "not_sent",
    "printable_orders",
    "sendings",
    "to_pack",
    "without_carrier",
]
