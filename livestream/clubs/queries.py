"""Reading clubs, what they use, and when it can be booked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import (
    Availability,
    AvailabilityException,
    Club,
    ClubResource,
    Invitation,
    Resource,
)
from livestream.clubs.rules import is_address
from shop.core.errors import NotFound


def get_club(db: Session, club_id: int, *, lock: bool = False) -> Club:
    """Raises NotFound."""
    statement = select(Club).where(Club.id == club_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    club = db.scalars(statement).one_or_none()
    if club is None:
        raise NotFound
    return club


def get_public_club(db: Session, slug: str) -> Club:
    """A verified club by its address. Raises NotFound."""
    if not is_address(slug):
        raise NotFound
    club = db.scalars(select(Club).where(Club.slug == slug, Club.state == "verified")).one_or_none()
    if club is None:
        raise NotFound
    return club


def club_of_token(db: Session, token: str) -> Club:
    """The club whose private calendar ``token`` opens. Raises NotFound."""
    club = (
        db.scalars(select(Club).where(Club.feed_token == token)).one_or_none()
        if is_address(token)
        else None
    )
    if club is None:
        raise NotFound
    return club


def clubs_of(db: Session, club_ids: Collection[int]) -> list[Club]:
    """The clubs by name."""
    return list(db.scalars(select(Club).where(Club.id.in_(club_ids)).order_by(Club.name, Club.id)))


def waiting_clubs(provinces: Collection[str] | None) -> Select[Club]:
    """Clubs that wait for verification in these provinces; None: everywhere."""
    statement = select(Club).where(Club.state == "submitted").order_by(Club.id)
    return statement if provinces is None else statement.where(Club.province_code.in_(provinces))


def count_waiting(db: Session, provinces: Collection[str] | None) -> int:
    """How many clubs wait for verification."""
    return db.scalar(select(func.count()).select_from(waiting_clubs(provinces).subquery())) or 0


@dataclass(frozen=True)
class ResourceRow:
    """A resource as a club sees it. ``state`` is that of the club's right to use it."""

    resource: Resource
    state: str
    owner_name: str
    is_own: bool


def resources_of(db: Session, club_id: int, *, active_only: bool = False) -> list[ResourceRow]:
    """What the club uses or has asked for: hosts first, then channels, kits, studios."""
    statement = (
        select(Resource, ClubResource.state, Club.name)
        .join(ClubResource, ClubResource.resource_id == Resource.id)
        .join(Club, Club.id == Resource.owner_club_id)
        .where(ClubResource.club_id == club_id)
        .order_by(Resource.kind, Resource.name, Resource.id)
    )
    if active_only:
        statement = statement.where(ClubResource.state == "active", Resource.is_active)
    rows = [
        ResourceRow(resource, state, owner, resource.owner_club_id == club_id)
        for resource, state, owner in db.execute(statement)
    ]
    order = {"host": 0, "channel": 1, "studio": 2, "kit": 3}
    return sorted(rows, key=lambda row: order[row.resource.kind])


def usable_ids(db: Session, club_id: int, resource_ids: Collection[int]) -> dict[int, str]:
    """Those of the resources that the club may book: id -> kind."""
    rows = db.execute(
        select(Resource.id, Resource.kind)
        .join(ClubResource, ClubResource.resource_id == Resource.id)
        .where(
            ClubResource.club_id == club_id,
            ClubResource.state == "active",
            Resource.is_active,
            Resource.id.in_(resource_ids),
        )
    )
    return {row.id: row.kind for row in rows}


@dataclass(frozen=True)
class ShareRequest:
    """Another club asks to use a resource this club keeps."""

    id: int
    resource_name: str
    resource_kind: str
    club_name: str


def share_requests(db: Session, club_ids: Collection[int]) -> list[ShareRequest]:
    """What other clubs ask of these clubs."""
    rows = db.execute(
        select(ClubResource.id, Resource.name, Resource.kind, Club.name)
        .join(Resource, Resource.id == ClubResource.resource_id)
        .join(Club, Club.id == ClubResource.club_id)
        .where(ClubResource.state == "asked", Resource.owner_club_id.in_(club_ids))
        .order_by(ClubResource.id)
    )
    return [ShareRequest(*row) for row in rows]


