"""Clubs, what they use, and sessions as tests and demo programs need them."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.campaigns.models import Campaign
from livestream.campaigns.services import create_campaign, set_campaign_state
from livestream.clubs import services as clubs
from livestream.clubs import wiring as clubs_wiring
from livestream.clubs.models import Club, Resource
from livestream.sessions import services
from livestream.sessions import wiring as sessions_wiring
from livestream.sessions.models import LiveSession, ResourceHold, SessionEvent, SessionItem
from livestream.sessions.services import ItemWish
from tests.factories.accounts import make_person

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
"""Saturday 28 November 2026, 20:00 in Vietnam."""

_numbers = itertools.count(1)

clubs_wiring.declare_messages()
sessions_wiring.declare_messages()


def make_club(
    db: Session,
    *,
    manager_id: int | None = None,
    state: str = "verified",
    now: datetime = NOW,
    **over: Any,
) -> Club:
    """A verified club of Thái Nguyên; its manager is a new person unless given."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": f"CLB Streamer {number}",
        "kind": "club",
        "province_code": "19",
        "place": "Xã Côn Minh",
    } | over
    manager = manager_id or make_person(db).id
    club = clubs.register_club(db, person_id=manager, now=now, **values)
    club.state = state
    db.flush()
    return club


def make_host(db: Session, club: Club, *, person_id: int | None = None, **over: Any) -> Resource:
    """A host of the club whose identity has been checked."""
    person = person_id or make_person(db).id
    host = clubs.add_host(db, club_id=club.id, person_id=person, actor_id=None, now=NOW)
    host.identity_checked_at = NOW
    for name, value in over.items():
        setattr(host, name, value)
    db.flush()
    return host


def make_channel(db: Session, club: Club, *, platform: str = "tiktok", **over: Any) -> Resource:
    """A channel account without buffers."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": f"Kênh {number}",
        "handle": f"@kenh{number}",
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
    } | over
    return clubs.add_resource(
        db,
        club_id=club.id,
        kind="channel",
        platform=platform,
        actor_id=None,
        now=NOW,
        **values,
    )


def make_studio(db: Session, club: Club, **over: Any) -> Resource:
    """A studio with the usual buffers of 15 minutes."""
    values: dict[str, Any] = {"name": f"Phòng live {next(_numbers)}", "kind": "studio"} | over
    return clubs.add_resource(db, club_id=club.id, actor_id=None, now=NOW, **values)


def share(db: Session, resource: Resource, club: Club) -> None:
    """Let another club use a resource, as after its keeper's consent."""
    link = clubs.ask_to_share(db, club_id=club.id, code=resource.code, actor_id=1, now=NOW)
    link.state = "active"
    db.flush()


def make_session(
    db: Session,
    club: Club | None = None,
    *,
    hosts: Sequence[Resource] = (),
    channels: Sequence[Resource] = (),
    studios: Sequence[Resource] = (),
    items: Sequence[ItemWish] = (),
    state: str = "draft",
    actor_id: int | None = None,
    now: datetime = NOW,
    **over: Any,
) -> LiveSession:
    """A session of one hour on Saturday evening, brought to ``state`` by the real services.

    ``state``: draft, proposed, confirmed or live. Missing club, host and channel are made.
    """
    club = club or make_club(db)
    hosts = hosts or [make_host(db, club)]
    channels = channels or [make_channel(db, club)]
    proposer = actor_id or clubs.managers_of(db, club.id)[0]
    values: dict[str, Any] = {
        "title": "Phiên chợ tối thứ Bảy",
        "starts_at": EVENING,
        "minutes": 60,
        "submit_key": f"key-{next(_numbers)}",
    } | over
    live = services.create_session(
        db,
        club_id=club.id,
        host_ids=[host.id for host in hosts],
        channel_ids=[channel.id for channel in channels],
        studio_ids=[studio.id for studio in studios],
        items=items,
        actor_id=proposer,
        now=now,
        **values,
    )
    if state == "draft":
        return live
    services.propose_session(
        db, public_id=live.public_id, actor_id=proposer, now=now, hold_hours=48
    )
    if state == "proposed":
        return live
    agree_all(db, live, now=now)
    staff = make_person(db)
    pass_warnings(db, live, staff.id, now=now)
    services.confirm_session(
        db, public_id=live.public_id, actor_id=staff.id, capacity="staff", now=now
    )
    if state == "live":
        services.go_live(
            db, public_id=live.public_id, actor_id=proposer, now=live.starts_at + timedelta(0)
        )
    return live


def agree_all(db: Session, live: LiveSession, *, now: datetime = NOW) -> None:
    """Every producer agrees."""
    items = db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)).all()
    for item in items:
        services.answer_item(
            db,
            item_id=item.id,
            producer_ids=[item.producer_id],
            is_agreed=True,
            actor_id=1,
            now=now,
        )


def pass_warnings(db: Session, live: LiveSession, actor_id: int, *, now: datetime = NOW) -> None:
    """Staff let every open warning pass."""
    for slug in services.open_warning_slugs(db, live, now=now):
        services.override_warning(
            db, public_id=live.public_id, rule=slug, reason="Đã xem", actor_id=actor_id, now=now
        )


def make_campaign(db: Session, *, state: str = "published", **over: Any) -> Campaign:
    """A campaign from 20 November to 20 December 2026."""
    values: dict[str, Any] = {
        "name": f"Mùa miến {next(_numbers)}",
        "starts_at": datetime(2026, 11, 20, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 20, tzinfo=UTC),
        "province_code": "19",
    } | over
    campaign = create_campaign(db, actor_id=None, now=NOW, **values)
    if state != "draft":
        set_campaign_state(db, campaign_id=campaign.id, state=state, actor_id=None, now=NOW)
    return campaign


def fill_week(db: Session, club: Club, *, monday: datetime, number: int) -> None:
    """So many firm sessions of ``club`` in one week, laid on 10 hosts, channels and studios.

    Rows are written as the services would leave them, but at once: 500 bookings one by one would
    take a test's time for nothing it asks about. An hour each, from six in the morning.
    """
    lanes = [
        (make_host(db, club), make_channel(db, club), make_studio(db, club)) for _ in range(10)
    ]
    for lane in lanes:
        for resource in lane:
            resource.buffer_before_minutes = resource.buffer_after_minutes = 0
    sessions = []
    for index in range(number):
        day, hour = index // len(lanes) % 7, index // (len(lanes) * 7)
        start = monday + timedelta(days=day, hours=6 + 2 * hour)
        sessions.append(
            LiveSession(
                public_id=f"w{next(_numbers):015d}",
                slug=f"phien-{next(_numbers)}",
                submit_key=f"fill-{next(_numbers)}",
                club_id=club.id,
                title=f"Phiên chợ vùng cao số {index}",
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                state="proposed",
                holds_until=start,
                schedule_seq=1,
                created_at=NOW,
                updated_at=NOW,
            )
        )
    db.add_all(sessions)
    db.flush()
    db.add_all(
        SessionEvent(session_id=live.id, kind="proposed", detail={}, at=NOW) for live in sessions
    )
    db.add_all(
        ResourceHold(
            session_id=live.id,
            resource_id=resource.id,
            hold_start=int(live.starts_at.timestamp()),
            hold_end=int(live.ends_at.timestamp()),
        )
        for index, live in enumerate(sessions)
        for resource in lanes[index % len(lanes)]
    )
    db.flush()
