"""Figures for Prometheus: how many requests, how long, by route and status. No addresses, no names.

Only loopback may read them; a collector elsewhere goes through a tunnel or a proxy on the machine.
With several workers set PROMETHEUS_MULTIPROC_DIR (a folder emptied at each start), as the client
library asks; without it each worker tells its own figures.
"""

import os
import time
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from shop.core.errors import NotFound
from shop.web.access import public

bp = Blueprint("metrics", __name__)

_REQUESTS = Counter("phien_requests", "Requests answered", ("route", "method", "status"))
_SECONDS = Histogram(
    "phien_request_seconds",
    "Time to answer, in seconds",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


@bp.get("/metrics")
@public
def show() -> Response:
    """The figures, for loopback only; anyone else finds nothing here."""
    if not _is_loopback(request.remote_addr):
        raise NotFound
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def init_app(app: Flask) -> None:
    """Count every request; the label is the route's rule, so ids never become labels."""
    app.register_blueprint(bp)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = str(request.url_rule or "none")
        _REQUESTS.labels(route, request.method, response.status_code).inc()
        if "started" in g:
            _SECONDS.labels(route).observe(time.perf_counter() - g.started)
        return response
