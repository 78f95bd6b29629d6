"""Session cards and countdowns as public pages and panels draw them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from flask import url_for

from livestream.clubs.rules import PLATFORM_NAMES
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import SessionRow
from livestream.sessions.queries.on_product import Airing
from livestream.sessions.queries.rows import Shown
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.text import N_
from shop.web.assets import media_url
from shop.web.i18n import gettext, pick, show_date, show_time
from shop.web.page_cache import page_ends_at

COUNTDOWN_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Card:
    """What the macro ``session_card`` needs."""

    url: str
    title: str
    starts_at: datetime
    time_text: str
    date_text: str
    is_live: bool
    is_past: bool
    countdown: str | None
    club_name: str
    platform: str
    place: str
    items: list[dict[str, Any]] = field(default_factory=list)


def cards(rows: Iterable[SessionRow], *, now: datetime) -> list[Card]:
    """The rows as cards in the request's language."""
    return [
        _card(row.live, row.club.name, row.club.place, row.platforms, row.shown, now)
        for row in rows
    ]


def airing_cards(airings: Iterable[Airing], *, now: datetime) -> list[Card]:
    """The same of sessions that were read as plain rows."""
    return [
        _card(airing, airing.club_name, airing.club_place, airing.platforms, airing.shown, now)
        for airing in airings
    ]


def platform_names(slugs: Iterable[str]) -> str:
    """``TikTok, Facebook`` for people."""
    return ", ".join(gettext(PLATFORM_NAMES[slug]) for slug in slugs if slug in PLATFORM_NAMES)


def keep_until(sessions: Iterable[LiveSession | Airing], now: datetime) -> None:
    """Let the page be kept until the clock changes what it says of these sessions."""
    turns = [
        turn
        for live in sessions
        for turn in (live.starts_at - COUNTDOWN_WITHIN, live.starts_at, live.ends_at)
    ]
    midnight = datetime.combine(clock.today_vn(now) + timedelta(days=1), time(), VN)
    page_ends_at(midnight, *(turn for turn in turns if turn > now))


def _card(
    live: LiveSession | Airing,
    club_name: str,
    place: str,
    platforms: Iterable[str],
    shown: Iterable[Shown],
    now: datetime,
) -> Card:
    is_soon = now < live.starts_at <= now + COUNTDOWN_WITHIN
    return Card(
        url=url_for("sessions.show_public", slug=live.slug),
        title=pick(live.title, live.title_en),
        starts_at=live.starts_at,
        time_text=show_time(live.starts_at),
        date_text=show_date(live.starts_at, gettext(N_("EEEE dd/MM"))),
        is_live=live.state == "live",
        is_past=live.state == "ended",
        countdown=live.starts_at.isoformat() if is_soon else None,
        club_name=club_name,
        platform=platform_names(platforms),
        place=place,
        items=[
            {
                "name": pick(item.name, item.name_en),
                "photo_url": media_url(f"{item.photo_sha}-320.webp") if item.photo_sha else None,
            }
            for item in shown
        ],
    )
