"""What was pressed and written in the demo session that is over, through the services."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.clubs.services import add_resource
from livestream.onair import queries
from livestream.onair.rules.cues import FIT, SHOW
from livestream.onair.rules.pasting import read_lines
from livestream.onair.services import PressSent, drop_draft, take_comments, take_presses
from livestream.sessions.models import LiveSession, SessionItem

COMMENTS: Final = """\
Lan Anh (minh họa): chốt 2 gói A1 0900 000 001
Mai Hương (minh họa): A2 còn không ạ?
Văn Tú (minh họa): A3 2kg 0900 000 002
Hoàng Lan (minh họa): cho em A1 A2 mỗi mã 2 gói
Bế Hoa (minh họa): 30 gói A1 0900 000 003
Bế Hoa (minh họa): thôi không lấy nữa shop ơi"""


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


def tell_on_air(db: Session, live: LiveSession, *, actor_id: int) -> None:
    """Products shown one after the other, a plan fitted to the clock, comments taken in."""
    items = list(
        db.scalars(
            select(SessionItem.id)
            .where(SessionItem.session_id == live.id)
            .order_by(SessionItem.position)
        )
    )
    steps = [(4 + 25 * index, SHOW, item) for index, item in enumerate(items)]
    for minute, kind, item in [*steps[:1], (20, FIT, None), *steps[1:]]:
        take_presses(
            db,
            public_id=live.public_id,
            sent=[PressSent(f"demo-{minute:04d}-{kind}", kind, item)],
            actor_id=actor_id,
            now=live.starts_at + timedelta(minutes=minute),
        )
    at = live.starts_at + timedelta(minutes=40)
    take_comments(
        db,
        public_id=live.public_id,
        channel_id=queries.channels_of(db, live.id)[0].id,
        comments=read_lines(COMMENTS),
        now=at,
    )
    last = queries.draft_rows(db, live.id, states=("open",))[-1]
    drop_draft(db, live=live, draft_id=last.draft.id, actor_id=actor_id, now=at)
