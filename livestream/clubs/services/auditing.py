"""Who did what to a club or to what it keeps."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit


def audit_club(
    db: Session, action: str, club_id: int, actor_id: int, now: datetime, *, note: str = ""
) -> None:
    """Note a step with a club."""
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="live_club",
        subject_id=club_id,
        now=now,
        note=note,
    )


def audit_resource(
    db: Session, action: str, resource_id: int, actor_id: int, now: datetime
) -> None:
    """Note a step with a host, channel account, studio or kit."""
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="live_resource",
        subject_id=resource_id,
        now=now,
    )
