"""The people of a club."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from livestream.clubs import queries, rules
from livestream.clubs.models import ClubResource, Invitation, Resource
from livestream.clubs.services.resources import add_host, heir_of
from livestream.clubs.signals import host_leaves
from shop.accounts.models import Person
from shop.accounts.queries import members_of
from shop.accounts.services import add_member, remove_member
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


def leave_club(db: Session, *, club_id: int, person_id: int, actor_id: int, now: datetime) -> None:
    """Take a person out of a club, or let them go: their rights end, the club books them no more.

    A host whom other clubs share is kept by one of these from then on. Raises NotFound, NotAllowed,
    LastOwner, and what ``host_leaves`` refuses with.
    """
    remove_member(
        db, person_id=person_id, unit_kind="club", unit_id=club_id, actor_id=actor_id, now=now
    )
    host = db.scalars(select(Resource).where(Resource.person_id == person_id)).one_or_none()
    if host is None:
        return
    host_leaves.send(db=db, resource_id=host.id, club_id=club_id, now=now)
    of_host = ClubResource.resource_id == host.id
    db.execute(delete(ClubResource).where(of_host, ClubResource.club_id == club_id))
    if host.owner_club_id == club_id:
        host.owner_club_id = heir_of(db, host.id) or club_id
    db.flush()
