"""What is destroyed or sold elsewhere leaves the lot, the shelf and the mass balance: once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core.errors import Invalid
from shop.orders import services as orders
from shop.stock import queries as stock
from shop.stock.invariants import INVARIANTS as STOCK
from shop.stock.rules import NotEnoughStock
from shop.traceability import queries, services
from shop.traceability.invariants import INVARIANTS
from shop.traceability.models import Lot, LotEvent
from shop.traceability.rules.balance import OverConsumed
from shop.traceability.rules.events import UnknownKind
from shop.traceability.rules.lots import MoreThanMade, NothingLeft, NotSellable
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.traceability import NOW, make_lot

ROTTEN = {"quantity": 10, "cause": "Ẩm mốc", "way": "bury"}
STALL = {"units": 5, "where": "Chợ phiên Côn Minh"}


@pytest.fixture(autouse=True)
def sums_hold(db: Session, app: Flask) -> Iterator[None]:
    """With the wiring of stock; whatever was done, the invariants hold after it."""
    yield
    db.flush()
    for name, query in {**INVARIANTS, **STOCK}.items():
        assert db.execute(text(query)).all() == [], name


def record(db: Session, lot: Lot, kind: str, facts: dict[str, Any], key: str = "") -> LotEvent:
    return services.record_event(
        db,
        lot_id=lot.id,
        kind=kind,
        facts=facts,
        actor_id=1,
        now=NOW,
        submit_key=key or f"key-{lot.head_seq}-{lot.id}",
    )


def correct(db: Session, lot: Lot, entry: LotEvent, facts: dict[str, Any]) -> None:
    services.correct_event(
        db,
        lot_id=lot.id,
        seq=entry.seq,
        facts=facts,
        reason="Đếm lại",
        actor_id=1,
        now=NOW,
        submit_key=f"correct-{lot.head_seq}-{lot.id}",
    )


def left(db: Session, lot: Lot) -> int:
    assert lot.variant_id is not None
    return stock.levels(db, [lot.variant_id])[lot.variant_id].on_hand


def lost(db: Session, lot: Lot) -> int:
    return db.get_one(Lot, lot.id, populate_existing=True).lost


def test_what_is_destroyed_leaves_the_shelf_once(db: Session) -> None:
    lot = make_lot(db, released=True)
    for _ in range(2):
        record(db, lot, "destruction", ROTTEN, key="the same form")
    assert (left(db, lot), lost(db, lot)) == (230, 10)
    assert queries.check_lot(db, lot).fault is None


def test_a_correction_gives_back_or_takes_the_difference(db: Session) -> None:
    lot = make_lot(db, released=True)
    entry = record(db, lot, "destruction", ROTTEN)
    correct(db, lot, entry, ROTTEN | {"quantity": 4})
    assert (left(db, lot), lost(db, lot)) == (236, 4)
    correct(db, lot, entry, ROTTEN | {"quantity": 6})
    assert (left(db, lot), lost(db, lot)) == (234, 6)


def test_a_held_lot_comes_back_without_what_was_destroyed(db: Session) -> None:
    lot = make_lot(db, released=True)
    services.hold_lot(db, lot_id=lot.id, reason="Chờ kiểm lại", actor_id=1, now=NOW)
    assert left(db, lot) == 0
    record(db, lot, "destruction", ROTTEN)
    assert left(db, lot) == 0
    services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    assert left(db, lot) == 230
    with pytest.raises(MoreThanMade):
        record(db, lot, "destruction", ROTTEN | {"quantity": 231})


def test_what_was_destroyed_before_the_release_never_reaches_the_shelf(db: Session) -> None:
    lot = make_lot(db)
    record(db, lot, "destruction", ROTTEN)
    services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    assert left(db, lot) == 230


def test_a_lot_destroyed_whole_cannot_be_released(db: Session) -> None:
    lot = make_lot(db)
    with pytest.raises(MoreThanMade):
        record(db, lot, "destruction", ROTTEN | {"quantity": 241})
    record(db, lot, "destruction", ROTTEN | {"quantity": 240})
    with pytest.raises(NothingLeft):
        services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)


def test_destroyed_raw_material_cannot_be_used_up(db: Session) -> None:
    product = make_product(db)
    raw = material(db, product)
    child = make_lot(db, product=product)
    use = {"child_id": child.id, "parent_id": raw.id, "actor_id": 1, "now": NOW}
    services.set_input(db, quantity=60, submit_key="input-one", **use)
    with pytest.raises(OverConsumed):
        record(db, raw, "destruction", ROTTEN | {"quantity": 50})
    record(db, raw, "destruction", ROTTEN | {"quantity": 40})
    assert [one.quantity for one in queries.usable_parents(db, child)] == [0]
    with pytest.raises(OverConsumed):
        services.set_input(db, quantity=70, submit_key="input-two", **use)


def material(db: Session, product: Product) -> Lot:
    return make_lot(
        db, product=product, kind="raw", material="Củ dong", uom="kg", quantity=100, events=False
    )


def test_a_sale_elsewhere_takes_units_and_stays_sealed(db: Session) -> None:
    lot = make_lot(db, released=True)
    entry = record(db, lot, "sale", STALL)
    assert (left(db, lot), lost(db, lot)) == (235, 0)
    assert entry.facts == {}
    assert entry.inner_facts["units"] == 5


def test_only_what_may_be_sold_is_sold_elsewhere(db: Session) -> None:
    lot = make_lot(db)
    with pytest.raises(NotSellable):
        record(db, lot, "sale", STALL)
    services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    services.hold_lot(db, lot_id=lot.id, reason="Chờ kiểm lại", actor_id=1, now=NOW)
    with pytest.raises(NotSellable):
        record(db, lot, "sale", STALL)
    old = make_lot(db, released=True, best_before=NOW.date())
    with pytest.raises(NotSellable):
        services.record_event(
            db,
            lot_id=old.id,
            kind="sale",
            facts=STALL,
            actor_id=1,
            now=NOW + timedelta(days=1),
            submit_key="a day late",
        )


def test_units_promised_to_buyers_are_neither_sold_nor_destroyed(db: Session) -> None:
    product = make_product(db)
    lot = make_lot(db, product=product, released=True, quantity=6)
    make_order(db, variant=variant_of(db, product), quantity=4)
    for kind, facts in (("sale", STALL), ("destruction", ROTTEN | {"quantity": 3})):
        with pytest.raises(NotEnoughStock), db.begin_nested():
            record(db, lot, kind, facts)
    record(db, lot, "sale", STALL | {"units": 2})
    assert left(db, lot) == 4


def test_a_shipped_parcel_stands_sealed_in_its_lots_journals_once(db: Session) -> None:
    product = make_product(db)
    lot = make_lot(db, product=product, released=True)
    order = make_order(db, variant=variant_of(db, product), quantity=3, confirmed=True)
    orders.pack_order(db, order_id=order.id, actor_id=7, now=NOW)
    parcel = orders.ship(
        db, order_id=order.id, carrier="Bưu điện", tracking_no="", actor_id=7, now=NOW
    )
    again = {"units_by_lot": {lot.id: 3}, "order_code": order.code, "actor_id": 7, "now": NOW}
    services.record_dispatch(db, key=f"shipment:{parcel.id}", **again)
    entries = [e for e in queries.events_of(db, lot.id) if e.kind == "dispatch"]
    assert [entry.inner_facts for entry in entries] == [{"units": 3, "order": order.code}]
    assert entries[0].facts == {}
    assert queries.check_lot(db, db.get_one(Lot, lot.id)).fault is None


@pytest.mark.parametrize("kind", ["release", "recall", "boxing", "dispatch", "hold", "closing"])
def test_what_services_write_is_recorded_by_no_form(db: Session, kind: str) -> None:
    lot = make_lot(db)
    with pytest.raises(UnknownKind):
        record(db, lot, kind, {"reason": "Tôi muốn"})


def test_raw_material_is_not_sold(db: Session) -> None:
    raw = material(db, make_product(db))
    with pytest.raises((UnknownKind, Invalid)):
        record(db, raw, "sale", STALL)
