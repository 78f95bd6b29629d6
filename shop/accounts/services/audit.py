"""The audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote


def record_audit(
    db: Session,
    *,
    actor_id: int | None,
    action: str,
    subject_kind: str,
    subject_id: int,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write who did what. ``detail`` holds opaque ids and codes only; words about people go to
    ``note``, a side table that erasure may empty. The log itself can never be changed.
    """
    entry = AuditEntry(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=dict(detail or {}),
    )
    db.add(entry)
    db.flush()
    if note:
        db.add(AuditNote(entry_id=entry.id, text=note))
        db.flush()
    return entry
