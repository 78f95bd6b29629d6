"""24 buyers, 8 units: exactly 8 get one, whether they are threads or processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from shop.core.db import Database
from shop.stock import queries
from shop.stock.invariants import INVARIANTS
from shop.stock.rules import Level
from tests.factories.catalogue import make_product, variant_of
from tests.factories.stock import make_stock
from tests.processes import run_together
from tests.shop.stock.race import TRIES, TWO_LINES

BUYERS, STOCK = 24, 8


@pytest.fixture
def variant_id(database: Database) -> int:
    with database.write() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, STOCK)
        db.commit()
        return variant.id


def by_threads(database: Database, variant_id: int, way: str, buyers: int = BUYERS) -> int:
    gate = Barrier(buyers)

    def buy(number: int) -> bool:
        gate.wait()
        return TRIES[way](database, variant_id, f"buyer:{number}")

    with ThreadPoolExecutor(buyers) as pool:
        return sum(pool.map(buy, range(buyers)))


def by_processes(target: Database, variant_id: int, way: str, buyers: int = BUYERS) -> int:
    url = target.url.render_as_string(hide_password=False)
    race = ("-m", "tests.shop.stock.race", url, str(variant_id))
    answers = run_together(*((*race, f"buyer:{number}", way) for number in range(buyers)))
    assert set(answers) <= {"held", "refused"}, answers
    return answers.count("held")


@pytest.mark.parametrize(
    "run",
    [by_threads, pytest.param(by_processes, marks=pytest.mark.slow)],
    ids=["threads", "processes"],
)
def test_exactly_the_stock_is_sold(
    database: Database, variant_id: int, run: Callable[[Database, int, str], int]
) -> None:
    assert run(database, variant_id, "guarded") == STOCK
    with database.read() as db:
        assert queries.levels(db, [variant_id])[variant_id] == Level(STOCK, STOCK)
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


@pytest.mark.control
def test_the_control_without_the_guard_oversells(database: Database, variant_id: int) -> None:
    """Were this not so, the test above would prove nothing."""
    assert by_threads(database, variant_id, "naive") > STOCK


@pytest.mark.slow
def test_two_lines_of_one_lot_are_held_together_or_not_at_all(
    database: Database, variant_id: int
) -> None:
    """Six want three and three of the same eight: the first gets six, the others nothing."""
    assert by_processes(database, variant_id, "two_lines", 6) == 1
    with database.read() as db:
        assert queries.levels(db, [variant_id])[variant_id] == Level(STOCK, sum(TWO_LINES))


@pytest.mark.control
def test_control_taken_line_by_line_an_order_gets_a_half(
    database: Database, variant_id: int
) -> None:
    assert by_threads(database, variant_id, "line_by_line", 3) > 1
