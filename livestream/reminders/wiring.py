"""What reminders add to an application: an ear for schedules, messages, a panel, a link."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from livestream.reminders import queries, services
from livestream.reminders.models import Follow
from livestream.reminders.rules import AUDIENCES, OFFSETS
from livestream.reminders.services.following import ASK
from livestream.reminders.services.telling import kind_of
from livestream.sessions.models import LiveSession
from livestream.sessions.signals import schedule_changed
from livestream.sessions.slots import SESSION_PANELS
from shop.core import clock
from shop.core.text import N_
from shop.notifications.rules import Payload
from shop.notifications.services import keep_contacts_of, register_message
from shop.notifications.services.following import can_mail, is_unconfirmed, open_wish
from shop.web.access import actor
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel
from shop.web.workspaces import ACCOUNT_NAV


def init_app(_app: Flask) -> None:
    """Connect, declare, fill; doing it again changes nothing."""
    declare_messages()
    keep_contacts_of("reminders", queries.reachable_followers)
    connect_signals()
    SESSION_PANELS.fill(_panel)
    ACCOUNT_NAV.fill(_navigation)


def connect_signals() -> None:
    """Listen to sessions; connecting twice is once."""
    schedule_changed.connect(_on_schedule_changed, weak=False)


def _on_schedule_changed(
    _sender: object, *, db: Session, live: LiveSession, now: datetime, **_more: Any
) -> None:
    services.plan_turns(db, live=live, now=now)


_TITLES: Final = {
    "day": N_("Nhắc lịch: “%(title)s” lên sóng lúc %(time)s ngày %(date)s"),
    "hour": N_("Sắp đến giờ: “%(title)s” lên sóng lúc %(time)s ngày %(date)s"),
    "soon": N_("Chuẩn bị: “%(title)s” lên sóng lúc %(time)s"),
    "on_air": N_("“%(title)s” đang lên sóng"),
    "moved": N_("“%(title)s” đổi giờ: %(time)s ngày %(date)s"),
    "cancelled": N_("“%(title)s” đã hủy"),
}
_BODIES: Final = {
    "hosts": N_("Kiểm tra hàng mẫu, mạng, pin và thứ tự sản phẩm trước giờ lên sóng."),
    "producers": N_("Chuẩn bị hàng và để máy: câu lạc bộ có thể cần hỏi thêm khi đang phát."),
    "followers": N_("Bạn nhận tin này vì đã bấm “Nhắc tôi” ở trang của phiên."),
}
_URLS: Final = {
    "hosts": "/clb/phien/%(public_id)s",
    "producers": "/phien-live/%(slug)s",
    "followers": "/phien-live/%(slug)s",
}
LEAVE: Final = "/nhac-toi/%(code)s/thoi"


def declare_messages() -> None:
    """Every kind of message about reminders."""
    for audience in AUDIENCES:
        for moment, title in _TITLES.items():
            if moment in OFFSETS or audience == "followers":
                register_message(
                    kind_of(audience, moment),
                    title=title,
                    body=_BODIES[audience],
                    url=_URLS[audience],
                    leave=LEAVE if audience == "followers" else "",
                    importance="important",
                    still_due=partial(_is_still_true, moment=moment),
                )
    register_message(
        ASK,
        title=N_("Xác nhận: nhắc tôi khi “%(title)s” lên sóng"),
        body=N_("Bấm nút bên dưới rồi xác nhận. Không phải bạn yêu cầu? Cứ bỏ qua thư này."),
        url="/nhac-toi/%(code)s",
        importance="must",
        still_due=lambda db, ref, _payload: is_unconfirmed(db, Follow, ref),
    )


def _is_still_true(db: Session, ref: str, payload: Payload, *, moment: str) -> bool:
    return services.is_still_true(db, ref=ref, payload=payload, moment=moment, now=clock.now())


def _panel(db: Session, live: LiveSession, now: datetime) -> list[Panel]:
    if live.state != "confirmed" or live.starts_at <= now:
        return []
    me = actor().person_id
    follow = open_wish(db, Follow, f"person:{me}", session_id=live.id) if me is not None else None
    context: dict[str, object] = {"live": live, "follow": follow, "can_mail": can_mail()}
    return [Panel("livestream/reminders/panel.html", context)]


def _navigation(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Lịch live của tôi")), "/tai-khoan/lich-live", "calendar", 45)]
