"""Templates and results stand beside the channels in the producer's workspace."""

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.channel_sheets import queries
from shop.channel_sheets.rules.results import STATES
from shop.channel_sheets.services import sheets_of_bundle, templates_of_desk
from shop.marketplaces.slots import LISTING_PANELS, OWN_SHEETS, OWN_TEMPLATES
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel
from shop.web.workspaces import PRODUCER_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The templates of the producer's shops elsewhere."""
    if not actor.is_producer:
        return []
    return [
        NavItem(_("Mẫu của sàn"), url_for("channel_sheets.index"), "file", 61, group="market"),
        NavItem(
            _("Kết quả từ sàn"), url_for("channel_sheets.results"), "check", 62, group="market"
        ),
    ]


def told_by_channel(db: Session, product_id: int, channel: str) -> list[Panel]:
    """What the channel said of a product, on the page of its listing."""
    rows = queries.newest_results(db, product_id, channel)
    if not rows:
        return []
    return [Panel("channel_sheets/_listing.html", {"results": rows, "result_states": STATES})]


def init_app(_app: Flask) -> None:
    """Fill the slot; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
    LISTING_PANELS.fill(told_by_channel)
    OWN_TEMPLATES.fill(templates_of_desk)
    OWN_SHEETS.fill(sheets_of_bundle)
