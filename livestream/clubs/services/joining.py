"""A club registers, staff decide, its public words and private calendar."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.clubs import queries, rules
from livestream.clubs.models import Club
from livestream.clubs.services.auditing import audit_club
from livestream.clubs.services.members import managers_of
from shop.accounts.models import Person
from shop.accounts.queries import staff_of
from shop.accounts.services import add_member
from shop.core.errors import Invalid
from shop.core.text import N_, random_code, slugify
from shop.notifications.services import notify
from shop.places.queries import get_commune

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
    """A new club that waits for staff; ``person_id`` is its first manager.

    The same person asking again for the same name, as by a second click, gets the club that waits.
    """
    twin = _waiting_twin(db, person_id=person_id, name=name, province_code=province_code)
    if twin is not None:
        return twin
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
    audit_club(db, "club.registered", club.id, person_id, now)
    notify(
        db,
        person_ids=staff_of(db, province_code),
        kind="club.registered",
        cause=f"club:{club.id}",
        payload={"club": name},
        now=now,
    )
    return club


def _waiting_twin(db: Session, *, person_id: int, name: str, province_code: str) -> Club | None:
    """What this person has asked for already; their own row is the lock of two clicks at once."""
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    return db.scalars(
        select(Club)
        .where(
            Club.registered_by == person_id,
            Club.name == name,
            Club.province_code == province_code,
            Club.state == "submitted",
        )
        .limit(1)
    ).one_or_none()


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
    audit_club(db, f"club.{club.state}", club.id, actor_id, now, note=note)
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
    audit_club(db, "club.resubmitted", club.id, actor_id, now)


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
    commune_code: str | None = None,
) -> None:
    """Change what the public page says; the address stays. Raises UnknownCommune for one of
    another province."""
    club = queries.get_club(db, club_id, lock=True)
    if commune_code is not None:
        commune_code = get_commune(db, club.province_code, commune_code).code
    club.name, club.place, club.about, club.about_en = name, place, about, about_en
    club.commune_code = commune_code
    db.flush()
    audit_club(db, "club.changed", club.id, actor_id, now)


def renew_feed_token(db: Session, *, club_id: int, actor_id: int, now: datetime) -> None:
    """Close the private calendar's old address and open a new one."""
    club = queries.get_club(db, club_id, lock=True)
    club.feed_token = random_code(TOKEN_LENGTH)
    db.flush()
    audit_club(db, "club.feed_renewed", club_id, actor_id, now)
