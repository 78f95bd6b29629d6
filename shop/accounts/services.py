"""Verbs about people: sign-up, sign-in, memberships, staff scope, tokens, the audit log."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts import queries, rules
from shop.accounts.models import (
    ApiToken,
    AuditEntry,
    AuditNote,
    Membership,
    Person,
    SignIn,
    SignInFailure,
    StaffScope,
)
from shop.core.errors import Invalid, NotFound
from shop.core.text import fold

API_TOKEN_PREFIX = "cp_"  # noqa: S105 - tells a leaked token's origin to scanners
TOTP_STEP_SECONDS = 30


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


# Sign-ins


def token_digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _one_at_a_time(db: Session, *keys: str) -> None:
    """Make tries for the same account or from the same source wait for one another."""
    if db.get_bind().dialect.name == "postgresql":
        for key in sorted(keys):
            number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
            db.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})


def judge_try(
    db: Session, *, is_right: bool, login_digest: str, source_digest: str, now: datetime
) -> bool:
    """Judge one try of a password or code whose correctness is known; says whether it passes.

    Counting and judging are one transaction that waits for its like, so a hundred tries at once
    learn no more than five: a right guess beyond the limit is refused like a wrong one.
    Raises TooManyTries. The caller commits either way.
    """
    _one_at_a_time(db, f"try:{login_digest}")
    failures = queries.recent_failures(
        db, login_digest=login_digest, source_digest=source_digest, now=now
    )
    if not rules.may_try(pair=failures.pair, login=failures.login, source=failures.source):
        raise rules.TooManyTries
    if is_right:
        db.execute(
            delete(SignInFailure).where(
                SignInFailure.login_digest == login_digest,
                SignInFailure.source_digest == source_digest,
            )
        )
        return True
    db.execute(delete(SignInFailure).where(SignInFailure.at < now - rules.FAILURE_WINDOW))
    db.add(SignInFailure(login_digest=login_digest, source_digest=source_digest, at=now))
    db.flush()
    return False


def sign_in(
    db: Session,
    *,
    person_id: int | None,
    verified_hash: str | None,
    new_hash: str | None,
    login_digest: str,
    source_digest: str,
    device: str,
    old_token: str,
    now: datetime,
) -> str | None:
    """Judge a try whose password has been compared already; returns the cookie's token.

    ``verified_hash`` is the stored hash that the password matched (None: it matched none), checked
    again here; ``new_hash`` replaces it when its parameters are out of date; ``old_token`` is the
    sign-in this device had before, which ends. Returns None for a wrong try, which is now counted:
    the caller commits either way. Raises TooManyTries, Disabled.
    """
    person = db.get(Person, person_id) if person_id and verified_hash else None
    is_right = person is not None and person.password_hash == verified_hash
    digests = {"login_digest": login_digest, "source_digest": source_digest}
    if not judge_try(db, is_right=is_right, now=now, **digests) or person is None:
        return None
    if new_hash:
        person.password_hash = new_hash
    if old_token:
        end_sign_in(db, token=old_token, now=now)
    return start_sign_in(db, person, now=now, device=device)


def start_sign_in(db: Session, person: Person, *, now: datetime, device: str = "") -> str:
    """A new sign-in; returns the random token for the cookie, of which we keep only the digest.

    Raises Disabled.
    """
    if person.disabled_at is not None:
        raise rules.Disabled
    token = secrets.token_urlsafe(32)
    db.add(
        SignIn(
            token_hash=token_digest(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + rules.ABSOLUTE,
            device=device[:120],
        )
    )
    db.flush()
    return token


def mark_seen(db: Session, sign_in_id: int, *, now: datetime) -> None:
    """Write down that a sign-in is used."""
    db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.last_seen_at < now)
        .values(last_seen_at=now)
    )


def end_sign_in(db: Session, *, token: str, now: datetime) -> None:
    """End the sign-in that holds ``token``; its cookie is worthless from here on."""
    db.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_digest(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sign_in_by_id(db: Session, *, person_id: int, sign_in_id: int, now: datetime) -> None:
    """End one of the person's own sign-ins. Raises NotFound for anyone else's."""
    ended = db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn.id)
    )
    if ended.one_or_none() is None:
        raise NotFound


def end_other_sign_ins(db: Session, *, person_id: int, kept_token: str, now: datetime) -> None:
    """End every sign-in of the person but the one that holds ``kept_token``."""
    db.execute(
        update(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.token_hash != token_digest(kept_token),
        )
        .values(ended_at=now)
    )


# Second factor (RFC 6238 by pyotp: SHA-1, six digits, thirty seconds, as authenticator apps expect)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, one step of clock drift either way; None if none."""
    totp = pyotp.TOTP(secret)
    here = int(now.timestamp()) // TOTP_STEP_SECONDS
    return next(
        (
            step
            for step in (here, here - 1, here + 1)
            if pyotp.utils.strings_equal(code, totp.at(step * TOTP_STEP_SECONDS))
        ),
        None,
    )


