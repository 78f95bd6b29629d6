"""What stands beside a session: its place in the queue, rivals, whom it may swap with."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from livestream.bookings.models import SeriesPart, WaitEntry
from livestream.clubs.models import ClubResource, Resource
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.states import MOVABLE_STATES
from shop.catalogue.models import Producer


@dataclass(frozen=True)
class Beside:
    """Everything the panel of a session shows about booking."""

    entry: WaitEntry | None
    ahead: int
    """Requests before it in the queue that want something it wants."""
    rivals: int
    """Other requests that wait for something it holds or wants."""
    hosts: list[Resource] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)
    """Hosts of the club who could take it over."""
    swaps: list[LiveSession] = field(default_factory=list)
    """The club's other sessions that may change places with it."""
    producers: list[tuple[int, str]] = field(default_factory=list)
    """Whose goods it shows: id and name."""
    siblings: list[LiveSession] = field(default_factory=list)
    """The other sessions of its series, by time."""


def beside_session(db: Session, live: LiveSession, *, now: datetime) -> Beside:
    """Read what the panel shows; a fixed number of statements."""
    entry = db.scalars(select(WaitEntry).where(WaitEntry.session_id == live.id)).one_or_none()
    hosts = list(
        db.scalars(
            select(Resource)
            .join(ResourceHold, ResourceHold.resource_id == Resource.id)
            .where(ResourceHold.session_id == live.id, Resource.kind == "host")
            .order_by(Resource.id)
        )
    )
    others = list(
        db.scalars(
            select(Resource)
            .join(ClubResource, ClubResource.resource_id == Resource.id)
            .where(
                ClubResource.club_id == live.club_id,
                ClubResource.state == "active",
                Resource.kind == "host",
                Resource.is_active,
                Resource.id.not_in([host.id for host in hosts]),
            )
            .order_by(Resource.name, Resource.id)
        )
    )
    mine, series = aliased(SeriesPart), aliased(SeriesPart)
    return Beside(
        entry=entry,
        ahead=_rivals(db, live, before=entry) if entry is not None else 0,
        rivals=_rivals(db, live),
        hosts=hosts,
        others=others,
        swaps=list(
            db.scalars(
                select(LiveSession)
                .where(
                    LiveSession.club_id == live.club_id,
                    LiveSession.id != live.id,
                    LiveSession.starts_at > now,
                    or_(
                        LiveSession.state.in_([s for s in MOVABLE_STATES if s != "proposed"]),
                        and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
                    ),
                )
                .order_by(LiveSession.starts_at, LiveSession.id)
                .limit(40)
            )
        ),
        producers=[
            (row.id, row.name)
            for row in db.execute(
                select(Producer.id, Producer.name)
                .join(SessionItem, SessionItem.producer_id == Producer.id)
                .where(SessionItem.session_id == live.id, SessionItem.withdrawn_at.is_(None))
                .distinct()
                .order_by(Producer.name, Producer.id)
            )
        ],
        siblings=list(
            db.scalars(
                select(LiveSession)
                .join(series, series.session_id == LiveSession.id)
                .join(mine, mine.series_id == series.series_id)
                .where(mine.session_id == live.id, LiveSession.id != live.id)
                .order_by(LiveSession.starts_at, LiveSession.id)
            )
        ),
    )


def _rivals(db: Session, live: LiveSession, *, before: WaitEntry | None = None) -> int:
    """How many waiting sessions want something of ``live``'s; only those ahead of ``before``."""
    theirs = aliased(ResourceHold)
    statement = (
        select(func.count(theirs.session_id.distinct()))
        .select_from(ResourceHold)
        .join(
            theirs,
            and_(
                theirs.resource_id == ResourceHold.resource_id,
                theirs.session_id != ResourceHold.session_id,
                theirs.hold_start < ResourceHold.hold_end,
                theirs.hold_end > ResourceHold.hold_start,
            ),
        )
        .join(WaitEntry, WaitEntry.session_id == theirs.session_id)
        .where(ResourceHold.session_id == live.id, WaitEntry.state == "waiting")
    )
    if before is not None:
        statement = statement.where(
            or_(
                WaitEntry.joined_at < before.joined_at,
                and_(WaitEntry.joined_at == before.joined_at, WaitEntry.id < before.id),
            )
        )
    return db.scalar(statement) or 0
