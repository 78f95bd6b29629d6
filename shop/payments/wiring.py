"""How payments joins an application: settings for the providers, message kinds, panels, to-dos."""

from datetime import timedelta
from typing import cast

from flask import Flask

from config import Settings
from shop.payments import registry
from shop.payments.configuration import configure
from shop.payments.provider import PaymentConfig, StripeConfig
from shop.payments.stripe_api import is_safe_address
from shop.web import access
from shop.web.request import House


class UnsafeSetting(ValueError):
    """A payment setting that must not be used."""


def payment_config(app: Flask, settings: Settings) -> PaymentConfig:
    """The providers' settings. Raises UnsafeSetting when STRIPE_API_BASE is not an https origin."""

    def order_link(code: str) -> str:
        with app.app_context():
            return f"{settings.public_url}/don-hang/{code}?k={access.sign('order', code)}"

    return PaymentConfig(
        public_url=settings.public_url,
        order_link=order_link,
        transfer_hold=timedelta(minutes=settings.transfer_hold_minutes),
        cod_confirm=timedelta(hours=settings.cod_confirm_hours),
        stripe=_stripe(settings),
    )


def _stripe(settings: Settings) -> StripeConfig | None:
    if not settings.stripe_secret_key or not settings.stripe_webhook_secret:
        return None
    base = settings.stripe_api_base.rstrip("/")
    if not is_safe_address(base) or base.count("/") != 2:
        raise UnsafeSetting("STRIPE_API_BASE must be an https origin (http on loopback only)")
    return StripeConfig(
        secret_key=settings.stripe_secret_key,
        webhook_secret=settings.stripe_webhook_secret,
        api_base=base,
    )


def init_app(app: Flask) -> None:
    """Load the providers and give them their settings."""
    registry.all_providers()
    house = cast(House, app.extensions["house"])
    configure(house.database, payment_config(app, cast(Settings, app.extensions["settings"])))
