"""Serves stored pictures: names are content hashes, so they are kept by caches for ever."""

from flask import Blueprint, Response, send_file

from shop.core.errors import NotFound
from shop.web.access import public
from shop.web.headers import media_headers
from shop.web.request import house

bp = Blueprint("media", __name__)

_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_MEANWHILE_SECONDS = 86_400


@bp.get("/media/<name>")
@public
def show(name: str) -> Response:
    """A picture by its stored name. Papers and exports are never served here.

    AVIF files are made after the upload: until then, and where AVIF came out no smaller, the WebP
    file is the answer, kept for a day only. Every browser that takes AVIF takes WebP.
    """
    stem, _, suffix = name.rpartition(".")
    storage = house().storage
    if suffix not in _TYPES:
        raise NotFound
    if storage.has(name):
        return media_headers(_sent(name, suffix))
    if suffix == "avif" and storage.has(f"{stem}.webp"):
        answer = media_headers(_sent(f"{stem}.webp", "webp"))
        answer.headers["Cache-Control"] = f"public, max-age={_MEANWHILE_SECONDS}"
        return answer
    raise NotFound


def _sent(name: str, suffix: str) -> Response:
    return send_file(house().storage.path(name), mimetype=_TYPES[suffix], etag=False)
