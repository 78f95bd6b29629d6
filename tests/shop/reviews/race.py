"""A buyer in a process of its own: waits for the others, then sends the same review.

python -m tests.shop.reviews.race URL ORDER_ID LINE_ID NUMBER START_AT {guarded|naive}
Prints ``written`` or ``refused``.
"""

import sys
import time
from datetime import UTC, datetime

from sqlalchemy import text

import wsgi
from config import Settings
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.reviews import services
from shop.reviews.rules import AlreadyReviewed
from shop.reviews.services import ReviewDraft
from tests.processes import begin

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def write(database: Database, order_id: int, line_id: int, number: int) -> bool:
    """As the route does it; told "busy" (503 with Retry-After), a buyer tries again."""
    for _ in range(20):
        try:
            with database.write() as db:
                services.write_review(
                    db,
                    order_id=order_id,
                    line_id=line_id,
                    draft=ReviewDraft(5, "Ngon"),
                    submit_key=f"race-key-{number:08}",
                    actor_id=None,
                    now=NOW,
                )
                db.commit()
        except AlreadyReviewed:
            return False
        except Unavailable:
            continue
        return True
    raise TimeoutError("the database stayed busy")


def write_naively(database: Database, _order_id: int, line_id: int, _number: int) -> bool:
    """The negative control: look, think, write, in a table without the constraint."""
    with database.read() as db:
        query = text("SELECT count(*) FROM bare_review WHERE order_line_id = :l")
        is_free = db.scalar(query, {"l": line_id}) == 0
    time.sleep(0.3)
    if not is_free:
        return False
    with database.write() as db:
        db.execute(text("INSERT INTO bare_review (order_line_id) VALUES (:l)"), {"l": line_id})
        db.commit()
    return True


TRIES = {"guarded": write, "naive": write_naively}


def main(url: str, order_id: str, line_id: str, number: str, way: str) -> None:
    """One try of one process."""
    wsgi.create_app(Settings(app_env="testing", database_url="sqlite://"))  # declares messages
    database = Database(url)
    with database.read() as db:
        db.execute(text("SELECT 1"))
    begin()
    is_written = TRIES[way](database, int(order_id), int(line_id), int(number))
    print("written" if is_written else "refused")
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
