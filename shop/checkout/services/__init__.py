"""Verbs of the basket, of the transaction that makes orders, of vouchers and of delivery."""

from shop.checkout.services.basket import (
    add_to_basket,
    change_basket,
    open_basket,
    set_origin,
)
from shop.checkout.services.placing import CheckoutRequest, Placed, place_checkout
from shop.checkout.services.terms import change_remote, set_terms
from shop.checkout.services.vouchers import (
    change_voucher,
    create_voucher,
    follow_session,
    redeem,
    release_voucher,
    stop_session,
    stop_voucher,
)

__all__ = [
    "CheckoutRequest",
    "Placed",
    "add_to_basket",
    "change_basket",
    "change_remote",
    "change_voucher",
    "create_voucher",
    "follow_session",
    "open_basket",
    "place_checkout",
    "redeem",
    "release_voucher",
    "set_origin",
    "set_terms",
    "stop_session",
    "stop_voucher",
]
