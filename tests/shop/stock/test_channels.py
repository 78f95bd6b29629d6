"""Units kept for a channel: promises like any other, and the shop's own reserve."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.core.db import Database
from shop.core.errors import Invalid
from shop.stock import queries, services
from shop.stock.invariants import INVARIANTS
from shop.stock.models import StockMovement
from shop.stock.rules import SHOP, Level, NotForChannel, NotKept, OutOfStock, Want, channel_units
from shop.traceability.models import LotEvent
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock
from tests.shop.stock.test_services import lot_of

LOGIN = "producer@channels.test"
KEY = "submit-key-of-channels"


def check(db: Session) -> None:
    db.flush()
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


def level(db: Session, variant: Variant) -> Level:
    return queries.levels(db, [variant.id])[variant.id]


def keep(db: Session, variant: Variant, channel: str, units: int, now: datetime) -> None:
    services.keep_for_channel(
        db, variant_id=variant.id, channel=channel, units=units, actor_id=7, now=now
    )


def test_what_a_channel_keeps_the_shop_never_sells(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 10)
    for units in (4, 4, 6, 3):
        keep(db, variant, "shopee", units, now)
        assert level(db, variant) == Level(10, units)
        check(db)
    with pytest.raises(OutOfStock):
        services.reserve(db, wants=[Want("order_line:1", variant.id, 8)], expires_at=None, now=now)
    services.reserve(db, wants=[Want("order_line:1", variant.id, 7)], expires_at=None, now=now)
    with pytest.raises(NotForChannel, match="3"):
        keep(db, variant, "shopee", 4, now)
    with pytest.raises(NotForChannel):
        keep(db, variant, "lazada", 1, now)
    assert queries.kept_by_channel(db, [variant.id]) == {variant.id: {"shopee": 3}}
    keep(db, variant, "shopee", 0, now)
    assert level(db, variant) == Level(10, 7)
    check(db)
    keep(db, variant, "shopee", 2, now)
    assert level(db, variant) == Level(10, 9), "let go of and kept again"
    check(db)
    db.commit()


@pytest.mark.parametrize("units", [-1, 2**31, 10**18])
def test_absurd_figures_are_refused(
    db: Session, variant: Variant, now: datetime, units: int
) -> None:
    with pytest.raises(Invalid):
        keep(db, variant, "shopee", units, now)


def test_the_shops_own_reserve_stops_channels_and_not_the_shop(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 10)
    keep(db, variant, SHOP, 6, now)
    assert level(db, variant) == Level(10, 0), "buyers may have all of them"
    with pytest.raises(NotForChannel, match="4"):
        keep(db, variant, "shopee", 5, now)
    keep(db, variant, "shopee", 4, now)
    with pytest.raises(NotForChannel):
        keep(db, variant, SHOP, 7, now)
    services.reserve(db, wants=[Want("order_line:1", variant.id, 6)], expires_at=None, now=now)
    assert queries.channel_stock(db, [variant.id], "lazada") == {variant.id: 0}
    assert queries.channel_stock(db, [variant.id], "shopee") == {variant.id: 4}
    check(db)


def test_a_channel_may_offer_what_is_kept_or_what_is_free() -> None:
    assert channel_units(kept=3, available=50, shop_floor=0) == 3
    assert channel_units(kept=0, available=50, shop_floor=20) == 30
    assert channel_units(kept=0, available=5, shop_floor=20) == 0


def test_sold_there_they_leave_their_lots_once(
    db: Session, variant: Variant, now: datetime
) -> None:
    late = lot_of(db, variant, "MUON", best_before=date(2027, 6, 1))
    early = lot_of(db, variant, "SOM", best_before=date(2027, 1, 1))
    for lot in (late, early):
        make_stock(db, variant.id, 3, lot_id=lot.id)
    keep(db, variant, "shopee", 5, now)
    sale = {"variant_id": variant.id, "channel": "shopee", "actor_id": 7, "now": now}
    for _ in range(2):
        services.sell_on_channel(db, units=3, key="a" * 64, **sale)
    assert level(db, variant) == Level(3, 2)
    moves = db.execute(
        select(StockMovement.lot_id, StockMovement.quantity).where(
            StockMovement.reason == "sale_elsewhere"
        )
    ).all()
    assert moves == [(early.id, -3)], "first expired, first out; pressed twice, sold once"
    with pytest.raises(NotKept, match="2"):
        services.sell_on_channel(db, units=3, key="b" * 64, **sale)
    services.sell_on_channel(db, units=2, key="c" * 64, **sale)
    assert queries.kept_by_channel(db, [variant.id]) == {}
    told = db.scalars(select(LotEvent.lot_id).where(LotEvent.kind == "dispatch")).all()
    assert sorted(told) == sorted([early.id, late.id]), "the lots' journals say so"
    check(db)
    db.commit()


def test_the_page_keeps_and_sells(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        person = make_person(db, email=LOGIN)
        producer = make_producer(db, owner_id=person.id)
        mine = variant_of(db, make_product(db, producer=producer))
        other = variant_of(db, make_product(db))
        for one in (mine, other):
            make_stock(db, one.id, 10)
    client = signed_in(LOGIN)
    page = f"/ban-hang/kho/{mine.id}"
    good = {"channel": "shopee", "units": "4"}
    assert post(client, f"{page}/giu-rieng", good).status_code == 303
    assert "Shopee: <strong>4</strong>" in client.get(page).get_data(as_text=True)
    assert "Shopee: 4" in client.get("/ban-hang/kho").get_data(as_text=True)
    assert post(client, f"{page}/giu-rieng", good | {"units": "11"}).status_code == 409
    for field, value in (
        ("channel", ""),
        ("channel", "x" * 400_000),
        ("channel", "amazon"),
        ("channel", "\x00"),
        ("units", "-1"),
        ("units", str(2**31)),
        ("units", "1.5"),
        ("units", "💥"),
    ):
        assert post(client, f"{page}/giu-rieng", good | {field: value}).status_code == 422
        sale = good | {"submit_key": KEY, field: value}
        assert post(client, f"{page}/da-ban-kenh", sale).status_code == 422
    sale = {"channel": "shopee", "units": "3", "submit_key": KEY}
    for _ in range(2):
        assert post(client, f"{page}/da-ban-kenh", sale).status_code == 303
    assert post(client, f"{page}/da-ban-kenh", sale | {"submit_key": KEY * 2}).status_code == 409
    for path in ("giu-rieng", "da-ban-kenh"):
        assert post(client, f"/ban-hang/kho/{other.id}/{path}", sale).status_code == 404
    with database.read() as db:
        assert queries.levels(db, [mine.id, other.id]) == {
            mine.id: Level(7, 1),
            other.id: Level(10),
        }
        check_read(db)


def check_read(db: Session) -> None:
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name
