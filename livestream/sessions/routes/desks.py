"""What lists of staff and of commune officers share: on air now, waiting, coming, in pages."""

from typing import Any, Final
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.sessions import queries
from livestream.sessions.cards import platform_names
from livestream.sessions.models import LiveSession
from shop.core import clock
from shop.web.pagination import Page, page_number

PAGE_SIZE: Final = 30

Statement = Select[LiveSession, Club]


def desk_lists(db: Session, clubs: ColumnElement[bool], url: str) -> dict[str, Any]:
    """Context of a desk over the ``clubs`` somebody answers for; ``url``: where the desk is.

    ``cho`` and ``trang`` of the address are the pages of what waits and of what is coming.
    """
    now = clock.now()
    waiting = queries.queue(None, now=now).where(clubs)
    coming = queries.coming_of(None, now=now).where(clubs)
    waiting_page, coming_page = _page(db, waiting, "cho", url), _page(db, coming, "trang", url)
    return {
        "on_air": queries.session_rows(db, queries.on_air_of(None).where(clubs)),
        "waiting": queries.session_rows(db, _cut(waiting, waiting_page)),
        "coming": queries.session_rows(db, _cut(coming, coming_page)),
        "waiting_page": waiting_page,
        "coming_page": coming_page,
        "platform_names": platform_names,
    }


def _page(db: Session, rows: Statement, name: str, url: str) -> Page:
    """The page of ``rows`` that the address asks for by ``name``; other names stay as they are."""
    return Page(
        page_number(request.args.get(name)),
        PAGE_SIZE,
        queries.count_rows(db, rows),
        lambda number: f"{url}?{urlencode({**request.args, name: number})}",
    )


def _cut(rows: Statement, page: Page) -> Statement:
    return rows.limit(PAGE_SIZE).offset(page.offset)
