"""Stock verbs on real commits: sums hold, refusals leave nothing, asking twice does once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductFacets, Variant
from shop.core.db import Database
from shop.core.errors import Conflict, Invalid
from shop.core.text import random_code
from shop.stock import queries, services
from shop.stock.invariants import INVARIANTS
from shop.stock.models import StockMovement, StockReservation
from shop.stock.rules import (
    LivePriceOver,
    LotShort,
    NotEnoughStock,
    OutOfStock,
    Want,
    WrongPick,
)
from shop.traceability.models import Lot
from tests.factories.catalogue import make_product, make_variant, variant_of
from tests.factories.stock import make_stock

TODAY = date(2026, 11, 22)


def check(db: Session) -> None:
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


def lot_of(db: Session, variant: Variant, number: str, **over: object) -> Lot:
    values: dict[str, object] = {
        "product_id": variant.product_id,
        "producer_id": variant.producer_id,
        "variant_id": variant.id,
        "lot_no": number,
        "code": random_code(10),
        "submit_key": random_code(20),
        "quantity": 10,
        "made_on": date(2026, 11, 1),
        "state": "released",
        "head_hash": "0" * 64,
        "created_at": datetime.fromisoformat("2026-11-01T00:00:00+00:00"),
    } | over
    lot = Lot(**values)
    db.add(lot)
    db.flush()
    return lot


@pytest.fixture
def product(db: Session) -> Product:
    return make_product(db)


@pytest.fixture
def variant(db: Session, product: Product) -> Variant:
    return variant_of(db, product)


def available(db: Session, variant: Variant) -> int:
    return queries.levels(db, [variant.id])[variant.id].available


def test_receiving_twice_with_one_key_adds_once(
    db: Session, variant: Variant, now: datetime
) -> None:
    for _ in range(2):
        services.receive(db, variant_id=variant.id, quantity=7, reason="receipt", key="r1", now=now)
    assert available(db, variant) == 7
    facets = db.get_one(ProductFacets, variant.product_id, populate_existing=True)
    assert facets.available == 7
    check(db)
    db.commit()


@pytest.mark.parametrize("quantity", [0, -1, 2**31, 10**18])
def test_absurd_receipts_are_refused(
    db: Session, variant: Variant, now: datetime, quantity: int
) -> None:
    with pytest.raises(Invalid):
        services.receive(
            db, variant_id=variant.id, quantity=quantity, reason="receipt", key="r", now=now
        )


def test_reserving_sums_lines_and_refuses_as_a_whole(
    db: Session, product: Product, variant: Variant, now: datetime
) -> None:
    other = make_variant(db, product, label="Gói 1 kg")
    make_stock(db, variant.id, 5)
    make_stock(db, other.id, 1)
    with pytest.raises(OutOfStock) as refusal:
        services.reserve(
            db,
            wants=[
                Want("order_line:1", variant.id, 3),
                Want("order_line:2", variant.id, 3),
                Want("order_line:3", other.id, 1),
            ],
            expires_at=None,
            now=now,
        )
    assert refusal.value.shortages == {variant.id: 5}
    assert "Gói 500 g" in str(refusal.value)
    assert (available(db, variant), available(db, other)) == (5, 1)
    assert db.scalars(select(StockReservation)).all() == []
    check(db)


def test_holding_is_idempotent_by_owner_and_can_be_changed(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 10)
    for quantity in (4, 4, 6, 2):
        services.reserve(
            db,
            wants=[Want("session_item:1", variant.id, quantity)],
            expires_at=None,
            now=now,
        )
        assert available(db, variant) == 10 - quantity
        check(db)
    for _ in range(2):
        services.release(db, owner_keys=["session_item:1"], now=now)
        assert available(db, variant) == 10
    services.reserve(db, wants=[Want("session_item:1", variant.id, 1)], expires_at=None, now=now)
    assert available(db, variant) == 9
    check(db)
    db.commit()


def test_an_order_may_use_what_a_session_set_aside(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 5)
    services.reserve(db, wants=[Want("session_item:1", variant.id, 4)], expires_at=None, now=now)
    with pytest.raises(OutOfStock):
        services.reserve(db, wants=[Want("order_line:1", variant.id, 2)], expires_at=None, now=now)
    services.reserve(
        db,
        wants=[Want("order_line:1", variant.id, 2, from_owner="session_item:1")],
        expires_at=None,
        now=now,
    )
    assert queries.held_by(db, ["session_item:1", "order_line:1"]) == {
        "session_item:1": 2,
        "order_line:1": 2,
    }
    services.reserve(
        db,
        wants=[Want("order_line:2", variant.id, 3, from_owner="session_item:1")],
        expires_at=None,
        now=now,
    )
    assert queries.held_by(db, ["session_item:1"]) == {}
    assert available(db, variant) == 0
    check(db)


def test_packing_takes_from_lots_once(db: Session, variant: Variant, now: datetime) -> None:
    late = lot_of(db, variant, "L2", best_before=date(2027, 6, 1))
    early = lot_of(db, variant, "L1", best_before=date(2027, 1, 1))
    gone = lot_of(db, variant, "L0", best_before=date(2026, 11, 21))
    for lot in (late, early):
        make_stock(db, variant.id, 5, lot_id=lot.id)
    make_stock(db, variant.id, 2)
    make_stock(db, variant.id, 9, lot_id=gone.id)
    assert available(db, variant) == 12, "units of a lot past its day never become sellable"
    services.reserve(db, wants=[Want("order_line:1", variant.id, 7)], expires_at=None, now=now)
    picks = queries.pick_fefo(db, variant.id, 7, TODAY)
    assert picks == [(early.id, 5), (late.id, 2)]
    with pytest.raises(WrongPick):
        services.commit(
            db, owner_key="order_line:1", variant_id=variant.id, picks=picks[:1], now=now
        )
    with pytest.raises(LotShort):
        services.commit(
            db, owner_key="order_line:1", variant_id=variant.id, picks=[(early.id, 7)], now=now
        )
    with pytest.raises(LotShort):
        services.commit(
            db, owner_key="order_line:1", variant_id=variant.id, picks=[(None, 7)], now=now
        )
    check(db)
    for _ in range(2):
        services.commit(db, owner_key="order_line:1", variant_id=variant.id, picks=picks, now=now)
    level = queries.levels(db, [variant.id])[variant.id]
    assert (level.on_hand, level.reserved) == (5, 0)
    with pytest.raises(Conflict):
        services.commit(
            db, owner_key="order_line:9", variant_id=variant.id, picks=[(None, 1)], now=now
        )
    check(db)
    db.commit()


def test_a_held_lot_leaves_the_shelf_and_comes_back(
    db: Session, variant: Variant, now: datetime
) -> None:
    lot = lot_of(db, variant, "L1")
    arguments = {"lot_id": lot.id, "variant_id": variant.id, "quantity": 10, "now": now}
    services.put_lot_on_sale(db, **arguments)
    services.put_lot_on_sale(db, **arguments)
    services.reserve(db, wants=[Want("order_line:1", variant.id, 4)], expires_at=None, now=now)
    lot.state = "on_hold"
    db.flush()
    services.block_lots(db, variant_ids=[variant.id], now=now)
    assert available(db, variant) == 0
    assert queries.pick_fefo(db, variant.id, 4, TODAY) == []
    with pytest.raises(LotShort):
        services.commit(
            db, owner_key="order_line:1", variant_id=variant.id, picks=[(lot.id, 4)], now=now
        )
    services.release(db, owner_keys=["order_line:1"], now=now)
    assert available(db, variant) == 0, "what an order gives back of a held lot is not for sale"
    check(db)
    lot.state = "released"
    db.flush()
    services.put_lot_on_sale(db, **arguments)
    assert available(db, variant) == 10
    check(db)
    db.commit()


def test_counting_and_correcting_respects_promises(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 10)
    services.reserve(db, wants=[Want("order_line:1", variant.id, 6)], expires_at=None, now=now)
    count = {"variant_id": variant.id, "reason": "count", "now": now}
    assert services.count_stock(db, counted=8, key="c1", **count) == -2
    assert services.count_stock(db, counted=99, key="c1", **count) == 0, "one key, one count"
    with pytest.raises(NotEnoughStock):
        services.count_stock(db, counted=5, key="c2", **count)
    assert services.count_stock(db, counted=8, key="c3", **count) == 0
    with pytest.raises(NotEnoughStock):
        services.adjust(db, quantity=-3, key="a1", **count)
    assert available(db, variant) == 2
    check(db)
    db.commit()


def test_loose_units_and_lots_are_counted_apart(
    db: Session, variant: Variant, now: datetime
) -> None:
    lot = lot_of(db, variant, "L1")
    make_stock(db, variant.id, 5, lot_id=lot.id)
    make_stock(db, variant.id, 3)
    with pytest.raises(NotEnoughStock):
        services.adjust(db, variant_id=variant.id, quantity=-4, reason="damaged", key="a", now=now)
    change = services.count_stock(
        db,
        variant_id=variant.id,
        counted=4,
        reason="damaged",
        key="b",
        lot_id=lot.id,
        now=now,
    )
    assert change == -1
    assert available(db, variant) == 7
    check(db)


def test_live_price_holds_in_its_window_and_up_to_its_cap(
    db: Session, variant: Variant, now: datetime
) -> None:
    window = services.set_price_window(
        db,
        owner_key="session_item:1",
        variant_id=variant.id,
        price_vnd=52_000,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        cap=3,
    )
    assert queries.prices(db, [variant.id], now)[variant.id].price_vnd == 52_000
    assert queries.prices(db, [variant.id], now - timedelta(seconds=1)) == {}
    assert queries.prices(db, [variant.id], now + timedelta(hours=1)) == {}
    services.take_live_price(db, window_id=window.id, quantity=2, now=now)
    with pytest.raises(LivePriceOver):
        services.take_live_price(db, window_id=window.id, quantity=2, now=now)
    services.take_live_price(db, window_id=window.id, quantity=1, now=now)
    assert queries.prices(db, [variant.id], now) == {}
    services.give_back_live_price(db, window_id=window.id, quantity=2)
    assert queries.prices(db, [variant.id], now)[variant.id].left == 2
    services.drop_price_windows(db, owner_key="session_item:1")
    assert queries.prices(db, [variant.id], now) == {}
    with pytest.raises(LivePriceOver):
        services.take_live_price(db, window_id=window.id, quantity=1, now=now)
    db.commit()


@pytest.mark.parametrize("change", [{"price_vnd": 999}, {"ends_at": None}, {"cap": 0}])
def test_absurd_live_prices_are_refused(
    db: Session, variant: Variant, now: datetime, change: dict[str, object]
) -> None:
    values: dict[str, object] = {
        "price_vnd": 52_000,
        "starts_at": now,
        "ends_at": now + timedelta(hours=1),
    } | ({"ends_at": now} if "ends_at" in change else change)
    with pytest.raises(Invalid):
        services.set_price_window(db, owner_key="session_item:1", variant_id=variant.id, **values)


def test_the_database_refuses_to_promise_more_than_there_is(
    database: Database, now: datetime
) -> None:
    with database.write() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, 1)
        db.commit()
    with database.write() as db, pytest.raises(IntegrityError):
        db.execute(text("UPDATE stock_level SET reserved = 2"))
    with database.write() as db, pytest.raises(IntegrityError, match="append-only"):
        db.execute(text("DELETE FROM stock_movement"))
    with database.read() as db:
        assert len(db.scalars(select(StockMovement)).all()) == 1
