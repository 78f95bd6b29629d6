"""People and what they may do."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of
from shop.core.text import fold

MEMBER_ROLES = ("owner", "member", "supporter", "manager", "host")


def _fold_name(context: Any) -> str:
    return fold(context.get_current_parameters()["name"])


class Person(Base):
    """Someone who can sign in, by phone or e-mail."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="has_login"),
        one_of("language", ("vi", "en")),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(200), default=_fold_name)
    """The name without marks, for searching; whoever changes the name changes this too."""
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[Ref | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignIn(Base):
    """A sign-in: the cookie holds a random token, this row its SHA-256."""

    __tablename__ = "sign_in"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    totp_passed_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")


class SignInFailure(Base):
    """A refused sign-in, kept briefly to slow guessing: digests only, no address in clear."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "login_digest", "at"), Index(None, "source_digest", "at"))

    id: Mapped[Id]
    login_digest: Mapped[str] = mapped_column(String(64))
    source_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Membership(Base):
    """A person's place in a producer or a club. ``unit_id`` is opaque here: clubs live above."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "unit_kind", "unit_id"),
        Index(None, "unit_kind", "unit_id"),
        one_of("unit_kind", ("producer", "club")),
        one_of("role", MEMBER_ROLES),
    )

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    unit_kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[Ref]
    role: Mapped[str] = mapped_column(String(10))
    consented_at: Mapped[datetime | None]
    """When an owner let a supporter work for the unit; without it a supporter has no right."""
    consented_by: Mapped[Ref | None]
    consent_version: Mapped[str | None] = mapped_column(String(20))
    """Which wording the owner agreed to: a key of ``rules.CONSENT_TEXTS``."""
    consent_areas: Mapped[list[str] | None] = mapped_column(JSON)
    """What a supporter may work on: keys of ``rules.AREAS``; None for other roles."""
    consent_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MemberInvitation(Base):
    """An owner asks someone, by phone or e-mail, to work for the unit. Answering empties nothing:
    what came of it stays, the login may be erased.
    """

    __tablename__ = "member_invitation"
    __table_args__ = (
        one_of("unit_kind", ("producer",)),
        one_of("role", MEMBER_ROLES),
        one_of("state", ("pending", "accepted", "declined", "withdrawn")),
        Index(
            "uq_member_invitation_pending",
            *("unit_kind", "unit_id", "login"),
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(None, "person_id", "state"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    """Opens the invitation for someone who had no account when it was written."""
    unit_kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[Ref]
    login: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    """Whose account the login was when the invitation was written, or who answered by the code."""
    role: Mapped[str] = mapped_column(String(10))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consent_areas: Mapped[list[str] | None] = mapped_column(JSON)
    consent_until: Mapped[datetime | None]
    invited_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class StaffScope(Base):
    """A province that a person is Youth Union staff of; ``*`` is the whole country."""

    __tablename__ = "staff_scope"
    __table_args__ = (UniqueConstraint("person_id", "province_code"),)

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    province_code: Mapped[str] = mapped_column(String(2))


class CommuneScope(Base):
    """A commune that a person is an officer of."""

    __tablename__ = "commune_scope"
    __table_args__ = (UniqueConstraint("person_id", "commune_code"),)

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), index=True)


class ApiToken(Base):
    """A program's key: shown once, kept as SHA-256."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to which thing, and when. Opaque ids and codes only."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_kind", "subject_id"),
        Index(None, "producer_id", "id"),
        Index(None, "province_code", "id"),
        Index(None, "actor_id", "id"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[Ref | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[Ref]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    producer_id: Mapped[Ref | None]
    """Whose thing it was when it was done: opaque here, producers live above."""
    province_code: Mapped[str | None] = mapped_column(String(2))
    actor_role: Mapped[str | None] = mapped_column(String(10))
    """What the person was to that producer then: a member role, ``staff``, or None."""


class AuditNote(Base):
    """Free words that belong to an audit entry (a reason), which erasure may empty."""

    __tablename__ = "audit_note"

    entry_id: Mapped[Ref] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


append_only("audit_entry")
