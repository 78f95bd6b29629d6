"""A producer goes live on an own channel, without a club."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs import rules
from livestream.clubs.models import Club
from livestream.clubs.services.joining import register_club
from livestream.clubs.services.resources import add_host, add_resource
from shop.catalogue.models import Producer


def own_club(db: Session, producer_id: int) -> Club | None:
    """What stands for a producer who goes live alone."""
    return db.scalars(select(Club).where(Club.producer_id == producer_id)).one_or_none()


def open_own_channel(
    db: Session,
    *,
    producer_id: int,
    person_id: int,
    platform: str,
    handle: str,
    now: datetime,
) -> Club:
    """Let a verified producer book sessions on an own channel; again adds another channel.

    The person becomes manager and host. Everything else holds as for a club: papers, a checked
    identity, and somebody else who confirms. Raises NotVerified, ChannelTaken.
    """
    producer = db.scalars(
        select(Producer).where(Producer.id == producer_id).with_for_update()
    ).one()
    if producer.state != "verified":
        raise rules.NotVerified
    club = own_club(db, producer_id)
    if club is None:
        club = register_club(
            db,
            person_id=person_id,
            name=producer.name,
            kind="producer",
            province_code=producer.province_code,
            now=now,
        )
        club.producer_id, club.state = producer_id, "verified"
        club.decided_at = now
        db.flush()
        add_host(db, club_id=club.id, person_id=person_id, actor_id=person_id, now=now)
    add_resource(
        db,
        club_id=club.id,
        kind="channel",
        name=f"{rules.PLATFORM_NAMES[platform]} {producer.name}"[:120],
        platform=platform,
        handle=handle,
        province_code=club.province_code,
        buffer_before_minutes=0,
        buffer_after_minutes=0,
        actor_id=person_id,
        now=now,
    )
    return club
