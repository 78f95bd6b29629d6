"""Where traceability shows itself in the pages of others, and what it listens to."""

from datetime import datetime
from typing import cast

from flask import Flask, url_for
from sqlalchemy.orm import Session

from config import Settings
from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Product
from shop.catalogue.signals import product_published
from shop.core.clock import today_vn
from shop.core.text import N_
from shop.traceability import queries, services
from shop.traceability.configuration import configure
from shop.traceability.queries import alerts
from shop.traceability.queries.alerts import Whose
from shop.traceability.queries.on_sale import origin_of
from shop.traceability.routes import kept
from shop.traceability.rules.clones import Thresholds
from shop.web.access import Actor
from shop.web.i18n import gettext
from shop.web.request import House
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    PRODUCER_NAV,
    PRODUCER_TODO,
    PRODUCT_PANELS,
    STAFF_NAV,
    STAFF_TODO,
)

_LOTS = N_("Lô hàng")
_ENTRY = N_("Ghi nhật ký")
_SUSPECTED = N_("Mã bị nghi ngờ")
_GS1 = N_("Mã GS1")


def init_app(app: Flask) -> None:
    """Fill the slots and connect the listeners; doing it twice changes nothing."""
    settings = cast(Settings, app.extensions["settings"])
    house = cast(House, app.extensions["house"])
    limits = Thresholds(settings.clone_scans_per_day, settings.clone_days_after_opening)
    configure(house.database, limits)
    kept.init_app(app)
    PRODUCER_NAV.fill(entry_link)
    PRODUCER_NAV.fill(lot_link)
    PRODUCER_TODO.fill(lots_to_do)
    PRODUCT_PANELS.fill(lots_panel)
    PRODUCER_NAV.fill(gs1_link)
    STAFF_NAV.fill(alerts_link)
    PRODUCER_NAV.fill(own_alerts_link)
    PRODUCER_TODO.fill(own_alerts_to_do)
    STAFF_NAV.fill(gs1_desk_link)
    STAFF_TODO.fill(alerts_to_do)
    STAFF_TODO.fill(gs1_to_do)
    product_published.connect(give_product_code, weak=False)


def entry_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to a sixty-second entry."""
    return [NavItem(gettext(_ENTRY), url_for("entry.start"), "camera", order=25)]


def lot_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to the lots."""
    return [NavItem(gettext(_LOTS), url_for("traceability.lots"), "qr", order=30, group="origin")]


def lots_to_do(db: Session, actor: Actor) -> list[Todo]:
    """Lots whose journal is being kept, and lots on hold that wait for a decision."""
    is_open, is_held = queries.lots_to_work_on(db, list(actor.producers))
    url = url_for("traceability.lots")
    return [
        Todo(gettext(N_("Lô đang ghi nhật ký, chưa mở bán")), is_open, url, "qr"),
        Todo(gettext(N_("Lô đang tạm giữ")), is_held, url, "warning", is_urgent=is_held > 0),
    ]


def alerts_link(_actor: Actor) -> list[NavItem]:
    """Staff's way to codes that may have been copied."""
    return [NavItem(gettext(_SUSPECTED), url_for("alerts.staff"), "qr", order=70, group="origin")]


def alerts_to_do(db: Session, actor: Actor) -> list[Todo]:
    """Alerts in the staff's provinces that nobody looked into yet."""
    waiting = alerts.count_open(db, Whose(provinces=staff_scope_of(actor)))
    url = url_for("alerts.staff")
    return [Todo(gettext(_SUSPECTED), waiting, url, "qr", is_urgent=waiting > 0)]


def own_alerts_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to alerts about their codes."""
    return [
        NavItem(
            gettext(_SUSPECTED), url_for("alerts.producer"), "warning", order=84, group="origin"
        )
    ]


def own_alerts_to_do(db: Session, actor: Actor) -> list[Todo]:
    """Alerts about the producer's codes."""
    waiting = alerts.count_open(db, Whose(producers=tuple(actor.producers)))
    url = url_for("alerts.producer")
    return [Todo(gettext(_SUSPECTED), waiting, url, "warning", is_urgent=waiting > 0)]


def gs1_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to GTIN and GLN."""
    return [NavItem(gettext(_GS1), url_for("gs1.own_keys"), "tag", order=85, group="origin")]


def gs1_desk_link(_actor: Actor) -> list[NavItem]:
    """Staff's way to GTIN and GLN."""
    return [NavItem(gettext(_GS1), url_for("gs1.keys"), "tag", order=75, group="origin")]


def gs1_to_do(db: Session, actor: Actor) -> list[Todo]:
    """Numbers nobody judged yet."""
    waiting = queries.count_keys_waiting(db, staff_scope_of(actor))
    return [Todo(gettext(N_("Mã GS1 chờ xác minh")), waiting, url_for("gs1.keys"), "tag")]


def lots_panel(db: Session, product_id: int, now: datetime) -> list[Panel]:
    """On the product page: the lots on sale, each with its trace link, or the product's code."""
    origin = origin_of(db, product_id, today=today_vn(now))
    if not origin.lots and origin.product_code is None:
        return []
    return [
        Panel("traceability/panel.html", {"lots": origin.lots, "product_code": origin.product_code})
    ]


def give_product_code(_sender: object, *, db: Session, product_id: int, now: datetime) -> None:
    """Goods without lots get their product-level code when they go on sale."""
    product = db.get(Product, product_id)
    if product is not None and not product.is_lot_tracked and not product.is_service:
        services.ensure_product_code(db, product_id=product_id, now=now)
