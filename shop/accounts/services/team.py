"""Owners ask people in, consent to supporters and withdraw it; people answer and leave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts import rules
from shop.accounts.models import MemberInvitation, Membership, Person
from shop.accounts.queries import person_of_login
from shop.accounts.services.audit import record_audit
from shop.accounts.services.members import add_member
from shop.core.errors import Invalid, NotAllowed, NotFound
from shop.core.text import random_code

CODE_LENGTH = 20
UNIT = "producer"


@dataclass(frozen=True)
class Consent:
    """What an owner opens to a supporter: areas of the work, and until when (None: until
    withdrawn).
    """

    areas: tuple[str, ...]
    until: datetime | None = None


def require_owner(db: Session, actor_id: int, producer_id: int) -> None:
    """The person leads the producer now, held until this transaction ends.

    Raises NotFound for people who do not belong to it, NotAllowed for those who do not lead it.
    """
    member = _held(db, actor_id, producer_id)
    if member is None:
        raise NotFound
    if member.role != "owner":
        raise NotAllowed


def _held(db: Session, person_id: int, producer_id: int) -> Membership | None:
    return db.scalars(
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.unit_kind == UNIT,
            Membership.unit_id == producer_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _belongs(db: Session, person_id: int, producer_id: int) -> bool:
    found = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.unit_kind == UNIT,
        Membership.unit_id == producer_id,
    )
    return db.scalar(found) is not None


def invite_member(
    db: Session,
    *,
    producer_id: int,
    login: rules.Login,
    role: str,
    consent: Consent | None,
    actor_id: int,
    now: datetime,
) -> MemberInvitation:
    """An owner asks someone to work for the producer. For a supporter this is the consent, which
    begins to count when the person accepts.

    Raises NotFound, NotAllowed, UnknownRole, AreasNeeded, WrongConsentEnd, AlreadyMember,
    AlreadyInvited, TooManyInvitations.
    """
    require_owner(db, actor_id, producer_id)
    given = _checked(role, consent, now)
    person = person_of_login(db, login)
    if person is not None and _belongs(db, person.id, producer_id):
        raise rules.AlreadyMember(field="login")
    _close_old(db, producer_id, str(login), now)
    waiting = select(func.count()).where(
        MemberInvitation.unit_kind == UNIT,
        MemberInvitation.unit_id == producer_id,
        MemberInvitation.state == "pending",
    )
    if (db.scalar(waiting) or 0) >= rules.MAX_INVITATIONS:
        raise rules.TooManyInvitations(field="login")
    invitation = MemberInvitation(
        code=random_code(CODE_LENGTH),
        unit_kind=UNIT,
        unit_id=producer_id,
        login=str(login),
        person_id=person.id if person is not None and person.disabled_at is None else None,
        role=role,
        consent_version=rules.CONSENT_VERSION if given else None,
        consent_areas=sorted(given.areas) if given else None,
        consent_until=given.until if given else None,
        invited_by=actor_id,
        created_at=now,
        expires_at=now + rules.INVITATION_LIFE,
    )
    try:
        with db.begin_nested():
            db.add(invitation)
    except IntegrityError:
        raise rules.AlreadyInvited(field="login") from None
    _audit(db, "member.invited", producer_id, actor_id, now, role=role)
    return invitation


def _checked(role: str, consent: Consent | None, now: datetime) -> Consent | None:
    """The consent that belongs to the role: required for supporters, none for others."""
    if role not in rules.UNIT_ROLES[UNIT]:
        raise rules.UnknownRole(field="role")
    if role not in rules.NEEDS_CONSENT:
        return None
    asked = consent or Consent(())
    fault: Invalid | None = rules.consent_fault(areas=asked.areas, until=asked.until, now=now)
    if fault is not None:
        raise fault
    return asked


def _close_old(db: Session, producer_id: int, login: str, now: datetime) -> None:
    """An invitation past its day makes room for a new one to the same person."""
    db.execute(
        update(MemberInvitation)
        .where(
            MemberInvitation.unit_kind == UNIT,
            MemberInvitation.unit_id == producer_id,
            MemberInvitation.login == login,
            MemberInvitation.state == "pending",
            MemberInvitation.expires_at <= now,
        )
        .values(state="withdrawn", answered_at=now)
    )


def withdraw_invitation(
    db: Session, *, producer_id: int, invitation_id: int, actor_id: int, now: datetime
) -> None:
    """An owner takes an invitation back. Raises NotFound, NotAllowed, InvitationOver."""
    require_owner(db, actor_id, producer_id)
    known = db.get(MemberInvitation, invitation_id)
    if known is None or (known.unit_kind, known.unit_id) != (UNIT, producer_id):
        raise NotFound
    _answer(db, invitation_id, "withdrawn", now)
    _audit(db, "member.invitation_withdrawn", producer_id, actor_id, now, role=known.role)


def answer_invitation(
    db: Session, *, code: str, person_id: int, is_accepted: bool, now: datetime
) -> MemberInvitation:
    """The invited person says yes or no; yes makes them a member, with the consent as given.

    Raises NotFound (also for an invitation written for another account), InvitationOver,
    OwnInvitation.
    """
    known = db.scalars(select(MemberInvitation).where(MemberInvitation.code == code)).one_or_none()
    if known is None or known.person_id not in (None, person_id):
        raise NotFound
    if not is_accepted:
        _answer(db, known.id, "declined", now, person_id=person_id)
        _audit(db, "member.declined", known.unit_id, person_id, now, role=known.role)
        return known
    _answer(db, known.id, "accepted", now, person_id=person_id)
    try:
        member = add_member(
            db,
            person_id=person_id,
            unit_kind=known.unit_kind,
            unit_id=known.unit_id,
            role=known.role,
            now=now,
            consented_at=known.created_at if known.role in rules.NEEDS_CONSENT else now,
        )
    except rules.AlreadyMember:
        raise rules.OwnInvitation from None
    member.consented_by = known.invited_by
    member.consent_version = known.consent_version
    member.consent_areas = known.consent_areas
    member.consent_until = known.consent_until
    db.flush()
    _audit(
        db,
        "member.joined",
        known.unit_id,
        person_id,
        now,
        role=known.role,
        areas=known.consent_areas or [],
        version=known.consent_version or "",
    )
    return known


def _answer(
    db: Session, invitation_id: int, state: str, now: datetime, *, person_id: int | None = None
) -> None:
    """Settle an invitation once: one conditional statement. Raises InvitationOver."""
    values: dict[str, object] = {"state": state, "answered_at": now}
    if person_id is not None:
        values["person_id"] = person_id
    statement = update(MemberInvitation).where(
        MemberInvitation.id == invitation_id, MemberInvitation.state == "pending"
    )
    if state == "accepted":
        statement = statement.where(MemberInvitation.expires_at > now)
    settled = db.execute(statement.values(**values).returning(MemberInvitation.id))
    if settled.one_or_none() is None:
        raise rules.InvitationOver


def ask_to_support(db: Session, *, producer_id: int, person_id: int, now: datetime) -> Membership:
    """Someone of a commune's digital team offers help; without the owner's consent it gives no
    right. Asking twice is asking once. Raises OwnInvitation for people who belong already.
    """
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    known = _held(db, person_id, producer_id)
    if known is not None:
        if known.role in rules.NEEDS_CONSENT and known.consented_at is None:
            return known
        raise rules.OwnInvitation
    member = add_member(
        db,
        person_id=person_id,
        unit_kind=UNIT,
        unit_id=producer_id,
        role="supporter",
        now=now,
    )
    _audit(db, "supporter.asked", producer_id, person_id, now)
    return member


def give_consent(
    db: Session,
    *,
    producer_id: int,
    person_id: int,
    consent: Consent,
    actor_id: int,
    now: datetime,
) -> Membership:
    """An owner lets a supporter work, or changes what and until when.

    Raises NotFound, NotAllowed, AreasNeeded, WrongConsentEnd.
    """
    require_owner(db, actor_id, producer_id)
    given = _checked("supporter", consent, now)
    member = _supporter(db, person_id, producer_id)
    member.consented_at, member.consented_by = now, actor_id
    member.consent_version = rules.CONSENT_VERSION
    member.consent_areas = sorted(given.areas) if given else []
    member.consent_until = given.until if given else None
    db.flush()
    _audit(
        db,
        "consent.given",
        producer_id,
        actor_id,
        now,
        person_id=person_id,
        areas=member.consent_areas,
        version=rules.CONSENT_VERSION,
    )
    return member


def revoke_consent(
    db: Session, *, producer_id: int, person_id: int, actor_id: int, now: datetime
) -> None:
    """An owner stops a supporter at once: it waits for what the supporter is writing at this very
    moment, and nothing of theirs is written after it. Raises NotFound, NotAllowed.
    """
    require_owner(db, actor_id, producer_id)
    member = _supporter(db, person_id, producer_id)
    member.consented_at = member.consented_by = member.consent_until = None
    member.consent_areas = None
    db.flush()
    _audit(db, "consent.revoked", producer_id, actor_id, now, person_id=person_id)


def _supporter(db: Session, person_id: int, producer_id: int) -> Membership:
    member = _held(db, person_id, producer_id)
    if member is None or member.role not in rules.NEEDS_CONSENT:
        raise NotFound
    return member


def change_role(
    db: Session, *, producer_id: int, person_id: int, role: str, actor_id: int, now: datetime
) -> None:
    """An owner makes a member an owner, or an owner a member.

    Raises NotFound, NotAllowed, UnknownRole, and LastOwner when nobody would lead it.
    """
    if role not in {"owner", "member"}:
        raise rules.UnknownRole(field="role")
    of_unit = (Membership.unit_kind == UNIT, Membership.unit_id == producer_id)
    team = db.scalars(
        select(Membership)
        .where(*of_unit)
        .order_by(Membership.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    require_owner(db, actor_id, producer_id)
    member = next((row for row in team if row.person_id == person_id), None)
    if member is None or member.role in rules.NEEDS_CONSENT:
        raise NotFound
    if member.role == role:
        return
    if role == "member" and sum(row.role == "owner" for row in team) == 1:
        raise rules.LastOwner
    member.role = role
    db.flush()
    _audit(db, "member.role_changed", producer_id, actor_id, now, person_id=person_id, role=role)


def require_still_working(
    db: Session, *, person_id: int, producer_ids: Collection[int], area: str, now: datetime
) -> None:
    """Hold the consents that a supporter's request relies upon until it is written.

    The rights were read before; a consent withdrawn since refuses here, and one that is being
    withdrawn waits for this transaction. Raises ConsentEnded.
    """
    held = db.scalars(
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.unit_kind == UNIT,
            Membership.unit_id.in_(producer_ids),
        )
        .order_by(Membership.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()
    counted = {
        member.unit_id
        for member in held
        if member.consented_at is not None
        and (member.consent_until is None or member.consent_until > now)
        and area in (member.consent_areas or ())
    }
    if counted != set(producer_ids):
        raise rules.ConsentEnded


def _audit(
    db: Session, action: str, producer_id: int, actor_id: int, now: datetime, **detail: object
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind=UNIT,
        subject_id=producer_id,
        now=now,
        detail=detail,
    )
