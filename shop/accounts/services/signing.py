"""Sign-ins, the brake on guessing, the second factor."""

import hashlib
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, text, update
from sqlalchemy.orm import Session

from shop.accounts import queries, rules
from shop.accounts.models import Person, SignIn, SignInFailure
from shop.accounts.services.audit import record_audit
from shop.accounts.signals import person_signed_in
from shop.core.errors import NotFound

TOTP_STEP_SECONDS = 30
"""RFC 6238 as authenticator applications expect it: SHA-1, six digits, thirty seconds."""


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
    person_signed_in.send(None, db=db, person_id=person.id, now=now)
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
