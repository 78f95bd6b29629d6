"""Who may order a recall, judged again inside the writing transaction; the lock on a recall."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import actor_of_person
from shop.accounts.rules import require_producer, require_staff
from shop.accounts.services import record_audit
from shop.catalogue.models import Producer
from shop.core.errors import NotAllowed
from shop.recalls.models import Recall
from shop.recalls.rules import RecallOver, UnknownRecall


def require_orderer(db: Session, *, actor_id: int, producer_id: int) -> str:
    """``producer`` for its owner, ``staff`` for staff of its province.

    Raises NotFound for other people's producers, NotAllowed for its other members.
    """
    actor = actor_of_person(db, actor_id)
    if actor is None:
        raise NotAllowed
    if producer_id not in actor.producers:
        province = db.scalar(select(Producer.province_code).where(Producer.id == producer_id))
        require_staff(actor, province or "")
        return "staff"
    require_producer(actor, producer_id, owner=True)
    return "producer"


def lock_recall(db: Session, recall_id: int, *, must_be_open: bool = True) -> Recall:
    """The recall as it is now, held to the end of the transaction. Raises UnknownRecall,
    RecallOver."""
    recall = db.scalar(
        select(Recall)
        .where(Recall.id == recall_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if recall is None:
        raise UnknownRecall
    if must_be_open and recall.state != "open":
        raise RecallOver
    return recall


def audit(
    db: Session, recall: Recall, action: str, *, actor_id: int | None, now: datetime, **detail: int
) -> None:
    """Write who did what to the recall."""
    record_audit(
        db,
        actor_id=actor_id,
        action=f"recalls.{action}",
        subject_kind="recall",
        subject_id=recall.id,
        now=now,
        detail={"code": recall.code, **detail},
    )
