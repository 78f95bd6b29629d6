"""Real processes on both databases: two confirms, a price changed meanwhile, sales during undo."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from shop.catalogue.models import Variant
from shop.core import tasks
from shop.core.db import Database
from shop.sheets.models import SheetChange, SheetImport
from shop.stock import queries as stock
from shop.stock.invariants import INVARIANTS
from shop.stock.models import StockMovement
from tests.processes import run_together
from tests.shop.sheets.conftest import Desk, Shop, sheet

HEADER = ("SKU", "Giá", "Tồn kho")

pytestmark = pytest.mark.slow


def run(app: Flask, row: SheetImport, shop: Shop, *what: str) -> list[str]:
    """Each in a process, all at once; what each printed."""
    house = app.extensions["house"]
    race = (
        *("-m", "tests.shop.sheets.race"),
        house.database.url.render_as_string(hide_password=False),
        str(house.storage.root),
        *(str(row.id), str(shop.owner_id), str(shop.small_id)),
    )
    return run_together(*((*race, one) for one in what))


def finish(app: Flask, desk: Desk) -> None:
    """Whatever is left in the queue."""
    desk.work()
    with app.extensions["house"].database.read() as db:
        waiting = db.scalar(
            select(func.count())
            .select_from(tasks.Task)
            .where(tasks.Task.state.in_(("queued", "running")))
        )
        assert waiting == 0


def on_hand(database: Database, shop: Shop) -> int:
    with database.read() as db:
        return stock.levels(db, [shop.small_id])[shop.small_id].on_hand


def assert_sound(database: Database) -> None:
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


def test_confirms_of_one_plan_write_once(
    desk: Desk, shop: Shop, app: Flask, database: Database
) -> None:
    row = desk.judged(sheet(["MIEN-500", 70_000, 10], header=HEADER), mode="add")
    answers = run(app, row, shop, *["confirm"] * 5)
    finish(app, desk)
    assert sorted(answers) == ["confirmed", *["refused"] * 4]
    assert on_hand(database, shop) == 30
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(SheetChange)) == 2
        key = StockMovement.key.like("sheet:%")
        assert db.scalar(select(func.count()).select_from(StockMovement).where(key)) == 1
    assert_sound(database)


@pytest.mark.control
def test_the_control_writes_more_than_once(
    desk: Desk, shop: Shop, app: Flask, database: Database
) -> None:
    """Without the conditional step the same race adds the units again and again."""
    row = desk.judged(sheet(["MIEN-500", 70_000, 10], header=HEADER), mode="add")
    answers = run(app, row, shop, *["naive"] * 5)
    assert answers.count("confirmed") > 1
    assert on_hand(database, shop) > 30


def test_a_price_changed_by_another_is_never_overwritten_unseen(
    desk: Desk, shop: Shop, app: Flask, database: Database
) -> None:
    """Either the import came first and the other price stands, or the plan is shown again."""
    row = desk.judged(sheet(["MIEN-500", 70_000, ""], header=HEADER))
    run(app, row, shop, "confirm", "price")
    finish(app, desk)
    now = desk.find(row.public_id)
    with database.read() as db:
        assert db.get_one(Variant, shop.small_id).price_vnd == 99_000
        old = [change.before for change in db.scalars(select(SheetChange))]
    assert now.state in {"committed", "judged"}
    if now.state == "judged":
        assert now.is_rejudged
        assert old == []
    else:
        assert old == [{"price_vnd": 65_000}]


def test_undo_during_sales_never_goes_below_what_is_held(
    desk: Desk, shop: Shop, app: Flask, database: Database
) -> None:
    row = desk.committed(sheet(["MIEN-500", 70_000, 10], header=HEADER), mode="add")
    answers = run(app, row, shop, "undo", "buy")
    finish(app, desk)
    bought = int(answers[1].removeprefix("bought "))
    with database.read() as db:
        level = stock.levels(db, [shop.small_id])[shop.small_id]
        outcome = db.scalars(select(SheetChange.undo).where(SheetChange.kind == "stock")).one()
    assert level.reserved == bought
    assert level.on_hand == (20 if outcome == "done" else 30)
    assert level.on_hand >= level.reserved
    assert desk.find(row.public_id).state == "undone"
    assert_sound(database)
