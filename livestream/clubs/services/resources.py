"""What a club keeps: hosts, channel accounts, studios and kit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.clubs import rules
from livestream.clubs.models import Club, ClubResource, Resource
from livestream.clubs.services.auditing import audit_resource
from livestream.clubs.signals import availability_changed
from shop.accounts.models import Person
from shop.core.errors import NotFound
from shop.core.text import random_code

CODE_LENGTH = 8


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

    Raises ChannelTaken when the platform's account is declared already, PlaceNameTaken when the
    club has a studio or kit of this name: two of a kind are told apart by name, and a second click
    adds nothing.
    """
    if kind != "channel":
        _require_free_name(db, club_id, kind, name)
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


def _require_free_name(db: Session, club_id: int, kind: str, name: str) -> None:
    """The club's row is the lock. Raises PlaceNameTaken."""
    db.execute(select(Club.id).where(Club.id == club_id).with_for_update())
    is_taken = db.scalar(
        select(Resource.id)
        .where(Resource.owner_club_id == club_id, Resource.kind == kind, Resource.name == name)
        .limit(1)
    )
    if is_taken is not None:
        raise rules.PlaceNameTaken(field="name")


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
    link_resource(
        db, club_id, existing.id, "active", actor_id, now, rules.AlreadyHost(field="login")
    )
    if not is_used_by(db, existing.owner_club_id, existing.id):
        existing.owner_club_id = club_id
        db.flush()
    return existing


def is_used_by(db: Session, club_id: int, resource_id: int) -> bool:
    """Whether the club may use the resource; who left it is kept by no club that does not."""
    link = select(ClubResource.id).where(
        ClubResource.club_id == club_id,
        ClubResource.resource_id == resource_id,
        ClubResource.state == "active",
    )
    return db.scalar(link) is not None


def heir_of(db: Session, resource_id: int) -> int | None:
    """The club that has shared a resource longest; None: no other club uses it."""
    return db.scalar(
        select(ClubResource.club_id)
        .where(ClubResource.resource_id == resource_id, ClubResource.state == "active")
        .order_by(ClubResource.id)
        .limit(1)
    )


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
    meets_requirements: bool = False,
) -> Resource:
    """Change what a club keeps; holds that exist keep the buffers they were made with.

    ``meets_requirements``: the keeper says that a channel account meets its platform's conditions.

    Raises NotFound when another club keeps it.
    """
    resource = _own_resource(db, club_id=club_id, resource_id=resource_id)
    resource.name = name
    resource.buffer_before_minutes = buffer_before_minutes
    resource.buffer_after_minutes = buffer_after_minutes
    was_active, resource.is_active = resource.is_active, is_active
    if resource.kind != "channel" or not meets_requirements:
        resource.requirements_met_at = None
    elif resource.requirements_met_at is None:
        resource.requirements_met_at = now
    db.flush()
    audit_resource(db, "resource.changed", resource_id, actor_id, now)
    if was_active != is_active:
        availability_changed.send(db=db, resource_id=resource_id, actor_id=actor_id, now=now)
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
    audit_resource(db, "resource.identity_checked", resource_id, actor_id, now)


def link_resource(
    db: Session,
    club_id: int,
    resource_id: int,
    state: str,
    actor_id: int | None,
    now: datetime,
    refusal: Exception,
) -> ClubResource:
    """Let a club use a resource, or note that it asks to. Raises ``refusal`` when it did before."""
    link = ClubResource(
        club_id=club_id, resource_id=resource_id, state=state, asked_by=actor_id, created_at=now
    )
    try:
        with db.begin_nested():
            db.add(link)
    except IntegrityError:
        raise refusal from None
    return link


def _own_resource(db: Session, *, club_id: int, resource_id: int) -> Resource:
    """A resource that the club keeps. Raises NotFound."""
    resource = db.scalars(
        select(Resource).where(Resource.id == resource_id, Resource.owner_club_id == club_id)
    ).one_or_none()
    if resource is None:
        raise NotFound
    return resource


def _keep(
    db: Session, resource: Resource, refusal: Exception, actor_id: int | None, now: datetime
) -> Resource:
    try:
        with db.begin_nested():
            db.add(resource)
    except IntegrityError:
        raise refusal from None
    link_resource(db, resource.owner_club_id, resource.id, "active", actor_id, now, refusal)
    return resource
