"""The one confirmation: sale stops, pages turn red, sessions let go, every buyer is told once."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of, staff_of
from shop.catalogue.models import Producer
from shop.catalogue.services import set_recall
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.text import clean, random_code
from shop.notifications.services import contact, notify
from shop.recalls import queries, rules
from shop.recalls.models import Recall, RecallBuyer, RecallLine, RecallLot
from shop.recalls.rules import Buyer
from shop.recalls.services.rights import audit, require_orderer
from shop.recalls.services.telling import Signer, tell_buyers
from shop.traceability.models import Lot
from shop.traceability.services import recall_lots


@dataclass(frozen=True)
class RecallDraft:
    """What the person who orders a recall says."""

    lot_ids: Collection[int]
    hazard: str
    reason: str
    advice: str
    contact_phone: str
    reason_en: str = ""
    advice_en: str = ""


def open_recall(
    db: Session,
    *,
    draft: RecallDraft,
    actor_id: int,
    sign: Signer,
    now: datetime,
    submit_key: str,
    is_demo: bool = False,
) -> Recall:
    """Call lots back, with all made from them, all or nothing in this transaction.

    The submit key is claimed first, so a second press of the button waits and gets the same recall.
    Then the lots are locked and stopped (stock, livestream and pages follow by signal), and only
    then the buyers are looked for: an order that got through before is among them, one that comes
    later finds nothing to buy. ``sign`` makes the signature of a buyer's link.

    Raises UnknownLot, AlreadyRecalled, NotFound or NotAllowed for people who may not order it,
    BadFact (field ``reason``) for personal data in the public reason.
    """
    producer_id = _producer_of(db, draft.lot_ids)
    ordered_by = require_orderer(db, actor_id=actor_id, producer_id=producer_id)
    recall, is_new = _claim(db, draft, producer_id, ordered_by, actor_id, now, submit_key, is_demo)
    if not is_new:
        return recall
    stopped = recall_lots(
        db,
        lot_ids=draft.lot_ids,
        recall=recall.code,
        reason=recall.reason,
        advice=recall.advice,
        actor_id=actor_id,
        now=now,
    )
    _keep_lots(db, recall, stopped, draft.lot_ids)
    began = time.perf_counter()
    found = queries.reach(db, recall.id, chosen=draft.lot_ids, today=today_vn(now))
    recall.found_ms = round(1000 * (time.perf_counter() - began))
    buyers = [_keep_buyer(db, recall, buyer, now) for buyer in found.buyers]
    db.flush()
    tell_buyers(db, recall, buyers, sign=sign, now=now)
    _tell_house(db, recall, now)
    audit(db, recall, "open", actor_id=actor_id, now=now, lots=len(stopped), buyers=len(buyers))
    db.flush()
    return recall


def _producer_of(db: Session, lot_ids: Collection[int]) -> int:
    producers = set(db.scalars(select(Lot.producer_id).where(Lot.id.in_(lot_ids)).distinct()))
    if len(producers) != 1:
        raise rules.UnknownRecall if not producers else rules.NothingChosen(field="lo")
    return producers.pop()


def _claim(
    db: Session,
    draft: RecallDraft,
    producer_id: int,
    ordered_by: str,
    actor_id: int,
    now: datetime,
    submit_key: str,
    is_demo: bool,
) -> tuple[Recall, bool]:
    made = db.execute(
        insert_into(db, Recall)
        .values(
            code=random_code(rules.CODE_SYMBOLS),
            producer_id=producer_id,
            state="open",
            ordered_by=ordered_by,
            hazard=draft.hazard,
            reason=clean(draft.reason),
            reason_en=clean(draft.reason_en),
            advice=clean(draft.advice),
            advice_en=clean(draft.advice_en),
            contact_phone=draft.contact_phone,
            opened_by=actor_id,
            opened_at=now,
            is_demo=is_demo,
            submit_key=submit_key,
        )
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(Recall.id)
    ).scalar()
    recall = db.scalars(select(Recall).where(Recall.submit_key == submit_key)).one()
    if made is None and recall.opened_by != actor_id:
        raise rules.UnknownRecall
    return recall, made is not None


def _keep_lots(
    db: Session, recall: Recall, stopped: Collection[Lot], chosen: Collection[int]
) -> None:
    db.add_all(
        RecallLot(lot_id=lot.id, recall_id=recall.id, is_chosen=lot.id in chosen) for lot in stopped
    )
    for product_id in sorted({lot.product_id for lot in stopped if lot.kind == "finished"}):
        set_recall(db, product_id, recall.code)


def _keep_buyer(db: Session, recall: Recall, buyer: Buyer, now: datetime) -> RecallBuyer:
    row = RecallBuyer(
        code=random_code(rules.BUYER_SYMBOLS),
        recall_id=recall.id,
        recipient=_recipient(db, buyer, now),
        order_id=buyer.latest.order_id,
        has_goods=buyer.has_goods,
    )
    db.add(row)
    db.flush()
    db.add_all(
        RecallLine(
            buyer_id=row.id,
            order_line_id=sale.order_line_id,
            lot_id=sale.lot_id,
            is_out=sale.is_out,
            units=sale.units,
        )
        for sale in buyer.sales
    )
    return row


def _recipient(db: Session, buyer: Buyer, now: datetime) -> str:
    latest = buyer.latest
    if buyer.person_id is not None:
        return f"person:{buyer.person_id}"
    if not latest.phone and not buyer.email:
        return f"order:{latest.order_id}"
    return contact(
        db,
        now=now,
        name=latest.name,
        email=buyer.email,
        phone=latest.phone,
        language=latest.language,
    )


def _tell_house(db: Session, recall: Recall, now: datetime) -> None:
    producer = db.get_one(Producer, recall.producer_id)
    payload = {"code": recall.code, "producer": producer.name}
    about: dict[str, Any] = {"cause": f"recall:{recall.id}", "payload": payload, "now": now}
    people = [member.person_id for member in members_of(db, "producer", producer.id)]
    notify(db, person_ids=people, kind="recalls.opened", **about)
    staff = staff_of(db, producer.province_code)
    notify(db, person_ids=staff, kind="recalls.opened_staff", **about)
