"""A person at a desk in a process of their own: waits for the others, then acts on an import.

python -m tests.shop.sheets.race URL MEDIA IMPORT_ID ACTOR_ID VARIANT_ID START_AT WHAT
WHAT: ``confirm`` (and do the work), ``naive`` (read the state, think, write), ``price`` (set the
price of the variant), ``undo`` (and do the work), ``buy`` (hold units one by one).
Prints what came of it.
"""

import sys
import time
from pathlib import Path

from sqlalchemy import text

from shop.catalogue.services import edit_variant
from shop.core import clock
from shop.core.db import Database
from shop.core.errors import Conflict, Unavailable
from shop.core.storage import Storage
from shop.core.surroundings import Surroundings, configure
from shop.core.tasks import run_next
from shop.sheets import jobs, services
from shop.sheets.models import SheetImport
from shop.stock.rules import OutOfStock, Want
from shop.stock.services import reserve
from tests.processes import begin

assert jobs.commit_import


def patiently(do: object) -> str:
    """Told "busy" (503 with Retry-After), a person tries again."""
    for _ in range(40):
        try:
            return str(do())  # type: ignore[operator]
        except Unavailable:
            continue
    raise TimeoutError("the database stayed busy")


def confirm(database: Database, import_id: int, actor_id: int, _variant: int) -> str:
    def press() -> str:
        with database.write() as db:
            row = db.get_one(SheetImport, import_id)
            try:
                services.confirm_import(
                    db,
                    row=row,
                    digest=row.plan_digest or "",
                    actor_id=actor_id,
                    now=clock.now(),
                )
            except Conflict:
                return "refused"
            db.commit()
            return "confirmed"

    outcome = patiently(press)
    patiently(lambda: run_next(database, clock.now()))
    return outcome


def naive(database: Database, import_id: int, _actor: int, variant_id: int) -> str:
    """The negative control: read the state, think, add the units. Adds them more than once."""
    with database.read() as db:
        state = db.get_one(SheetImport, import_id).state
    time.sleep(4)
    if state != "judged":
        return "refused"

    def write() -> str:
        with database.write() as db:
            db.execute(
                text("UPDATE stock_level SET on_hand = on_hand + 10 WHERE variant_id = :v"),
                {"v": variant_id},
            )
            db.execute(
                text("UPDATE sheet_import SET state = 'committed' WHERE id = :i"), {"i": import_id}
            )
            db.commit()
        return "confirmed"

    return patiently(write)


def price(database: Database, _import: int, actor_id: int, variant_id: int) -> str:
    def change() -> str:
        with database.write() as db:
            edit_variant(
                db,
                variant_id=variant_id,
                actor_id=actor_id,
                changes={"price_vnd": 99_000},
                now=clock.now(),
            )
            db.commit()
        return "changed"

    return patiently(change)


def undo(database: Database, import_id: int, actor_id: int, _variant: int) -> str:
    def press() -> str:
        with database.write() as db:
            row = db.get_one(SheetImport, import_id)
            services.request_undo(db, row=row, actor_id=actor_id, now=clock.now())
            db.commit()
        return "undone"

    outcome = patiently(press)
    patiently(lambda: run_next(database, clock.now()))
    return outcome


def buy(database: Database, _import: int, actor_id: int, variant_id: int) -> str:
    bought = 0
    for number in range(30):

        def hold(number: int = number) -> str:
            with database.write() as db:
                want = Want(f"buyer:{actor_id}{number}", variant_id, 1)
                try:
                    reserve(db, wants=[want], expires_at=None, now=clock.now())
                except OutOfStock:
                    return "0"
                db.commit()
            return "1"

        bought += int(patiently(hold))
    return f"bought {bought}"


WAYS = {"confirm": confirm, "naive": naive, "price": price, "undo": undo, "buy": buy}


def main(url: str, media: str, import_id: str, actor: str, variant: str, what: str) -> None:
    database = Database(url)
    configure(database, Surroundings(Storage(Path(media)), "http://localhost"))
    with database.read() as db:
        db.get(SheetImport, int(import_id))
    begin()
    print(WAYS[what](database, int(import_id), int(actor), int(variant)))
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
