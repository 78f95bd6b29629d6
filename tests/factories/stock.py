"""Stock for tests, through the real services."""

import itertools
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from shop.stock import services

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def make_stock(
    db: Session, variant_id: int, quantity: int = 20, *, lot_id: int | None = None
) -> None:
    """So many more units of a variant on hand; in a lot when one is given."""
    services.receive(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason="receipt",
        key=f"test:{next(_numbers)}",
        lot_id=lot_id,
        now=NOW,
    )
