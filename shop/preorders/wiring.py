"""How pre-orders join an application: they follow the orders' lives."""

from flask import Flask

from shop.preorders import services


def init_app(_app: Flask) -> None:
    """Connect; doing it again changes nothing."""
    services.connect_signals()
