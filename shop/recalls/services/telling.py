"""Telling buyers, each once a round and channel; and writing down how that ended."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.errors import Invalid, NotFound
from shop.core.text import clean
from shop.notifications.models import CallTask
from shop.notifications.queries import reaches_of
from shop.notifications.services import ask_to_call, tell, withdraw_calls
from shop.recalls import queries, rules
from shop.recalls.models import Recall, RecallBuyer
from shop.recalls.queries.board import buyer_ref
from shop.recalls.services.rights import audit, lock_recall

Signer = Callable[[str], str]
"""A buyer's code -> the signature of the link that only they get."""

NOTICE: Final = "recalls.notice"
WAITING_NOTICE: Final = "recalls.notice_waiting"
"""For those whose goods have not left the house."""
REMINDER: Final = "recalls.reminder"
MAX_NOTE: Final = 300
_OF_CALL: Final = {
    "reached": "reached",
    "wrong_number": "wrong_number",
    "refused": "refused",
}
"""Outcome of a call task -> ours; an unanswered call settles nothing."""


def tell_buyers(
    db: Session, recall: Recall, buyers: Sequence[RecallBuyer], *, sign: Signer, now: datetime
) -> None:
    """The first word to each: by every channel that reaches them, or a call where none does."""
    payloads = _payloads(db, recall, buyers, sign)
    for buyer in buyers:
        tell(
            db,
            recipients=[buyer.recipient] if _can_be_told(buyer) else [],
            kind=NOTICE if buyer.has_goods else WAITING_NOTICE,
            cause=f"recall:{recall.id}",
            payload=payloads[buyer.id],
            now=now,
            ref=buyer_ref(buyer.id),
            desk=desk_of(db, recall),
        )


def _can_be_told(buyer: RecallBuyer) -> bool:
    return not buyer.recipient.startswith("order:")


def desk_of(db: Session, recall: Recall) -> str:
    """Who telephones: the producer, or the province whose staff ordered the recall."""
    if recall.ordered_by == "producer":
        return f"producer:{recall.producer_id}"
    province = db.scalar(select(Producer.province_code).where(Producer.id == recall.producer_id))
    return f"province:{province}"


def _payloads(
    db: Session, recall: Recall, buyers: Collection[RecallBuyer], sign: Signer
) -> dict[int, dict[str, Any]]:
    """What each message says: names of things and codes, nothing about the person."""
    lines = queries.line_rows(db, [buyer.id for buyer in buyers])
    reaches = reaches_of(db, [buyer.recipient for buyer in buyers if _can_be_told(buyer)])
    producer = db.get_one(Producer, recall.producer_id)
    found = {}
    for buyer in buyers:
        own = lines.get(buyer.id, [])
        reach = reaches.get(buyer.recipient)
        is_english = reach is not None and reach.language == "en"
        found[buyer.id] = {
            "code": buyer.code,
            "k": sign(buyer.code),
            "recall": recall.code,
            "producer": producer.name,
            "product": ", ".join(dict.fromkeys(line.product for line in own)),
            "lots": ", ".join(dict.fromkeys(line.lot_no for line in own if line.lot_no)) or "—",
            "reason": (is_english and recall.reason_en) or recall.reason,
            "advice": (is_english and recall.advice_en) or recall.advice,
            "phone": recall.contact_phone,
        }
    return found


