"""The service worker, the page it shows without a network, and how both are switched off.

``/sw.js`` is static/sw.js with its version and the files of the shell in front. It is offered to
signed-in people only: what it keeps (entry forms, entries that wait) is theirs, and signing out
purges it. With SERVICE_WORKER=false the same address serves a worker that removes what is kept and
then itself.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, render_template

from shop.web.access import actor, public

SHELL: Final = (
    *("app.css", "desk.css", "live.css", "app.js", "queue.js", "onair.js"),
    *("icons.svg", "logo.svg", "favicon.svg"),
)
OFFLINE: Final = "/khong-mang"

REMOVE_ITSELF: Final = """\
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(
  caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))
    .then(() => self.registration.unregister())));
"""
"""The kill switch. Entries that wait stay in the phone's database: they are people's work."""

bp = Blueprint("offline", __name__)


def init_app(app: Flask, *, static: Path, is_on: bool) -> None:
    """Serve the worker (or its removal) and tell pages of signed-in people where it is."""
    app.extensions["service_worker"] = (static / "sw.js").read_text("utf-8") if is_on else None
    app.register_blueprint(bp)
    app.context_processor(lambda: {"sw_url": "/sw.js" if is_on and actor().is_signed_in else None})


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The worker; browsers ask for it anew at most once a day, and whenever a page is opened."""
    source = current_app.extensions["service_worker"]
    response = Response(
        REMOVE_ITSELF if source is None else _head(source) + source, mimetype="text/javascript"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _head(source: str) -> str:
    address = current_app.jinja_env.globals["static_url"]
    shell = [OFFLINE, *(address(name) for name in SHELL)]  # type: ignore[operator]
    version = hashlib.sha256((source + "".join(shell)).encode()).hexdigest()[:12]
    return f"const VERSION = '{version}', OFFLINE = '{OFFLINE}', SHELL = {json.dumps(shell)};\n"


@bp.get(OFFLINE)
@public
def no_network() -> str:
    """Kept by the worker; shown when there is no network and the page is not kept."""
    return render_template("errors/offline.html")
