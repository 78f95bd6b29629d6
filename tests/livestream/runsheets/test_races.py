"""Many buyers at one live price: never more than its cap, and a control that reads, then writes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.stock.models import PriceWindow
from shop.stock.rules import LivePriceOver
from shop.stock.services import give_back_live_price, set_price_window, take_live_price
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW
from tests.livestream.sessions.test_races import at_once

CAP = 7


def opened(database: Database) -> int:
    with database.transaction() as db:
        window = set_price_window(
            db,
            owner_key="session_item:1",
            variant_id=variant_of(db, make_product(db)).id,
            price_vnd=30_000,
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            cap=CAP,
        )
        return window.id


def sold(database: Database, window_id: int) -> int:
    with database.read() as db:
        return db.scalars(select(PriceWindow.sold).where(PriceWindow.id == window_id)).one()


def test_no_more_than_the_cap_is_sold(database: Database) -> None:
    window_id = opened(database)

    def buy() -> None:
        with database.transaction() as db:
            take_live_price(db, window_id=window_id, quantity=1, now=NOW)

    refused = at_once([buy for _ in range(16)])
    assert len(refused) == 16 - CAP
    assert all(isinstance(error, LivePriceOver) for error in refused)
    assert sold(database, window_id) == CAP
    with database.transaction() as db:  # no order stands behind these units
        give_back_live_price(db, window_id=window_id, quantity=CAP)


@pytest.mark.control
def test_reading_first_and_writing_later_loses_count(database: Database) -> None:
    """The control: two buyers read the same figure before either writes."""
    window_id = opened(database)

    def seen(db: Session) -> int:
        return db.scalars(select(PriceWindow.sold).where(PriceWindow.id == window_id)).one()

    def write(figure: int) -> Callable[[], None]:
        def job() -> None:
            with database.transaction() as db:
                db.execute(
                    update(PriceWindow).where(PriceWindow.id == window_id).values(sold=figure + 1)
                )

        return job

    with database.read() as first, database.read() as second:
        figures = [seen(first), seen(second)]
    at_once([write(figure) for figure in figures])
    assert sold(database, window_id) == 1, "two were sold and one was counted"
