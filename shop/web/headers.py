"""Headers of every answer: a strict content policy without nonce, and how long caches may keep it.

No inline script or style exists in our pages but one critical CSS block, allowed by its hash, so
that bodies can be cached. Pages of signed-in people are never stored.
"""

import base64
import hashlib
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

from shop.web.access import guard_of

PUBLIC_MAX_AGE_SECONDS = 30
_MEDIA_POLICY = "default-src 'none'; sandbox"


def critical_css(static: Path) -> str:
    """The one CSS block that stands in the page itself; empty when the file is missing."""
    source = static / "critical.css"
    return source.read_text(encoding="utf-8") if source.exists() else ""


def content_policy(css: str) -> str:
    """The Content-Security-Policy that allows exactly this inline CSS block."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{digest}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def init_app(app: Flask, *, static: Path, is_secure: bool) -> None:
    """Set the headers and give templates the critical CSS."""
    css = critical_css(static)
    policy = content_policy(css)
    app.jinja_env.globals["critical_css"] = Markup(css)  # noqa: S704 - our own file

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        if is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = _cache_control(response)
        return response


def not_stored(body: str) -> Response:
    """A public page that is one visitor's own: no cache keeps it, the browser's neither."""
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def media_headers(response: Response) -> Response:
    """For uploaded files: kept for ever (the name is the content), never run as a page."""
    response.headers["Content-Security-Policy"] = _MEDIA_POLICY
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _cache_control(response: Response) -> str:
    guard = guard_of(request.endpoint)
    is_shared = (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and guard is not None
        and guard.kind == "public"
        and not request.cookies
        and "Set-Cookie" not in response.headers
    )
    return f"public, max-age={PUBLIC_MAX_AGE_SECONDS}" if is_shared else "private, no-store"
