"""Migration 0046: goods of returns settled under the books that returns kept before."""

from typing import Any

import pytest
from sqlalchemy import select, text

from shop.catalogue.models import ProductFacets
from shop.core import schema
from shop.core.db import Database
from shop.orders import invariants as order_invariants
from shop.orders.models import Order, ShipmentLine
from shop.returns import invariants, services
from shop.returns.models import ReturnLine, ReturnRequest
from shop.stock import invariants as stock_invariants
from shop.stock import services as stock
from tests.factories.accounts import make_person
from tests.factories.returns import answer, line_of, make_delivered, make_return


def _as_before(db: Any, request: ReturnRequest, counts: Any, *, actor_id: Any, now: Any) -> None:
    """Units on the shelf under a key of the return's own line; nothing else was written."""
    for line in db.scalars(select(ReturnLine).where(ReturnLine.return_id == request.id)):
        line.restocked, line.written_off = counts[line.order_line_id]
        variant_id = db.scalar(
            text("SELECT variant_id FROM order_line WHERE id = :id"), {"id": line.order_line_id}
        )
        if line.restocked:
            stock.receive(
                db,
                variant_id=variant_id,
                quantity=line.restocked,
                reason="returned",
                key=f"return_line:{line.id}:loose",
                actor_id=actor_id,
                now=now,
            )
    db.flush()


def broken(database: Database) -> set[str]:
    checks = invariants.INVARIANTS | order_invariants.INVARIANTS | stock_invariants.INVARIANTS
    with database.read() as db:
        return {name for name, query in checks.items() if db.execute(text(query)).all()}


def settle(database: Database, counts: tuple[int, int], order: Order) -> None:
    with database.transaction() as db:
        seller, line = make_person(db).id, line_of(db, order)
        asked = make_return(db, order, units=sum(counts))
        services.agree_return(db, return_id=asked.id, refund_vnd=None, answer=answer(seller))
        services.settle_return(
            db,
            return_id=asked.id,
            refund_vnd=None,
            counts={line.id: counts},
            answer=answer(seller),
        )


def test_older_returns_are_counted_at_their_parcels(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as db:
        some, whole, newer = (make_delivered(db) for _ in range(3))
    with monkeypatch.context() as past:
        past.setattr("shop.returns.services.deciding.take_back", _as_before)
        settle(database, (1, 1), some)
        settle(database, (0, 1), whole)
        settle(database, (2, 0), whole)
    settle(database, (1, 2), newer)
    assert "returns.what_came_back_is_counted_at_its_parcel" in broken(database)
    schema.downgrade(database, "0045")
    schema.upgrade(database)
    assert broken(database) == set()
    with database.read() as db:
        rows = db.execute(
            select(ShipmentLine.restocked, ShipmentLine.written_off).order_by(ShipmentLine.id)
        )
        assert [tuple(row) for row in rows] == [(1, 1), (2, 1), (1, 2)]
        states = db.scalars(select(Order.fulfilment_state).order_by(Order.id)).all()
        assert states == ["delivered", "returned", "returned"]
        assert sorted(db.scalars(select(ProductFacets.sold_count))) == [0, 0, 1]
