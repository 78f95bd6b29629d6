"""How the web learns who is asking."""

from flask import Flask

from shop.web import access
from shop.web.access import Actor


def init_app(app: Flask) -> None:
    """Register the loaders of the guards."""

    def load_session(_token: str) -> Actor | None:
        return None

    access.init_app(app, load_session=load_session, load_api_token=load_session)
