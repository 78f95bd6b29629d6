"""Reading recalls and drills themselves, and what the public sees of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductFacets
from shop.core.clock import VN, today_vn
from shop.orders.models import OrderLine
from shop.recalls.models import Recall, RecallBuyer, RecallDrill, RecallLine, RecallLot
from shop.recalls.queries.finding import LotName, lot_names
from shop.recalls.rules import BUYER_SYMBOLS, DRILL_EVERY, UnknownRecall, read_code
from shop.traceability.models import Lot


@dataclass(frozen=True)
class RecallRow:
    """A line of a list of recalls."""

    recall: Recall
    producer: Producer
    lots: int
    buyers: int
    waiting: int


def _rows() -> Select[Recall, Producer, int, int, int]:
    lots = select(func.count()).where(RecallLot.recall_id == Recall.id).scalar_subquery()
    buyers = select(func.count()).where(RecallBuyer.recall_id == Recall.id)
    waiting = buyers.where(RecallBuyer.state == "waiting").scalar_subquery()
    found: Select[Any, Any, Any, Any, Any] = (
        select(Recall, Producer, lots, buyers.scalar_subquery(), waiting)
        .join(Producer, Producer.id == Recall.producer_id)
        .order_by(Recall.opened_at.desc(), Recall.id.desc())
    )
    return found


def may_see(
    *, producer_ids: Collection[int] | None = None, provinces: Collection[str] | None = None
) -> ColumnElement[bool]:
    """The condition for recalls of these producers, or (when that is None) of these provinces;
    both None: everywhere. Queries must join the producer."""
    if producer_ids is not None:
        return Producer.id.in_(producer_ids)
    if provinces is not None:
        return Producer.province_code.in_(provinces)
    return Producer.id.is_not(None)


def recalls_in(db: Session, scope: ColumnElement[bool], *, limit: int = 100) -> list[RecallRow]:
    """Recalls within ``scope`` (``may_see``), newest first."""
    return [RecallRow(*row) for row in db.execute(_rows().where(scope).limit(limit))]


def recall_in(db: Session, code: str, scope: ColumnElement[bool]) -> RecallRow:
    """One recall within ``scope``. Raises UnknownRecall, also for other people's."""
    row = db.execute(_rows().where(scope, Recall.code == read_code(code))).one_or_none()
    if row is None:
        raise UnknownRecall
    return RecallRow(*row)


def lots_of(db: Session, recall_id: int) -> list[tuple[LotName, bool]]:
    """The recall's lots, each with whether it was chosen (else made from a chosen one)."""
    rows = db.execute(
        select(RecallLot.lot_id, RecallLot.is_chosen).where(RecallLot.recall_id == recall_id)
    )
    chosen = {row.lot_id: row.is_chosen for row in rows}
    return [(lot, chosen[lot.id]) for lot in lot_names(db, chosen)]


def recall_of_lot(db: Session, lot_id: int) -> Recall | None:
    """The recall that a lot belongs to."""
    return db.scalar(
        select(Recall)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .where(RecallLot.lot_id == lot_id)
    )


def open_recall_of_product(db: Session, product_id: int) -> str | None:
    """Code of the newest open recall that names lots of the product."""
    return db.scalar(
        select(Recall.code)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .join(Lot, Lot.id == RecallLot.lot_id)
        .where(Recall.state == "open", Lot.product_id == product_id, Lot.kind == "finished")
        .order_by(Recall.opened_at.desc(), Recall.id.desc())
        .limit(1)
    )


def touched_orders(db: Session, order_id: int) -> list[tuple[Recall, RecallBuyer]]:
    """Recalls that touch an order, each with the buyer's own row, newest first."""
    rows = db.execute(_TOUCHING, {"order": order_id})
    return [(recall, buyer) for recall, buyer in rows]


_LINES_OF: Final = select(OrderLine.id).where(OrderLine.order_id == bindparam("order"))
_TOUCHING: Final = (
    select(Recall, RecallBuyer)
    .join(RecallBuyer, RecallBuyer.recall_id == Recall.id)
    .where(
        RecallBuyer.id.in_(
            select(RecallLine.buyer_id).where(RecallLine.order_line_id.in_(_LINES_OF)).distinct()
        )
    )
    .order_by(Recall.id.desc())
)
"""Built once: every order's page asks it."""


@dataclass(frozen=True)
class PublicRecall:
    """What anybody may read of a recall."""

    recall: Recall
    producer: Producer
    lots: tuple[LotName, ...]
    photo_sha: str | None
    photo_alt: str
    is_illustration: bool


