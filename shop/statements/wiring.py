"""Statements stand beside the reconciliation desk in the producer's workspace."""

from flask import Flask, url_for

from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import PRODUCER_NAV


def nav(_actor: Actor) -> list[NavItem]:
    """The bank's list."""
    page = url_for("statements.index")
    return [NavItem(_("Sao kê ngân hàng"), page, "file", 60, group="orders")]


def init_app(_app: Flask) -> None:
    """Fill the slot; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
