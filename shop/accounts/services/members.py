"""Who belongs to producers and clubs, who is staff where."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts import rules
from shop.accounts.models import CommuneScope, Membership, StaffScope
from shop.accounts.services.audit import record_audit
from shop.core.errors import NotAllowed, NotFound


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


def remove_member(
    db: Session, *, person_id: int, unit_kind: str, unit_id: int, actor_id: int, now: datetime
) -> None:
    """Take a person out of a producer or club, or let them go by themselves.

    Raises NotFound, NotAllowed when neither a leader nor the person asks, and LastOwner when nobody
    who leads it would be left.
    """
    leads = rules.UNIT_ROLES[unit_kind][0]
    of_unit = (Membership.unit_kind == unit_kind, Membership.unit_id == unit_id)
    members = db.scalars(
        select(Membership).where(*of_unit).order_by(Membership.id).with_for_update()
    ).all()
    member = next((row for row in members if row.person_id == person_id), None)
    if member is None:
        raise NotFound
    is_led_by_actor = any(row.person_id == actor_id and row.role == leads for row in members)
    if person_id != actor_id and not is_led_by_actor:
        raise NotAllowed
    if member.role == leads and sum(row.role == leads for row in members) == 1:
        raise rules.LastOwner
    record_audit(
        db,
        actor_id=actor_id,
        action="member.left" if person_id == actor_id else "member.removed",
        subject_kind=unit_kind,
        subject_id=unit_id,
        now=now,
        detail={"person_id": person_id, "role": member.role},
    )
    db.delete(member)
    db.flush()


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


def give_commune_scope(
    db: Session, *, person_id: int, commune_code: str, actor_id: int | None, now: datetime
) -> None:
    """Make a person an officer of a commune. Doing it twice is harmless."""
    try:
        with db.begin_nested():
            db.add(CommuneScope(person_id=person_id, commune_code=commune_code))
    except IntegrityError:
        return
    _audit_scope(db, "officer.scope_given", person_id, commune_code, actor_id, now)


def take_commune_scope(
    db: Session, *, person_id: int, commune_code: str, actor_id: int | None, now: datetime
) -> None:
    """End a person's say in a commune. Raises NotFound."""
    taken = db.execute(
        delete(CommuneScope)
        .where(CommuneScope.person_id == person_id, CommuneScope.commune_code == commune_code)
        .returning(CommuneScope.id)
    )
    if taken.one_or_none() is None:
        raise NotFound
    _audit_scope(db, "officer.scope_taken", person_id, commune_code, actor_id, now)


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