def invitations_for(db: Session, logins: Sequence[str]) -> list[tuple[Invitation, str]]:
    """Unanswered invitations to these logins, each with the club's name."""
    rows = db.execute(
        select(Invitation, Club.name)
        .join(Club, Club.id == Invitation.club_id)
        .where(Invitation.login.in_(logins), Invitation.state == "asked")
        .order_by(Invitation.id)
    )
    return [(invitation, name) for invitation, name in rows]


def open_invitations(db: Session, club_id: int) -> list[Invitation]:
    """Invitations of a club that nobody has answered."""
    return list(
        db.scalars(
            select(Invitation)
            .where(Invitation.club_id == club_id, Invitation.state == "asked")
            .order_by(Invitation.id)
        )
    )


def unchecked_hosts(db: Session, provinces: Collection[str] | None) -> list[tuple[Resource, str]]:
    """Hosts of verified clubs whose identity nobody has checked, each with the club's name."""
    statement = (
        select(Resource, Club.name)
        .join(Club, Club.id == Resource.owner_club_id)
        .where(
            Resource.kind == "host",
            Resource.is_active,
            Resource.identity_checked_at.is_(None),
            Club.state == "verified",
        )
        .order_by(Resource.id)
        .limit(100)
    )
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return [(resource, name) for resource, name in db.execute(statement)]


def weekly_hours(db: Session, resource_id: int) -> list[Availability]:
    """The weekly hours of a resource, Monday first."""
    return list(
        db.scalars(
            select(Availability)
            .where(Availability.resource_id == resource_id)
            .order_by(Availability.weekday, Availability.from_minute)
        )
    )


def exceptions_of(db: Session, resource_id: int, *, since: date) -> list[AvailabilityException]:
    """Days on which the weekly hours do not hold, from ``since`` on."""
    return list(
        db.scalars(
            select(AvailabilityException)
            .where(
                AvailabilityException.resource_id == resource_id,
                AvailabilityException.day >= since,
            )
            .order_by(AvailabilityException.day)
        )
    )


@dataclass(frozen=True)
class DayHours:
    """Bookable minutes after midnight of one calendar day in Vietnam; ``to`` may pass 1440."""

    day: date
    from_minute: int
    to_minute: int


def bookable_hours(
    db: Session, resource_ids: Collection[int], *, first: date, last: date
) -> dict[int, list[DayHours]]:
    """When each resource can be booked from ``first`` to ``last``; two statements.

    A resource without weekly hours and without exceptions is left out: it keeps no hours. One with
    exceptions only is free all day on every other day.
    """
    weekly: dict[int, list[Availability]] = {}
    for row in db.scalars(select(Availability).where(Availability.resource_id.in_(resource_ids))):
        weekly.setdefault(row.resource_id, []).append(row)
    special: dict[int, dict[date, AvailabilityException]] = {}
    for away in db.scalars(
        select(AvailabilityException).where(
            AvailabilityException.resource_id.in_(resource_ids),
            AvailabilityException.day.between(first, last),
        )
    ):
        special.setdefault(away.resource_id, {})[away.day] = away
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        resource_id: [
            hours
            for day in days
            for hours in _hours_of_day(
                day, weekly.get(resource_id), special.get(resource_id, {}).get(day)
            )
        ]
        for resource_id in weekly.keys() | special.keys()
    }


def _hours_of_day(
    day: date, weekly: Sequence[Availability] | None, special: AvailabilityException | None
) -> list[DayHours]:
    if special is not None:
        if special.is_away or special.from_minute is None or special.to_minute is None:
            return []
        return [DayHours(day, special.from_minute, special.to_minute)]
    if weekly is None:
        return [DayHours(day, 0, 1440)]
    return [
        DayHours(day, row.from_minute, row.to_minute)
        for row in weekly
        if row.weekday == day.weekday()
    ]
