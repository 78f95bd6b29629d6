"""The life of an import: uploaded, judged, confirmed, written, perhaps undone.

Every step that two people could take at once is one conditional UPDATE of the state.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.services.rights import require_maker
from shop.core import tasks
from shop.core.errors import Conflict, Invalid
from shop.core.tasks import Task
from shop.core.text import N_, clean, random_code
from shop.sheets.models import STOCK_MODES, SheetImport
from shop.sheets.rules.plan import Plan

JUDGE: Final = "sheets.judge"
COMMIT: Final = "sheets.commit"
UNDO: Final = "sheets.undo"

UNDO_WITHIN: Final = timedelta(hours=24)
FILES_KEPT: Final = timedelta(days=30)


class PlanChanged(Conflict):
    message = N_("Bảng so sánh này vừa thay đổi hoặc đã được ghi. Vui lòng xem lại trang này.")


class NothingToWrite(Invalid):
    message = N_("Không có dòng nào để ghi.")


class TooLateToUndo(Conflict):
    message = N_("Chỉ hoàn tác được trong 24 giờ sau khi ghi, và chỉ một lần.")


def start_import(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    file_name: str,
    file_kind: str,
    content: bytes,
    upload_name: str,
    stock_mode: str,
    submit_key: str,
    now: datetime,
) -> SheetImport:
    """Take an upload in and ask for its dry run; a second click gives the same import.

    Raises NotFound, NotAllowed, Invalid for an unknown ``stock_mode``.
    """
    require_maker(db, actor_id, producer_id)
    if stock_mode not in STOCK_MODES:
        raise Invalid(field="stock_mode")
    key = f"{producer_id}:{actor_id}:{submit_key}"
    public_id = random_code(26)
    task = tasks.enqueue(
        db,
        kind=JUDGE,
        key=f"{JUDGE}:{key}",
        public_id=public_id,
        arguments={"public_id": public_id},
        now=now,
        owner_id=actor_id,
    )
    known = db.scalars(select(SheetImport).where(SheetImport.submit_key == key)).one_or_none()
    if known is not None:
        return known
    row = SheetImport(
        public_id=public_id,
        submit_key=key,
        producer_id=producer_id,
        made_by=actor_id,
        made_at=now,
        file_name=clean(file_name).replace("\n", " ")[-200:] or "-",
        file_kind=file_kind,
        file_sha=hashlib.sha256(content).hexdigest(),
        file_bytes=len(content),
        stock_mode=stock_mode,
        counts={},
        task_id=task.id,
        upload_name=upload_name,
    )
    db.add(row)
    db.flush()
    return row


def record_plan(
    db: Session,
    *,
    import_id: int,
    plan: Plan,
    cells_name: str | None,
    plan_name: str,
    is_rejudged: bool = False,
) -> None:
    """Keep the outcome of a dry run; of one that was cancelled meanwhile nothing."""
    values: dict[str, Any] = {"cells_name": cells_name} if cells_name else {}
    db.execute(
        update(SheetImport)
        .where(
            SheetImport.id == import_id,
            SheetImport.state == ("confirmed" if is_rejudged else "queued"),
        )
        .values(
            state="judged",
            plan_name=plan_name,
            plan_digest=plan.digest,
            counts=plan.counts,
            is_rejudged=is_rejudged,
            **values,
        )
    )


def refuse_import(db: Session, *, import_id: int, code: str) -> None:
    """The file as a whole is not taken: ``code`` is one of ``rules.refusals``."""
    db.execute(
        update(SheetImport)
        .where(SheetImport.id == import_id, SheetImport.state == "queued")
        .values(state="refused", refusal=code)
    )


def confirm_import(
    db: Session, *, row: SheetImport, digest: str, actor_id: int, now: datetime
) -> None:
    """Have the plan that was seen written, once.

    Raises NothingToWrite, PlanChanged when it was confirmed, cancelled or judged anew meanwhile,
    NotFound and NotAllowed for other people's.
    """
    require_maker(db, actor_id, row.producer_id)
    counts: Mapping[str, int] = row.counts
    if not counts.get("new") and not counts.get("changed"):
        raise NothingToWrite
    _reopen_failed(db, row.id, during="confirmed", back_to="judged")
    _step(
        db,
        row.id,
        PlanChanged(),
        SheetImport.state == "judged",
        SheetImport.plan_digest == digest,
        state="confirmed",
        committed_by=actor_id,
        task_id=_enqueue(db, COMMIT, row.id, actor_id, now),
    )


def request_undo(db: Session, *, row: SheetImport, actor_id: int, now: datetime) -> None:
    """Have what was written taken back, within 24 hours, once.

    Raises TooLateToUndo, NotFound and NotAllowed for other people's.
    """
    require_maker(db, actor_id, row.producer_id)
    _reopen_failed(db, row.id, during="undoing", back_to="committed")
    _step(
        db,
        row.id,
        TooLateToUndo(),
        SheetImport.state == "committed",
        SheetImport.committed_at > now - UNDO_WITHIN,
        state="undoing",
        undone_by=actor_id,
        task_id=_enqueue(db, UNDO, row.id, actor_id, now),
    )


def cancel_import(db: Session, *, row: SheetImport, actor_id: int, now: datetime) -> None:
    """Let a dry run go that nobody confirmed. Raises PlanChanged."""
    require_maker(db, actor_id, row.producer_id)
    _step(
        db,
        row.id,
        PlanChanged(),
        SheetImport.state.in_(("queued", "judged")),
        state="cancelled",
    )
    if row.task_id is not None:
        tasks.cancel(db, row.task_id, now=now)


def _enqueue(db: Session, kind: str, import_id: int, actor_id: int, now: datetime) -> int:
    public_id = random_code(26)
    task = tasks.enqueue(
        db,
        kind=kind,
        key=f"{kind}:{import_id}:{public_id}",
        public_id=public_id,
        arguments={"import_id": import_id, "actor_id": actor_id},
        now=now,
        owner_id=actor_id,
    )
    return task.id


def _step(db: Session, import_id: int, refusal: Conflict, *conditions: Any, **values: Any) -> None:
    stepped = db.execute(
        update(SheetImport)
        .where(SheetImport.id == import_id, *conditions)
        .values(**values)
        .returning(SheetImport.id)
    )
    if stepped.one_or_none() is None:
        raise refusal


def _reopen_failed(db: Session, import_id: int, *, during: str, back_to: str) -> None:
    """A step whose task failed wrote nothing, so it may be asked for again."""
    failed = select(Task.id).where(Task.state == "failed")
    db.execute(
        update(SheetImport)
        .where(
            SheetImport.id == import_id,
            SheetImport.state == during,
            SheetImport.task_id.in_(failed),
        )
        .values(state=back_to)
    )


def held_import(db: Session, import_id: int, *, state: str) -> SheetImport | None:
    """The import, held until the transaction ends, if it is in this state."""
    return db.scalars(
        select(SheetImport)
        .where(SheetImport.id == import_id, SheetImport.state == state)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def finish_commit(db: Session, *, row: SheetImport, actor_id: int, now: datetime) -> None:
    """The plan is written."""
    row.state, row.committed_at = "committed", now
    _log(db, row, "catalogue.imported", actor_id, now)


def finish_undo(db: Session, *, row: SheetImport, actor_id: int, now: datetime) -> None:
    """What could be taken back is."""
    row.state, row.undone_at = "undone", now
    _log(db, row, "catalogue.import_undone", actor_id, now)


def _log(db: Session, row: SheetImport, action: str, actor_id: int, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="producer",
        subject_id=row.producer_id,
        now=now,
        detail={"import": row.public_id, "sha256": row.file_sha, "counts": row.counts},
    )


def log_export(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    file_kind: str,
    rows: int,
    sha: str,
    now: datetime,
) -> None:
    """Write down who took the catalogue out. Raises NotFound, NotAllowed."""
    require_maker(db, actor_id, producer_id)
    record_audit(
        db,
        actor_id=actor_id,
        action="catalogue.exported",
        subject_kind="producer",
        subject_id=producer_id,
        now=now,
        detail={"kind": file_kind, "rows": rows, "sha256": sha},
    )
