"""Reading batches of labels and what lies in boxes."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Product
from shop.core.tasks import Task
from shop.traceability.models import BoxLine, BoxUnit, LabelBatch, Lot, TraceCode
from shop.traceability.rules.lots import UnknownLot

HISTORY = 30
SHOWN_CODES = 200


@dataclass(frozen=True)
class BatchView:
    """A batch with how far its making is; ``maker`` is a person's name."""

    batch: LabelBatch
    maker: str
    task_state: str | None = None
    progress: int = 0
    error: str | None = None

    @property
    def is_waiting(self) -> bool:
        is_asked = self.task_state in ("queued", "running")
        return is_asked and self.batch.file_name is None and self.batch.state != "void"

    @property
    def is_failed(self) -> bool:
        return self.task_state in ("failed", "cancelled") and self.batch.file_name is None


def own_batch(db: Session, batch_id: int, producer_ids: Collection[int]) -> BatchView:
    """A batch of one of these producers. Raises UnknownLot, also for other people's batches."""
    row = db.execute(
        select(LabelBatch, Person.name, Task.state, Task.progress, Task.error)
        .join(Product, Product.id == LabelBatch.product_id)
        .join(Person, Person.id == LabelBatch.made_by)
        .outerjoin(Task, Task.id == LabelBatch.task_id)
        .where(LabelBatch.id == batch_id, Product.producer_id.in_(producer_ids))
    ).one_or_none()
    if row is None:
        raise UnknownLot
    batch, maker, state, progress, error = row
    return BatchView(batch, maker, state, progress or 0, error)


def batches_of(db: Session, *, product_id: int, lot_id: int | None) -> list[BatchView]:
    """What was printed of a lot, or of a product without lots, newest first."""
    whose = LabelBatch.lot_id == lot_id if lot_id else LabelBatch.product_id == product_id
    rows = db.execute(
        select(LabelBatch, Person.name)
        .join(Person, Person.id == LabelBatch.made_by)
        .where(whose)
        .order_by(LabelBatch.id.desc())
        .limit(HISTORY)
    )
    return [BatchView(*row) for row in rows]


def codes_of(db: Session, batch_id: int, *, most: int | None = None) -> list[str]:
    """The codes of a batch, in the order in which they are printed."""
    found = select(TraceCode.code).where(TraceCode.batch_id == batch_id).order_by(TraceCode.code)
    return list(db.scalars(found.limit(most)))


@dataclass(frozen=True)
class InBox:
    """Units of one lot in a box."""

    lot: Lot
    product_name: str
    quantity: int


def in_box(db: Session, box_code: str) -> list[InBox]:
    """What lies in a box, by lot."""
    rows = db.execute(
        select(Lot, Product.name, BoxLine.quantity)
        .join(Lot, Lot.id == BoxLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(BoxLine.box_code == box_code)
        .order_by(Lot.id)
    )
    return [InBox(*row) for row in rows]


def units_in_box(db: Session, box_code: str) -> list[str]:
    """Codes of the units that lie in a box, as far as they carry one."""
    return list(
        db.scalars(
            select(BoxUnit.unit_code)
            .where(BoxUnit.box_code == box_code)
            .order_by(BoxUnit.unit_code)
        )
    )


def box_of(db: Session, unit_code: str) -> str | None:
    """The box in which a unit lies."""
    return db.scalar(select(BoxUnit.box_code).where(BoxUnit.unit_code == unit_code))


@dataclass(frozen=True)
class BoxRow:
    """A box with units of a lot."""

    code: str
    state: str
    quantity: int


def boxes_of(db: Session, lot_id: int, *, most: int = SHOWN_CODES) -> list[BoxRow]:
    """The boxes in which units of a lot lie, newest first."""
    rows = db.execute(
        select(TraceCode.code, TraceCode.state, BoxLine.quantity)
        .join(BoxLine, BoxLine.box_code == TraceCode.code)
        .where(BoxLine.lot_id == lot_id)
        .order_by(TraceCode.created_at.desc(), TraceCode.code)
        .limit(most)
    )
    return [BoxRow(*row) for row in rows]


def boxed_of(db: Session, lot_id: int) -> int:
    """How many units of a lot lie in boxes."""
    return int(db.scalar(select(func.sum(BoxLine.quantity)).where(BoxLine.lot_id == lot_id)) or 0)
