"""Reading what goes on paper, into carriers' files, and what carriers paid back."""

from shop.shipping.queries.parcels import Sending, printable_orders, sendings, to_pack

__all__ = ["Sending", "printable_orders", "sendings", "to_pack"]
