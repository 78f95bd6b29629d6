"""Reading who works for a producer, who was asked to, and where a person may work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import MemberInvitation, Membership, Person
from shop.accounts.rules import NEEDS_CONSENT
from shop.core.errors import NotFound


@dataclass(frozen=True)
class TeamRow:
    """Someone on a unit's list; a supporter also with what was agreed and how it stands."""

    person_id: int
    name: str
    login: str
    role: str
    since: datetime
    standing: str
    """``active``, ``asked`` (a supporter who waits for the owner), ``ended`` or ``disabled``."""
    areas: tuple[str, ...]
    consented_at: datetime | None
    consent_until: datetime | None
    consent_version: str | None


def team_of(db: Session, unit_kind: str, unit_id: int, now: datetime) -> list[TeamRow]:
    """Everyone on the unit's list, owners first, in order of joining."""
    rows = db.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.unit_kind == unit_kind, Membership.unit_id == unit_id)
        .order_by(Membership.role != "owner", Membership.role == "supporter", Membership.id)
    )
    return [
        TeamRow(
            person_id=person.id,
            name=person.name,
            login=person.phone or person.email or "",
            role=member.role,
            since=member.created_at,
            standing="disabled" if person.disabled_at else standing(member, now),
            areas=tuple(member.consent_areas or ()),
            consented_at=member.consented_at,
            consent_until=member.consent_until,
            consent_version=member.consent_version,
        )
        for member, person in rows
    ]


def standing(member: Membership, now: datetime) -> str:
    """How a membership stands now; see ``TeamRow.standing``."""
    if member.role not in NEEDS_CONSENT:
        return "active"
    if member.consented_at is None:
        return "asked"
    is_over = member.consent_until is not None and member.consent_until <= now
    return "ended" if is_over else "active"


def invitations_of(
    db: Session, unit_kind: str, unit_id: int, now: datetime
) -> list[MemberInvitation]:
    """Invitations of the unit that still wait for an answer, newest first."""
    return list(
        db.scalars(
            select(MemberInvitation)
            .where(
                MemberInvitation.unit_kind == unit_kind,
                MemberInvitation.unit_id == unit_id,
                MemberInvitation.state == "pending",
                MemberInvitation.expires_at > now,
            )
            .order_by(MemberInvitation.id.desc())
        )
    )


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as the invited person sees it."""

    invitation: MemberInvitation
    invited_by: str


def invitations_for(db: Session, person_id: int, now: datetime) -> list[InvitationRow]:
    """What a person was asked by an owner who named their login, and has not answered."""
    rows = db.execute(
        select(MemberInvitation, Person.name)
        .join(Person, Person.id == MemberInvitation.invited_by)
        .where(
            MemberInvitation.person_id == person_id,
            MemberInvitation.state == "pending",
            MemberInvitation.expires_at > now,
        )
        .order_by(MemberInvitation.id)
    )
    return [InvitationRow(*row) for row in rows]


def invitation_called(db: Session, code: str, person_id: int) -> InvitationRow:
    """The invitation behind a link, unless it was written for another account. Raises NotFound."""
    row = db.execute(
        select(MemberInvitation, Person.name)
        .join(Person, Person.id == MemberInvitation.invited_by)
        .where(
            MemberInvitation.code == code,
            or_(MemberInvitation.person_id.is_(None), MemberInvitation.person_id == person_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return InvitationRow(*row)


def support_asked(db: Session, producer_ids: Collection[int]) -> list[int]:
    """The producer of every supporter who waits for an owner's consent, longest waiting first."""
    return list(
        db.scalars(
            select(Membership.unit_id)
            .where(
                Membership.unit_kind == "producer",
                Membership.unit_id.in_(producer_ids),
                Membership.role.in_(NEEDS_CONSENT),
                Membership.consented_at.is_(None),
            )
            .order_by(Membership.id)
        )
    )


def memberships_of(db: Session, person_id: int) -> list[Membership]:
    """Every unit the person is on the list of, in order of joining."""
    found = select(Membership).where(Membership.person_id == person_id).order_by(Membership.id)
    return list(db.scalars(found))


# Names of units: they live above, so whoever knows them says so once.

NamesOf = Callable[[Session, Collection[int]], dict[int, str]]
FindBySlug = Callable[[Session, str], int | None]

_names: dict[str, NamesOf] = {}
_finders: dict[str, FindBySlug] = {}


def register_unit(unit_kind: str, *, names: NamesOf, find: FindBySlug | None = None) -> None:
    """Say how units of a kind are called, and how one is found by its slug."""
    _names[unit_kind] = names
    if find is not None:
        _finders[unit_kind] = find


def names_of_units(db: Session, unit_kind: str, unit_ids: Collection[int]) -> dict[int, str]:
    """Unit id -> name; units nobody can name are left out."""
    names = _names.get(unit_kind)
    return names(db, unit_ids) if names and unit_ids else {}


def unit_called(db: Session, unit_kind: str, slug: str) -> int | None:
    """The unit of this slug, if it may be found by others."""
    find = _finders.get(unit_kind)
    return find(db, slug) if find else None
