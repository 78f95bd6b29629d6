"""Reading what goes on paper, into carriers' files, and what carriers paid back."""

from shop.shipping.queries.parcels import Sending, not_sent, printable_orders, sendings, to_pack

__all__ = ["Sending", "not_sent", "printable_orders", "sendings", "to_pack"]
