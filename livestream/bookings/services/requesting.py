"""A producer asks a club for a slot, staff invite one; the club takes it up or says why not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.bookings.models import SlotRequest
from livestream.bookings.services.proposing import propose_new
from livestream.campaigns.queries import require_open_campaign
from livestream.clubs.models import Club
from livestream.clubs.services import managers_of
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services import ItemWish, answer_item
from livestream.sessions.states import ReasonMissing
from livestream.sessions.timing import check_times
from shop.catalogue.models import Variant
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.notifications.services import notify


class Answered(Conflict):
    message = N_("Lời xin này đã được trả lời hoặc rút lại. Hãy tải lại trang.")


def ask_for_slot(
    db: Session,
    *,
    kind: str,
    club_id: int,
    starts_at: datetime,
    minutes: int,
    note: str,
    submit_key: str,
    actor_id: int,
    now: datetime,
    producer_id: int | None = None,
    variant_id: int | None = None,
    campaign_id: int | None = None,
) -> SlotRequest:
    """Ask a verified club for a time; takes nothing. The same ``submit_key`` again is the first.

    ``kind``: ``producer`` (with ``producer_id``) or ``staff``; a ``campaign_id`` goes on to the
    session that comes of it. Raises Invalid, BadTime, NotInCampaign for a time outside of it.
    """
    known = _known(db, submit_key)
    if known is not None:
        return known
    ends_at = check_times(starts_at, minutes, now=now)
    if campaign_id is not None:
        require_open_campaign(db, campaign_id, starts_at=starts_at, ends_at=ends_at)
    club = db.scalars(
        select(Club).where(Club.id == club_id, Club.state == "verified")
    ).one_or_none()
    if club is None:
        raise Invalid(N_("Hãy chọn một câu lạc bộ đã xác minh."), field="club")
    if variant_id is not None and not db.scalar(
        select(Variant.id).where(Variant.id == variant_id, Variant.producer_id == producer_id)
    ):
        raise Invalid(N_("Hãy chọn một sản phẩm của bạn."), field="variant")
    request = SlotRequest(
        submit_key=submit_key,
        kind=kind,
        club_id=club_id,
        producer_id=producer_id,
        variant_id=variant_id,
        campaign_id=campaign_id,
        starts_at=starts_at,
        minutes=minutes,
        note=note,
        asked_by=actor_id,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(request)
    except IntegrityError:
        known = _known(db, submit_key)
        if known is None:
            raise
        return known
    _tell(db, request, "booking.asked", managers_of(db, club_id), now)
    return request


def _known(db: Session, submit_key: str) -> SlotRequest | None:
    return db.scalars(select(SlotRequest).where(SlotRequest.submit_key == submit_key)).one_or_none()


def _tell(
    db: Session, request: SlotRequest, kind: str, people: Collection[int], now: datetime
) -> None:
    notify(
        db,
        person_ids=people,
        kind=kind,
        cause=f"slot_request:{request.id}:{request.state}",
        payload={"club": db.get_one(Club, request.club_id).name},
        now=now,
    )


def _open(db: Session, request_id: int) -> SlotRequest:
    """The request, nobody else answering it. Raises NotFound, Answered."""
    request = db.scalars(
        select(SlotRequest)
        .where(SlotRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise NotFound
    if request.state != "asked":
        raise Answered
    return request


def decline_request(
    db: Session, *, request_id: int, club_id: int, reply: str, actor_id: int, now: datetime
) -> None:
    """The club cannot, and says why. Raises NotFound, Answered, ReasonMissing."""
    if not reply:
        raise ReasonMissing(field="reply")
    request = _open(db, request_id)
    if request.club_id != club_id:
        raise NotFound
    request.state, request.reply = "declined", reply
    request.decided_by, request.decided_at = actor_id, now
    db.flush()
    _tell(db, request, "booking.request_declined", [request.asked_by], now)


def withdraw_request(
    db: Session, *, request_id: int, producer_ids: Collection[int], now: datetime
) -> None:
    """The producer asks no longer. Raises NotFound, Answered."""
    request = _open(db, request_id)
    if request.producer_id not in producer_ids:
        raise NotFound
    request.state, request.decided_at = "withdrawn", now
    db.flush()


def take_request(
    db: Session,
    *,
    request_id: int,
    club_id: int,
    title: str,
    starts_at: datetime,
    minutes: int,
    resources: dict[str, Sequence[int]],
    actor_id: int,
    now: datetime,
    hold_hours: int,
    viewer_clubs: Collection[int] = (),
) -> LiveSession:
    """The club proposes a session for it. At the time the producer named, at the usual price, the
    producer's word is given already; anything else is asked as always.

    Raises NotFound, Answered, and what proposing raises.
    """
    request = _open(db, request_id)
    if request.club_id != club_id:
        raise NotFound
    live = propose_new(
        db,
        club_id=club_id,
        title=title,
        starts_at=starts_at,
        minutes=minutes,
        resources=resources,
        items=[ItemWish(request.variant_id)] if request.variant_id else [],
        campaign_id=request.campaign_id,
        submit_key=f"request-{request.id}",
        actor_id=actor_id,
        now=now,
        hold_hours=hold_hours,
        viewer_clubs=viewer_clubs,
    )
    request.state, request.session_id = "taken", live.id
    request.decided_by, request.decided_at = actor_id, now
    db.flush()
    if starts_at == request.starts_at and request.producer_id is not None:
        _agree_as_asked(db, live, request, now)
    _tell(db, request, "booking.request_taken", [request.asked_by], now)
    return live


def _agree_as_asked(db: Session, live: LiveSession, request: SlotRequest, now: datetime) -> None:
    for item_id in db.scalars(select(SessionItem.id).where(SessionItem.session_id == live.id)):
        answer_item(
            db,
            item_id=item_id,
            producer_ids=[request.producer_id or 0],
            is_agreed=True,
            actor_id=request.asked_by,
            now=now,
            note="",
        )
