"""The people of a club."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs import queries, rules
from livestream.clubs.models import Invitation
from livestream.clubs.services.resources import add_host
from shop.accounts.models import Person
from shop.accounts.queries import members_of
from shop.accounts.services import add_member
from shop.core.errors import NotFound
from shop.notifications.services import notify


def managers_of(db: Session, club_id: int) -> list[int]:
    """Ids of the club's managers."""
    return [row.person_id for row in members_of(db, "club", club_id) if row.role == "manager"]


def invite(
    db: Session, *, club_id: int, login: str, role: str, actor_id: int, now: datetime
) -> Invitation:
    """Ask the owner of a login to join. Asking again renews an answered invitation.

    The club's row is locked, so that a second click finds the first one's invitation.
    """
    club = queries.get_club(db, club_id, lock=True)
    invitation = db.scalars(
        select(Invitation)
        .where(Invitation.club_id == club_id, Invitation.login == login)
        .with_for_update()
    ).one_or_none()
    if invitation is None:
        invitation = Invitation(
            club_id=club_id, login=login, role=role, invited_by=actor_id, created_at=now
        )
        db.add(invitation)
    invitation.role, invitation.state, invitation.decided_at = role, "asked", None
    db.flush()
    invited = db.scalars(
        select(Person.id).where((Person.email == login) | (Person.phone == login))
    ).all()
    notify(
        db,
        person_ids=list(invited),
        kind="club.invited",
        cause=f"invitation:{invitation.id}:{int(now.timestamp())}",
        payload={"club": club.name},
        now=now,
    )
    return invitation


def answer_invitation(
    db: Session, *, invitation_id: int, person_id: int, is_accepted: bool, now: datetime
) -> Invitation:
    """The invited person answers; accepting as host makes them bookable by the club.

    Raises NotFound for other people's invitations, AlreadyDecided, AlreadyMember.
    """
    person = db.get_one(Person, person_id)
    logins = [login for login in (person.email, person.phone) if login]
    invitation = db.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.login.in_(logins))
        .with_for_update()
    ).one_or_none()
    if invitation is None:
        raise NotFound
    if invitation.state != "asked":
        raise rules.AlreadyDecided
    invitation.state = "accepted" if is_accepted else "declined"
    invitation.decided_at = now
    db.flush()
    if is_accepted:
        add_member(
            db,
            person_id=person_id,
            unit_kind="club",
            unit_id=invitation.club_id,
            role=invitation.role,
            now=now,
            consented_at=now,
        )
        if invitation.role == "host":
            add_host(
                db,
                club_id=invitation.club_id,
                person_id=person_id,
                actor_id=person_id,
                now=now,
            )
    return invitation
