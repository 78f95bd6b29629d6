"""What the storefront adds to an application: its memory and the cache of whole pages."""

import time

from flask import Flask

from shop.catalogue.slots import PRODUCT_PREVIEWS
from shop.core import clock
from shop.storefront.cards import drawn_grid
from shop.storefront.queries import catalogue_version
from shop.storefront.routes.preview import preview
from shop.storefront.state import Shopfront
from shop.web import page_cache
from shop.web.request import House


def init_app(app: Flask) -> None:
    """Called once for each application."""
    PRODUCT_PREVIEWS.fill(preview)
    house: House = app.extensions["house"]
    app.extensions["storefront"] = Shopfront()
    app.jinja_env.globals["drawn_grid"] = drawn_grid

    def read_version() -> int:
        with house.database.read() as db:
            return catalogue_version(db)

    page_cache.init_app(
        app,
        seconds=app.extensions["settings"].page_cache_seconds,
        read_version=read_version,
        now=clock.now,
        clock=time.monotonic,
    )
