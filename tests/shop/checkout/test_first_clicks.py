"""Two first clicks of one person at the same moment open one basket."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import func, select

from shop.checkout import services
from shop.checkout.models import Basket
from shop.core.db import Database
from tests.factories.accounts import make_person

CLICKS = 4


def test_one_basket(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        person = make_person(db).id
    start = threading.Barrier(CLICKS)

    def open_one(number: int) -> int:
        start.wait()
        with database.transaction() as db:
            basket = services.open_basket(
                db, token_hash="", new_token_hash=f"{number:064}", person_id=person, now=now
            )
            return basket.id

    with ThreadPoolExecutor(CLICKS) as pool:
        opened = set(pool.map(open_one, range(CLICKS)))
    assert len(opened) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).where(Basket.person_id == person)) == 1
