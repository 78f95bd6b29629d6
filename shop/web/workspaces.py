"""The slots of the four workspaces and of the public pages, filled by features in their wiring.

To-do fillers get (db, actor) and give ``Todo`` lines with translated labels; nav fillers get the
actor; panel fillers get (db, subject id, now).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from shop.core.text import N_
from shop.web.access import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem, Panel, Slot, Todo

PRODUCER_TODO: Slot[[Session, Actor], Todo] = Slot()
STAFF_TODO: Slot[[Session, Actor], Todo] = Slot()
CLUB_TODO: Slot[[Session, Actor], Todo] = Slot()
ACCOUNT_TODO: Slot[[Session, Actor], Todo] = Slot()

PRODUCER_NAV: Slot[[Actor], NavItem] = Slot()
STAFF_NAV: Slot[[Actor], NavItem] = Slot()
CLUB_NAV: Slot[[Actor], NavItem] = Slot()
ACCOUNT_NAV: Slot[[Actor], NavItem] = Slot()

PRODUCT_PANELS: Slot[[Session, int, datetime], Panel] = Slot()
PRODUCER_PANELS: Slot[[Session, int, datetime], Panel] = Slot()
HOME_PANELS: Slot[[Session, datetime], Panel] = Slot()
ORDER_PANELS: Slot[[Session, int, datetime], Panel] = Slot()

_NAVS = {
    "producer": PRODUCER_NAV,
    "staff": STAFF_NAV,
    "club": CLUB_NAV,
    "account": ACCOUNT_NAV,
}


_shown: list[Callable[[Actor, str], bool]] = []


def show_links_if(may_open: Callable[[Actor, str], bool]) -> None:
    """Leave out links that ``may_open(actor, url)`` says no to. Again with the same is harmless."""
    if may_open not in _shown:
        _shown.append(may_open)


NAV_GROUPS: Final = {
    "": "",
    "orders": N_("Đơn và tiền"),
    "goods": N_("Hàng và kho"),
    "origin": N_("Nguồn gốc"),
    "market": N_("Kênh bán và live"),
    "words": N_("Khách hỏi và khen chê"),
    "judging": N_("Duyệt"),
    "unit": N_("Cơ sở"),
    "house": N_("Người và danh mục"),
}
"""Groups of links in order: code -> heading. What every day needs has none and comes first."""


@dataclass(frozen=True)
class NavLink:
    """A link as drawn: ``url`` with the language in front."""

    label: str
    url: str
    icon: str
    is_here: bool


@dataclass(frozen=True)
class NavGroup:
    """Links of a workspace that belong together, under a heading (or none)."""

    label: str
    links: list[NavLink]

    @property
    def is_near(self) -> bool:
        """Whether a phone shows them above this page."""
        return not self.label or any(link.is_here for link in self.links)


def navigation(workspace: str, actor: Actor) -> list[NavGroup]:
    """The links of a workspace, in order; given to templates as ``navigation(...)``."""
    items = _NAVS[workspace].collect(actor)
    shown = [item for item in items if all(may_open(actor, item.url) for may_open in _shown)]
    shown.sort(key=lambda item: item.order)
    groups = (
        (label, [_link(item) for item in shown if item.group == code])
        for code, label in NAV_GROUPS.items()
    )
    return [NavGroup(gettext(label) if label else "", links) for label, links in groups if links]


def _link(item: NavItem) -> NavLink:
    root, here = request.script_root, request.script_root + request.path
    url = item.url if root and item.url.startswith(root + "/") else root + item.url
    is_here = here == url or (item.order > 0 and here.startswith(url + "/"))
    return NavLink(item.label, url, item.icon, is_here)
