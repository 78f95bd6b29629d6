"""The one module that knows both packages: puts shop and livestream together into an application.

Importing it builds nothing. ``gunicorn wsgi:app`` and ``flask --app wsgi`` reach for ``app``, which
is made on first access.
"""

from typing import Any

from flask import Flask

import livestream.wiring
import shop.wiring
from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Opens no connection and starts no thread.

    Raises pydantic's ValidationError when a setting is wrong or unsafe in production.
    """
    settings = settings or Settings()
    app = shop.wiring.make_app(settings)
    shop.wiring.init_app(app, settings)
    livestream.wiring.init_app(app, settings)
    return app


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    app = create_app()
    globals()["app"] = app
    return app
