"""Templates stand beside the channels in the producer's workspace."""

from flask import Flask, url_for

from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The templates of the producer's shops elsewhere."""
    if not actor.is_producer:
        return []
    page = url_for("channel_sheets.index")
    return [NavItem(_("Mẫu của sàn"), page, "file", order=61, group="market")]


def init_app(_app: Flask) -> None:
    """Fill the slot; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
