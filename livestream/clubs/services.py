"""Verbs about clubs, the people in them and what they share."""

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.clubs import queries, rules
from livestream.clubs.models import (
    Availability,
    AvailabilityException,
    Club,
    ClubResource,
    Invitation,
    Resource,
)
from shop.accounts.models import Person
from shop.accounts.queries import members_of, staff_of
from shop.accounts.services import add_member, record_audit
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_, random_code, slugify
from shop.notifications.services import notify

CODE_LENGTH = 8
TOKEN_LENGTH = 32


def register_club(
    db: Session,
    *,
    person_id: int,
    name: str,
    kind: str,
    province_code: str,
    now: datetime,
    place: str = "",
    about: str = "",
    is_demo: bool = False,
) -> Club:
    """A new club that waits for staff; ``person_id`` is its first manager."""
    club = Club(
        slug=slugify(name),
        name=name,
        kind=kind,
        province_code=province_code,
        place=place,
        about=about,
        is_demo=is_demo,
        feed_token=random_code(TOKEN_LENGTH),
        registered_by=person_id,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(club)
    except IntegrityError:
        club.slug = f"{club.slug}-{random_code(5).lower()}"
        db.add(club)
        db.flush()
    add_member(db, person_id=person_id, unit_kind="club", unit_id=club.id, role="manager", now=now)
    _audit(db, "club.registered", club.id, person_id, now)
    notify(
        db,
        person_ids=staff_of(db, province_code),
        kind="club.registered",
        cause=f"club:{club.id}",
        payload={"club": name},
        now=now,
    )
    return club


def decide_club(
    db: Session, *, club_id: int, is_verified: bool, actor_id: int, now: datetime, note: str = ""
) -> Club:
    """Staff verify a club or say why not. Raises NotFound, AlreadyDecided, Invalid (field note)."""
    club = queries.get_club(db, club_id, lock=True)
    if club.state != "submitted":
        raise rules.AlreadyDecided
    if not is_verified and not note:
        raise Invalid(N_("Vui lòng ghi lý do."), field="note")
    club.state = "verified" if is_verified else "rejected"
    club.decision_note = note
    club.decided_by = actor_id
    club.decided_at = now
    db.flush()
    _audit(db, f"club.{club.state}", club.id, actor_id, now, note=note)
    notify(
        db,
        person_ids=managers_of(db, club.id),
        kind=f"club.{club.state}",
        cause=f"club:{club.id}",
        payload={"club": club.name, "note": note},
        now=now,
    )
    return club


def resubmit_club(db: Session, *, club_id: int, actor_id: int, now: datetime) -> None:
    """A refused club asks again. Raises AlreadyDecided."""
    club = queries.get_club(db, club_id, lock=True)
    if club.state != "rejected":
        raise rules.AlreadyDecided
    club.state = "submitted"
    db.flush()
    _audit(db, "club.resubmitted", club.id, actor_id, now)


def change_club(
    db: Session,
    *,
    club_id: int,
    name: str,
    place: str,
    about: str,
    about_en: str | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Change what the public page says; the address stays."""
    club = queries.get_club(db, club_id, lock=True)
    club.name, club.place, club.about, club.about_en = name, place, about, about_en
    db.flush()
    _audit(db, "club.changed", club.id, actor_id, now)


def renew_feed_token(db: Session, *, club_id: int, actor_id: int, now: datetime) -> None:
    """Close the private calendar's old address and open a new one."""
    club = queries.get_club(db, club_id, lock=True)
    club.feed_token = random_code(TOKEN_LENGTH)
    db.flush()
    _audit(db, "club.feed_renewed", club_id, actor_id, now)


def managers_of(db: Session, club_id: int) -> list[int]:
    """Ids of the club's managers."""
    return [row.person_id for row in members_of(db, "club", club_id) if row.role == "manager"]


# Resources


def add_resource(
    db: Session,
    *,
    club_id: int,
    kind: str,
    name: str,
    actor_id: int | None,
    now: datetime,
    platform: str | None = None,
    handle: str | None = None,
    province_code: str | None = None,
    buffer_before_minutes: int = 15,
    buffer_after_minutes: int = 15,
) -> Resource:
    """A channel account, studio or kit that the club keeps and may lend.

    Raises ChannelTaken when the platform's account is declared already.
    """
    resource = Resource(
        code=random_code(CODE_LENGTH),
        owner_club_id=club_id,
        kind=kind,
        name=name,
        platform=platform,
        handle=handle,
        account_key=rules.channel_key(platform, handle) if platform and handle else None,
        province_code=province_code,
        buffer_before_minutes=buffer_before_minutes,
        buffer_after_minutes=buffer_after_minutes,
    )
    return _keep(db, resource, rules.ChannelTaken(field="handle"), actor_id, now)


def add_host(
    db: Session, *, club_id: int, person_id: int, actor_id: int | None, now: datetime
) -> Resource:
    """Make a person bookable as host by the club: one row per person whatever clubs they are in.

    Raises NotFound, AlreadyHost.
    """
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    existing = db.scalars(select(Resource).where(Resource.person_id == person_id)).one_or_none()
    if existing is None:
        resource = Resource(
            code=random_code(CODE_LENGTH),
            owner_club_id=club_id,
            kind="host",
            name=person.name,
            person_id=person_id,
        )
        return _keep(db, resource, rules.AlreadyHost(), actor_id, now)
    _link(db, club_id, existing.id, "active", actor_id, now, rules.AlreadyHost(field="login"))
    return existing


def change_resource(
    db: Session,
    *,
    resource_id: int,
    club_id: int,
    name: str,
    buffer_before_minutes: int,
    buffer_after_minutes: int,
    is_active: bool,
    actor_id: int,
    now: datetime,
) -> Resource:
    """Change what a club keeps; holds that exist keep the buffers they were made with.

    Raises NotFound when another club keeps it.
    """
    resource = own_resource(db, club_id=club_id, resource_id=resource_id)
    resource.name = name
    resource.buffer_before_minutes = buffer_before_minutes
    resource.buffer_after_minutes = buffer_after_minutes
    resource.is_active = is_active
    db.flush()
    _audit(db, "resource.changed", resource_id, actor_id, now, kind="live_resource")
    return resource


def own_resource(db: Session, *, club_id: int, resource_id: int) -> Resource:
    """A resource that the club keeps. Raises NotFound."""
    resource = db.scalars(
        select(Resource).where(Resource.id == resource_id, Resource.owner_club_id == club_id)
    ).one_or_none()
    if resource is None:
        raise NotFound
    return resource


def confirm_identity(db: Session, *, resource_id: int, actor_id: int, now: datetime) -> None:
    """Staff note that they have seen a host's identity: the fact, no picture. Raises NotFound."""
    resource = db.scalars(
        select(Resource).where(Resource.id == resource_id, Resource.kind == "host")
    ).one_or_none()
    if resource is None:
        raise NotFound
    resource.identity_checked_at = now
    db.flush()
    _audit(db, "resource.identity_checked", resource_id, actor_id, now, kind="live_resource")


def ask_to_share(
    db: Session, *, club_id: int, code: str, actor_id: int, now: datetime
) -> ClubResource:
    """Ask the keeper of the resource with ``code`` to let this club use it too.

    Raises UnknownCode (field code), AlreadyShared.
    """
    resource = db.scalars(select(Resource).where(Resource.code == code)).one_or_none()
    if resource is None:
        raise rules.UnknownCode(field="code")
    refusal = rules.AlreadyShared(field="code")
    link = db.scalars(
        select(ClubResource).where(
            ClubResource.club_id == club_id, ClubResource.resource_id == resource.id
        )
    ).one_or_none()
    if link is None:
        link = _link(db, club_id, resource.id, "asked", actor_id, now, refusal)
    elif link.state == "declined":
        link.state, link.asked_by, link.created_at = "asked", actor_id, now
        db.flush()
    else:
        raise refusal
    notify(
        db,
        person_ids=managers_of(db, resource.owner_club_id),
        kind="club.share_asked",
        cause=f"club_resource:{link.id}:{int(now.timestamp())}",
        payload={"resource": resource.name, "club": queries.get_club(db, club_id).name},
        now=now,
    )
    return link


def answer_share(
    db: Session, *, link_id: int, club_id: int, is_agreed: bool, actor_id: int, now: datetime
) -> None:
    """The keeping club agrees or declines. Raises NotFound, AlreadyDecided."""
    found = db.execute(
        select(ClubResource, Resource)
        .join(Resource, Resource.id == ClubResource.resource_id)
        .where(ClubResource.id == link_id, Resource.owner_club_id == club_id)
        .with_for_update(of=ClubResource)
    ).one_or_none()
    if found is None:
        raise NotFound
    link, resource = found
    if link.state != "asked":
        raise rules.AlreadyDecided
    link.state = "active" if is_agreed else "declined"
    link.decided_by = actor_id
    db.flush()
    verb = "agreed" if is_agreed else "declined"
    _audit(db, f"resource.share_{verb}", resource.id, actor_id, now, kind="live_resource")
    notify(
        db,
        person_ids=managers_of(db, link.club_id),
        kind=f"club.share_{verb}",
        cause=f"club_resource:{link.id}:{int(now.timestamp())}",
        payload={"resource": resource.name},
        now=now,
    )


def end_share(db: Session, *, resource_id: int, club_id: int, actor_id: int, now: datetime) -> None:
    """A club stops using what another one keeps. Raises NotFound."""
    link = db.scalars(
        select(ClubResource)
        .join(Resource, Resource.id == ClubResource.resource_id)
        .where(
            ClubResource.club_id == club_id,
            ClubResource.resource_id == resource_id,
            Resource.owner_club_id != club_id,
        )
    ).one_or_none()
    if link is None:
        raise NotFound
    link.state = "declined"
    db.flush()
    _audit(db, "resource.share_ended", resource_id, actor_id, now, kind="live_resource")


# People


def invite(
    db: Session, *, club_id: int, login: str, role: str, actor_id: int, now: datetime
) -> Invitation:
    """Ask the owner of a login to join. Asking again renews an answered invitation."""
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
        payload={"club": queries.get_club(db, club_id).name},
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


# Hours


def set_weekly_hours(
    db: Session,
    *,
    resource_id: int,
    hours: list[tuple[int, int, int]],
    now: datetime,
    actor_id: int,
) -> None:
    """Replace the weekly hours: (weekday, from, to) in minutes after midnight. Raises BadHours.

    Sessions that exist are not moved; their page flags what no longer fits.
    """
    for _weekday, from_minute, to_minute in hours:
        rules.check_hours(from_minute, to_minute)
    db.execute(delete(Availability).where(Availability.resource_id == resource_id))
    db.add_all(
        Availability(
            resource_id=resource_id, weekday=weekday, from_minute=from_minute, to_minute=to_minute
        )
        for weekday, from_minute, to_minute in hours
    )
    db.flush()
    _audit(db, "resource.hours_set", resource_id, actor_id, now, kind="live_resource")


def set_exception(
    db: Session,
    *,
    resource_id: int,
    day: date,
    actor_id: int,
    now: datetime,
    hours: tuple[int, int] | None = None,
    note: str = "",
) -> None:
    """Away on ``day``, or free at ``hours`` only. Raises BadHours."""
    if hours is not None:
        rules.check_hours(*hours)
    row = db.scalars(
        select(AvailabilityException).where(
            AvailabilityException.resource_id == resource_id, AvailabilityException.day == day
        )
    ).one_or_none()
    if row is None:
        row = AvailabilityException(resource_id=resource_id, day=day)
        db.add(row)
    row.is_away = hours is None
    row.from_minute, row.to_minute = hours if hours is not None else (None, None)
    row.note = note
    db.flush()
    _audit(db, "resource.exception_set", resource_id, actor_id, now, kind="live_resource")


def drop_exception(
    db: Session, *, resource_id: int, day: date, actor_id: int, now: datetime
) -> None:
    """The weekly hours hold again on ``day``."""
    db.execute(
        delete(AvailabilityException).where(
            AvailabilityException.resource_id == resource_id, AvailabilityException.day == day
        )
    )
    _audit(db, "resource.exception_dropped", resource_id, actor_id, now, kind="live_resource")


# Parts


def _keep(
    db: Session, resource: Resource, refusal: Exception, actor_id: int | None, now: datetime
) -> Resource:
    try:
        with db.begin_nested():
            db.add(resource)
    except IntegrityError:
        raise refusal from None
    _link(db, resource.owner_club_id, resource.id, "active", actor_id, now, refusal)
    return resource


def _link(
    db: Session,
    club_id: int,
    resource_id: int,
    state: str,
    actor_id: int | None,
    now: datetime,
    refusal: Exception,
) -> ClubResource:
    link = ClubResource(
        club_id=club_id, resource_id=resource_id, state=state, asked_by=actor_id, created_at=now
    )
    try:
        with db.begin_nested():
            db.add(link)
    except IntegrityError:
        raise refusal from None
    return link


def _audit(
    db: Session,
    action: str,
    subject_id: int,
    actor_id: int | None,
    now: datetime,
    *,
    kind: str = "live_club",
    note: str = "",
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        now=now,
        note=note,
    )
