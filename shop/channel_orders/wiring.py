"""Orders from channels stand among the orders of the producer's workspace."""

from flask import Flask, url_for

from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def nav(_actor: Actor) -> list[NavItem]:
    """The channels' order files."""
    page = url_for("channel_orders.index")
    return [NavItem(_("Đơn từ sàn"), page, "file", 61, group="orders")]


def init_app(_app: Flask) -> None:
    """Fill the slot; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
