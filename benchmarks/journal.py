"""How long the check of a long journal takes, read from the database and hashed again.

    .venv/bin/python -m benchmarks.journal [--entries 10000] [--runs 3]

An SQLite file in memory-backed /tmp. CPU and wall seconds, the best of the runs. See README.md.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shop.core import clock, schema
from shop.core.db import Database
from shop.traceability import queries, services
from shop.traceability.models import Lot, LotEvent
from shop.traceability.rules import journal
from tests.factories.traceability import make_lot


def fill(db: Session, lot: Lot, count: int) -> None:
    """Append ``count`` entries at once, chained as the service chains them."""
    previous, now, salt = lot.head_hash, clock.now().replace(microsecond=0), "0" * 26
    rows: list[dict[str, Any]] = []
    sealed = journal.seal(actor_id=1, facts={}, attachments=[], salt=salt)
    for seq in range(lot.head_seq + 1, lot.head_seq + count + 1):
        facts = {"step": f"Đảo giàn phơi lần {seq}", "place": "Sân phơi thôn Chè Cọ"}
        body = journal.make_body(
            code=lot.code,
            seq=seq,
            kind="processing",
            happened_at=now,
            recorded_at=now,
            facts=facts,
            attachments=[],
            corrects=None,
            sealed=sealed,
        )
        entry_hash = journal.chain(previous, body)
        rows.append(
            {
                "lot_id": lot.id,
                "seq": seq,
                "kind": "processing",
                "actor_id": 1,
                "happened_at": now,
                "recorded_at": now,
                "facts": facts,
                "attachments": [],
                "inner_facts": {},
                "salt": salt,
                "sealed": sealed,
                "submit_key": f"b{seq}",
                "previous_hash": previous,
                "hash": entry_hash,
            }
        )
        previous = entry_hash
    db.execute(insert(LotEvent), rows)
    lot.head_seq, lot.head_hash = lot.head_seq + count, previous


def main() -> None:
    """Fill, anchor, check; print the best times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'journal.db'}")
        schema.upgrade(database)
        with database.transaction() as db:
            lot = make_lot(db, events=False)
            fill(db, lot, asked.entries)
        with database.transaction() as db:
            services.publish_anchors(db, now=clock.now() + timedelta(days=1))
        best: list[tuple[float, float]] = []
        for _ in range(asked.runs):
            with database.read() as db:
                found = db.get_one(Lot, lot.id)
                wall, cpu = perf_counter(), process_time()
                checked = queries.check_lot(db, found)
                best.append((process_time() - cpu, perf_counter() - wall))
            if checked.fault is not None or checked.count != asked.entries:
                raise SystemExit(f"the check failed: {checked}")
        database.dispose()
    cpu, wall = min(best)
    print(f"{asked.entries:,} entries checked in {cpu:.2f} s CPU, {wall:.2f} s, all of them whole")


if __name__ == "__main__":
    main()
