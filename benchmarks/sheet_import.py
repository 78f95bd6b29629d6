"""How long the dry run of a sheet takes, against a bare read-and-validate of the same file.

    .venv/bin/python -m benchmarks.sheet_import [--rows 1000] [--runs 5] [--engine sqlite]

Baseline: open the workbook with python-calamine in this process, check that each row has a SKU and
a whole price. Ours: the child process with all its checks, the shelf from the database, judging
every cell, the digest. Both on the same bytes, in turns; the ratio is the median of the pairs.
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import event

from shop.core import schema
from shop.core.db import Database
from shop.sheets import queries, writers
from shop.sheets.rules.judging import judge
from shop.sheets.workbooks import read_sheet
from tests import postgres
from tests.factories.catalogue import make_producer, make_product, make_variant

TODAY = date(2026, 11, 22)
SIZES = 4
"""Of a product."""


@contextmanager
def database(engine: str) -> Iterator[Database]:
    if engine == "postgresql":
        with postgres.cluster() as address:
            made = Database(address)
            schema.upgrade(made)
            yield made
            made.dispose()
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        schema.upgrade(made)
        yield made
        made.dispose()


def fill(made: Database, rows: int) -> int:
    """A producer with so many sizes; its id."""
    with made.transaction() as db:
        producer = make_producer(db)
        for number in range(0, rows, SIZES):
            product = make_product(db, producer=producer, name=f"Miến dong {number}", photo=False)
            for extra in range(min(SIZES, rows - number) - 1):
                make_variant(db, product, label=f"Gói {extra} kg")
        return producer.id


def baseline(raw: bytes) -> int:
    """Rows with a SKU and a whole price."""
    with CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
        _header, *rows = book.get_sheet_by_index(0).to_python()
    return sum(bool(row[0]) and float(row[3]).is_integer() for row in rows)


def timed(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=1000)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--engine", default="sqlite")
    args = asked.parse_args()
    with database(args.engine) as made:
        producer_id = fill(made, args.rows)
        with made.read() as db:
            there = queries.catalogue_rows(db, producer_id, today=TODAY)
        for number, row in enumerate(there):
            row["price_vnd"] += 1000 * (number % 2)
        raw = writers.catalogue_xlsx(there, str)
        statements = 0

        def note(*_a: object) -> None:
            nonlocal statements
            statements += 1

        def ours() -> None:
            sheet = read_sheet(raw, "xlsx")
            with made.read() as db:
                shelf = queries.shelf(db, producer_id, today=TODAY)
            plan = judge(sheet.table, shelf, stock_mode="count")
            assert plan.counts["changed"] == args.rows // 2, plan.counts
            assert plan.digest

        event.listen(made.engine, "before_cursor_execute", note)
        ours()
        pairs = [(timed(lambda: baseline(raw)), timed(ours)) for _ in range(args.runs)]
        ratios = sorted(mine / floor for floor, mine in pairs)
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"{args.engine}: {args.rows} rows, {len(raw) // 1000} kB, {args.runs} runs")
        print(f"baseline  {statistics.median(floor for floor, _ in pairs):.3f} s")
        print(f"dry run   {statistics.median(mine for _, mine in pairs):.3f} s")
        print(f"ratio     {statistics.median(ratios):.1f} ({ratios[0]:.1f}–{ratios[-1]:.1f})")
        print(f"statements {statements // (args.runs + 1)}; child at most {child} MB")


if __name__ == "__main__":
    main()
