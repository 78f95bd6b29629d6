"""Static files by content: the address changes when the file does, so caches keep it for ever."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from whitenoise import WhiteNoise

from shop.web.i18n import language
from shop.web.request import house

_FOR_EVER_SECONDS = 31_536_000


def init_app(app: Flask, *, static: Path, fresh: bool) -> None:
    """Serve ``static`` at ``/static/`` and give templates the address helpers.

    ``fresh`` (development) reads each file again when it changed.
    """
    hashes: dict[str, str] = {}

    def static_url(name: str) -> str:
        digest = hashes.get(name)
        if digest is None or fresh:
            file = static / name
            content = file.read_bytes() if file.is_file() else b""
            digest = hashes[name] = hashlib.sha256(content).hexdigest()[:12]
        return f"/static/{name}?v={digest}"

    app.jinja_env.globals.update(
        static_url=static_url,
        media_url=media_url,
        path=localized_path,
        public_url=public_url,
    )
    app.context_processor(_addresses)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(static),
        prefix="static/",
        autorefresh=fresh,
        max_age=0 if fresh else _FOR_EVER_SECONDS,
    )


def media_url(name: str) -> str:
    """The address of a stored file, e.g. ``/media/<sha256>-640.webp``."""
    return f"/media/{name}"


def localized_path(address: str) -> str:
    """``address`` in the language of this page: ``/en`` in front on English pages."""
    return request.script_root + address if request.script_root else address


def public_url(endpoint: str, **values: Any) -> str:
    """The absolute, language-neutral address from PUBLIC_URL: for QR codes, feeds and mail."""
    inside = url_for(endpoint, **values)
    root = request.script_root if request else ""
    return house().public_url + (inside.removeprefix(root) if root else inside)


def _addresses() -> dict[str, object]:
    """This page's own address in both languages."""
    if not request:
        return {}
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "k"])
    tail = request.path + (f"?{query}" if query else "")
    origin = house().public_url
    vietnamese, english = origin + tail, f"{origin}/en{tail}"
    return {
        "language": language(),
        "canonical_url": english if language() == "en" and request.script_root else vietnamese,
        "alternate_urls": {"vi": vietnamese, "en": english},
        "switch_url": tail if request.script_root else f"/en{tail}",
    }
