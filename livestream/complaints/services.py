"""Complaining, answering, and keeping what a session showed and said."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.complaints.models import Complaint, Evidence
from livestream.complaints.queries import worn_out
from livestream.complaints.rules import AlreadyAnswered, AnswerMissing, add_months, digest
from livestream.runsheets.queries import load_sheet
from livestream.sessions.models import LiveSession, RuleOverride, SessionEvent, SessionItem
from livestream.sessions.queries import public_session, resource_names
from livestream.sessions.services.changing import record, staff_people, tell
from shop.core.errors import Invalid
from shop.core.text import N_, random_code


def complain(
    db: Session,
    *,
    slug: str,
    kind: str,
    words: str,
    contact: str,
    short_code: str,
    submit_key: str,
    now: datetime,
) -> Complaint:
    """A viewer complains about a public session; the same key again returns the first one.

    Raises NotFound, Invalid for a product code that the session does not have.
    """
    live = public_session(db, slug)
    known = _known(db, submit_key, live)
    if known is not None:
        return known
    row = Complaint(
        code=random_code(10),
        session_id=live.id,
        item_id=_item(db, live, short_code),
        kind=kind,
        words=words,
        contact=contact,
        submit_key=submit_key,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        known = _known(db, submit_key, live)
        if known is None:
            raise
        return known
    told = record(db, live, "complained", actor_id=None, now=now, detail={"complaint": row.code})
    tell(db, live, "session.complained", staff_people(db, live), now=now, about=told)
    return row


def _known(db: Session, submit_key: str, live: LiveSession) -> Complaint | None:
    known = db.scalars(select(Complaint).where(Complaint.submit_key == submit_key)).one_or_none()
    if known is not None and known.session_id != live.id:
        raise Invalid(N_("Biểu mẫu này đã được gửi rồi. Hãy mở một biểu mẫu mới."))
    return known


def _item(db: Session, live: LiveSession, short_code: str) -> int | None:
    if not short_code:
        return None
    item_id = db.scalar(
        select(SessionItem.id).where(
            SessionItem.session_id == live.id, SessionItem.short_code == short_code.upper()
        )
    )
    if item_id is None:
        raise Invalid(N_("Phiên này không có mã sản phẩm đó."), field="item_code")
    return item_id


def answer_complaint(
    db: Session, *, complaint_id: int, state: str, answer: str, actor_id: int, now: datetime
) -> None:
    """Staff decide: ``upheld`` or ``dismissed``, with words. Raises AnswerMissing, and
    AlreadyAnswered when somebody was faster."""
    if not answer:
        raise AnswerMissing(field="answer")
    done = db.execute(
        update(Complaint)
        .where(Complaint.id == complaint_id, Complaint.state == "open")
        .values(state=state, answer=answer, decided_by=actor_id, decided_at=now)
        .returning(Complaint.session_id)
    ).scalar_one_or_none()
    if done is None:
        raise AlreadyAnswered
    live = db.get_one(LiveSession, done)
    detail = {"complaint": complaint_id, "state": state}
    record(db, live, "complaint_answered", actor_id=actor_id, now=now, detail=detail)


def keep_evidence(
    db: Session, *, session_id: int, cause: str, months: int, now: datetime
) -> Evidence:
    """Freeze what a session planned, showed and said, until ``months`` from now."""
    live = db.get_one(LiveSession, session_id)
    facts = facts_of(db, live, now=now)
    kept = Evidence(
        session_id=live.id,
        cause=cause,
        facts=facts,
        digest=digest(facts),
        taken_at=now,
        keep_until=add_months(now, months),
    )
    db.add(kept)
    db.flush()
    return kept


def facts_of(db: Session, live: LiveSession, *, now: datetime) -> dict[str, Any]:
    """Plan, products with prices, words, papers, overrides and the story; people only by id."""
    sheet = load_sheet(db, live, now=now)
    overrides = db.scalars(
        select(RuleOverride).where(RuleOverride.session_id == live.id).order_by(RuleOverride.id)
    )
    events = db.scalars(
        select(SessionEvent).where(SessionEvent.session_id == live.id).order_by(SessionEvent.id)
    )
    channels = [one for one in resource_names(db, live.id) if one.platform]
    return {
        "session": live.public_id,
        "title": live.title,
        "starts_at": live.starts_at.isoformat(),
        "ends_at": live.ends_at.isoformat(),
        "state": live.state,
        "state_note": live.state_note,
        "recording": live.watch_url or "",
        "channels": [f"{one.platform}:{one.handle or ''}" for one in channels],
        "lines": [
            {
                "kind": line.part.kind,
                "minutes": line.part.minutes,
                "note": line.part.note,
                "words": line.words,
                "points": [f"{one.source}:{one.text % one.params}" for one in line.points],
                "item": {
                    "code": line.row.item.short_code,
                    "product": line.row.sale.product_name,
                    "producer": line.row.sale.producer_name,
                    "price_vnd": line.row.sale.price_vnd,
                    "live_price_vnd": line.row.item.live_price_vnd,
                    "set_aside": line.row.item.set_aside,
                }
                if line.row
                else None,
            }
            for line in sheet.lines
        ],
        "overrides": [[one.rule, one.reason, one.actor_id] for one in overrides],
        "events": [[one.kind, one.at.isoformat(), one.actor_id] for one in events],
    }


def drop_worn_out(db: Session, *, now: datetime) -> int:
    """Delete evidence whose time has come; says how much."""
    gone = worn_out(db, now)
    db.execute(delete(Evidence).where(Evidence.id.in_(gone)))
    return len(gone)
