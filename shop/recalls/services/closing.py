"""Closing a recall with its figures, and opening it again."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.services import bump_version, set_recall
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, clean
from shop.recalls import queries, rules
from shop.recalls.models import Recall, RecallLot
from shop.recalls.services.rights import audit, lock_recall, require_orderer
from shop.traceability.models import Lot

MIN_NOTE = 5


class NotClosed(Conflict):
    message = N_("Đợt thu hồi này đang mở.")


class StaffOrdered(Conflict):
    message = N_("Đợt này do cán bộ tỉnh ra lệnh; chỉ cán bộ khép lại hoặc mở lại được.")


def close_recall(db: Session, *, recall_id: int, note: str, actor_id: int, now: datetime) -> Recall:
    """End a recall: every buyer has an outcome, nothing of the lots lies in the house. The figures
    are kept as they are now. The lots stay recalled for ever.

    Raises UnknownRecall, RecallOver, StillToDo, StaffOrdered, Invalid (field ``note``).
    """
    recall = lock_recall(db, recall_id)
    _require_same_side(db, recall, actor_id)
    said = _note(note)
    balances = queries.lot_balances(db, recall)
    figures = queries.figures_of(db, recall, balances)
    rules.require_closable(figures)
    recall.state, recall.closed_at, recall.closed_by = "closed", now, actor_id
    recall.closing_note = said
    recall.report = asdict(figures) | {
        "reached_percent": figures.reached_percent,
        "brought_back_percent": figures.brought_back_percent,
        "minutes": round((now - recall.opened_at).total_seconds() / 60),
        "channels": [list(row) for row in queries.channel_figures(db, recall.id)],
    }
    db.flush()
    _mark_products(db, recall)
    audit(db, recall, "close", actor_id=actor_id, now=now, buyers=figures.buyers)
    return recall


def reopen_recall(
    db: Session, *, recall_id: int, note: str, actor_id: int, now: datetime
) -> Recall:
    """Open a closed recall again because something was found; the reason stands in the audit log.

    Raises UnknownRecall, NotClosed, StaffOrdered, Invalid (field ``note``).
    """
    recall = lock_recall(db, recall_id, must_be_open=False)
    if recall.state != "closed":
        raise NotClosed
    _require_same_side(db, recall, actor_id)
    recall.closing_note = _note(note)
    recall.state, recall.closed_at, recall.closed_by, recall.report = "open", None, None, None
    db.flush()
    _mark_products(db, recall)
    audit(db, recall, "reopen", actor_id=actor_id, now=now)
    return recall


def _note(typed: str) -> str:
    said = clean(typed)
    if not MIN_NOTE <= len(said) <= 1000:
        raise Invalid(N_("Hãy viết từ 5 đến 1.000 ký tự."), field="note")
    return said


def _require_same_side(db: Session, recall: Recall, actor_id: int) -> None:
    """What staff ordered only staff end; what the producer ordered either may."""
    side = require_orderer(db, actor_id=actor_id, producer_id=recall.producer_id)
    if recall.ordered_by == "staff" and side != "staff":
        raise StaffOrdered


def _mark_products(db: Session, recall: Recall) -> None:
    """The banner of each product names its newest open recall, or goes."""
    products = db.scalars(
        select(Lot.product_id)
        .join(RecallLot, RecallLot.lot_id == Lot.id)
        .where(RecallLot.recall_id == recall.id, Lot.kind == "finished")
        .distinct()
        .order_by(Lot.product_id)
    ).all()
    for product_id in products:
        set_recall(db, product_id, queries.open_recall_of_product(db, product_id))
    bump_version(db)
