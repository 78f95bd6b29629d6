"""Parcels of an order on real commits: several of them, taken apart, failed, back."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets, Variant
from shop.core.errors import DomainError, NotFound
from shop.orders import invariants, queries, services
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import CannotPack, TooLate, WrongState
from shop.orders.rules.parcels import MAX_PARCELS, Back, NothingToPack, NotSettled, TooManyBack
from shop.stock import invariants as stock_invariants
from shop.stock import queries as stock_queries
from shop.stock.models import StockMovement
from shop.stock.rules import RETURNED, Level, WrongPick
from shop.traceability.models import Lot
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.stock import make_stock
from tests.shop.stock.test_services import lot_of


def check(db: Session) -> None:
    db.flush()
    for name, query in (invariants.INVARIANTS | stock_invariants.INVARIANTS).items():
        assert db.execute(text(query)).all() == [], name


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


@pytest.fixture
def lots(db: Session, variant: Variant) -> tuple[Lot, Lot]:
    """The first to expire, and the later one; five units in each."""
    early = lot_of(db, variant, "SOM", best_before=date(2027, 1, 1))
    late = lot_of(db, variant, "MUON", best_before=date(2027, 6, 1))
    for lot in (early, late):
        make_stock(db, variant.id, 5, lot_id=lot.id)
    return early, late


def level(db: Session, variant: Variant) -> Level:
    return stock_queries.levels(db, [variant.id])[variant.id]


def fresh(db: Session, order: Order) -> Order:
    return db.get_one(Order, order.id, populate_existing=True)


def line_of(db: Session, order: Order) -> int:
    found = db.scalar(select(OrderLine.id).where(OrderLine.order_id == order.id))
    assert found is not None
    return found


def in_parcel(db: Session, parcel: Shipment) -> list[ShipmentLine]:
    rows = db.scalars(
        select(ShipmentLine)
        .where(ShipmentLine.shipment_id == parcel.id)
        .order_by(ShipmentLine.id)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def kinds(db: Session, order: Order) -> list[str]:
    return [event.kind for event in queries.timeline(db, order.id, public_only=False)]


def test_an_order_goes_in_two_parcels_out_of_named_lots(
    db: Session, variant: Variant, lots: tuple[Lot, Lot], now: datetime
) -> None:
    early, late = lots
    order = make_order(db, variant=variant, quantity=7, confirmed=True)
    line, who = line_of(db, order), {"actor_id": 7, "now": now}
    act: dict[str, Any] = {"order_id": order.id, **who}
    first = services.pack_order(db, picks={line: [(late.id, 3)]}, is_part=True, **act)
    assert fresh(db, order).fulfilment_state == "packed"
    assert level(db, variant) == Level(7, 4)
    assert "lot_chosen" in kinds(db, order), "another lot than the first to expire is written down"
    check(db)
    services.ship(db, carrier="GHN", tracking_no="A1", shipment_id=first.id, **act)
    assert fresh(db, order).fulfilment_state == "partly_shipped"
    check(db)
    second = services.pack_order(db, **act)
    assert [(row.lot_id, row.quantity) for row in in_parcel(db, second)] == [(early.id, 4)]
    assert kinds(db, order).count("lot_chosen") == 1
    assert level(db, variant) == Level(3, 0)
    with pytest.raises(WrongState):
        services.pack_order(db, **act)
    services.ship(db, carrier="GHN", tracking_no="A2", shipment_id=second.id, **act)
    assert fresh(db, order).fulfilment_state == "shipped"
    services.deliver(db, shipment_id=second.id, **act)
    assert fresh(db, order).fulfilment_state == "shipped", "one of two is there"
    services.deliver(db, shipment_id=first.id, **act)
    assert fresh(db, order).fulfilment_state == "delivered"
    facets = db.get_one(ProductFacets, variant.product_id, populate_existing=True)
    assert facets.sold_count == 7
    check(db)
    db.commit()


def test_one_press_packs_once_and_a_part_must_be_meant(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=4, confirmed=True)
    line = line_of(db, order)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    with pytest.raises(CannotPack):
        services.pack_order(db, picks={line: [(None, 3)]}, **act)
    with pytest.raises(NothingToPack):
        services.pack_order(db, picks={line: [(None, 0)]}, is_part=True, **act)
    with pytest.raises(WrongPick):
        services.pack_order(db, picks={line: [(None, 5)]}, is_part=True, **act)
    with pytest.raises(WrongPick):
        services.pack_order(db, picks={line: [(None, 5), (9, -1)]}, is_part=True, **act)
    once = [
        services.pack_order(
            db, picks={line: [(None, 1)]}, is_part=True, submit_key="press-1", **act
        ).id
        for _ in range(2)
    ]
    assert once[0] == once[1]
    other = make_order(db, variant=variant, confirmed=True)
    with pytest.raises(WrongState):
        services.pack_order(db, **(act | {"order_id": other.id}), submit_key="press-1")
    assert queries.units_left(db, [order.id]) == {order.id: {line: 3}}
    check(db)


def test_an_order_has_so_many_parcels_at_most(db: Session, variant: Variant, now: datetime) -> None:
    order = make_order(db, variant=variant, quantity=MAX_PARCELS + 1, confirmed=True)
    line = line_of(db, order)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    for _ in range(MAX_PARCELS):
        services.pack_order(db, picks={line: [(None, 1)]}, is_part=True, **act)
    with pytest.raises(DomainError, match="nhiều nhất 20"):
        services.pack_order(db, **act)


def test_a_parcel_taken_apart_is_packed_again_from_another_lot(
    db: Session, variant: Variant, lots: tuple[Lot, Lot], now: datetime
) -> None:
    early, late = lots
    order = make_order(db, variant=variant, quantity=4, confirmed=True)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    parcel = services.pack_order(db, **act)
    early.state = "on_hold"
    db.flush()
    with pytest.raises(DomainError, match="SOM"):
        services.ship(db, carrier="A", tracking_no="", **act)
    services.unpack(db, shipment_id=parcel.id, **act)
    assert fresh(db, order).fulfilment_state == "none"
    assert db.get_one(ProductFacets, variant.product_id, populate_existing=True).sold_count == 0
    check(db)
    with pytest.raises(WrongState):
        services.unpack(db, shipment_id=parcel.id, **act)
    again = services.pack_order(db, **act)
    assert [row.lot_id for row in in_parcel(db, again)] == [late.id]
    services.ship(db, carrier="A", tracking_no="", **act)
    with pytest.raises(WrongState):
        services.unpack(db, shipment_id=again.id, **act)
    check(db)


def test_cancelling_gives_back_what_is_packed_and_what_is_not(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=5, confirmed=True)
    line = line_of(db, order)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    services.pack_order(db, picks={line: [(None, 2)]}, is_part=True, **act)
    services.cancel_order(db, by="seller", reason="quality", **act)
    assert level(db, variant) == Level(5, 0)
    assert fresh(db, order).fulfilment_state == "none"
    assert db.get_one(ProductFacets, variant.product_id, populate_existing=True).sold_count == 0
    check(db)
    sent = make_order(db, variant=variant, quantity=3, confirmed=True)
    act["order_id"] = sent.id
    services.pack_order(db, picks={line_of(db, sent): [(None, 1)]}, is_part=True, **act)
    services.ship(db, carrier="A", tracking_no="", **act)
    with pytest.raises(TooLate):
        services.cancel_order(db, by="seller", reason="quality", **act)


def test_a_failed_parcel_is_tried_again_or_comes_back_line_by_line(
    db: Session, variant: Variant, lots: tuple[Lot, Lot], now: datetime
) -> None:
    early, _late = lots
    order = make_order(db, variant=variant, quantity=4, confirmed=True)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    parcel = services.pack_order(db, **act)
    services.ship(db, carrier="GHTK", tracking_no="B1", **act)
    one: dict[str, Any] = {**act, "shipment_id": parcel.id}
    with pytest.raises(WrongState):
        services.fail_delivery(db, reason="x" * 999, **one)
    services.fail_delivery(db, reason="no_answer", **one)
    services.send_again(db, **one)
    assert fresh(db, order).fulfilment_state == "shipped"
    services.fail_delivery(db, reason="refused", **one)
    services.turn_back(db, **one)
    assert fresh(db, order).fulfilment_state == "failed_delivery"
    (row,) = in_parcel(db, parcel)
    for wrong in ([], [Back(row.id, 1, 1)], [Back(row.id, 4, 1)], [Back(row.id + 999, 4, 0)]):
        with pytest.raises(NotSettled):
            services.take_back(db, back=wrong, **one)
    services.take_back(db, back=[Back(row.id, 3, 1)], **one)
    with pytest.raises(WrongState):
        services.take_back(db, back=[Back(row.id, 3, 1)], **one)
    assert fresh(db, order).fulfilment_state == "returned"
    assert level(db, variant) == Level(9, 0)
    in_lot = {lot.lot_id: lot.on_hand for lot in stock_queries.lots_of(db, variant.id)}
    assert in_lot[early.id] == 4, "what comes back lies in its own lot"
    moves = db.execute(
        select(StockMovement.reason, StockMovement.quantity)
        .where(StockMovement.lot_id == early.id)
        .order_by(StockMovement.id)
    ).all()
    assert moves[-3:] == [("parcel_back", 1), ("written_off", -1), ("parcel_back", 3)]
    assert db.get_one(ProductFacets, variant.product_id, populate_existing=True).sold_count == 0
    check(db)
    services.cancel_order(db, by="seller", reason="undelivered", **act)
    assert level(db, variant) == Level(9, 0), "nothing is given back twice"
    check(db)
    db.commit()


def test_what_comes_back_of_a_held_lot_is_not_for_sale(
    db: Session, variant: Variant, lots: tuple[Lot, Lot], now: datetime
) -> None:
    early, _late = lots
    order = make_order(db, variant=variant, quantity=5, confirmed=True)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    parcel = services.pack_order(db, **act)
    services.ship(db, carrier="A", tracking_no="", **act)
    early.state = "recalled"
    db.flush()
    (row,) = in_parcel(db, parcel)
    services.take_back(db, shipment_id=parcel.id, back=[Back(row.id, 5, 0)], **act)
    assert level(db, variant) == Level(5, 0)
    check(db)


def test_returns_of_delivered_goods_go_through_the_same_door(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=3, confirmed=True)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    parcel = services.pack_order(db, **act)
    services.ship(db, carrier="A", tracking_no="", **act)
    (row,) = in_parcel(db, parcel)
    give: dict[str, Any] = {**act, "reason": RETURNED}
    with pytest.raises(NotFound):
        services.take_back_goods(db, back=[Back(row.id, 1, 0)], key="return:1", **give)
    services.deliver(db, **act)
    services.money_changed(db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=now)
    assert fresh(db, order).state == "completed"
    for _ in range(2):
        services.take_back_goods(db, back=[Back(row.id, 1, 0)], key="return:1", **give)
    assert level(db, variant) == Level(1, 0)
    assert fresh(db, order).fulfilment_state == "delivered"
    with pytest.raises(TooManyBack):
        services.take_back_goods(db, back=[Back(row.id, 3, 0)], key="return:2", **give)
    db.rollback()


def test_all_returned_says_so(db: Session, variant: Variant, now: datetime) -> None:
    order = make_order(db, variant=variant, quantity=2, confirmed=True)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": 7, "now": now}
    parcel = services.pack_order(db, **act)
    services.ship(db, carrier="A", tracking_no="", **act)
    services.deliver(db, **act)
    (row,) = in_parcel(db, parcel)
    give: dict[str, Any] = {**act, "reason": RETURNED}
    services.take_back_goods(db, back=[Back(row.id, 1, 0)], key="return:1", **give)
    services.take_back_goods(db, back=[Back(row.id, 0, 1)], key="return:2", **give)
    assert fresh(db, order).fulfilment_state == "returned"
    assert level(db, variant) == Level(1, 0)
    check(db)


def test_a_batch_does_each_and_says_what_came_of_it(
    db: Session, variant: Variant, now: datetime
) -> None:
    good = make_order(db, variant=variant, quantity=2, confirmed=True)
    waiting = make_order(db, variant=variant)
    other = make_order(db, variant=variant, confirmed=True)
    ids = [waiting.id, other.id, good.id]
    outcomes = services.pack_orders(db, order_ids=ids, submit_key="batch", actor_id=7, now=now)
    assert {one.code: one.refusal is None for one in outcomes} == {
        good.code: True,
        waiting.code: False,
        other.code: True,
    }
    assert level(db, variant) == Level(1, 1)
    again = services.pack_orders(db, order_ids=ids, submit_key="batch", actor_id=7, now=now)
    assert sum(one.refusal is None for one in again) == 2, "sent twice, packed once"
    assert len(db.scalars(select(Shipment)).all()) == 2
    sent = services.ship_orders(
        db,
        order_ids=ids,
        carrier="GHN",
        tracking_nos={good.id: "N1"},
        actor_id=7,
        now=now,
    )
    assert sum(one.refusal is None for one in sent) == 2
    numbers = {row.order_id: row.tracking_no for row in db.scalars(select(Shipment))}
    assert numbers == {good.id: "N1", other.id: ""}
    check(db)
    db.commit()
