"""How pre-orders join an application: they follow the orders' lives and stand on others' pages."""

from datetime import datetime

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.text import N_
from shop.orders.slots import DESK_PANELS
from shop.preorders import queries, rules, services
from shop.web.access import sign
from shop.web.actor import Actor
from shop.web.assets import localized_path
from shop.web.i18n import gettext as _
from shop.web.request import house
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import ORDER_PANELS, PRODUCER_NAV, PRODUCER_TODO, PRODUCT_PANELS


def init_app(_app: Flask) -> None:
    """Connect and fill the slots; doing it again changes nothing."""
    services.connect_signals()
    PRODUCT_PANELS.fill(product_panel)
    ORDER_PANELS.fill(order_panel)
    DESK_PANELS.fill(desk_panel)
    PRODUCER_NAV.fill(producer_nav)
    PRODUCER_TODO.fill(producer_todo)


def product_panel(db: Session, product_id: int, now: datetime) -> list[Panel]:
    """The windows in which the product can be ordered ahead."""
    windows = queries.windows_of_product(db, product_id, now)
    if not windows:
        return []
    context: dict[str, object] = {"windows": windows, "rules": rules}
    sizes = queries.sizes_of(db, windows)
    offers = [
        _as_offer(view, sizes[view.harvest.variant_id]) for view in windows if view.phase == "open"
    ]
    return [Panel("preorders/product_panel.html", context, data={"offers": offers})]


def _as_offer(view: queries.WindowView, size: queries.Size) -> dict[str, object]:
    """A window as schema.org names it: https://schema.org/PreOrder."""
    window = view.window
    return {
        "@type": "Offer",
        "name": f"{size.label}, {view.harvest.season}",
        "sku": size.sku,
        "url": house().public_url + localized_path(f"/dat-truoc/{window.code}"),
        "price": window.price_vnd,
        "priceCurrency": "VND",
        "availability": "https://schema.org/PreOrder",
        "availabilityStarts": window.from_on.isoformat(),
        "validThrough": window.closes_on.isoformat(),
    }


def order_panel(db: Session, order_id: int, now: datetime) -> list[Panel]:
    """The window on the buyer's page: when, what is paid, what is due, new dates to answer."""
    place = queries.place_of_order(db, order_id, now)
    if place is None:
        return []
    code = place.order.code
    urls = {"keep": url_for("preorders.keep", code=code, k=sign("order", code))}
    return [Panel("preorders/order_panel.html", {"place": place, "urls": urls, "rules": rules})]


def desk_panel(db: Session, order_id: int, now: datetime) -> list[Panel]:
    """The window on the producer's page of the order."""
    place = queries.place_of_order(db, order_id, now)
    if place is None:
        return []
    return [Panel("preorders/desk_panel.html", {"place": place, "rules": rules})]


def producer_nav(actor: Actor) -> list[NavItem]:
    """The desk of harvests."""
    if not actor.is_producer:
        return []
    return [
        NavItem(_(N_("Đặt trước")), url_for("preorders.desk"), "calendar", order=22, group="orders")
    ]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """Windows whose days have come and whose harvest is not in."""
    due = queries.waiting_for_goods(db, list(actor.producers), clock.today_vn(clock.now()))
    url = url_for("preorders.desk")
    return [Todo(_(N_("Đợt đặt trước đã tới ngày giao")), due, url, "calendar", is_urgent=True)]