def pass_second_factor(
    db: Session, *, person_id: int, token: str, secret: str, step: int, now: datetime
) -> bool:
    """Accept a code of ``step`` once: enrols ``secret`` if the person has none, and opens the
    sign-in that holds ``token``. Says False when the step was used before or the secret differs.
    """
    accepted = db.execute(
        update(Person)
        .where(
            Person.id == person_id,
            or_(Person.totp_secret.is_(None), Person.totp_secret == secret),
            or_(Person.totp_last_step.is_(None), Person.totp_last_step < step),
        )
        .values(totp_secret=secret, totp_last_step=step)
        .returning(Person.id)
    )
    if accepted.one_or_none() is None:
        return False
    db.execute(
        update(SignIn).where(SignIn.token_hash == token_digest(token)).values(totp_passed_at=now)
    )
    return True


def try_second_factor(
    db: Session,
    person: Person,
    *,
    code: str,
    token: str,
    offered_secret: str,
    login_digest: str,
    source_digest: str,
    now: datetime,
) -> bool:
    """Judge one code against the person's secret, or against ``offered_secret`` when they enrol.

    Says whether it passes; a wrong one is counted, so the caller commits either way.
    Raises TooManyTries.
    """
    secret = person.totp_secret or offered_secret
    step = matching_step(secret, code, now) if secret else None
    digests = {"login_digest": login_digest, "source_digest": source_digest}
    if not judge_try(db, is_right=step is not None, now=now, **digests) or step is None:
        return False
    return pass_second_factor(
        db, person_id=person.id, token=token, secret=secret, step=step, now=now
    )


