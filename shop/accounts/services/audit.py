"""The audit log."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, insert, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Membership, Person, StaffScope

Home = tuple[int | None, str | None]
"""Whose thing it is: producer id and province code, as far as it has them."""

_homes: dict[str, Callable[[Session, int], Home]] = {}


def register_subject(kind: str, home: Callable[[Session, int], Home]) -> None:
    """Say whose things of a kind are, so that its maker and its province's staff find the entries.

    Entries on kinds that nobody registered are seen by admins alone.
    """
    _homes[kind] = home


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
    find_home = _homes.get(subject_kind)
    producer_id, province_code = find_home(db, subject_id) if find_home else (None, None)
    entry = AuditEntry(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=dict(detail or {}),
        producer_id=producer_id,
        province_code=province_code,
        actor_role=_role(db, actor_id, producer_id),
    )
    db.add(entry)
    db.flush()
    if note:
        db.add(AuditNote(entry_id=entry.id, text=note))
        db.flush()
    return entry


def record_audits(
    db: Session,
    *,
    actor_id: int,
    subject_kind: str,
    home: Home,
    entries: Iterable[tuple[str, int, Mapping[str, Any]]],
    now: datetime,
) -> None:
    """Write many entries on things of one ``home``: (action, subject id, detail) each."""
    producer_id, province_code = home
    role = _role(db, actor_id, producer_id)
    rows = [
        {
            "at": now,
            "actor_id": actor_id,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "detail": dict(detail),
            "producer_id": producer_id,
            "province_code": province_code,
            "actor_role": role,
        }
        for action, subject_id, detail in entries
    ]
    if rows:
        db.execute(insert(AuditEntry), rows)


def _role(db: Session, actor_id: int | None, producer_id: int | None) -> str | None:
    """What the person is to the producer at this moment: a member role, ``staff`` or nothing."""
    if actor_id is None:
        return None
    is_staff = exists().where(StaffScope.person_id == Person.id)
    row = db.execute(
        select(Membership.role, or_(Person.is_admin, is_staff))
        .select_from(Person)
        .outerjoin(
            Membership,
            and_(
                Membership.person_id == Person.id,
                Membership.unit_kind == "producer",
                Membership.unit_id == producer_id,
            ),
        )
        .where(Person.id == actor_id)
    ).one_or_none()
    if row is None:
        return None
    return row[0] or ("staff" if row[1] else None)
