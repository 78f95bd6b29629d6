"""One actor of a race in a process of its own: waits for the others, then acts.

python -m tests.shop.recalls.race URL START_AT WHAT [ARGUMENT...]
WHAT: ``recall LOT OWNER KEY`` · ``buy VARIANT NAME`` · ``pack LOT ORDER OWNER``, and controls.
Prints what came of it, in one line.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select, update

import wsgi
from config import Settings
from shop.catalogue.models import Producer, Variant
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.errors import Conflict, Unavailable
from shop.orders import services as orders
from shop.orders.models import OrderLine
from shop.orders.rules import OrderDraft
from shop.recalls import queries, services
from shop.recalls.models import Recall, RecallBuyer, RecallLine, RecallLot
from shop.recalls.services import RecallDraft
from shop.stock.rules import OutOfStock
from shop.traceability.models import Lot
from shop.traceability.services import recall_lots
from tests.factories.orders import make_contact, make_line
from tests.processes import begin

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WORDS = {
    "hazard": "2",
    "reason": "Kiểm nghiệm lại thấy ẩm vượt mức",
    "advice": "Ngừng dùng và gọi cho chúng tôi",
    "contact_phone": "0912345670",
}


def patient(act: Callable[[], str]) -> str:
    """As a browser told "busy" does: again."""
    for _ in range(30):
        try:
            return act()
        except Unavailable:
            continue
    raise TimeoutError("the database stayed busy")


def recall(database: Database, lot_id: int, owner_id: int, key: str) -> str:
    """The one confirmation."""

    def act() -> str:
        with database.write() as db:
            try:
                made = services.open_recall(
                    db,
                    draft=RecallDraft(lot_ids=[lot_id], **WORDS),
                    actor_id=owner_id,
                    sign=lambda code: code,
                    now=NOW,
                    submit_key=key,
                )
            except Conflict:
                return "refused"
            db.commit()
            return f"recalled {made.code}"

    return patient(act)


def recall_naively(database: Database, lot_id: int, owner_id: int) -> str:
    """The negative control: look for the buyers, think, then stop the lot."""
    with database.read() as db:
        found = queries.find(db, [lot_id], today=today_vn(NOW))
    time.sleep(0.4)
    with database.write() as db:
        row = Recall(
            code="NAIVE000",
            producer_id=found.producer_id,
            ordered_by="producer",
            opened_by=owner_id,
            opened_at=NOW,
            submit_key="naive-key-1",
            **WORDS,
        )
        db.add(row)
        db.flush()
        told = {"recall": row.code, "reason": WORDS["reason"], "advice": WORDS["advice"]}
        stopped = recall_lots(db, lot_ids=[lot_id], actor_id=owner_id, now=NOW, **told)
        db.add_all(RecallLot(lot_id=one.id, recall_id=row.id, is_chosen=True) for one in stopped)
        for number, buyer in enumerate(found.buyers):
            kept = RecallBuyer(
                code=f"N{number:011}",
                recall_id=row.id,
                recipient=f"order:{buyer.latest.order_id}",
                order_id=buyer.latest.order_id,
                has_goods=buyer.has_goods,
            )
            db.add(kept)
            db.flush()
            db.add_all(
                RecallLine(
                    buyer_id=kept.id,
                    order_line_id=sale.order_line_id,
                    lot_id=sale.lot_id,
                    is_out=sale.is_out,
                    units=sale.units,
                )
                for sale in buyer.sales
            )
        db.commit()
    return "recalled NAIVE000"


def buy(database: Database, variant_id: int, name: str) -> str:
    """One order after the other until there is nothing to buy."""
    bought = 0

    def act() -> str:
        with database.write() as db:
            variant = db.get_one(Variant, variant_id)
            seller = db.get_one(Producer, variant.producer_id)
            try:
                orders.create_order(
                    db,
                    draft=OrderDraft(
                        producer_id=seller.id,
                        producer_name=seller.name,
                        payment_provider="cod",
                        is_prepaid=False,
                        lines=(make_line(db, variant, 1),),
                        shipping_vnd=0,
                        expires_at=None,
                    ),
                    contact=make_contact(phone=f"09{name:0>8}"),
                    submit_key=f"race-{name}-{bought}",
                    now=NOW,
                )
            except OutOfStock:
                return "over"
            db.commit()
            return "bought"

    while patient(act) == "bought":
        bought += 1
    return f"bought {bought}"


def pack(database: Database, lot_id: int, order_id: int, owner_id: int) -> str:
    """Pack an order out of the lot, then send it."""

    def packing() -> str:
        with database.write() as db:
            line = db.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).one()
            picks = {line: [(lot_id, 1)]}
            try:
                orders.pack_order(db, order_id=order_id, picks=picks, actor_id=owner_id, now=NOW)
            except Conflict:
                return "kept"
            db.commit()
            return "packed"

    def sending() -> str:
        with database.write() as db:
            about = {"carrier": "GHN", "tracking_no": "1", "actor_id": owner_id, "now": NOW}
            try:
                orders.ship(db, order_id=order_id, **about)  # type: ignore[arg-type]
            except Conflict:
                return "packed"
            db.commit()
            return "sent"

    return "kept" if patient(packing) == "kept" else patient(sending)


def pack_naively(database: Database, lot_id: int, order_id: int, owner_id: int) -> str:
    """The control: looks whether the lot is fine, thinks, then sends without asking again."""
    with database.read() as db:
        is_fine = db.scalar(select(Lot.state).where(Lot.id == lot_id)) == "released"
    time.sleep(0.4)
    if not is_fine:
        return "kept"
    from shop.orders.models import Shipment, ShipmentLine

    with database.write() as db:
        line = db.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).one()
        parcel = Shipment(order_id=order_id, state="shipped", packed_at=NOW, shipped_at=NOW)
        db.add(parcel)
        db.flush()
        db.add(ShipmentLine(shipment_id=parcel.id, order_line_id=line, lot_id=lot_id, quantity=1))
        db.execute(update(OrderLine).where(OrderLine.id == line).values(sku="x"))
        db.commit()
    return "sent"


ACTORS: dict[str, Callable[..., str]] = {
    "recall": lambda db, lot, owner, key: recall(db, int(lot), int(owner), key),
    "naive": lambda db, lot, owner: recall_naively(db, int(lot), int(owner)),
    "buy": lambda db, variant, name: buy(db, int(variant), name),
    "pack": lambda db, lot, order, owner: pack(db, int(lot), int(order), int(owner)),
    "pack_naively": lambda db, lot, order, owner: pack_naively(
        db, int(lot), int(order), int(owner)
    ),
}


def main(url: str, what: str, *arguments: str) -> None:
    wsgi.create_app(Settings(app_env="testing", database_url=url, public_url="http://localhost"))
    database = Database(url)
    with database.read() as db:
        db.scalar(select(Lot.id).limit(1))
    begin()
    print(ACTORS[what](database, *arguments))
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
