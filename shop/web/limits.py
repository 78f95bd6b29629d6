"""How often one address may ask for what is costly or guessable."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def init_app(app: Flask, *, is_on: bool, store: str) -> None:
    """Count in memory of each process, or in a shared store when several machines serve."""
    app.config.update(RATELIMIT_ENABLED=is_on, RATELIMIT_STORAGE_URI=store or "memory://")
    limiter.init_app(app)
