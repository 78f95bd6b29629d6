"""A buyer in a process of its own: waits for the others, then tries to hold one unit.

python -m tests.shop.stock.race URL VARIANT_ID OWNER WAY
WAY is a name of ``TRIES``. Prints ``held`` or ``refused``.
"""

import sys
import time
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.stock.rules import OutOfStock, Want
from shop.stock.services import reserve
from tests.processes import begin

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def hold(database: Database, variant_id: int, owner: str) -> bool:
    """As checkout does it; told "busy" (503 with Retry-After), a buyer tries again."""
    for _ in range(20):
        try:
            with database.write() as db:
                reserve(db, wants=[Want(owner, variant_id, 1)], expires_at=None, now=NOW)
                db.commit()
        except OutOfStock:
            return False
        except Unavailable:
            continue
        return True
    raise TimeoutError("the database stayed busy")


def hold_naively(database: Database, variant_id: int, owner: str) -> bool:
    """The negative control: read, think, write. Oversells; the test must see it oversell."""
    with database.read() as db:
        left = _left(db, variant_id)
    time.sleep(0.05)
    if left < 1:
        return False
    with database.write() as db:
        db.execute(
            text("UPDATE stock_level SET reserved = :r WHERE variant_id = :v"),
            {"r": 8 - left + 1, "v": variant_id},
        )
        db.commit()
    return True


def _left(db: Session, variant_id: int) -> int:
    found = db.scalar(
        text("SELECT on_hand - reserved FROM stock_level WHERE variant_id = :v"),
        {"v": variant_id},
    )
    assert found is not None
    return int(found)


TWO_LINES = (3, 3)
"""Units of one lot that one order wants in two lines; each alone would fit twice into the stock."""


def hold_two_lines(database: Database, variant_id: int, owner: str) -> bool:
    """Both lines or none."""
    wants = [Want(f"{owner}:{line}", variant_id, units) for line, units in enumerate(TWO_LINES)]
    for _ in range(20):
        try:
            with database.transaction() as db:
                reserve(db, wants=wants, expires_at=None, now=NOW)
        except OutOfStock:
            return False
        except Unavailable:
            continue
        return True
    raise TimeoutError("the database stayed busy")


def hold_line_by_line(database: Database, variant_id: int, owner: str) -> bool:
    """The control: each line looks for itself and is taken for itself, the other may fail."""
    held = []
    for line, units in enumerate(TWO_LINES):
        try:
            with database.transaction() as db:
                one = Want(f"{owner}:{line}", variant_id, units)
                reserve(db, wants=[one], expires_at=None, now=NOW)
        except OutOfStock:
            break
        held.append(units)
        time.sleep(0.05)
    return bool(held)


TRIES = {
    "guarded": hold,
    "naive": hold_naively,
    "two_lines": hold_two_lines,
    "line_by_line": hold_line_by_line,
}


def main(url: str, variant_id: str, owner: str, way: str) -> None:
    database = Database(url)
    with database.read() as db:
        _left(db, int(variant_id))
    begin()
    print("held" if TRIES[way](database, int(variant_id), owner) else "refused")
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
