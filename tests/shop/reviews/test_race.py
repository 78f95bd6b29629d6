"""The same review sent many times at once is one review; many reviews at once make one rating."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from shop.catalogue.models import ProductFacets
from shop.catalogue.services import set_rating
from shop.core.db import Database
from shop.reviews.invariants import INVARIANTS
from shop.reviews.rules import AlreadyReported
from tests.factories.catalogue import make_product
from tests.factories.reviews import make_delivered, make_report
from tests.processes import run_together
from tests.shop.reviews.race import TRIES

TRIED = 8

Line = tuple[int, int]


@pytest.fixture
def line(database: Database) -> Line:
    """Order and line of something that arrived, and a table that guards nothing."""
    with database.transaction() as db:
        order, bought = make_delivered(db)
        db.execute(text("CREATE TABLE bare_review (order_line_id INTEGER)"))
        return order.id, bought.id


def by_threads(database: Database, line: Line, way: str) -> int:
    gate = Barrier(TRIED)

    def send(number: int) -> bool:
        gate.wait()
        return TRIES[way](database, *line, number)

    with ThreadPoolExecutor(TRIED) as pool:
        return sum(pool.map(send, range(TRIED)))


def by_processes(target: Database, line: Line, way: str) -> int:
    url = target.url.render_as_string(hide_password=False)
    race = ("-m", "tests.shop.reviews.race", url, str(line[0]), str(line[1]))
    answers = run_together(*((*race, str(number), way) for number in range(TRIED // 2)))
    assert set(answers) <= {"written", "refused"}, answers
    return answers.count("written")


WAYS = pytest.mark.parametrize(
    "run",
    [by_threads, pytest.param(by_processes, marks=pytest.mark.slow)],
    ids=["threads", "processes"],
)


@WAYS
def test_one_line_one_review(
    database: Database, line: Line, run: Callable[[Database, Line, str], int]
) -> None:
    assert run(database, line, "guarded") == 1
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM review")) == 1
        assert db.scalar(text("SELECT count(*) FROM review_edit")) == 1
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


@WAYS
@pytest.mark.control
def test_the_control_without_the_constraint_doubles(
    database: Database, line: Line, run: Callable[[Database, Line, str], int]
) -> None:
    """Were this not so, the test above would prove nothing."""
    assert run(database, line, "naive") > 1


def at_once(do: Callable[[int], object]) -> list[object]:
    gate = Barrier(TRIED)

    def one(number: int) -> object:
        gate.wait()
        return do(number)

    with ThreadPoolExecutor(TRIED) as pool:
        return list(pool.map(one, range(TRIED)))


@pytest.fixture
def lines(database: Database) -> tuple[int, list[Line]]:
    """A product and many delivered lines of it."""
    with database.transaction() as db:
        product = make_product(db, is_lot_tracked=False)
        made = [make_delivered(db, product=product) for _ in range(TRIED)]
        return product.id, [(order.id, bought.id) for order, bought in made]


def rating(database: Database, product_id: int) -> tuple[int, int]:
    with database.read() as db:
        row = db.get_one(ProductFacets, product_id)
        return row.rating_sum, row.rating_count


def test_the_rating_counts_all_who_wrote_at_once(
    database: Database, lines: tuple[int, list[Line]]
) -> None:
    product_id, bought = lines
    at_once(lambda number: TRIES["guarded"](database, *bought[number], number))
    assert rating(database, product_id) == (5 * TRIED, TRIED)


@pytest.mark.control
def test_the_control_that_reads_thinks_and_writes_loses_marks(
    database: Database, lines: tuple[int, list[Line]]
) -> None:
    product_id, _bought = lines

    def count_naively(_number: int) -> None:
        total, number = rating(database, product_id)
        time.sleep(0.2)
        with database.transaction() as db:
            set_rating(db, product_id, rating_sum=total + 5, rating_count=number + 1)

    at_once(count_naively)
    assert rating(database, product_id)[1] < TRIED


def test_one_open_case_when_sent_at_once(database: Database) -> None:
    with database.transaction() as db:
        product_id = make_product(db).id

    def report(_number: int) -> bool:
        try:
            with database.transaction() as db:
                make_report(
                    db, kind="product", subject_id=product_id, reporter_key="guest:the-same"
                )
        except AlreadyReported:
            return False
        return True

    assert at_once(report).count(True) == 1
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM violation_report")) == 1
        assert db.scalar(text("SELECT count(*) FROM violation_words")) == 1
