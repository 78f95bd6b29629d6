"""What campaigns add to an application: a link of the staff workspace."""

from flask import Flask

from shop.core.text import N_
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import STAFF_NAV


def init_app(_app: Flask) -> None:
    """Fill the slot; again is harmless."""
    STAFF_NAV.fill(_staff_links)


def _staff_links(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Chiến dịch")), "/can-bo/chien-dich", "tag", 45, group="market")]
