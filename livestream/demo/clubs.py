"""Demo clubs from the sources, and what they keep: channels, hosts, a shared studio.

Names and places are real; channel handles and hosts are made up and marked as demo.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import PLATFORMS, Club, ClubResource, Resource
from livestream.clubs.services import (
    add_host,
    add_resource,
    answer_share,
    ask_to_share,
    confirm_identity,
    decide_club,
    invite,
    register_club,
    set_weekly_hours,
)
from shop.accounts.services import add_member, give_commune_scope
from shop.demo.people import person_id
from shop.demo.seed_rows import SeedClub, load_clubs
from shop.places.queries import commune_options

MAIN_CLUB: Final = "CLB Streamer Móng Cái"
SECOND_CLUB: Final = "Huyện đoàn Thanh Oai - Phiên chợ điện tử"
HOST: Final = "host@demo.test"
NEW_HOST: Final = "producer2@demo.test"
"""A producer who also hosts; without hours of her own she can be booked at any time."""
MANAGERS: Final = {MAIN_CLUB: "club@demo.test", SECOND_CLUB: "club2@demo.test"}
ALL_WEEK: Final = [(day, 7 * 60, 23 * 60) for day in range(7)]


def load_demo_clubs(db: Session, *, now: datetime) -> int:
    """Every club of the sources, verified; says how many are new."""
    rows = load_clubs()
    third = next(row for row in rows if row.name not in MANAGERS and row.kind != "creator")
    managers = {**MANAGERS, third.name: "club2@demo.test"}
    known = set(db.scalars(select(Club.name).where(Club.is_demo)))
    new = [row for row in rows if row.name not in known]
    for row in new:
        _load_club(db, row, managers.get(row.name, "ocop@demo.test"), now)
    if new:
        _share(db, (MAIN_CLUB, SECOND_CLUB, third.name), now)
        _give_officer(db, find_club(db, MAIN_CLUB), now)
    return len(new)


def _load_club(db: Session, row: SeedClub, manager: str, now: datetime) -> None:
    club = register_club(
        db,
        person_id=person_id(db, manager),
        name=row.name,
        kind=row.kind,
        province_code=row.province_code,
        place=row.place[:160],
        is_demo=True,
        now=now,
    )
    club.source_note = row.source
    admin = person_id(db, "admin@demo.test")
    decide_club(db, club_id=club.id, is_verified=True, actor_id=admin, now=now)
    named = [name.lower() for name in row.platforms if name.lower() in PLATFORMS]
    for platform in named or ["tiktok"]:
        add_resource(
            db,
            club_id=club.id,
            kind="channel",
            name=f"Kênh {platform.capitalize()} (minh họa)",
            platform=platform,
            handle=f"@demo.{club.slug}"[:120],
            province_code=row.province_code,
            actor_id=admin,
            now=now,
        )


def _give_officer(db: Session, club: Club, now: datetime) -> None:
    """An officer of the commune in whose name the club stands."""
    options = commune_options(db, club.province_code)
    code = next((code for code, name in options if "Móng Cái" in name), None)
    if code is not None:
        club.commune_code = code
        officer = person_id(db, "officer@demo.test")
        give_commune_scope(db, person_id=officer, commune_code=code, actor_id=None, now=now)


def find_club(db: Session, name: str) -> Club:
    return db.scalars(select(Club).where(Club.name == name)).one()


def _share(db: Session, names: Sequence[str], now: datetime) -> None:
    """One host serves the first two clubs, one studio the first and the third; the first has two
    hosts more, and one is asked to join."""
    first, second, third = (find_club(db, name) for name in names)
    admin = person_id(db, "admin@demo.test")
    host_person = person_id(db, HOST)
    for club in (first, second):
        add_member(
            db, person_id=host_person, unit_kind="club", unit_id=club.id, role="host", now=now
        )
        host = add_host(db, club_id=club.id, person_id=host_person, actor_id=admin, now=now)
    confirm_identity(db, resource_id=host.id, actor_id=admin, now=now)
    set_weekly_hours(db, resource_id=host.id, hours=ALL_WEEK, now=now, actor_id=admin)
    _add_own_host(db, third, "club2@demo.test", now)
    studio = add_resource(
        db,
        club_id=first.id,
        kind="studio",
        name="Phòng live Nhà văn hóa (minh họa)",
        actor_id=admin,
        now=now,
    )
    _add_own_host(db, first, MANAGERS[MAIN_CLUB], now)
    newcomer = add_host(
        db, club_id=first.id, person_id=person_id(db, NEW_HOST), actor_id=admin, now=now
    )
    confirm_identity(db, resource_id=newcomer.id, actor_id=admin, now=now)
    invite(db, club_id=first.id, login="buyer2@demo.test", role="host", actor_id=admin, now=now)
    link = ask_to_share(
        db,
        club_id=third.id,
        code=studio.code,
        actor_id=person_id(db, "club2@demo.test"),
        now=now,
    )
    answer_share(db, link_id=link.id, club_id=first.id, is_agreed=True, actor_id=admin, now=now)


def _add_own_host(db: Session, club: Club, email: str, now: datetime) -> None:
    admin, person = person_id(db, "admin@demo.test"), person_id(db, email)
    host = add_host(db, club_id=club.id, person_id=person, actor_id=admin, now=now)
    confirm_identity(db, resource_id=host.id, actor_id=admin, now=now)
    set_weekly_hours(db, resource_id=host.id, hours=ALL_WEEK, now=now, actor_id=admin)


def ids_of(db: Session, club: Club, kind: str) -> list[int]:
    """What of a kind the club may use, the oldest first."""
    return list(
        db.scalars(
            select(Resource.id)
            .join(ClubResource, ClubResource.resource_id == Resource.id)
            .where(
                ClubResource.club_id == club.id,
                ClubResource.state == "active",
                Resource.kind == kind,
            )
            .order_by(Resource.id)
        )
    )


def host_id(db: Session, email: str) -> int:
    """The demo account of this address as a host."""
    return db.scalars(select(Resource.id).where(Resource.person_id == person_id(db, email))).one()


def facebook_channel(db: Session, club: Club, *, actor_id: int, now: datetime) -> int:
    """The club's channel on a platform where comments may be orders; made if there is none."""
    found = db.scalar(
        select(Resource.id)
        .where(Resource.owner_club_id == club.id, Resource.platform == "facebook")
        .limit(1)
    )
    if found is not None:
        return found
    channel = add_resource(
        db,
        club_id=club.id,
        kind="channel",
        name="Kênh Facebook (minh họa)",
        platform="facebook",
        handle=f"demo.{club.slug}"[:120],
        actor_id=actor_id,
        now=now,
    )
    return channel.id
