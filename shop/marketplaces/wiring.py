"""How marketplaces joins an application."""

import time
from collections.abc import Collection
from datetime import datetime

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.core.clock import now, today_vn
from shop.core.text import N_
from shop.marketplaces import queries, registry
from shop.marketplaces.services.faults import FaultCounts
from shop.marketplaces.services.weekly import NOTICE
from shop.notifications.services import register_message
from shop.stock.slots import SALES_CHANNELS
from shop.traceability.slots import RECALL_TOUCHES, Touched
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.request import house
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO, STAFF_NAV


def nav(actor: Actor) -> list[NavItem]:
    """The channels in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [
        NavItem(_("Kênh bán"), url_for("marketplaces.channels"), "share", order=60, group="market")
    ]


def staff_nav(actor: Actor) -> list[NavItem]:
    """The channels' rules in the staff's navigation."""
    if not actor.is_staff:
        return []
    url = url_for("marketplaces.staff_channels")
    return [NavItem(_("Hồ sơ kênh bán"), url, "share", order=79, group="house")]


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
    to_links = url_for("marketplaces.links")
    links = len(queries.links_due(db, list(actor.producers), today_vn(now())))
    return [
        Todo(_(N_("Tin đăng kênh bán có lỗi")), faults.count, url, "share", order=55),
        Todo(_(N_("Liên kết bài đăng cần mở xem lại")), links, to_links, "link", order=56),
    ]


_COUNTS = FaultCounts(time.monotonic)


def touched_by_recall(db: Session, variant_ids: Collection[int], _now: datetime) -> list[Touched]:
    """Listings elsewhere that show goods of recalled lots: nobody but the seller can hide them."""
    names = {slug: _(profile.label) for slug, profile in registry.all_profiles().items()}
    rows = tuple(
        (name, names.get(channel, channel), f"/san-pham/{slug}")
        for name, slug, channel in queries.shown_elsewhere(db, variant_ids)
    )
    title = _("Bài đăng ở kênh khác, hãy tự ẩn hoặc giảm hàng ở đó")
    return [Touched(title, "share", rows)] if rows else []


def init_app(_app: Flask) -> None:
    """Load the channels, stand in the navigation and the to-do list."""
    registry.shipped_profiles()  # as their files say: starting opens no connection
    register_message(
        NOTICE,
        title=N_("Gói %(channel)s hằng tuần đã sẵn: %(ready)s sản phẩm, %(blocked)s bị chặn."),
        url="/ban-hang/kenh-ban/xuat/%(run)s",
    )
    PRODUCER_NAV.fill(nav)
    STAFF_NAV.fill(staff_nav)
    PRODUCER_TODO.fill(todo)
    RECALL_TOUCHES.fill(touched_by_recall)
    SALES_CHANNELS.fill(sales_channels)


def sales_channels() -> list[tuple[str, str]]:
    """Channels a producer may keep units for."""
    return [(slug, profile.label) for slug, profile in registry.all_profiles().items()]
