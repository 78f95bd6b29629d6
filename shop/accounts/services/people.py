"""People: made, changed, shut out."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts import rules
from shop.accounts.models import ApiToken, Person
from shop.accounts.services.audit import record_audit
from shop.accounts.services.signing import end_other_sign_ins
from shop.core.errors import NotFound
from shop.core.text import fold


def create_person(
    db: Session,
    *,
    name: str,
    password_hash: str,
    now: datetime,
    email: str | None = None,
    phone: str | None = None,
    language: str = "vi",
    is_demo: bool = False,
) -> Person:
    """A new person who signs in with ``email`` (lower case) or ``phone`` (ten digits).

    Raises LoginTaken (field ``login``).
    """
    person = Person(
        name=name,
        email=email.lower() if email else None,
        phone=phone or None,
        password_hash=password_hash,
        language=language,
        is_demo=is_demo,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(person)
    except IntegrityError:
        raise rules.LoginTaken(field="login") from None
    return person


def change_profile(db: Session, person: Person, *, name: str, language: str) -> None:
    """Set what a person says of themselves."""
    person.name = name
    person.folded = fold(name)
    person.language = language
    db.flush()


def change_password(
    db: Session, person: Person, *, password_hash: str, now: datetime, kept_token: str = ""
) -> None:
    """Set a new password and end every other sign-in of the person."""
    person.password_hash = password_hash
    end_other_sign_ins(db, person_id=person.id, kept_token=kept_token, now=now)
    record_audit(
        db,
        actor_id=person.id,
        action="person.password_changed",
        subject_kind="person",
        subject_id=person.id,
        now=now,
    )


def get_person(db: Session, person_id: int) -> Person:
    """Raises NotFound."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def make_admin(db: Session, person: Person, *, now: datetime) -> None:
    """Give a person every right; only an operator at the machine does so."""
    person.is_admin = True
    record_audit(
        db,
        actor_id=None,
        action="person.made_admin",
        subject_kind="person",
        subject_id=person.id,
        now=now,
    )


def disable_person(
    db: Session, *, person_id: int, actor_id: int, now: datetime, reason: str = ""
) -> None:
    """Shut a person out at once: every sign-in and API token ends.

    Raises NotFound, and OwnAccount for oneself.
    """
    if person_id == actor_id:
        raise rules.OwnAccount
    person = get_person(db, person_id)
    person.disabled_at = person.disabled_at or now
    end_other_sign_ins(db, person_id=person_id, kept_token="", now=now)
    db.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    record_audit(
        db,
        actor_id=actor_id,
        action="person.disabled",
        subject_kind="person",
        subject_id=person_id,
        now=now,
        note=reason,
    )


def enable_person(db: Session, *, person_id: int, actor_id: int, now: datetime) -> None:
    """Let a disabled person sign in again. Raises NotFound."""
    get_person(db, person_id).disabled_at = None
    record_audit(
        db,
        actor_id=actor_id,
        action="person.enabled",
        subject_kind="person",
        subject_id=person_id,
        now=now,
    )
