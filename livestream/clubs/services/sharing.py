"""One club uses what another one keeps."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs import queries, rules
from livestream.clubs.models import ClubResource, Resource
from livestream.clubs.services.auditing import audit_resource
from livestream.clubs.services.members import managers_of
from livestream.clubs.services.resources import link_resource
from shop.core.errors import NotFound
from shop.notifications.services import notify


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
        link = link_resource(db, club_id, resource.id, "asked", actor_id, now, refusal)
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
    audit_resource(db, f"resource.share_{verb}", resource.id, actor_id, now)
    notify(
        db,
        person_ids=managers_of(db, link.club_id),
        kind=f"club.share_{verb}",
        cause=f"club_resource:{link.id}:{int(now.timestamp())}",
        payload={"resource": resource.name},
        now=now,
    )
