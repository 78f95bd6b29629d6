"""Stock listens to traceability, and stands in the producer's workspace."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.catalogue.signals import product_published
from shop.stock import queries, services
from shop.stock.rules import DESTROYED, SOLD_ELSEWHERE
from shop.traceability.models import Lot
from shop.traceability.signals import (
    lot_closed,
    lot_held,
    lot_reduced,
    lot_released,
    lots_recalled,
)
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO


def put_lot_on_sale(
    _sender: object, *, db: Session, lot: Lot, now: datetime, actor_id: int | None, **_more: Any
) -> None:
    """A finished lot was released: its units can be sold."""
    if lot.variant_id is None or lot.kind != "finished":
        return
    services.put_lot_on_sale(
        db,
        lot_id=lot.id,
        variant_id=lot.variant_id,
        quantity=lot.quantity - lot.lost,
        now=now,
        actor_id=actor_id,
    )


REASONS: Final = {"destruction": DESTROYED, "sale": SOLD_ELSEWHERE}
"""Event kinds that take units, and what the ledger calls it."""


def take_units(
    _sender: object,
    *,
    db: Session,
    lot: Lot,
    units: int,
    reason: str,
    key: str,
    now: datetime,
    actor_id: int | None,
) -> None:
    """Units of a lot are gone, not by an order."""
    if lot.variant_id is not None:
        services.leave_lot(
            db,
            lot_id=lot.id,
            variant_id=lot.variant_id,
            units=units,
            reason=REASONS[reason],
            key=key,
            now=now,
            actor_id=actor_id,
        )


def take_lot_off_sale(
    _sender: object, *, db: Session, lot: Lot, now: datetime, **_more: Any
) -> None:
    """A lot was held, recalled or closed: nothing of it can be sold from this moment."""
    if lot.variant_id is not None:
        db.flush()
        services.block_lots(db, variant_ids=[lot.variant_id], now=now)


def take_lots_off_sale(
    _sender: object, *, db: Session, lots: Sequence[Lot], now: datetime, **_more: Any
) -> None:
    """Lots were called back together: their sizes are locked in one go, in the usual order."""
    variant_ids = {lot.variant_id for lot in lots if lot.variant_id is not None}
    if variant_ids:
        db.flush()
        services.block_lots(db, variant_ids=sorted(variant_ids), now=now)


def publish_stock(
    _sender: object, *, db: Session, product_id: int, now: datetime, **_more: Any
) -> None:
    """A product went on sale: its stock may have come in before."""
    services.publish_available(db, product_id=product_id, now=now)


def nav(actor: Actor) -> list[NavItem]:
    """The stock page in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Kho"), url_for("stock.index"), "box", order=30, group="goods")]


def todo(db: Session, actor: Actor) -> list[Todo]:
    """Sizes that are nearly sold out."""
    low = queries.count_low(db, list(actor.producers))
    return [Todo(_("Mặt hàng sắp hết"), low, url_for("stock.index"), "box", order=20)]


def init_app(_app: Flask) -> None:
    """Connect the signals and fill the slots; doing it again changes nothing."""
    lot_released.connect(put_lot_on_sale)
    lot_held.connect(take_lot_off_sale)
    lot_closed.connect(take_lot_off_sale)
    lot_reduced.connect(take_units)
    lots_recalled.connect(take_lots_off_sale)
    product_published.connect(publish_stock)
    PRODUCER_NAV.fill(nav)
    PRODUCER_TODO.fill(todo)
