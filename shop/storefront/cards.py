"""Rows as product cards: plain slots with addresses ready, because lists draw many of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shop.catalogue.rules import is_in_season
from shop.core import clock
from shop.core.money import format_vnd
from shop.core.text import N_
from shop.storefront.queries import AnyRow
from shop.storefront.rules import NEW_DAYS
from shop.web.assets import localized_path
from shop.web.i18n import gettext, language, show_time

_BADGE_SOON: Final = timedelta(hours=48)
_SEASON: Final = N_("Đang mùa")
_NEW: Final = N_("Mới")


@dataclass(slots=True)
class Card:
    """What ``storefront/_grid.html`` shows, texts ready."""

    url: str
    name: str
    producer_name: str
    place: str
    stars: int | None
    price_text: str
    """Empty when the price must be asked for."""
    is_from: bool
    """Whether there are dearer sizes too."""
    photo_url: str
    """The WebP file; ``.avif`` and ``.jpg`` are there too."""
    badge: tuple[str, str] | None
    is_sold_out: bool


def cards(rows: Iterable[AnyRow], *, now: datetime) -> list[Card]:
    """Card rows (``queries.columns.CARD``) in the language of the request."""
    today = clock.today_vn(now)
    prefix = localized_path("/san-pham/")
    is_english = language() == "en"
    season, new = ("season", gettext(_SEASON)), ("new", gettext(_NEW))
    new_since = now - timedelta(days=NEW_DAYS)
    made = []
    for row in rows:
        badge: tuple[str, str] | None = None
        starts_at = row.next_session_at
        if starts_at is not None and now <= starts_at <= now + _BADGE_SOON:
            badge = ("soon", _soon(starts_at, today))
        elif row.season_mask and is_in_season(row.season_mask, today.month):
            badge = season
        elif row.published_at >= new_since:
            badge = new
        made.append(
            Card(
                prefix + row.slug,
                row.name_en if is_english and row.name_en else row.name,
                row.producer_name,
                row.place,
                row.stars,
                format_vnd(row.price_min_vnd) if row.price_min_vnd else "",
                row.price_max_vnd != row.price_min_vnd,
                f"/media/{row.photo_sha}-320.webp" if row.photo_sha else "",
                badge,
                row.available <= 0 and row.ocop_group != "tourism",
            )
        )
    return made


def _soon(starts_at: datetime, today: date) -> str:
    """``Live 20:00`` today, ``Live 20:00 23/11`` otherwise."""
    local = starts_at.astimezone(clock.VN)
    day = "" if local.date() == today else f" {local:%d/%m}"
    return f"Live {show_time(starts_at)}{day}"
