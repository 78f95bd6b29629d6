"""How marketplaces joins an application."""

import time

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.core.clock import now, today_vn
from shop.core.text import N_
from shop.marketplaces import registry
from shop.marketplaces.services.faults import FaultCounts
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.request import house
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO


def nav(actor: Actor) -> list[NavItem]:
    """The channels in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Kênh bán"), url_for("marketplaces.channels"), "share", order=60)]


def todo(db: Session, actor: Actor) -> list[Todo]:
    """Listings that would be left out of an export."""
    faults = _COUNTS.of(
        db,
        house().storage,
        producer_ids=list(actor.producers),
        today=today_vn(now()),
        public_url=house().public_url,
    )
    url = (
        url_for("marketplaces.channel_desk", channel=faults.channel)
        if faults.channel
        else url_for("marketplaces.channels")
    )
    return [Todo(_(N_("Tin đăng kênh bán có lỗi")), faults.count, url, "share", order=55)]


_COUNTS = FaultCounts(time.monotonic)


def init_app(_app: Flask) -> None:
    """Load the channels, stand in the navigation and the to-do list."""
    registry.all_profiles()
    PRODUCER_NAV.fill(nav)
    PRODUCER_TODO.fill(todo)
