"""A partner's document: kept as it was understood; its lots become raw lots, each once."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.core.text import clean
from shop.exchange.models import PartnerDocument, PartnerReceipt
from shop.exchange.rules import capture
from shop.exchange.rules.links import AlreadyTaken, FractionTooLarge, UnknownItem
from shop.traceability import services as trace
from shop.traceability.models import Lot
from shop.traceability.rules.lots import MAX_QUANTITY


def keep_document(
    db: Session, *, producer_id: int, raw: bytes, name: str, actor_id: int, now: datetime
) -> PartnerDocument:
    """Read a document and keep what it says; the same bytes again give the same row.

    Nothing happens to any lot yet. Raises TooBig, NotEpcis.
    """
    captured = capture.read(raw)
    sha = hashlib.sha256(raw).hexdigest()
    db.execute(
        insert_into(db, PartnerDocument)
        .values(
            producer_id=producer_id,
            sha256=sha,
            name=clean(name)[:120] or "epcis.json",
            sender=captured.sender,
            event_count=captured.events,
            items=[_stored(item) for item in captured.items],
            uploaded_by=actor_id,
            uploaded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["producer_id", "sha256"])
    )
    return db.scalars(
        select(PartnerDocument).where(
            PartnerDocument.producer_id == producer_id, PartnerDocument.sha256 == sha
        )
    ).one()


def _stored(item: capture.Item) -> dict[str, Any]:
    """An item as JSON; ``digest`` makes it taken once: its last event and its name."""
    named = f"{item.event_id}\n{item.class_id}"
    return {
        "class_id": item.class_id,
        "digest": hashlib.sha256(named.encode()).hexdigest(),
        "lot_no": item.lot_no,
        "quantity": None if item.quantity is None else format(item.quantity, "f"),
        "uom": item.uom,
        "product": item.product,
        "at": item.at.isoformat(),
        "history": list(item.history),
    }


def receive_item(
    db: Session,
    *,
    document: PartnerDocument,
    number: int,
    product_id: int,
    material: str,
    supplier: str,
    quantity_kg: Decimal,
    made_on: date,
    actor_id: int,
    now: datetime,
) -> Lot:
    """Open a raw lot for the document's item ``number`` (from 0) with a receipt in its journal.

    Whole kilograms are kept as kg, fractions as grams. Raises UnknownItem, AlreadyTaken,
    FractionTooLarge, and what opening a lot and recording an event raise.
    """
    if not 0 <= number < len(document.items):
        raise UnknownItem
    item = document.items[number]
    is_whole = quantity_kg == quantity_kg.to_integral_value()
    quantity = int(quantity_kg) if is_whole else int(quantity_kg * 1000)
    if not is_whole and quantity > MAX_QUANTITY:
        raise FractionTooLarge(field="quantity_kg")
    if _is_taken(db, document.producer_id, item["digest"]):
        raise AlreadyTaken
    key = f"{item['digest'][:40]}:{document.producer_id}"
    lot = trace.open_lot(
        db,
        product_id=product_id,
        quantity=quantity,
        uom="kg" if is_whole else "g",
        kind="raw",
        material=material,
        made_on=made_on,
        actor_id=actor_id,
        now=now,
        submit_key=f"epcis:{key}",
    )
    _take_once(db, document, item, lot, actor_id, now)
    trace.record_event(
        db,
        lot_id=lot.id,
        kind="receipt",
        facts={
            "material": material,
            "quantity_kg": format(quantity_kg, "f"),
            "supplier": supplier,
            "supplier_lot": item["lot_no"],
        },
        actor_id=actor_id,
        now=now,
        submit_key=f"receipt:{key}",
    )
    return lot


def _is_taken(db: Session, producer_id: int, digest: str) -> bool:
    known = select(PartnerReceipt.id).where(
        PartnerReceipt.producer_id == producer_id, PartnerReceipt.event_digest == digest
    )
    return db.scalar(known) is not None


def _take_once(
    db: Session,
    document: PartnerDocument,
    item: dict[str, Any],
    lot: Lot,
    actor_id: int,
    now: datetime,
) -> None:
    receipt = PartnerReceipt(
        producer_id=document.producer_id,
        document_id=document.id,
        event_digest=item["digest"],
        class_id=item["class_id"],
        lot_id=lot.id,
        taken_by=actor_id,
        taken_at=now,
    )
    try:
        with db.begin_nested():
            db.add(receipt)
            db.flush()
    except IntegrityError:
        raise AlreadyTaken from None
