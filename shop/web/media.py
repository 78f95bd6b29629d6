"""Serves stored pictures: names are content hashes, so they are kept by caches for ever."""

from flask import Blueprint, Response, send_file

from shop.core.errors import NotFound
from shop.web.access import public
from shop.web.headers import media_headers
from shop.web.request import house

bp = Blueprint("media", __name__)

_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@bp.get("/media/<name>")
@public
def show(name: str) -> Response:
    """A picture by its stored name. Papers and exports are never served here."""
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or not house().storage.has(name):
        raise NotFound
    return media_headers(send_file(house().storage.path(name), mimetype=kind, etag=False))
