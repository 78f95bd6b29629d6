"""Genealogy and the reach of a recall over thousands of linked lots, on both databases.

    .venv/bin/python -m benchmarks.genealogy [--lots 5000] [--runs 7] [--engines sqlite,postgresql]

One raw lot goes into a first layer, and each further lot is made from three of the layer before
it: the first lot reaches every other one, the worst a workshop could record. See README.md.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, make_url, select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core import clock, schema
from shop.core.db import Database
from shop.demo import synthetic
from shop.orders.models import (
    CheckoutGroup,
    Order,
    OrderContact,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.recalls import queries as recalls
from shop.traceability import queries
from shop.traceability.models import Lot, LotLink
from tests import postgres

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LAYERS, PARENTS, LIMIT_MS = 10, 3, 200


@contextmanager
def databases(engines: list[str]) -> Iterator[list[Database]]:
    """A fresh, migrated database an engine."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'bench.db'}"}
        if "postgresql" not in engines:
            yield [Database(urls["sqlite"])]
            return
        with postgres.cluster() as admin:
            plain = make_url(admin).set(database="postgres")
            urls["postgresql"] = plain.render_as_string(hide_password=False)
            yield [Database(urls[name]) for name in engines]


def fill(database: Database, count: int, sales: int) -> list[int]:
    """Write layered lots with their links, and sales of the last layer; the lots' ids."""
    schema.upgrade(database)
    with database.transaction() as db:
        synthetic.load(db, 1, now=clock.now())
        product = db.scalars(select(Product)).first()
        variant = db.scalars(select(Variant)).first()
        if product is None or variant is None:
            raise LookupError("the synthetic product is missing")
        ids = _lots(db, product, variant, count)
        _sell(db, variant, ids[-(count // LAYERS) :], sales)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("VACUUM ANALYZE"))
    return ids


def _lots(db: Session, product: Product, variant: Variant, count: int) -> list[int]:
    width = count // LAYERS
    rows = [
        {
            "code": f"B{number:09}",
            "product_id": product.id,
            "producer_id": product.producer_id,
            "lot_no": f"B-{number}",
            "material": "Bột" if number < count - width else "",
            "kind": "semi" if number < count - width else "finished",
            "variant_id": variant.id if number >= count - width else None,
            "quantity": 100,
            "uom": "kg" if number < count - width else "unit",
            "made_on": TODAY - timedelta(days=60 - number * 50 // count),
            "state": "open" if number < count - width else "released",
            "head_hash": "0" * 64,
            "submit_key": f"bench-{number}",
            "created_at": NOW,
        }
        for number in range(count)
    ]
    db.execute(insert(Lot), rows)
    found = db.execute(select(Lot.id, Lot.lot_no).where(Lot.lot_no.like("B-%"))).all()
    ids = [row.id for row in sorted(found, key=lambda row: int(row.lot_no[2:]))]
    links = [
        {
            "parent_id": ids[(layer - 1) * width + (place * PARENTS + turn) % width],
            "child_id": ids[layer * width + place],
            "quantity": 1 + turn,
        }
        for layer in range(1, LAYERS)
        for place in range(width)
        for turn in range(PARENTS)
    ]
    links += [{"parent_id": ids[0], "child_id": one, "quantity": 1} for one in ids[1:width]]
    db.execute(insert(LotLink), links)
    return ids


def _sell(db: Session, variant: Variant, lots: list[int], sales: int) -> None:
    group = CheckoutGroup(submit_key="bench-group", code="BENCHGROUP00", created_at=NOW)
    db.add(group)
    db.flush()
    for number in range(sales):
        order = Order(
            code=f"BN{number:09}",
            group_id=group.id,
            producer_id=variant.producer_id,
            producer_name="HTX",
            payment_provider="cod",
            state="completed",
            payment_state="paid",
            fulfilment_state="delivered",
            subtotal_vnd=65_000,
            shipping_vnd=0,
            total_vnd=65_000,
            placed_at=NOW,
            lines=[
                OrderLine(
                    variant_id=variant.id,
                    product_id=variant.product_id,
                    product_name="Miến",
                    variant_label="500 g",
                    sku="B",
                    unit_price_vnd=65_000,
                    quantity=1,
                    line_total_vnd=65_000,
                    weight_g=500,
                )
            ],
            contact=OrderContact(
                full_name="Mai",
                phone=f"09{number:08}",
                province_code="01",
                commune_code="00004",
                street="Phố",
                place="Hà Nội",
            ),
        )
        parcel = Shipment(order_id=0, state="delivered", packed_at=NOW, shipped_at=NOW)
        db.add(order)
        db.flush()
        parcel.order_id = order.id
        db.add(parcel)
        db.flush()
        db.add(
            ShipmentLine(
                shipment_id=parcel.id,
                order_line_id=order.lines[0].id,
                lot_id=lots[number % len(lots)],
                quantity=1,
            )
        )


def measure(database: Database, act: Callable[[Session], Any], runs: int) -> dict[str, float]:
    """Milliseconds of ``act`` in fresh read sessions: wall time, and this process's CPU time (with
    SQLite that is all of it)."""
    wall, used = [], []
    for _ in range(runs + 1):
        with database.read() as db:
            began, cpu = time.perf_counter(), time.process_time()
            act(db)
            wall.append(1000 * (time.perf_counter() - began))
            used.append(1000 * (time.process_time() - cpu))
    return {
        "best": round(min(wall[1:]), 1),
        "median": round(statistics.median(wall[1:]), 1),
        "cpu": round(statistics.median(used[1:]), 1),
    }


def _rows(database: Database, ids: list[int], runs: int) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}
    focus = {"first": ids[0], "middle": ids[len(ids) // 2], "last": ids[-1]}
    for place, lot_id in focus.items():
        with database.read() as db:
            size = len(queries.genealogy(db, lot_id).nodes)
        what = f"genealogy of the {place} lot ({size} lots)"
        rows[what] = measure(database, lambda db, one=lot_id: queries.genealogy(db, one), runs)
    root, layer = ids[:1], ids[: len(ids) // LAYERS]
    rows["descendants of the first lot"] = measure(
        database, lambda db: queries.relatives(db, root, "forward"), runs
    )
    for chosen in (root, layer):
        what = f"reach of a recall of {len(chosen)} lots"
        rows[what] = measure(
            database, lambda db, lots=chosen: recalls.find(db, lots, today=TODAY), runs
        )
    return rows


def main() -> None:
    """Fill, measure, print a table; exits 1 when genealogy takes more than LIMIT_MS."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lots", type=int, default=5000)
    parser.add_argument("--sales", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--json", default="")
    asked = parser.parse_args()
    found: dict[str, dict[str, dict[str, float]]] = {}
    with databases(asked.engines.split(",")) as opened:
        for database in opened:
            name = "sqlite" if database.is_sqlite else "postgresql"
            found[name] = _rows(database, fill(database, asked.lots, asked.sales), asked.runs)
            database.dispose()
    for engine, rows in found.items():
        for what, times in rows.items():
            figures = " ".join(f"{name} {value:7.1f}" for name, value in times.items())
            print(f"{engine:11} {what:42} {figures}")
    if asked.json:
        Path(asked.json).write_text(json.dumps(found, indent=1))
    slow = [
        what
        for rows in found.values()
        for what, times in rows.items()
        if what.startswith("genealogy") and times["median"] > LIMIT_MS
    ]
    raise SystemExit(1 if slow else 0)


if __name__ == "__main__":
    main()