def drop_second_factor(
    db: Session, person: Person, *, actor_id: int, now: datetime, note: str = ""
) -> None:
    """Forget a person's second factor (a lost phone); they enrol anew at the next sign-in."""
    person.totp_secret = None
    db.execute(
        update(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        .values(totp_passed_at=None)
    )
    record_audit(
        db,
        actor_id=actor_id,
        action="person.second_factor_dropped",
        subject_kind="person",
        subject_id=person.id,
        now=now,
        note=note,
    )


# Memberships and staff scope


def add_member(
    db: Session,
    *,
    person_id: int,
    unit_kind: str,
    unit_id: int,
    role: str,
    now: datetime,
    consented_at: datetime | None = None,
) -> Membership:
    """Make a person member of a producer (owner, member, supporter) or club (manager, host).

    A supporter has no right until the owner's consent is recorded (``consented_at``).
    Raises UnknownRole, AlreadyMember.
    """
    if role not in rules.UNIT_ROLES.get(unit_kind, ()):
        raise rules.UnknownRole(field="role")
    member = Membership(
        person_id=person_id,
        unit_kind=unit_kind,
        unit_id=unit_id,
        role=role,
        consented_at=consented_at,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(member)
    except IntegrityError:
        raise rules.AlreadyMember(field="login") from None
    return member


def let_in(
    db: Session,
    *,
    person_id: int,
    unit_kind: str,
    unit_id: int,
    role: str,
    actor_id: int,
    now: datetime,
) -> Membership:
    """``add_member`` by someone who leads the unit: their doing so is the consent on record.

    Raises UnknownRole, AlreadyMember.
    """
    member = add_member(
        db,
        person_id=person_id,
        unit_kind=unit_kind,
        unit_id=unit_id,
        role=role,
        now=now,
        consented_at=now,
    )
    record_audit(
        db,
        actor_id=actor_id,
        action="member.added",
        subject_kind=unit_kind,
        subject_id=unit_id,
        now=now,
        detail={"person_id": person_id, "role": role},
    )
    return member


def remove_member(
    db: Session, *, person_id: int, unit_kind: str, unit_id: int, actor_id: int, now: datetime
) -> None:
    """Take a person out of a producer or club.

    Raises NotFound, and LastOwner when nobody who leads it would be left.
    """
    leads = rules.UNIT_ROLES[unit_kind][0]
    of_unit = (Membership.unit_kind == unit_kind, Membership.unit_id == unit_id)
    members = db.scalars(select(Membership).where(*of_unit).with_for_update()).all()
    member = next((row for row in members if row.person_id == person_id), None)
    if member is None:
        raise NotFound
    if member.role == leads and sum(row.role == leads for row in members) == 1:
        raise rules.LastOwner
    db.delete(member)
    record_audit(
        db,
        actor_id=actor_id,
        action="member.removed",
        subject_kind=unit_kind,
        subject_id=unit_id,
        now=now,
        detail={"person_id": person_id, "role": member.role},
    )


def give_staff_scope(
    db: Session, *, person_id: int, province_code: str, actor_id: int | None, now: datetime
) -> None:
    """Make a person staff of a province (``*``: the whole country). Doing it twice is harmless."""
    try:
        with db.begin_nested():
            db.add(StaffScope(person_id=person_id, province_code=province_code))
    except IntegrityError:
        return
    _audit_scope(db, "staff.scope_given", person_id, province_code, actor_id, now)


def take_staff_scope(
    db: Session, *, person_id: int, province_code: str, actor_id: int | None, now: datetime
) -> None:
    """End a person's staff scope. Raises NotFound."""
    taken = db.execute(
        delete(StaffScope)
        .where(StaffScope.person_id == person_id, StaffScope.province_code == province_code)
        .returning(StaffScope.id)
    )
    if taken.one_or_none() is None:
        raise NotFound
    _audit_scope(db, "staff.scope_taken", person_id, province_code, actor_id, now)


def _audit_scope(
    db: Session, action: str, person_id: int, code: str, actor_id: int | None, now: datetime
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        detail={"province_code": code},
    )


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


def get_person(db: Session, person_id: int) -> Person:
    """Raises NotFound."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


# API tokens


def create_api_token(
    db: Session, *, person_id: int, label: str, scopes: Sequence[str], days: int, now: datetime
) -> str:
    """A new API token, returned once; only its digest is kept. Raises Invalid (field scopes)."""
    if not scopes or set(scopes) - set(rules.API_SCOPES):
        raise Invalid(field="scopes")
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        person_id=person_id,
        label=label,
        token_hash=token_digest(token),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.add(row)
    db.flush()
    record_audit(
        db,
        actor_id=person_id,
        action="api_token.created",
        subject_kind="api_token",
        subject_id=row.id,
        now=now,
        detail={"scopes": row.scopes},
    )
    return token


def revoke_api_token(db: Session, *, person_id: int, token_id: int, now: datetime) -> None:
    """End one of the person's own tokens. Raises NotFound for anyone else's."""
    revoked = db.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(ApiToken.id)
    )
    if revoked.one_or_none() is None:
        raise NotFound
    record_audit(
        db,
        actor_id=person_id,
        action="api_token.revoked",
        subject_kind="api_token",
        subject_id=token_id,
        now=now,
    )
