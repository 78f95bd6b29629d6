"""The slots of the four workspaces and of the public pages, filled by features in their wiring.

To-do fillers get (db, actor) and give ``Todo`` lines with translated labels; nav fillers get the
actor; panel fillers get (db, subject id, now).
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shop.web.access import Actor
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


def navigation(workspace: str, actor: Actor) -> list[NavItem]:
    """The links of a workspace, in order; given to templates as ``navigation(...)``."""
    items = _NAVS[workspace].collect(actor)
    shown = [item for item in items if all(may_open(actor, item.url) for may_open in _shown)]
    return sorted(shown, key=lambda item: item.order)
