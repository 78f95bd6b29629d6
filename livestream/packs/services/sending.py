"""What is on record of sending a session to a platform. No call over the network is made here.

The platform makes a new session at each call and takes no key of ours, so the call that makes it
is never repeated by itself: without an answer a person looks and says whether it is there.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.packs.models import ChannelPush
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.states import STATE_LABELS, WrongState
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

LEASE: Final = timedelta(minutes=2)
"""A sending that has not come back by then has died; its outcome is unknown."""
SENT_IN: Final = ("confirmed", "live")


class UnderWay(Conflict):
    message = N_("Đang gửi phiên này. Hãy đợi một lát rồi tải lại trang.")


class Unsure(Conflict):
    message = N_(
        "Lần gửi trước không có trả lời nên không rõ sàn đã tạo phiên hay chưa. Hãy mở ứng dụng "
        "của sàn xem, rồi ghi mã phiên hoặc xác nhận là chưa có."
    )


class NothingToSend(Conflict):
    message = N_(
        "Chưa sản phẩm nào của phiên có địa chỉ trên sàn. Hãy nhờ người sản xuất ghi địa chỉ niêm "
        "yết trong mục Kênh bán."
    )


def begin_push(
    db: Session,
    *,
    live: LiveSession,
    resource_id: int,
    items: tuple[str, ...],
    actor_id: int,
    now: datetime,
) -> ChannelPush:
    """Take the right to send: one sending at a time per session and account.

    Raises WrongState, NotFound for an account the session does not use, NothingToSend, UnderWay,
    Unsure when an earlier call that makes the session got no answer.
    """
    if live.state not in SENT_IN:
        raise WrongState(state=STATE_LABELS[live.state])
    _require_channel(db, live, resource_id)
    if not items:
        raise NothingToSend
    row = _find(db, live.id, resource_id)
    if row is None:
        row = ChannelPush(session_id=live.id, resource_id=resource_id, items=[], state="sending")
        row.started_at, row.actor_id = now, actor_id
        try:
            with db.begin_nested():
                db.add(row)
        except IntegrityError:
            raise UnderWay from None
        return row
    if row.state == "sending" and now < row.started_at + LEASE:
        raise UnderWay
    if row.state == "unsure" or (row.state == "sending" and not row.remote_id):
        raise Unsure
    taken = db.execute(
        update(ChannelPush)
        .where(ChannelPush.id == row.id, ChannelPush.started_at == row.started_at)
        .where(ChannelPush.state == row.state)
        .values(state="sending", started_at=now, actor_id=actor_id, settled_at=None, fault="")
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise UnderWay
    db.refresh(row)
    return row


def _require_channel(db: Session, live: LiveSession, resource_id: int) -> None:
    found = db.scalar(
        select(Resource.id)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(
            Resource.id == resource_id,
            Resource.kind == "channel",
            ResourceHold.session_id == live.id,
        )
    )
    if found is None:
        raise NotFound


def _find(db: Session, session_id: int, resource_id: int) -> ChannelPush | None:
    return db.scalars(
        select(ChannelPush).where(
            ChannelPush.session_id == session_id, ChannelPush.resource_id == resource_id
        )
    ).one_or_none()


def record_opened(db: Session, *, push_id: int, started_at: datetime, remote_id: str) -> None:
    """The platform made the session; said at once, so that nothing makes it a second time."""
    db.execute(
        update(ChannelPush)
        .where(ChannelPush.id == push_id, ChannelPush.started_at == started_at)
        .values(remote_id=remote_id)
    )


def record_outcome(
    db: Session,
    *,
    push_id: int,
    started_at: datetime,
    state: str,
    now: datetime,
    items: tuple[str, ...] | None = None,
    fault: str = "",
) -> None:
    """How the sending that began at ``started_at`` ended; a later sending is left alone."""
    values = {"state": state, "settled_at": now, "fault": fault[:200]}
    if items is not None:
        values["items"] = list(items)
    db.execute(
        update(ChannelPush)
        .where(ChannelPush.id == push_id, ChannelPush.started_at == started_at)
        .values(values)
    )


def tell_remote_id(
    db: Session,
    *,
    live: LiveSession,
    resource_id: int,
    remote_id: str,
    actor_id: int,
    now: datetime,
) -> None:
    """A person found the session on the platform: its id there. Raises Invalid, NotFound."""
    row = _unsure(db, live, resource_id, now)
    if not remote_id.isascii() or not remote_id.isdigit() or not 0 < int(remote_id) < 2**63:
        raise Invalid(N_("Mã phiên là một dãy chữ số."), field="remote_id")
    row.remote_id, row.state = remote_id, "opened"
    row.actor_id, row.settled_at = actor_id, now


def forget_unsure(
    db: Session, *, live: LiveSession, resource_id: int, actor_id: int, now: datetime
) -> None:
    """A person looked: the platform has no such session, so it may be made. Raises NotFound."""
    row = _unsure(db, live, resource_id, now)
    row.state, row.fault = "refused", ""
    row.actor_id, row.settled_at = actor_id, now


def is_unsure(row: ChannelPush | None, now: datetime) -> bool:
    """Whether nobody knows if the platform made the session."""
    if row is None:
        return False
    has_died = row.state == "sending" and not row.remote_id and now >= row.started_at + LEASE
    return row.state == "unsure" or has_died


def _unsure(db: Session, live: LiveSession, resource_id: int, now: datetime) -> ChannelPush:
    row = _find(db, live.id, resource_id)
    if row is None or not is_unsure(row, now):
        raise NotFound
    return row
