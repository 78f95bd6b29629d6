"""How often one address may ask for what is costly or guessable, and how much a form may hold."""

from typing import Final

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

MAX_FORM_BYTES: Final = 600_000
"""Largest body without files. Flask's own MAX_FORM_MEMORY_SIZE limits parts of multipart bodies
only: a plain form of 12 MB would otherwise be read whole and split into millions of fields."""

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def init_app(app: Flask, *, is_on: bool, store: str) -> None:
    """Count in memory of each process, or in a shared store when several machines serve."""
    app.config.update(RATELIMIT_ENABLED=is_on, RATELIMIT_STORAGE_URI=store or "memory://")
    limiter.init_app(app)
    app.before_request(_limit_body)


def _limit_body() -> None:
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MAX_FORM_BYTES
