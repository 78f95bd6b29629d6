"""The right to erasure: everything that says who somebody is goes; sums, dates and steps stay.

See docs/decisions/0034. Each feature empties its own tables (``signals.erasing``).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from shop.accounts import signals
from shop.accounts.models import (
    ApiToken,
    AuditEntry,
    AuditNote,
    CommuneScope,
    MemberInvitation,
    Membership,
    Person,
    SignIn,
    StaffScope,
)
from shop.accounts.services.audit import record_audit
from shop.core.errors import Conflict
from shop.core.text import N_, fold

GONE_NAME: Final = "(đã xóa)"


class StillWorks(Conflict):
    message = N_(
        "Người này còn làm việc cho một cơ sở, câu lạc bộ hoặc là cán bộ. Hãy chuyển giao và gỡ"
        " quyền của họ trước, rồi xóa."
    )


@dataclass(frozen=True)
class Whom:
    """Somebody, as tables know them. Either may be empty: a guest has no account."""

    person_id: int | None = None
    logins: frozenset[str] = field(default_factory=frozenset)
    """Their phone numbers (ten digits) and e-mail addresses (lower case)."""

    @property
    def recipient(self) -> str | None:
        """As the outbox knows an account."""
        return f"person:{self.person_id}" if self.person_id is not None else None


def whom_of(person: Person | None, login: str) -> Whom:
    """The person of an account with all its logins, or a guest of this phone or e-mail."""
    own = {person.email, person.phone} if person else set()
    logins = frozenset(one for one in own | {login} if one)
    return Whom(person.id if person else None, logins)


def erase(db: Session, *, whom: Whom, actor_id: int | None, now: datetime) -> set[str]:
    """Empty every table of what says who this is; gives the stored files to drop after the commit.

    Again changes nothing. Raises StillWorks, and what features raise while something is open.
    """
    files: set[str] = set()
    person = None
    if whom.person_id is not None:
        person = db.scalars(
            select(Person).where(Person.id == whom.person_id).with_for_update()
        ).one()
        _require_no_work(db, person)
    signals.erasing.send(None, db=db, whom=whom, now=now, files=files)
    _empty_invitations(db, whom)
    if person is not None:
        _empty_person(db, person, now)
        record_audit(
            db,
            actor_id=actor_id,
            action="person.erased",
            subject_kind="person",
            subject_id=person.id,
            now=now,
        )
    db.flush()
    return files


def empty_audit_notes(db: Session, *, subject_kind: str, subject_id: int) -> None:
    """Take the free words off the log of a thing; what was done and when stays."""
    entries = select(AuditEntry.id).where(
        AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id
    )
    _empty_notes(db, AuditNote.entry_id.in_(entries))


def _require_no_work(db: Session, person: Person) -> None:
    works = db.scalar(select(Membership.id).where(Membership.person_id == person.id).limit(1))
    rules = db.scalar(select(StaffScope.id).where(StaffScope.person_id == person.id).limit(1))
    serves = db.scalar(select(CommuneScope.id).where(CommuneScope.person_id == person.id).limit(1))
    if person.is_admin or any(one is not None for one in (works, rules, serves)):
        raise StillWorks


def _empty_person(db: Session, person: Person, now: datetime) -> None:
    """No way to sign in is left; the row stays, so that what it did keeps an author."""
    person.name, person.folded = GONE_NAME, fold(GONE_NAME)
    person.email, person.phone = f"erased-{person.id}@erased.invalid", None
    person.password_hash, person.totp_secret = "!", None
    person.disabled_at = person.disabled_at or now
    db.execute(
        update(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.execute(update(SignIn).where(SignIn.person_id == person.id).values(device=""))
    db.execute(
        update(ApiToken).where(ApiToken.person_id == person.id).values(label="", revoked_at=now)
    )
    theirs = select(AuditEntry.id).where(AuditEntry.actor_id == person.id)
    _empty_notes(db, AuditNote.entry_id.in_(theirs))
    empty_audit_notes(db, subject_kind="person", subject_id=person.id)


def _empty_notes(db: Session, condition: object) -> None:
    db.execute(
        update(AuditNote)
        .where(condition)  # type: ignore[arg-type]
        .values(text="")
        .execution_options(synchronize_session=False)
    )


def _empty_invitations(db: Session, whom: Whom) -> None:
    asked = or_(
        MemberInvitation.login.in_(whom.logins), MemberInvitation.person_id == whom.person_id
    )
    for row in db.scalars(select(MemberInvitation).where(asked)):
        row.login = f"erased:{row.id}"
        if row.state == "pending":
            row.state = "withdrawn"
