"""The reports stand in the navigation of producers and staff."""

from flask import Flask, url_for

from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV, STAFF_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The producer's own report."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Báo cáo bán hàng"), url_for("reports.own"), "chart", 64, group="market")]


def staff_nav(actor: Actor) -> list[NavItem]:
    """The provinces' report."""
    if not actor.is_staff:
        return []
    page = url_for("reports.provinces")
    return [NavItem(_("Báo cáo bán hàng"), page, "chart", 78, group="house")]


def init_app(_app: Flask) -> None:
    """Fill the slots; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
    STAFF_NAV.fill(staff_nav)
