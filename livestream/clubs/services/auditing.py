"""Who did what to a club or to what it keeps."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from shop.accounts.services import record_audit, register_subject
from shop.accounts.services.audit import Home


def _home_of_club(db: Session, club_id: int) -> Home:
    return None, db.scalar(select(Club.province_code).where(Club.id == club_id))


register_subject("live_club", _home_of_club)


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
