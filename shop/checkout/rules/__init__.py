"""Checkout without a database: delivery, vouchers, the price of a whole basket."""

from shop.checkout.rules.delivery import (
    HOUSE_RATES,
    ZONE_WORDS,
    Rate,
    choose_rates,
    delivery_fee,
    region_of,
    zone_between,
)
from shop.checkout.rules.pricing import (
    Goods,
    Offer,
    OrderQuote,
    PriceChanged,
    Quote,
    VoucherTerms,
    quote_checkout,
)
from shop.checkout.rules.refusals import (
    BasketEmpty,
    BasketFull,
    CannotBuy,
    LiveLimit,
    NoWayToPay,
    VoucherRefused,
)

__all__ = [
    "HOUSE_RATES",
    "ZONE_WORDS",
    "BasketEmpty",
    "BasketFull",
    "CannotBuy",
    "Goods",
    "LiveLimit",
    "NoWayToPay",
    "Offer",
    "OrderQuote",
    "PriceChanged",
    "Quote",
    "Rate",
    "VoucherRefused",
    "VoucherTerms",
    "choose_rates",
    "delivery_fee",
    "quote_checkout",
    "region_of",
    "zone_between",
]