def public_recalls(db: Session, *, page: int, size: int) -> tuple[list[RecallRow], int]:
    """A page of the public list, newest first, and how many there are."""
    total = db.scalar(select(func.count()).select_from(Recall)) or 0
    rows = db.execute(_rows().limit(size).offset((page - 1) * size))
    return [RecallRow(*row) for row in rows], total


def public_recall(db: Session, code: str) -> PublicRecall:
    """One recall with its lots and a picture of the goods. Raises UnknownRecall."""
    return _public(db, Recall.code == read_code(code))


def public_recall_by_id(db: Session, recall_id: int) -> PublicRecall:
    """The same, by id."""
    return _public(db, Recall.id == recall_id)


def _public(db: Session, condition: ColumnElement[bool]) -> PublicRecall:
    row = db.execute(_rows().where(condition)).one_or_none()
    if row is None:
        raise UnknownRecall
    recall, producer = row[0], row[1]
    lots = tuple(lot for lot, _chosen in lots_of(db, recall.id))
    facets = db.execute(
        select(
            ProductFacets.photo_sha, ProductFacets.photo_alt, ProductFacets.is_photo_illustration
        )
        .join(Product, Product.id == ProductFacets.product_id)
        .where(
            Product.id.in_([lot.product_id for lot in lots]), ProductFacets.photo_sha.is_not(None)
        )
        .order_by(Product.id)
        .limit(1)
    ).one_or_none()
    sha, alt, is_illustration = facets or (None, "", False)
    return PublicRecall(recall, producer, lots, sha, alt, is_illustration)


# Drills


def drills_of(
    db: Session, scope: ColumnElement[bool], *, limit: int = 50
) -> list[tuple[RecallDrill, Producer]]:
    """Drills within ``scope``, newest first."""
    rows = db.execute(
        select(RecallDrill, Producer)
        .join(Producer, Producer.id == RecallDrill.producer_id)
        .where(scope)
        .order_by(RecallDrill.started_at.desc(), RecallDrill.id.desc())
        .limit(limit)
    )
    return [(drill, producer) for drill, producer in rows]


def own_drill(db: Session, code: str, scope: ColumnElement[bool]) -> tuple[RecallDrill, Producer]:
    """One drill within ``scope``. Raises UnknownRecall."""
    row = db.execute(
        select(RecallDrill, Producer)
        .join(Producer, Producer.id == RecallDrill.producer_id)
        .where(scope, RecallDrill.code == read_code(code))
    ).one_or_none()
    if row is None:
        raise UnknownRecall
    return row[0], row[1]


def last_drill_on(db: Session, producer_ids: Collection[int]) -> date | None:
    """The day of the newest finished drill or real recall of the producers."""
    drilled = db.scalar(
        select(func.max(RecallDrill.finished_at)).where(RecallDrill.producer_id.in_(producer_ids))
    )
    real = db.scalar(select(func.max(Recall.opened_at)).where(Recall.producer_id.in_(producer_ids)))
    newest = max((at for at in (drilled, real) if at is not None), default=None)
    return today_vn(newest) if newest else None


def has_sold_lots(db: Session, producer_ids: Collection[int]) -> bool:
    """Whether lots of the producers were ever on sale."""
    was_released = Lot.released_at.is_not(None)
    return bool(db.scalar(select(exists().where(Lot.producer_id.in_(producer_ids), was_released))))


def buyer_by_code(db: Session, code: str, *, person_id: int | None = None) -> RecallBuyer:
    """The buyer that a link names; with ``person_id`` only that person. Raises UnknownRecall."""
    found = db.scalar(select(RecallBuyer).where(RecallBuyer.code == read_code(code, BUYER_SYMBOLS)))
    if found is None or (person_id is not None and found.recipient != f"person:{person_id}"):
        raise UnknownRecall
    return found


def waiting_recipients() -> Select[str]:
    """Whom a recall is still to reach."""
    return select(RecallBuyer.recipient).where(RecallBuyer.state == "waiting")


def producers_due_for_drill(db: Session, today: date) -> list[int]:
    """Producers whose lots were on sale and whose last drill or recall is a year ago, or never."""
    since = datetime(today.year, today.month, today.day, tzinfo=VN) - DRILL_EVERY
    drilled = exists().where(
        RecallDrill.producer_id == Lot.producer_id, RecallDrill.finished_at > since
    )
    recalled = exists().where(Recall.producer_id == Lot.producer_id, Recall.opened_at > since)
    return list(
        db.scalars(
            select(Lot.producer_id)
            .where(Lot.released_at.is_not(None), ~drilled, ~recalled)
            .distinct()
            .order_by(Lot.producer_id)
        )
    )
