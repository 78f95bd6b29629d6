"""Stock-take: what is sold meanwhile stays right, and nothing is corrected twice."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.stock import queries, services
from shop.stock.invariants import INVARIANTS
from shop.stock.models import StockTake, StockTakeLine
from shop.stock.rules import (
    BELOW_PROMISED,
    CORRECTED_SINCE,
    Count,
    Level,
    NothingCounted,
    NothingToCount,
    TakeClosed,
    TakeFaults,
    Want,
)
from shop.traceability.models import Lot
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock
from tests.shop.stock.test_services import lot_of

LOGIN = "producer@takes.test"
KEY = "submit-key-of-a-take"


def check(db: Session) -> None:
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


@pytest.fixture
def product(db: Session) -> Product:
    return make_product(db)


@pytest.fixture
def variant(db: Session, product: Product) -> Variant:
    return variant_of(db, product)


@pytest.fixture
def lot(db: Session, variant: Variant) -> Lot:
    lot = lot_of(db, variant, "SOM", best_before=date(2027, 1, 1))
    make_stock(db, variant.id, 10, lot_id=lot.id)
    make_stock(db, variant.id, 4)
    return lot


def level(db: Session, variant: Variant) -> Level:
    return queries.levels(db, [variant.id])[variant.id]


def open_take(db: Session, product: Product, now: datetime, key: str = KEY) -> StockTake:
    return services.open_take(
        db,
        producer_id=product.producer_id,
        product_id=None,
        submit_key=key,
        actor_id=7,
        now=now,
    )


def lines_of(db: Session, take: StockTake) -> dict[int | None, int]:
    rows = db.execute(
        select(StockTakeLine.lot_id, StockTakeLine.id).where(StockTakeLine.take_id == take.id)
    )
    return {row.lot_id: row.id for row in rows}


def test_differences_are_shown_first_and_written_once(
    db: Session, product: Product, variant: Variant, lot: Lot, now: datetime
) -> None:
    take = open_take(db, product, now)
    assert open_take(db, product, now).id == take.id, "pressed twice, one sheet"
    lines = lines_of(db, take)
    assert set(lines) == {lot.id, None}
    act: dict[str, Any] = {"take_id": take.id, "actor_id": 7, "now": now}
    with pytest.raises(NothingCounted):
        services.confirm_take(db, **act)
    services.save_counts(
        db, counts=[Count(lines[lot.id], 8, "damaged"), Count(lines[None], 5)], **act
    )
    shown = {line.lot_no: line.difference for line in queries.sheet(db, take.id)}
    assert shown == {"SOM": -2, None: 1}
    assert level(db, variant) == Level(14, 0), "a count alone changes nothing"
    assert services.confirm_take(db, **act) == 2
    assert level(db, variant) == Level(13, 0)
    for again in (services.confirm_take, services.drop_take):
        with pytest.raises(TakeClosed):
            again(db, **act)
    with pytest.raises(TakeClosed):
        services.save_counts(db, counts=[Count(lines[None], 1)], **act)
    check(db)
    db.commit()


def test_what_is_sold_after_counting_stays_right(
    db: Session, product: Product, variant: Variant, lot: Lot, now: datetime
) -> None:
    services.reserve(db, wants=[Want("order_line:1", variant.id, 3)], expires_at=None, now=now)
    take = open_take(db, product, now)
    act: dict[str, Any] = {"take_id": take.id, "actor_id": 7, "now": now}
    services.save_counts(db, counts=[Count(lines_of(db, take)[lot.id], 9)], **act)
    services.commit(
        db, owner_key="order_line:1", variant_id=variant.id, picks=[(lot.id, 3)], now=now
    )
    services.confirm_take(db, **act)
    (found,) = queries.lots_of(db, variant.id)
    assert found.on_hand == 6, "nine were there, three were packed since"
    check(db)


def test_two_counts_of_one_loss_take_it_off_once(
    db: Session, product: Product, variant: Variant, lot: Lot, now: datetime
) -> None:
    first, second = open_take(db, product, now), open_take(db, product, now, f"{KEY}-2")
    for take in (first, second):
        services.save_counts(
            db,
            take_id=take.id,
            counts=[Count(lines_of(db, take)[lot.id], 8)],
            actor_id=7,
            now=now,
        )
    services.confirm_take(db, take_id=first.id, actor_id=7, now=now)
    with pytest.raises(TakeFaults) as refusal:
        services.confirm_take(db, take_id=second.id, actor_id=8, now=now)
    assert list(refusal.value.lines.values()) == [CORRECTED_SINCE]
    assert level(db, variant) == Level(12, 0)
    line = lines_of(db, second)[lot.id]
    services.save_counts(db, take_id=second.id, counts=[Count(line, 8)], actor_id=8, now=now)
    assert services.confirm_take(db, take_id=second.id, actor_id=8, now=now) == 0
    assert level(db, variant) == Level(12, 0), "counted again, nothing differs"
    check(db)
    db.commit()


def test_a_count_below_what_is_promised_writes_nothing_at_all(
    db: Session, product: Product, variant: Variant, lot: Lot, now: datetime
) -> None:
    services.reserve(db, wants=[Want("order_line:1", variant.id, 12)], expires_at=None, now=now)
    take = open_take(db, product, now)
    lines = lines_of(db, take)
    act: dict[str, Any] = {"take_id": take.id, "actor_id": 7, "now": now}
    services.save_counts(db, counts=[Count(lines[lot.id], 5), Count(lines[None], 6)], **act)
    with pytest.raises(TakeFaults) as refusal:
        services.confirm_take(db, **act)
    assert refusal.value.lines == {lines[lot.id]: BELOW_PROMISED}
    assert level(db, variant) == Level(14, 12)
    services.save_counts(db, counts=[Count(lines[lot.id], None)], **act)
    assert services.confirm_take(db, **act) == 1
    assert level(db, variant) == Level(16, 12)
    check(db)


def test_held_lots_are_not_on_the_sheet(
    db: Session, product: Product, variant: Variant, lot: Lot, now: datetime
) -> None:
    lot.state = "on_hold"
    db.flush()
    services.block_lots(db, variant_ids=[variant.id], now=now)
    assert set(lines_of(db, open_take(db, product, now))) == {None}


def test_odd_counts_are_refused(db: Session, product: Product, lot: Lot, now: datetime) -> None:
    take, other = open_take(db, product, now), open_take(db, product, now, f"{KEY}-2")
    line = lines_of(db, take)[None]
    act: dict[str, Any] = {"take_id": take.id, "actor_id": 7, "now": now}
    for count in (Count(line, -1), Count(line, 2**31), Count(line, 1, "sale")):
        with pytest.raises(Invalid):
            services.save_counts(db, counts=[count], **act)
    with pytest.raises(NotFound):
        services.save_counts(db, counts=[Count(lines_of(db, other)[None], 1)], **act)
    with pytest.raises(NothingToCount):
        services.open_take(
            db, producer_id=10**6, product_id=None, submit_key="x" * 20, actor_id=7, now=now
        )


@pytest.fixture
def seller(database: Database, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    with database.transaction() as db:
        person = make_person(db, email=LOGIN, name="Chị Hoan")
        producer = make_producer(db, owner_id=person.id)
        make_stock(db, variant_of(db, make_product(db, producer=producer)).id, 10)
    return signed_in(LOGIN)


PAGE = "/ban-hang/kho/kiem-ke"


def test_the_sheet_on_the_page(seller: FlaskClient, database: Database) -> None:
    form = seller.get(PAGE).get_data(as_text=True)
    assert 'value="p1"' in form
    for goods in ("", "p999", "s999", "x", "p1; DROP", "💥", "x" * 400_000):
        opened = post(seller, PAGE, {"goods": goods, "submit_key": KEY})
        assert opened.status_code == 422, goods[:9]
    opened = post(seller, PAGE, {"goods": "p1", "submit_key": KEY})
    assert opened.status_code == 303
    sheet = opened.location
    with database.read() as db:
        (line,) = db.scalars(select(StockTakeLine.id)).all()
    for value in ("-1", "1.5", str(2**63), "x" * 400_000, "💥"):
        answer = post(seller, f"{sheet}/luu", {f"dem_{line}": value})
        assert answer.status_code == 422, value[:9]
    bad = {f"dem_{line}": "3", f"ly_do_{line}": "x" * 5000}
    assert post(seller, f"{sheet}/luu", bad).status_code == 422
    assert post(seller, f"{sheet}/luu", {f"dem_{line}": "8"}).status_code == 303
    page = seller.get(sheet).get_data(as_text=True)
    assert "lệch -2" in page
    assert "Chị Hoan" in page
    stale = {f"dem_{line}": "", f"cu_{line}": ""}
    assert post(seller, f"{sheet}/luu", stale).status_code == 303
    assert "lệch -2" in seller.get(sheet).get_data(as_text=True), "an old page undoes nothing"
    assert post(seller, f"{sheet}/ghi-so").status_code == 303
    assert post(seller, f"{sheet}/ghi-so").status_code == 409
    assert "Đã ghi sổ" in seller.get(PAGE).get_data(as_text=True)
    with database.read() as db:
        check(db)


def test_somebody_elses_sheet_is_not_found(
    seller: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        product = make_product(db)
        make_stock(db, variant_of(db, product).id, 3)
        take = open_take(db, product, now)
        line = lines_of(db, take)[None]
    page = f"{PAGE}/{take.id}"
    assert seller.get(page).status_code == 404
    for step in ("luu", "ghi-so", "bo"):
        assert post(seller, f"{page}/{step}", {f"dem_{line}": "1"}).status_code == 404
    assert seller.get(f"{PAGE}/{2**31}").status_code == 404
    assert f"/kiem-ke/{take.id}" not in seller.get(PAGE).get_data(as_text=True)
    assert (
        post(seller, PAGE, {"goods": f"p{product.producer_id}", "submit_key": KEY}).status_code
        == 422
    )
