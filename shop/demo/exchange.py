"""A partner's EPCIS document with one lot taken in, linked into a demo lot; an inspector's link."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.clock import today_vn
from shop.demo.imports import LOGIN, PRODUCER
from shop.demo.people import person_id
from shop.exchange import services
from shop.exchange.models import PartnerDocument
from shop.exchange.rules.epcis import CONTEXT
from shop.traceability.models import Lot

PARTNER: Final = "https://doi-tac.example"
SUPPLIER: Final = "Tổ hợp tác trồng dong (minh họa)"


def load_exchange(db: Session, *, now: datetime) -> int:
    """Load what is missing; how many documents were made."""
    producer = db.scalars(select(Producer).where(Producer.name == PRODUCER)).first()
    if producer is None or db.scalar(select(PartnerDocument.id).limit(1)) is not None:
        return 0
    actor_id = person_id(db, LOGIN)
    lot = db.scalars(
        select(Lot)
        .where(Lot.producer_id == producer.id, Lot.kind == "finished", Lot.state == "released")
        .order_by(Lot.id)
        .limit(1)
    ).one()
    document = services.keep_document(
        db,
        producer_id=producer.id,
        raw=json.dumps(_document(now), ensure_ascii=False).encode(),
        name="giao-bot-dong.jsonld",
        actor_id=actor_id,
        now=now,
    )
    services.receive_item(
        db,
        document=document,
        number=0,
        product_id=lot.product_id,
        material="Bột dong riềng (minh họa)",
        supplier=SUPPLIER,
        quantity_kg=Decimal(120),
        made_on=today_vn(now),
        actor_id=actor_id,
        now=now,
    )
    services.grant_link(
        db,
        lot=lot,
        label="Chi cục Quản lý chất lượng (minh họa)",
        days=30,
        actor_id=actor_id,
        now=now,
    )
    return 1


def _document(now: datetime) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"doitac": f"{PARTNER}/epcis#"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now.isoformat(timespec="seconds"),
        "epcisBody": {
            "eventList": [
                _event(now - timedelta(days=6), "commissioning", "BD-1126-1", 120, "ADD"),
                _event(now - timedelta(days=1), "shipping", "BD-1126-1", 120, "OBSERVE"),
                _event(now - timedelta(days=2), "shipping", "BD-1126-2", 80, "OBSERVE"),
            ]
        },
    }


def _event(at: datetime, step: str, lot_no: str, kilograms: int, action: str) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"{PARTNER}/su-kien/{lot_no}/{step}",
        "eventTime": at.isoformat(timespec="seconds"),
        "eventTimeZoneOffset": "+07:00",
        "action": action,
        "bizStep": step,
        "quantityList": [
            {"epcClass": f"{PARTNER}/lo/{lot_no}", "quantity": kilograms, "uom": "KGM"}
        ],
        "sourceList": [{"type": "owning_party", "source": PARTNER}],
        "ilmd": {"cbvmda:lotNumber": lot_no, "doitac:productName": "Bột dong riềng"},
    }
