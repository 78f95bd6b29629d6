"""What was pressed, written and complained of in demo sessions on air, through the services."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.complaints.models import Complaint
from livestream.complaints.services import answer_complaint, complain
from livestream.onair import queries
from livestream.onair.rules.cues import DONE, FIT, PIN, PRICE_ON, SHOW
from livestream.onair.rules.pasting import read_lines
from livestream.onair.services import PressSent, drop_draft, take_comments, take_presses
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services.airing import end_session, go_live, keep_time
from shop.demo.people import person_id

COMMENTS: Final = """\
Lan Anh (minh họa): chốt 2 gói A1 0900 000 001
Mai Hương (minh họa): A2 còn không ạ?
Văn Tú (minh họa): A3 2kg 0900 000 002
Hoàng Lan (minh họa): cho em A1 A2 mỗi mã 2 gói
Bế Hoa (minh họa): 30 gói A1 0900 000 003
Bế Hoa (minh họa): thôi không lấy nữa shop ơi"""


def is_over(db: Session, live: LiveSession, *, actor_id: int, now: datetime) -> None:
    """It was on air and ended in time; a viewer complained of it, staff answered."""
    go_live(db, public_id=live.public_id, actor_id=actor_id, now=live.starts_at)
    _show_all(db, live, actor_id)
    last = queries.draft_rows(db, live.id, states=("open",))[-1]
    drop_draft(db, live=live, draft_id=last.draft.id, actor_id=actor_id, now=live.ends_at)
    end_session(db, public_id=live.public_id, actor_id=actor_id, now=live.ends_at)
    words = "Giá người dẫn đọc thấp hơn giá ở trang đặt hàng (khiếu nại minh họa)."
    made = _complain(db, live, "price", words, live.ends_at)
    if "-past-" not in live.submit_key:
        answer_complaint(
            db,
            complaint_id=made.id,
            state="dismissed",
            answer="Đã xem lại bản ghi: giá đúng như bảng chạy (trả lời minh họa).",
            actor_id=person_id(db, "staff2@demo.test"),
            now=live.ends_at + timedelta(days=1),
        )


def is_under_way(db: Session, live: LiveSession, *, actor_id: int, now: datetime) -> None:
    """It is on air now: the first product is over, the second is shown at its live price."""
    first, second = _items(db, live)[:2]
    go_live(db, public_id=live.public_id, actor_id=actor_id, now=live.starts_at)
    steps = [(1, SHOW, first, None), (17, DONE, first, None), (18, SHOW, second, None)]
    for minute, kind, item, minutes in [
        *steps,
        (19, PIN, second, None),
        (20, PRICE_ON, second, 60),
    ]:
        _press(db, live, actor_id, minute, kind, item, minutes)
    _take_comments(db, live, live.starts_at + timedelta(minutes=21))
    words = "Người dẫn chưa nói hạn dùng của gói đang giới thiệu (khiếu nại minh họa)."
    _complain(db, live, "other", words, now)


def has_no_show(db: Session, live: LiveSession, *, actor_id: int, now: datetime) -> None:
    """Nobody went on air; the clock noted it."""
    keep_time(db, public_id=live.public_id, now=live.ends_at)


def _items(db: Session, live: LiveSession) -> list[int]:
    return list(
        db.scalars(
            select(SessionItem.id)
            .where(SessionItem.session_id == live.id)
            .order_by(SessionItem.position)
        )
    )


def _show_all(db: Session, live: LiveSession, actor_id: int) -> None:
    """Products shown one after the other, a plan fitted to the clock, comments taken in."""
    steps = [(4 + 25 * index, SHOW, item) for index, item in enumerate(_items(db, live))]
    for minute, kind, item in [*steps[:1], (20, FIT, None), *steps[1:]]:
        _press(db, live, actor_id, minute, kind, item)
    _take_comments(db, live, live.starts_at + timedelta(minutes=40))


def _press(
    db: Session,
    live: LiveSession,
    actor_id: int,
    minute: int,
    kind: str,
    item: int | None,
    minutes: int | None = None,
) -> None:
    take_presses(
        db,
        public_id=live.public_id,
        sent=[PressSent(f"demo-{minute:04d}-{kind}", kind, item, minutes)],
        actor_id=actor_id,
        now=live.starts_at + timedelta(minutes=minute),
    )


def _take_comments(db: Session, live: LiveSession, now: datetime) -> None:
    take_comments(
        db,
        public_id=live.public_id,
        channel_id=queries.channels_of(db, live.id)[0].id,
        comments=read_lines(COMMENTS),
        now=now,
    )


def _complain(db: Session, live: LiveSession, kind: str, words: str, now: datetime) -> Complaint:
    return complain(
        db,
        slug=live.slug,
        kind=kind,
        words=words,
        contact="",
        short_code="A1",
        submit_key=f"demo-complaint-{live.submit_key}",
        now=now,
    )
