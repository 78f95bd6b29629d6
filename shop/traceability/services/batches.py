"""Codes in batches: one for each jar, or one for each box; printed, taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core import tasks
from shop.core.db import insert_into
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, random_code
from shop.traceability.labels import template_of
from shop.traceability.models import LabelBatch, Lot, TraceCode
from shop.traceability.rules import codes, lots

TASK_KIND: Final = "traceability.labels"
MAX_UNITS: Final = 10_000
MAX_PICTURES: Final = 1_000
FORMS: Final = ("pdf", "png")


class BadCount(Invalid):
    message = N_("Số mã phải từ 1 đến 10.000.")


class TooManyPictures(Invalid):
    message = N_("Dạng PNG tối đa 1.000 nhãn một lần; hãy chọn PDF.")


class NotCoded(Conflict):
    message = N_("Chỉ lô thành phẩm chưa đóng và chưa bị thu hồi mới tạo mã được.")


class NotReady(Conflict):
    message = N_("Tệp nhãn chưa xong. Vui lòng đợi một lát rồi tải lại trang.")


class BatchVoid(Conflict):
    message = N_("Loạt mã này đã hủy nên không in được nữa.")


class CodeGone(Conflict):
    message = N_("Mã này đã hủy rồi.")


def request_units(
    db: Session,
    *,
    lot_id: int,
    count: int,
    template: str,
    form: str,
    skip: int,
    submit_key: str,
    actor_id: int,
    now: datetime,
    level: str = "unit",
) -> LabelBatch:
    """Ask for ``count`` new codes of a lot and their label file; the worker makes both.

    The same ``submit_key`` again gives the same batch. Raises UnknownLot, NotCoded, BadCount,
    TooManyPictures, UnknownTemplate, Invalid.
    """
    known = db.scalar(select(LabelBatch).where(LabelBatch.submit_key == submit_key))
    if known is not None and known.lot_id == lot_id:
        return known
    lot = db.get(Lot, lot_id)
    if lot is None:
        raise lots.UnknownLot
    if not may_have_codes(lot):
        raise NotCoded
    _require_shape(count, template, form, skip)
    batch = LabelBatch(
        product_id=lot.product_id,
        lot_id=lot.id,
        level=level,
        state="making",
        count=count,
        template=template,
        form=form,
        skip=skip,
        submit_key=submit_key,
        made_by=actor_id,
        made_at=now,
    )
    db.add(batch)
    db.flush()
    _enqueue(db, batch, actor_id=actor_id, now=now)
    return batch


def may_have_codes(lot: Lot) -> bool:
    """Whether units of a lot can get codes of their own."""
    return lot.kind == "finished" and lot.state not in ("closed", "recalled")


def _require_shape(count: int, template: str, form: str, skip: int) -> None:
    if not 0 < count <= MAX_UNITS:
        raise BadCount(field="so")
    if form not in FORMS:
        raise Invalid(field="dang")
    if form == "png" and count > MAX_PICTURES:
        raise TooManyPictures(field="dang")
    if not 0 <= skip < max(template_of(template).per_page, 1):
        raise Invalid(N_("Tờ nhãn này không có nhiều ô như vậy."), field="bo_qua")


def _enqueue(db: Session, batch: LabelBatch, *, actor_id: int, now: datetime) -> None:
    asked = random_code(26)
    task = tasks.enqueue(
        db,
        kind=TASK_KIND,
        key=f"{TASK_KIND}:{batch.id}:{asked}",
        public_id=asked,
        arguments={"batch_id": batch.id},
        now=now,
        owner_id=actor_id,
    )
    batch.task_id = task.id
    db.flush()


def redraw(
    db: Session,
    *,
    batch_id: int,
    template: str,
    form: str,
    skip: int,
    actor_id: int,
    now: datetime,
) -> LabelBatch:
    """Make the file of a batch anew, in another format; its codes stay. Raises as request_units."""
    batch = _locked(db, batch_id)
    if batch.state == "void":
        raise BatchVoid
    _require_shape(batch.count, template, form, skip)
    batch.template, batch.form, batch.skip, batch.file_name = template, form, skip, None
    _enqueue(db, batch, actor_id=actor_id, now=now)
    return batch


def add_codes(db: Session, *, batch_id: int, now: datetime, most: int = 500) -> int:
    """Make up to ``most`` of the batch's missing codes; how many are still missing after it."""
    batch = _locked(db, batch_id)
    made = db.scalar(select(func.count()).where(TraceCode.batch_id == batch.id)) or 0
    wanted = min(batch.count - made, most)
    fresh = {codes.new_code() for _ in range(max(wanted, 0))}
    put_codes(db, batch, fresh, now=now)
    made = db.scalar(select(func.count()).where(TraceCode.batch_id == batch.id)) or 0
    return batch.count - made


