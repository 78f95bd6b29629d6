"""Reading people: who is asking, who belongs to what, who is staff where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from shop.accounts.models import (
    ApiToken,
    CommuneScope,
    Membership,
    Person,
    SignIn,
    SignInFailure,
    StaffScope,
)
from shop.accounts.rules import AREAS, EVERYWHERE, FAILURE_WINDOW, IDLE, NEEDS_CONSENT, Login
from shop.core import clock
from shop.core.db import UtcDateTime
from shop.core.text import fold
from shop.places.models import Commune, Province
from shop.web.actor import Actor


@dataclass(frozen=True)
class MemberRow:
    """Someone who belongs to a producer or a club."""

    person_id: int
    name: str
    role: str


@dataclass(frozen=True)
class SignedIn:
    """A live sign-in: who, and when it was last written down that it is used."""

    sign_in_id: int
    actor: Actor
    last_seen_at: datetime


def actor_of(
    db: Session, *, token_hash: str, now: datetime, is_staff_totp_required: bool
) -> SignedIn | None:
    """The actor behind a sign-in's token, in two statements; None when it no longer counts."""
    row = db.execute(
        select(SignIn.id, SignIn.last_seen_at, SignIn.totp_passed_at, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - IDLE,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    whole = _with_rights(db, row.Person, now)
    is_asked = row.Person.totp_secret is not None or (
        is_staff_totp_required and (whole.is_staff or whole.is_officer)
    )
    if is_asked and row.totp_passed_at is None:
        whole = Actor(
            person_id=row.Person.id,
            name=row.Person.name,
            language=row.Person.language,
            needs_totp=True,
        )
    return SignedIn(row.id, whole, row.last_seen_at)


def actor_of_api_token(db: Session, *, token_hash: str, now: datetime) -> Actor | None:
    """The actor behind an API token, with its scopes; None when it no longer counts."""
    row = db.execute(
        select(ApiToken.scopes, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(
            ApiToken.token_hash == token_hash,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    return _with_rights(db, row.Person, now, frozenset(row.scopes)) if row else None


def actor_of_person(db: Session, person_id: int) -> Actor | None:
    """What a person may do, for work done in their name (the CLI, jobs, demo data)."""
    person = db.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        return None
    return _with_rights(db, person, clock.now())


def _with_rights(
    db: Session, person: Person, now: datetime, scopes: frozenset[str] = frozenset()
) -> Actor:
    rights = db.execute(
        union_all(
            select(
                Membership.unit_kind.label("kind"),
                cast(Membership.unit_id, String(20)).label("unit"),
                Membership.role.label("role"),
                cast(Membership.consent_areas, String(200)).label("areas"),
            ).where(Membership.person_id == person.id, gives_rights(now)),
            select(literal("staff"), StaffScope.province_code, literal(""), literal("")).where(
                StaffScope.person_id == person.id
            ),
            select(literal("officer"), CommuneScope.commune_code, literal(""), literal("")).where(
                CommuneScope.person_id == person.id
            ),
        )
    ).all()
    return Actor(
        person_id=person.id,
        name=person.name,
        language=person.language,
        producers={int(unit): role for kind, unit, role, _areas in rights if kind == "producer"},
        areas={
            int(unit): frozenset(area for area in AREAS if f'"{area}"' in (areas or ""))
            for kind, unit, role, areas in rights
            if kind == "producer" and role in NEEDS_CONSENT
        },
        clubs={int(unit): role for kind, unit, role, _areas in rights if kind == "club"},
        staff_provinces=frozenset(unit for kind, unit, *_rest in rights if kind == "staff"),
        communes=frozenset(unit for kind, unit, *_rest in rights if kind == "officer"),
        is_admin=person.is_admin,
        scopes=scopes,
    )


def gives_rights(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a membership counts now: a supporter's only within the owner's consent."""
    return or_(
        Membership.role.not_in(NEEDS_CONSENT),
        and_(
            Membership.consented_at.is_not(None),
            or_(Membership.consent_until.is_(None), Membership.consent_until > now),
        ),
    )


def person_of_login(db: Session, login: Login) -> Person | None:
    """The person who signs in with this e-mail or phone."""
    column, value = (Person.email, login.email) if login.email else (Person.phone, login.phone)
    return db.scalar(select(Person).where(column == value)) if value else None


def members_of(db: Session, unit_kind: str, unit_id: int) -> list[MemberRow]:
    """Who belongs to a producer or club and may act for it, in order of joining."""
    rows = db.execute(_MEMBERS, {"kind": unit_kind, "unit": unit_id, "now": clock.now()})
    return [MemberRow(person_id, name, role) for person_id, name, role in rows]


_MEMBERS: Final = (
    select(Person.id, Person.name, Membership.role)
    .join(Person, Person.id == Membership.person_id)
    .where(
        Membership.unit_kind == bindparam("kind"),
        Membership.unit_id == bindparam("unit"),
        Person.disabled_at.is_(None),
        gives_rights(bindparam("now", type_=UtcDateTime)),
    )
    .order_by(Membership.id)
)


def staff_of(db: Session, province_code: str) -> list[int]:
    """Ids of the staff who look after a province; the admins where nobody does."""
    staff = db.scalars(
        select(Person.id)
        .where(
            Person.id.in_(
                select(StaffScope.person_id).where(
                    StaffScope.province_code.in_((province_code, EVERYWHERE))
                )
            ),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    ).all()
    if staff:
        return list(staff)
    admins = select(Person.id).where(Person.is_admin, Person.disabled_at.is_(None))
    return list(db.scalars(admins.order_by(Person.id)))


def officers_of(db: Session, commune_code: str) -> list[int]:
    """Ids of the officers of a commune."""
    return list(
        db.scalars(
            select(Person.id)
            .join(CommuneScope, CommuneScope.person_id == Person.id)
            .where(CommuneScope.commune_code == commune_code, Person.disabled_at.is_(None))
            .order_by(Person.id)
        )
    )


def communes_of(db: Session, person_id: int) -> list[tuple[str, str]]:
    """(code, name with its province) of the communes that a person is an officer of."""
    rows = db.execute(
        select(Commune.code, Commune.name, Province.name)
        .join(CommuneScope, CommuneScope.commune_code == Commune.code)
        .join(Province, Province.code == Commune.province_code)
        .where(CommuneScope.person_id == person_id)
        .order_by(Commune.folded, Commune.code)
    )
    return [(code, f"{name}, {province}") for code, name, province in rows]


@dataclass(frozen=True)
class Failures:
    """Refused tries within the window."""

    pair: int
    login: int
    source: int


def recent_failures(
    db: Session, *, login_digest: str, source_digest: str, now: datetime
) -> Failures:
    """Count what ``rules.may_try`` asks, in one statement."""
    is_login = SignInFailure.login_digest == login_digest
    is_source = SignInFailure.source_digest == source_digest
    row = db.execute(
        select(
            func.count().filter(is_login & is_source),
            func.count().filter(is_login),
            func.count().filter(is_source),
        ).where(SignInFailure.at > now - FAILURE_WINDOW, is_login | is_source)
    ).one()
    return Failures(*row)


def live_sign_ins(db: Session, person_id: int, now: datetime) -> list[SignIn]:
    """A person's sign-ins that still count, last used first."""
    return list(
        db.scalars(
            select(SignIn)
            .where(
                SignIn.person_id == person_id,
                SignIn.ended_at.is_(None),
                SignIn.expires_at > now,
                SignIn.last_seen_at > now - IDLE,
            )
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        )
    )


def api_tokens_of(db: Session, person_id: int, now: datetime) -> list[ApiToken]:
    """A person's API tokens that still count, newest first."""
    return list(
        db.scalars(
            select(ApiToken)
            .where(
                ApiToken.person_id == person_id,
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > now,
            )
            .order_by(ApiToken.id.desc())
        )
    )


def find_people(words: str) -> Select[Person]:
    """People whose name (typed with or without marks), phone or e-mail holds ``words``."""
    statement = select(Person).order_by(Person.folded, Person.id)
    plain = words.strip().lower()
    if not plain:
        return statement
    asked: list[Any] = [Person.email.contains(plain, autoescape=True)]
    digits = "".join(char for char in plain if char.isdigit())
    if digits and not any(char.isalpha() for char in plain):
        asked.append(Person.phone.contains(digits, autoescape=True))
    if fold(plain):
        asked.append(Person.folded.contains(fold(plain), autoescape=True))
    return statement.where(or_(*asked))


def count(db: Session, statement: Select[Any]) -> int:
    """How many rows the statement has."""
    inner = statement.order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(inner)) or 0


def scopes_of(db: Session, person_ids: Sequence[int]) -> dict[int, list[str]]:
    """Staff provinces of people, in one statement."""
    found: dict[int, list[str]] = {}
    if person_ids:
        rows = db.execute(
            select(StaffScope.person_id, StaffScope.province_code)
            .where(StaffScope.person_id.in_(person_ids))
            .order_by(StaffScope.province_code)
        )
        for person_id, code in rows:
            found.setdefault(person_id, []).append(code)
    return found
