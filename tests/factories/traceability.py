"""Lots for tests, through the real services, so that journals and codes are as in life."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.traceability import services
from shop.traceability.models import Lot, LotEvent
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

STORY: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("harvest", {"crop": "Củ dong riềng", "quantity_kg": "1250", "place": "Xã Côn Minh"}, 20),
    ("processing", {"step": "Tráng bánh, phơi, cắt sợi", "output_kg": "180,5"}, 12),
    ("packing", {"units": 240, "package": "Túi 500 g hàn kín"}, 8),
)
"""Kind, facts and how many days before ``now`` it happened."""

_numbers = itertools.count(1)


def make_lot(
    db: Session,
    *,
    product: Product | None = None,
    released: bool = False,
    events: bool = True,
    actor_id: int | None = None,
    now: datetime = NOW,
    **over: Any,
) -> Lot:
    """A lot of 240 units made 14 days ago, best before in about a year, with three events.

    ``released`` puts it on sale (which fills the stock once stock's wiring is connected). Other
    arguments go to ``open_lot``, e.g. ``best_before``, ``quantity``, ``lot_no``.
    """
    product = product or make_product(db)
    actor_id = actor_id or make_person(db).id
    number = next(_numbers)
    values: dict[str, Any] = {
        "product_id": product.id,
        "quantity": 240,
        "made_on": now.date() - timedelta(days=14),
        "packed_on": now.date() - timedelta(days=8),
        "lot_no": f"MD-{number}",
    } | over
    if values.get("kind", "finished") == "finished":
        values.setdefault("variant_id", variant_of(db, product).id)
    if isinstance(values.get("best_before"), date):
        values["made_on"] = min(values["made_on"], values["best_before"])
        values["packed_on"] = min(values["packed_on"], values["best_before"])
    lot = services.open_lot(db, actor_id=actor_id, now=now, **values)
    if events or released:
        tell_story(db, lot, actor_id=actor_id, now=now)
    if released:
        services.release_lot(db, lot_id=lot.id, actor_id=actor_id, now=now)
    return lot


def tell_story(
    db: Session, lot: Lot, *, actor_id: int, now: datetime = NOW, most: int = 3
) -> list[LotEvent]:
    """Record harvest, processing and packing in a lot's journal."""
    return [
        services.record_event(
            db,
            lot_id=lot.id,
            kind=kind,
            facts=facts,
            happened_at=now - timedelta(days=days),
            actor_id=actor_id,
            submit_key=f"test-story-{lot.code}-{kind}",
            now=now,
        )
        for kind, facts, days in STORY[:most]
    ]
