"""Checkout without a database: delivery, vouchers, the price of a whole basket."""

from shop.checkout.rules.delivery import (
    HOUSE_RATES,
    TRANSIT_DAYS,
    ZONE_WORDS,
    Estimate,
    Rate,
    Zone,
    choose_rates,
    delivery_fee,
    estimate,
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
    "TRANSIT_DAYS",
    "ZONE_WORDS",
    "BasketEmpty",
    "BasketFull",
    "CannotBuy",
    "Estimate",
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
    "Zone",
    "choose_rates",
    "delivery_fee",
    "estimate",
    "quote_checkout",
    "region_of",
    "zone_between",
]