def remind(db: Session, *, recall_id: int, sign: Signer, actor_id: int, now: datetime) -> int:
    """Another round to buyers without an outcome: written again where a channel reaches them, and
    a call for everyone with a number. Returns how many were reminded.

    Raises UnknownRecall, RecallOver, TooSoon within REMINDER_PAUSE of the round before.
    """
    recall = lock_recall(db, recall_id)
    since = recall.reminded_at or recall.opened_at
    if now - since < rules.REMINDER_PAUSE:
        raise rules.TooSoon
    recall.rounds, recall.reminded_at = recall.rounds + 1, now
    buyers = db.scalars(
        select(RecallBuyer)
        .where(RecallBuyer.recall_id == recall.id, RecallBuyer.state == "waiting")
        .order_by(RecallBuyer.id)
    ).all()
    payloads, desk = _payloads(db, recall, buyers, sign), desk_of(db, recall)
    reaches = reaches_of(db, [buyer.recipient for buyer in buyers if _can_be_told(buyer)])
    for buyer in buyers:
        reach = reaches.get(buyer.recipient)
        if reach is None:
            continue
        about: dict[str, Any] = {
            "payload": payloads[buyer.id],
            "now": now,
            "ref": buyer_ref(buyer.id),
        }
        cause = f"recall:{recall.id}:round:{recall.rounds}"
        tell(db, recipients=[buyer.recipient], kind=REMINDER, cause=cause, **about)
        if reach.phone:
            ask_to_call(
                db,
                recipient=buyer.recipient,
                desk=desk,
                kind=NOTICE if buyer.has_goods else WAITING_NOTICE,
                cause=f"recall:{recall.id}",
                **about,
            )
    audit(db, recall, "remind", actor_id=actor_id, now=now, buyers=len(buyers))
    db.flush()
    return len(buyers)


def is_still_waiting(db: Session, ref: str, _payload: Mapping[str, Any]) -> bool:
    """Whether the buyer of a message has still to be told."""
    number = ref.removeprefix("recall_buyer:")
    if not number.isdigit():
        return False
    state = db.scalar(select(RecallBuyer.state).where(RecallBuyer.id == int(number)))
    return state == "waiting"


def record_outcome(
    db: Session,
    *,
    recall_id: int,
    buyer_id: int,
    outcome: str,
    note: str,
    actor_id: int,
    now: datetime,
) -> RecallBuyer:
    """Someone of the desk writes down how telling a buyer ended; a later word replaces it.

    Raises UnknownRecall, RecallOver, NotFound for a buyer of another recall, Invalid (field
    ``outcome`` or ``note``).
    """
    recall = lock_recall(db, recall_id)
    buyer = db.get(RecallBuyer, buyer_id, populate_existing=True, with_for_update=True)
    if buyer is None or buyer.recall_id != recall.id:
        raise NotFound
    said = clean(note)
    if len(said) > MAX_NOTE:
        raise Invalid(field="note")
    _settle(db, buyer, outcome, by=actor_id, note=said, now=now)
    return buyer


def answer(db: Session, *, code: str, outcome: str, now: datetime) -> RecallBuyer:
    """The buyer answers by the link of the message; also when the recall is closed by then.

    Raises NotFound, Invalid (field ``outcome``).
    """
    if outcome not in rules.ANSWERS:
        raise Invalid(field="outcome")
    buyer = db.scalar(
        select(RecallBuyer)
        .where(RecallBuyer.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if buyer is None:
        raise NotFound
    _settle(db, buyer, outcome, by=None, note=buyer.note, now=now)
    return buyer


def follow_call(
    _sender: object, *, db: Session, task: CallTask, outcome: str, now: datetime, actor_id: int
) -> None:
    """A call about a recall was made: its outcome is the buyer's, unless they answered before."""
    number = (task.ref or "").removeprefix("recall_buyer:")
    own = _OF_CALL.get(outcome)
    if own is None or not number.isdigit() or not task.kind.startswith("recalls."):
        return
    buyer = db.get(RecallBuyer, int(number), populate_existing=True, with_for_update=True)
    if buyer is not None and buyer.state != "reached":
        _settle(db, buyer, own, by=actor_id, note=task.note, now=now)


def _settle(
    db: Session, buyer: RecallBuyer, outcome: str, *, by: int | None, note: str, now: datetime
) -> None:
    if outcome not in rules.OUTCOMES:
        raise Invalid(field="outcome")
    buyer.state = "unreachable" if outcome in rules.UNREACHED else "reached"
    buyer.outcome, buyer.outcome_by, buyer.outcome_at = outcome, by, now
    buyer.note = note
    db.flush()
    if buyer.state == "reached":
        withdraw_calls(db, ref=buyer_ref(buyer.id), now=now, actor_id=buyer.outcome_by)
