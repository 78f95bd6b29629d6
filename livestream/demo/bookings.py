"""A club's coming weeks: usual slots, a series, who waits for a slot, who asks for one."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.bookings.models import SlotRequest
from livestream.bookings.services.repeating import book_series, save_template
from livestream.bookings.services.requesting import ask_for_slot, decline_request
from livestream.bookings.services.waiting import join_queue, offer_slot
from livestream.clubs.models import Club
from livestream.demo.clubs import (
    HOST,
    MAIN_CLUB,
    MANAGERS,
    NEW_HOST,
    SECOND_CLUB,
    find_club,
    host_id,
    ids_of,
)
from livestream.demo.sessions import HOLD_HOURS
from livestream.sessions.models import LiveSession
from livestream.sessions.services.drafting import create_session
from shop.accounts.models import Membership
from shop.catalogue.models import Variant
from shop.core.clock import VN, today_vn
from shop.demo.people import person_id

SATURDAY: Final = 5
WEEKS: Final = 3


def load_demo_bookings(db: Session, *, now: datetime) -> int:
    """What the booking pages show; says how many requests are new."""
    if db.scalar(select(SlotRequest.id).limit(1)) is not None:
        return 0
    club = find_club(db, MAIN_CLUB)
    _book_saturdays(db, club, now)
    _wait(db, now)
    return _ask(db, club, now)


def _at(now: datetime, days: int, hour: int) -> datetime:
    return datetime.combine(today_vn(now) + timedelta(days=days), time(hour), tzinfo=VN)


def _book_saturdays(db: Session, club: Club, now: datetime) -> None:
    """A usual slot, and three Saturdays booked from it, from the week after next on."""
    manager = person_id(db, MANAGERS[MAIN_CLUB])
    resources: dict[str, Sequence[int]] = {
        "host": [host_id(db, MANAGERS[MAIN_CLUB])],
        "channel": ids_of(db, club, "channel")[:1],
    }
    save_template(
        db,
        club_id=club.id,
        name="Chợ sáng thứ Bảy",
        weekday=SATURDAY,
        start_minute=9 * 60,
        minutes=60,
        resources=resources,
        actor_id=manager,
        now=now,
    )
    ahead = (SATURDAY - today_vn(now).weekday()) % 7 + 14
    booked = book_series(
        db,
        club_id=club.id,
        title="Chợ sáng thứ Bảy",
        title_en="Saturday morning market",
        first=_at(now, ahead, 9),
        weeks=WEEKS,
        minutes=60,
        resources=resources,
        taken="free",
        submit_key="demo-series-saturday",
        actor_id=manager,
        now=now,
        hold_hours=HOLD_HOURS,
        viewer_clubs=[club.id],
    )
    for session_id in booked.session_ids:
        db.get_one(LiveSession, session_id).is_demo = True


def _wait(db: Session, now: datetime) -> None:
    """The other club waits for the shared host; the main club is offered a free evening."""
    main, other = find_club(db, MAIN_CLUB), find_club(db, SECOND_CLUB)
    _queue(db, other, "Rau sạch ngoại thành", "Greens", host_id(db, HOST), _at(now, 3, 19), now)
    newcomer = host_id(db, NEW_HOST)
    offered = _queue(db, main, "Tối nghe chuyện trà", "Tea tales", newcomer, _at(now, 6, 20), now)
    offer_slot(db, session_id=offered.id, now=now)


def _queue(
    db: Session,
    club: Club,
    title: str,
    title_en: str,
    host: int,
    starts_at: datetime,
    now: datetime,
) -> LiveSession:
    manager = person_id(db, MANAGERS[club.name])
    live = create_session(
        db,
        club_id=club.id,
        title=title,
        title_en=title_en,
        starts_at=starts_at,
        minutes=60,
        host_ids=[host],
        channel_ids=ids_of(db, club, "channel")[:1],
        submit_key=f"demo-waiting-{club.id}",
        actor_id=manager,
        is_demo=True,
        now=now,
    )
    join_queue(db, public_id=live.public_id, actor_id=manager, now=now)
    return live


def _ask(db: Session, club: Club, now: datetime) -> int:
    """Two producers and the province's staff ask; one is told why it cannot be."""
    common: dict[str, Any] = {"club_id": club.id, "now": now}
    declined = None
    for email, days, note in (
        ("producer@demo.test", 9, "Mẻ miến mới ra lò, muốn kể cách tráng bánh (minh họa)."),
        ("producer2@demo.test", 2, "Còn 40 gói sắp hết mùa, xin một buổi tối (minh họa)."),
    ):
        person = person_id(db, email)
        producer_id = db.scalars(
            select(Membership.unit_id)
            .where(Membership.person_id == person, Membership.unit_kind == "producer")
            .order_by(Membership.id)
        ).first()
        declined = ask_for_slot(
            db,
            kind="producer",
            producer_id=producer_id,
            variant_id=db.scalar(
                select(Variant.id)
                .where(Variant.producer_id == producer_id)
                .order_by(Variant.id)
                .limit(1)
            ),
            starts_at=_at(now, days, 20),
            minutes=60,
            note=note,
            submit_key=f"demo-request-{email}",
            actor_id=person,
            **common,
        )
    ask_for_slot(
        db,
        kind="staff",
        starts_at=_at(now, 12, 19),
        minutes=120,
        note="Mời câu lạc bộ lên sóng trong tuần chuyển đổi số (minh họa).",
        submit_key="demo-request-staff",
        actor_id=person_id(db, "staff2@demo.test"),
        **common,
    )
    if declined is not None:
        decline_request(
            db,
            request_id=declined.id,
            reply="Tối ấy phòng live sửa điện, mời chị chọn hôm khác.",
            actor_id=person_id(db, MANAGERS[MAIN_CLUB]),
            **common,
        )
    return 3
