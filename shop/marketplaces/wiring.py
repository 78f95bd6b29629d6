"""How marketplaces joins an application."""

from typing import cast

from flask import Flask, url_for

from shop.marketplaces import registry
from shop.marketplaces.configuration import Surroundings, configure
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.request import House
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The channels in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Kênh bán"), url_for("marketplaces.channels"), "share", order=60)]


def init_app(app: Flask) -> None:
    """Load the channels, give tasks their surroundings, stand in the navigation."""
    registry.all_profiles()
    house = cast(House, app.extensions["house"])
    configure(house.database, Surroundings(house.storage, house.public_url))
    PRODUCER_NAV.fill(nav)
