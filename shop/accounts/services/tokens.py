"""API tokens."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts import rules
from shop.accounts.models import ApiToken, Person
from shop.accounts.services.audit import record_audit
from shop.accounts.services.signing import token_digest
from shop.core.errors import Invalid, NotFound

API_TOKEN_PREFIX = "cp_"  # noqa: S105 - tells a leaked token's origin to scanners


def create_api_token(
    db: Session, *, person_id: int, label: str, scopes: Sequence[str], days: int, now: datetime
) -> str:
    """A new API token, returned once; only its digest is kept.

    Two tokens in use are told apart by their label; a second click makes none that nobody has
    seen. Raises Invalid (field scopes), LabelInUse.
    """
    if not scopes or set(scopes) - set(rules.API_SCOPES):
        raise Invalid(field="scopes")
    _require_free_label(db, person_id, label, now)
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


def _require_free_label(db: Session, person_id: int, label: str, now: datetime) -> None:
    """The person's row is the lock of two clicks at once. Raises LabelInUse."""
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    known = db.scalar(
        select(ApiToken.id)
        .where(
            ApiToken.person_id == person_id,
            ApiToken.label == label,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
        .limit(1)
    )
    if known is not None:
        raise rules.LabelInUse(field="label")


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
