"""Trace pages kept in memory for half a minute: all of a page but the count of its looks.

A QR on a popular lot is scanned again and again, and only one sentence of its page differs. What a
page shows moves with the catalogue's version, the day, or what ``Glance`` tells; all of that is in
the key, so that a recall, a held lot or a new entry shows at the next look in every process.
Only for visitors without a cookie: others see their name or basket in the header.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, cast

from flask import Flask, current_app, request

from shop.core import clock
from shop.core.memory import Memory
from shop.traceability.queries import Glance
from shop.web.i18n import language

LOOKED: Final = "\ue000"
"""Where the sentence on looks belongs: a character for private use, which no text of ours holds."""

_PAGES: Final = 400
_SECONDS: Final = 30.0
_NAME: Final = "trace_pages"


def init_app(app: Flask) -> None:
    """Give the application an empty memory."""
    app.extensions[_NAME] = Memory(_PAGES, _SECONDS, time.monotonic)


def kept_page(code: str, glance: Glance, now: datetime, draw: Callable[[], str]) -> str:
    """The page of a code, drawn anew unless one that says the same is kept."""
    is_plain = not (request.cookies or request.args or "Authorization" in request.headers)
    if not is_plain or glance.lot_state == "recalled":
        return draw()
    memory = cast(Memory, current_app.extensions[_NAME])
    standing = glance._replace(scans=0, first_scan_at=None)
    return memory.get((code, language(), clock.today_vn(now), standing), draw)
