"""Buyers in a process of their own: wait for the others, then take a place at the same moment.

python -m tests.shop.preorders.race URL WINDOW_CODE NUMBER START_AT {guarded|naive}
Prints how many of the process's BUYERS got a place.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import select, text, update

import wsgi
from config import Settings
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.preorders import services
from shop.preorders.models import ShipWindow
from shop.preorders.rules import WindowFull
from tests.factories.payments import make_config
from tests.factories.preorders import make_request
from tests.processes import begin

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BUYERS = 4


def take(database: Database, code: str, number: int) -> bool:
    """As the route does it; told "busy" (503 with Retry-After), a buyer tries again."""
    for _ in range(40):
        try:
            with database.write() as db:
                window = db.scalars(select(ShipWindow).where(ShipWindow.code == code)).one()
                request = make_request(
                    window, phone=f"09{number:08}", submit_key=f"race-key-{number:012}"
                )
                services.place_preorder(
                    db, request=request, buyer_id=None, config=make_config(), now=NOW
                )
                db.commit()
        except WindowFull:
            return False
        except Unavailable:
            continue
        return True
    raise TimeoutError("the database stayed busy")


def take_naively(database: Database, code: str, _number: int) -> bool:
    """The negative control: look, think, write what was counted."""
    with database.read() as db:
        window = db.scalars(select(ShipWindow).where(ShipWindow.code == code)).one()
        taken, capacity = window.taken, window.capacity
    time.sleep(0.3)
    if taken >= capacity:
        return False
    with database.write() as db:
        db.execute(update(ShipWindow).where(ShipWindow.code == code).values(taken=taken + 1))
        db.commit()
    return True


TRIES = {"guarded": take, "naive": take_naively}


def main(url: str, code: str, number: str, way: str) -> None:
    """The tries of one process."""
    wsgi.create_app(Settings(app_env="testing", database_url=url))  # declares messages
    database = Database(url)
    with database.read() as db:
        db.execute(text("SELECT 1"))
    begin()
    first = int(number) * BUYERS
    with ThreadPoolExecutor(BUYERS) as pool:
        got = pool.map(lambda one: TRIES[way](database, code, one), range(first, first + BUYERS))
        print(sum(got))
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
