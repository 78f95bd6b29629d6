"""Whole public pages kept in memory, answered before any session is opened.

Only what a view allows (``page_ends_at``) is kept, and only for visitors without a cookie: the
answer to a GET with status 200 that sets no cookie. The key is host, language, path, query and the
catalogue version, a number that every change of what the public sees moves. The version is read by
one plain query each time, so a recall, a price or a star that changed shows at once in every
process; what ends by the clock (a certificate's last day, a live price) is told by the view, and
nothing is kept longer than ``seconds``.

Browsers must ask again each time (``no-cache``) and get 304 when nothing changed, so that someone
who has just signed in or filled a basket never sees the anonymous page from their own cache.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Flask, Response, g, has_request_context, request
from werkzeug.http import generate_etag

log = logging.getLogger(__name__)

MAX_PAGES: Final = 2_000
MAX_BYTES: Final = 48 * 1024 * 1024
MAX_PAGE_BYTES: Final = 512 * 1024

_CACHE_CONTROL: Final = "public, no-cache"
_LIFE: Final = "chophien.page_ends_at"
_FILES: Final = ("/static/", "/media/")
_SKIPPED_HEADERS: Final = frozenset({"date", "connection", "transfer-encoding"})

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def page_ends_at(*instants: datetime | None) -> None:
    """Allow this answer to be kept, at most until the earliest of ``instants``.

    Views call it when they know the page is the same for every visitor; fillers of panels call it
    when what they show ends at an instant.
    """
    if has_request_context():
        known: list[datetime] = g.setdefault("page_ends", [])
        known += [instant for instant in instants if instant is not None]


def page_ends() -> datetime | None:
    """The earliest end told so far."""
    return min(g.get("page_ends", []), default=None)


@dataclass(frozen=True)
class _Page:
    """A kept answer. ``until`` counts on the cache's own clock."""

    until: float
    etag: str
    headers: list[tuple[str, str]]
    body: bytes


class PageCache:
    """WSGI layer that answers kept pages and keeps what the application allows.

    ``read_version`` gives the catalogue version; ``now`` the wall clock; ``clock`` a monotonic one.
    """

    def __init__(
        self,
        app: WsgiApp,
        *,
        seconds: float,
        read_version: Callable[[], int],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._app = app
        self._seconds = seconds
        self._read_version = read_version
        self._now = now
        self._clock = clock
        self._guard = threading.Lock()
        self._pages: OrderedDict[tuple[Any, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._version = 0

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if not _may_be_kept(environ):
            return self._app(environ, start)
        version = self._current_version()
        if version is None:
            return self._app(environ, start)
        key = (version, *_address(environ))
        page = self._find(key)
        if page is not None:
            return _answer(page, environ, start)
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start)
        return self._render(key, environ, start)

    def _current_version(self) -> int | None:
        """The version as it is now; None when the database does not answer."""
        try:
            version = self._read_version()
        except Exception:  # noqa: BLE001 - a cache must never be the reason of an error
            log.warning("page cache passes by: the catalogue version cannot be read")
            return None
        with self._guard:
            if version != self._version:
                self._pages.clear()
                self._bytes = 0
            self._version = version
        return version

    def _find(self, key: tuple[Any, ...]) -> _Page | None:
        with self._guard:
            page = self._pages.get(key)
            if page is None:
                return None
            if page.until <= self._clock():
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def _drop(self, key: tuple[Any, ...]) -> None:
        self._bytes -= len(self._pages.pop(key).body)

    def _render(
        self, key: tuple[Any, ...], environ: dict[str, Any], start: StartResponse
    ) -> Iterable[bytes]:
        begun_at, wall = self._clock(), self._now()
        told: list[Any] = []
        asked = environ.pop("HTTP_IF_NONE_MATCH", None)

        def remember(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told[:] = [status, headers, *rest]
            return lambda _data: None

        answer = self._app(environ, remember)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
            if asked is not None:
                environ["HTTP_IF_NONE_MATCH"] = asked
        status, headers, *rest = told
        if _is_keepable(status, headers, environ, body):
            ends = environ[_LIFE]
            seconds = self._seconds if ends is None else (ends - wall).total_seconds()
            page = _Page(
                until=begun_at + min(self._seconds, seconds),
                etag=_header(headers, "etag"),
                headers=[h for h in headers if h[0].lower() not in _SKIPPED_HEADERS],
                body=body,
            )
            self._keep(key, page)
            return _answer(page, environ, start)
        etag = _header(headers, "etag")
        if asked and etag and etag in asked and status.startswith("200"):
            start("304 Not Modified", _without_body(headers), *rest)
            return []
        start(status, headers, *rest)
        return [body]

    def _keep(self, key: tuple[Any, ...], page: _Page) -> None:
        with self._guard:
            if key[0] != self._version or page.until <= self._clock():
                return
            if key in self._pages:
                self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            while len(self._pages) > MAX_PAGES or self._bytes > MAX_BYTES:
                self._drop(next(iter(self._pages)))


def _may_be_kept(environ: dict[str, Any]) -> bool:
    """A plain GET or HEAD of a visitor without cookie, credentials or htmx."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ.get("HTTP_COOKIE")
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_HX_REQUEST" not in environ
        and "HTTP_RANGE" not in environ
        and not environ.get("PATH_INFO", "").startswith(_FILES)
    )


def _address(environ: dict[str, Any]) -> tuple[str, ...]:
    """Host and scheme belong to it: an untrusted host never gets another's page."""
    return (
        environ.get("HTTP_HOST", ""),
        environ.get("wsgi.url_scheme", ""),
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
    )


def _is_keepable(
    status: str, headers: list[tuple[str, str]], environ: dict[str, Any], body: bytes
) -> bool:
    return (
        status.startswith("200")
        and _LIFE in environ
        and len(body) <= MAX_PAGE_BYTES
        and not _header(headers, "set-cookie")
    )


def _header(headers: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _without_body(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [h for h in headers if h[0].lower() not in ("content-length", "content-type")]


def _answer(page: _Page, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    if page.etag and page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", _without_body(page.headers))
        return []
    start("200 OK", list(page.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def init_app(
    app: Flask,
    *,
    seconds: float,
    read_version: Callable[[], int],
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> None:
    """Put the cache in front of ``app``; ``seconds`` 0 leaves it out.

    The headers are the same with and without it, so that switching it off changes nothing else.
    """
    app.after_request(_mark)
    if seconds > 0:
        app.wsgi_app = PageCache(  # type: ignore[assignment,method-assign]
            app.wsgi_app, seconds=seconds, read_version=read_version, now=now, clock=clock
        )


def _mark(response: Response) -> Response:
    """Tell the layer outside that this answer may be kept, and give it its headers."""
    is_allowed = (
        "page_ends" in g
        and request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not request.cookies
        and "Set-Cookie" not in response.headers
        and not response.is_streamed
    )
    if is_allowed:
        response.headers["Cache-Control"] = _CACHE_CONTROL
        response.vary.add("Cookie")
        response.set_etag(generate_etag(response.get_data()))
        request.environ[_LIFE] = page_ends()
        if "HTTP_IF_NONE_MATCH" in request.environ:
            response.make_conditional(request)
            if response.status_code != 200:
                request.environ.pop(_LIFE)
    return response
