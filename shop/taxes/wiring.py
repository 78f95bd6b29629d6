"""How tax figures join an application: links in the navigation of producers and staff."""

from flask import Flask, url_for

from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV, STAFF_NAV


def init_app(_app: Flask) -> None:
    """Fill the slots; doing it again changes nothing."""
    PRODUCER_NAV.fill(producer_nav)
    STAFF_NAV.fill(staff_nav)


def producer_nav(actor: Actor) -> list[NavItem]:
    """A producer's own figures."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Số liệu thuế"), url_for("taxes.figures"), "chart", order=48, group="orders")]


def staff_nav(actor: Actor) -> list[NavItem]:
    """Sellers' figures, and the rates."""
    if not actor.is_staff:
        return []
    return [NavItem(_("Số liệu thuế"), url_for("taxes.sellers"), "chart", order=78, group="house")]
