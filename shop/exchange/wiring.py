"""How the exchange joins an application: a link in the producer's navigation."""

from flask import Flask, url_for

from shop.core.text import N_
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def init_app(_app: Flask) -> None:
    """Fill the slot; doing it again changes nothing."""
    PRODUCER_NAV.fill(_producer_nav)


def _producer_nav(actor: Actor) -> list[NavItem]:
    if not actor.is_producer:
        return []
    url = url_for("exchange_desk.period")
    return [NavItem(gettext(N_("Hồ sơ truy xuất")), url, "file", 36, group="origin")]