def put_codes(db: Session, batch: LabelBatch, fresh: Iterable[str], *, now: datetime) -> None:
    """Write new codes of a batch; one that is taken already (one in 35 million million) is left."""
    rows = [
        {
            "code": code,
            "level": batch.level,
            "product_id": batch.product_id,
            "lot_id": batch.lot_id,
            "batch_id": batch.id,
            "state": "unprinted",
            "created_at": now,
        }
        for code in sorted(fresh)
    ]
    if rows:
        db.execute(insert_into(db, TraceCode).on_conflict_do_nothing(), rows)


def finish_batch(db: Session, *, batch_id: int, task_id: int, file_name: str) -> None:
    """Keep the file that was made, unless another one was asked for meanwhile."""
    batch = _locked(db, batch_id)
    if batch.task_id != task_id:
        return
    batch.file_name = file_name
    if batch.state == "making":
        batch.state = "ready"
    db.flush()


def print_batch(db: Session, *, batch_id: int, actor_id: int, now: datetime) -> LabelBatch:
    """The file goes to the printer: from now on its codes are in the world.

    Raises NotReady, BatchVoid.
    """
    batch = _locked(db, batch_id)
    if batch.state == "void":
        raise BatchVoid
    if batch.file_name is None:
        raise NotReady
    if batch.state == "ready":
        db.execute(
            update(TraceCode)
            .where(TraceCode.batch_id == batch.id, TraceCode.state == "unprinted")
            .values(state="active", printed_at=now)
        )
        batch.state = "printed"
        _audit(db, batch, "trace.batch_printed", actor_id, now)
    db.flush()
    return batch


def void_batch(db: Session, *, batch_id: int, actor_id: int, now: datetime) -> LabelBatch:
    """Take a batch back: whoever scans one of its codes is told that it should not be on goods."""
    batch = _locked(db, batch_id)
    if batch.state == "void":
        return batch
    db.execute(
        update(TraceCode)
        .where(TraceCode.batch_id == batch.id, TraceCode.state != "void")
        .values(state="void")
    )
    batch.state = "void"
    _audit(db, batch, "trace.batch_void", actor_id, now)
    db.flush()
    return batch


def void_code(db: Session, *, code: str, actor_id: int, now: datetime) -> None:
    """Take one unit's or box's code back (its label was spoilt). Raises UnknownLot, CodeGone."""
    found = db.get(TraceCode, code, with_for_update=True)
    if found is None or found.level not in ("unit", "box"):
        raise lots.UnknownLot
    if found.state == "void":
        raise CodeGone
    found.state = "void"
    record_audit(
        db,
        actor_id=actor_id,
        action="trace.code_void",
        subject_kind="lot",
        subject_id=found.lot_id or 0,
        now=now,
        detail={"code": code},
    )
    db.flush()


def _locked(db: Session, batch_id: int) -> LabelBatch:
    batch = db.scalar(
        select(LabelBatch)
        .where(LabelBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise lots.UnknownLot
    return batch


def _audit(db: Session, batch: LabelBatch, action: str, actor_id: int, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="label_batch",
        subject_id=batch.id,
        now=now,
        detail={"count": batch.count},
    )
