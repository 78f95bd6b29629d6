"""A recall against checkout, against packing and against itself, by threads and by processes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.orders.models import OrderLine, Shipment, ShipmentLine
from shop.recalls.invariants import INVARIANTS
from shop.recalls.models import Recall, RecallBuyer, RecallLine
from shop.recalls.services import RecallDraft, open_recall
from shop.stock.invariants import INVARIANTS as STOCK
from shop.stock.queries import levels
from tests.at_once import carelessly
from tests.factories.orders import make_order
from tests.processes import run_together
from tests.shop.recalls.conftest import World, build
from tests.shop.recalls.race import ACTORS, NOW, WORDS

UNITS, BUYERS, PARCELS = 60, 4, 6

Act = tuple[str, ...]
Run = Callable[[Database, Sequence[Act]], list[str]]


def by_threads(database: Database, acts: Sequence[Act]) -> list[str]:
    gate = Barrier(len(acts))

    def one(act: Act) -> str:
        gate.wait()
        return ACTORS[act[0]](database, *act[1:])

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def by_processes(database: Database, acts: Sequence[Act]) -> list[str]:
    url = database.url.render_as_string(hide_password=False)
    return run_together(*(("-m", "tests.shop.recalls.race", url, *act) for act in acts))


RUNS = pytest.mark.parametrize(
    "run",
    [by_threads, pytest.param(by_processes, marks=pytest.mark.slow)],
    ids=["threads", "processes"],
)


@pytest.fixture
def race_world(database: Database, app: object) -> World:
    with database.transaction() as db:
        return build(db, units=UNITS, other_units=1)


def holds(database: Database) -> None:
    with database.read() as db:
        for name, query in {**INVARIANTS, **STOCK}.items():
            assert db.execute(text(query)).all() == [], name


def buying(world: World) -> list[Act]:
    return [("buy", str(world.variant.id), str(number)) for number in range(BUYERS)]


@RUNS
def test_an_order_is_before_the_recall_and_told_or_refused(
    database: Database, race_world: World, run: Run
) -> None:
    world = race_world
    recall = ("recall", str(world.lot.id), str(world.owner_id), "race-recall-key")
    answers = run(database, [*buying(world), recall])
    assert answers[-1].startswith("recalled"), answers
    bought = sum(int(answer.split()[1]) for answer in answers[:-1])
    with database.read() as db:
        lines = set(db.scalars(select(OrderLine.id)))
        told = set(db.scalars(select(RecallLine.order_line_id)))
        level = levels(db, [world.variant.id])[world.variant.id]
    assert len(lines) == bought
    assert told in (lines, set()), "every order placed before, or none that lacks a good unit"
    assert told == lines or len(lines) <= 1, "the one unit of the other lot may be sold"
    assert level.available <= 1
    holds(database)


@pytest.mark.control
def test_the_control_that_looks_before_it_stops_misses_buyers(
    database: Database, race_world: World
) -> None:
    """Were this not so, the test above would prove nothing."""
    world = race_world
    naive = ("naive", str(world.lot.id), str(world.owner_id))
    by_threads(database, [*buying(world), naive])
    with database.read() as db:
        lines = db.scalar(select(func.count()).select_from(OrderLine)) or 0
        told = db.scalar(select(func.count()).select_from(RecallLine)) or 0
    assert lines > told


@pytest.fixture
def parcels(database: Database, race_world: World) -> list[int]:
    with database.transaction() as db:
        variant = race_world.variant
        return [
            make_order(db, variant=variant, confirmed=True, phone=f"0912000{number:03}").id
            for number in range(PARCELS)
        ]


def packing(world: World, parcels: Sequence[int], way: str) -> list[Act]:
    return [(way, str(world.lot.id), str(order), str(world.owner_id)) for order in parcels]


@RUNS
def test_a_parcel_left_before_and_is_told_of_or_never_leaves(
    database: Database, race_world: World, parcels: list[int], run: Run
) -> None:
    world = race_world
    recall = ("recall", str(world.lot.id), str(world.owner_id), "race-recall-key")
    acts = packing(world, parcels, "pack")
    answers = run(database, [*acts[:3], recall, *acts[3:]])
    assert set(answers) - {answers[3]} <= {"kept", "packed", "sent"}, answers
    with database.read() as db:
        parcels_now = db.execute(
            select(ShipmentLine.order_line_id, Shipment.state).join(
                Shipment, Shipment.id == ShipmentLine.shipment_id
            )
        ).all()
        told = db.execute(select(RecallLine.order_line_id, RecallLine.is_out)).all()
    inside = {row.order_line_id: row.state for row in parcels_now}
    listed = {row.order_line_id: row.is_out for row in told}
    assert inside.keys() <= listed.keys()
    assert {line: state == "shipped" for line, state in inside.items()} == {
        line: listed[line] for line in inside
    }, "what was out when the recall came is what is out for ever"
    holds(database)


@pytest.mark.control
def test_the_control_that_does_not_ask_again_sends_recalled_goods(
    database: Database, race_world: World, parcels: list[int]
) -> None:
    world = race_world
    recall = ("recall", str(world.lot.id), str(world.owner_id), "race-recall-key")
    by_threads(database, [*packing(world, parcels[:4], "pack_naively"), recall])
    broken = INVARIANTS["recalls.every_buyer_is_on_the_list"]
    with database.read() as db:
        assert db.execute(text(broken)).all() != []


@RUNS
def test_pressed_by_many_at_once_it_is_one_recall(
    database: Database, race_world: World, parcels: list[int], run: Run
) -> None:
    world = race_world
    lot, owner = str(world.lot.id), str(world.owner_id)
    same = [("recall", lot, owner, "race-recall-key")] * 3
    others = [("recall", lot, owner, f"race-recall-key-{number}") for number in range(2)]
    answers = run(database, [*same, *others])
    assert len({answer for answer in answers if answer != "refused"}) == 1, answers
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Recall)) == 1
        buyers = db.scalar(select(func.count()).select_from(RecallBuyer))
        messages = db.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.ref.like("recall_buyer:%"), OutboxMessage.channel == "call")
        )
    assert buyers == messages == PARCELS
    holds(database)


@pytest.mark.control
def test_without_locks_many_presses_are_many_recalls(database: Database, race_world: World) -> None:
    """The lots' locks off, and of the press only its own key remembered."""
    world = race_world

    def press(number: int) -> Callable[[Session], object]:
        return lambda db: open_recall(
            db,
            draft=RecallDraft(lot_ids=[world.lot.id], **WORDS),
            actor_id=world.owner_id,
            sign=lambda code: code,
            now=NOW,
            submit_key=f"race-recall-key-{number}",
        )

    carelessly(database, [press(number) for number in range(3)])
    with database.read() as db:
        assert (db.scalar(select(func.count()).select_from(Recall)) or 0) > 1
