"""What the public pages share: the blueprint, how a page begins, addresses and counts."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.catalogue import rules as catalogue
from shop.catalogue.search import Query
from shop.core import clock
from shop.core.errors import NotFound
from shop.storefront import queries
from shop.storefront.counting import Counts
from shop.storefront.rules import Filters, is_slug
from shop.storefront.state import shopfront
from shop.web.assets import localized_path
from shop.web.i18n import pick
from shop.web.page_cache import page_ends_at
from shop.web.request import house, read_session
from shop.web.slots import Panel

bp = Blueprint("storefront", __name__)


def begin() -> tuple[Session, datetime]:
    """The session and the instant of a page that may be kept until the day ends in Vietnam.

    Stars, certificates and seasons all end with a day.
    """
    now = clock.now()
    tomorrow = clock.today_vn(now) + timedelta(days=1)
    page_ends_at(datetime.combine(tomorrow, time.min, clock.VN))
    return read_session(), now


def known_slug(typed: str) -> str:
    """A slug that can exist. Raises NotFound for any other text."""
    if not is_slug(typed):
        raise NotFound
    return typed


def drawn(panels: list[Panel]) -> list[Markup]:
    """The panels' templates, drawn."""
    return [Markup(render_template(panel.template, **panel.context)) for panel in panels]  # noqa: S704


def drawn_halves(panels: list[Panel]) -> tuple[list[Markup], list[Markup]]:
    """The panels in their order: those above, and those below what the page itself says."""
    return (
        drawn([panel for panel in panels if not panel.is_below]),
        drawn([panel for panel in panels if panel.is_below]),
    )


@dataclass(frozen=True)
class Share:
    """What people pass on: the words with the address, and where a click goes."""

    url: str
    text: str
    facebook: str

    @property
    def words(self) -> str:
        """The text with the address, ready to be pasted."""
        return f"{self.text}: {self.url}"


def share_words(text: str, url: str) -> Share:
    """The words for Zalo and others; Facebook takes the address alone and reads the page."""
    facebook = f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}"
    return Share(url, text, facebook)


def group_labels() -> list[tuple[str, str]]:
    """Code and label of the OCOP groups in the language of the page."""
    return [(group.code, pick(group.label, group.label_en)) for group in catalogue.GROUPS.values()]


def absolute(path: str) -> str:
    """The address of this path in the language of the page, from PUBLIC_URL."""
    return house().public_url + localized_path(path)


def group_url(code: str) -> str:
    """The page of one OCOP group or subgroup."""
    return localized_path(f"/nhom/{catalogue.SLUGS[code]}")


def counts_of(
    db: Session,
    filters: Filters,
    version: int,
    now: datetime,
    query: Query = queries.NO_QUERY,
) -> Counts:
    """What the list of these filters counts, whatever its order and page."""
    return queries.list_counts(
        db,
        shopfront().counts,
        replace(filters, page=1, sort=""),
        query,
        version=version,
        today=clock.today_vn(now),
        now=now,
    )
