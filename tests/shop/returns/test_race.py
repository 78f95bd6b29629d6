"""Rival requests for one order, and two answers to one request: one of them counts."""

import pytest
from sqlalchemy import func, select, text

from shop.core.db import Database
from shop.returns import services
from shop.returns.invariants import INVARIANTS
from shop.returns.models import ReturnRequest, ReturnStep
from shop.returns.rules import REFUSALS
from tests.at_once import Act, at_once, carelessly
from tests.factories.accounts import make_person
from tests.factories.returns import NOW, answer, make_delivered, make_return

RIVALS = 3
REFUSAL = next(iter(REFUSALS))


def rivals(database: Database) -> list[Act]:
    """The buyer asks for the same goods from several tabs, each with its own form."""
    with database.transaction() as db:
        order = make_delivered(db)
    return [lambda db: make_return(db, order)] * RIVALS


def requests(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count(ReturnRequest.id))) or 0


def test_of_rival_requests_one_is_open(database: Database) -> None:
    assert sorted(at_once(database, rivals(database))) == ["AlreadyOpen"] * (RIVALS - 1) + ["done"]
    assert requests(database) == 1


@pytest.mark.control
def test_without_lock_and_index_rivals_are_open(database: Database) -> None:
    """Either alone would do: the order's lock, and one open request an order by index."""
    with database.transaction() as db:
        db.execute(text("DROP INDEX uq_return_request_open"))
    carelessly(database, rivals(database))
    assert requests(database) > 1


def refuse_and_withdraw(database: Database) -> list[Act]:
    with database.transaction() as db:
        asked, person = make_return(db, make_delivered(db)).id, make_person(db).id
    said = answer(person, text="Hàng đã dùng hết")
    return [
        lambda db: services.refuse_return(db, return_id=asked, refusal=REFUSAL, answer=said),
        lambda db: services.withdraw_return(db, return_id=asked, actor_id=None, now=NOW),
    ]


def test_refused_or_withdrawn_never_both(database: Database) -> None:
    assert sorted(at_once(database, refuse_and_withdraw(database))) == ["WrongStep", "done"]
    with database.read() as db:
        assert db.scalar(select(func.count(ReturnStep.id))) == 2, "asked, and what won"
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


@pytest.mark.control
def test_without_lock_and_version_it_is_refused_and_withdrawn(database: Database) -> None:
    assert carelessly(database, refuse_and_withdraw(database)) == ["done", "done"]
