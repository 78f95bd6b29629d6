"""How marketplaces joins an application."""

from flask import Flask, url_for

from shop.marketplaces import registry
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The channels in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Kênh bán"), url_for("marketplaces.channels"), "share", order=60)]


def init_app(_app: Flask) -> None:
    """Load the channels, stand in the navigation."""
    registry.all_profiles()
    PRODUCER_NAV.fill(nav)
