"""Product cards. Lists draw twenty-four a page, so a card is drawn once for everything it shows and
kept: the key is the very values, so a kept card cannot be out of date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from flask import current_app
from markupsafe import Markup

from shop.catalogue.rules import is_in_season
from shop.core import clock
from shop.core.money import format_vnd
from shop.core.text import N_
from shop.storefront.queries import AnyRow
from shop.storefront.queries.columns import CardRow
from shop.storefront.rules import NEW_DAYS
from shop.storefront.state import shopfront
from shop.web.assets import localized_path
from shop.web.i18n import gettext, language, show_time

KEPT_CARDS: Final = 5_000
"""About a kilobyte each; when there are more, keeping begins anew."""

_BADGE_SOON: Final = timedelta(hours=48)
_SEASON: Final = N_("Đang mùa")
_NEW: Final = N_("Mới")

_SHOWN: Final = (
    *("slug", "name", "name_en", "producer_name", "place", "price_min_vnd", "price_max_vnd"),
    *("available", "ocop_group", "photo_sha", "stars", "youth_unit"),
)
_shown: Final = itemgetter(*map(CardRow._fields.index, _SHOWN))
"""The columns of ``queries.columns.CARD`` that a card shows as they are."""


@dataclass(frozen=True, slots=True)
class Card:
    """One product for ``storefront/_grid.html``."""

    values: tuple[Any, ...]
    """What ``_shown`` gives."""
    badge: tuple[str, str] | None
    language: str

    def drawn(self, kept: dict[object, Markup], heading: str, is_eager: bool) -> Markup:
        """The card's markup, kept in ``kept``. ``heading``: the level of its name; eager: on the
        first screen."""
        key = (self.values, self.badge, self.language, heading, is_eager)
        found = kept.get(key)
        if found is None:
            if len(kept) >= KEPT_CARDS:
                kept.clear()
            found = kept[key] = self._draw(heading, is_eager)
        return found

    def _draw(self, heading: str, is_eager: bool) -> Markup:
        slug, name, name_en, maker, place, low, high, available, *further = self.values
        group, photo, stars, youth_unit = further
        template = current_app.jinja_env.get_template("storefront/_card.html")
        page = template.render(
            heading=heading,
            is_eager=is_eager,
            url=localized_path("/san-pham/") + slug,
            name=name_en if self.language == "en" and name_en else name,
            producer_name=maker,
            place=place,
            stars=stars,
            youth_unit=youth_unit,
            price_text=format_vnd(low) if low else "",
            is_from=high != low,
            photo=photo,
            badge=self.badge,
            is_sold_out=available <= 0 and group != "tourism",
        )
        return Markup(page)  # noqa: S704 - our own template


def drawn_grid(items: Iterable[Card], eager: int = 0, heading: str = "h3") -> Markup:
    """The markup of many cards, given to templates; the first ``eager`` are on the first screen."""
    kept = shopfront().drawn
    drawn = "\n".join(card.drawn(kept, heading, at < eager) for at, card in enumerate(items))
    return Markup(drawn)  # noqa: S704 - our own templates


def cards(rows: Iterable[AnyRow], *, now: datetime) -> list[Card]:
    """Card rows (``queries.columns.CARD``) in the language of the request."""
    today = clock.today_vn(now)
    spoken = language()
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
        made.append(Card(_shown(row), badge, spoken))
    return made


def _soon(starts_at: datetime, today: date) -> str:
    """``Live 20:00`` today, ``Live 20:00 23/11`` otherwise."""
    local = starts_at.astimezone(clock.VN)
    day = "" if local.date() == today else f" {local:%d/%m}"
    return f"Live {show_time(starts_at)}{day}"
