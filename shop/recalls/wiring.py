"""What recalls add: messages, navigation, to-do, words on other pages, an ear for calls."""

from datetime import datetime
from typing import Final

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.text import N_
from shop.notifications.services import keep_contacts_of, register_message
from shop.notifications.signals import call_recorded
from shop.orders.signals import order_erased
from shop.recalls import queries
from shop.recalls.rules import HAZARDS, is_drill_due
from shop.recalls.services.erasing import erase_notes
from shop.recalls.services.telling import (
    NOTICE,
    REMINDER,
    WAITING_NOTICE,
    follow_call,
    is_still_waiting,
)
from shop.traceability.slots import RECALLED_PANELS
from shop.web.access import Actor, sign
from shop.web.i18n import gettext as _
from shop.web.i18n import pick
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    ORDER_PANELS,
    PRODUCER_NAV,
    PRODUCER_TODO,
    STAFF_NAV,
    STAFF_TODO,
)

_ACKNOWLEDGE: Final = "/thu-hoi/xac-nhan/%(code)s?k=%(k)s"
_BODY: Final = N_(
    "%(producer)s thu hồi lô %(lots)s. Lý do: %(reason)s\n"
    "Việc cần làm: %(advice)s\n"
    "Hỏi thêm: %(phone)s. Xin mở đường dẫn và bấm xác nhận để chúng tôi biết bạn đã nhận tin."
)
_WAITING_BODY: Final = N_(
    "Hàng trong đơn của bạn chưa gửi đi; chúng tôi không gửi hàng thuộc lô bị thu hồi. Lý do: "
    "%(reason)s\n"
    "%(producer)s sẽ báo đổi lô khác hoặc hoàn tiền. Hỏi thêm: %(phone)s."
)


def init_app(_app: Flask) -> None:
    """Declare the messages, fill the slots, listen; doing it again changes nothing."""
    declare_messages()
    keep_contacts_of("recalls", lambda _now: queries.waiting_recipients())
    call_recorded.connect(follow_call, weak=False)
    order_erased.connect(erase_notes, weak=False)
    PRODUCER_NAV.fill(producer_link)
    PRODUCER_TODO.fill(producer_todo)
    STAFF_NAV.fill(staff_link)
    STAFF_TODO.fill(staff_todo)
    RECALLED_PANELS.fill(recalled_panel)
    ORDER_PANELS.fill(order_panel)


def declare_messages() -> None:
    """Every kind of message about recalls. Nobody can switch those to buyers off."""
    register_message(
        NOTICE,
        title=N_("Thu hồi: xin ngừng dùng %(product)s, lô %(lots)s"),
        url=_ACKNOWLEDGE,
        body=_BODY,
        importance="must",
        still_due=is_still_waiting,
    )
    register_message(
        WAITING_NOTICE,
        title=N_("Đơn của bạn có %(product)s thuộc đợt thu hồi %(recall)s"),
        url=_ACKNOWLEDGE,
        body=_WAITING_BODY,
        importance="must",
        still_due=is_still_waiting,
    )
    register_message(
        REMINDER,
        title=N_("Nhắc lại: xin ngừng dùng %(product)s, lô %(lots)s và xác nhận"),
        url=_ACKNOWLEDGE,
        body=_BODY,
        importance="must",
        still_due=is_still_waiting,
    )
    register_message(
        "recalls.opened",
        title=N_("Đã mở đợt thu hồi %(code)s của %(producer)s"),
        url="/ban-hang/thu-hoi/%(code)s",
        importance="must",
    )
    register_message(
        "recalls.opened_staff",
        title=N_("%(producer)s có đợt thu hồi %(code)s"),
        url="/can-bo/thu-hoi/%(code)s",
        importance="important",
    )
    register_message(
        "recalls.drill_due",
        title=N_("Đã đến lúc diễn tập thu hồi năm nay của %(producer)s"),
        url="/ban-hang/thu-hoi",
    )


def producer_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to recalls and drills."""
    return [
        NavItem(
            _(N_("Thu hồi hàng")), url_for("recalls.overview"), "warning", order=35, group="origin"
        )
    ]


def staff_link(_actor: Actor) -> list[NavItem]:
    """Staff's way to recalls of their provinces."""
    return [
        NavItem(
            _(N_("Thu hồi hàng")),
            url_for("recalls_staff.overview"),
            "warning",
            order=65,
            group="origin",
        )
    ]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """Buyers not told yet, and the yearly drill."""
    own = list(actor.producers)
    rows = queries.recalls_in(db, queries.may_see(producer_ids=own))
    waiting = sum(row.waiting for row in rows if row.recall.state == "open")
    url = url_for("recalls.overview")
    last = queries.last_drill_on(db, own)
    is_due = is_drill_due(last, clock.today_vn(clock.now())) and queries.has_sold_lots(db, own)
    drill = _(N_("Diễn tập thu hồi mỗi năm một lần"))
    return [
        Todo(_(N_("Người mua chưa nhận tin thu hồi")), waiting, url, "phone", is_urgent=True),
        Todo(drill, int(is_due), f"{url}#dien-tap", "clock"),
    ]


def staff_todo(db: Session, actor: Actor) -> list[Todo]:
    """Recalls in the provinces that are still open."""
    rows = queries.recalls_in(db, queries.may_see(provinces=staff_scope_of(actor)))
    is_open = sum(row.recall.state == "open" for row in rows)
    label = _(N_("Đợt thu hồi đang mở"))
    return [Todo(label, is_open, url_for("recalls_staff.overview"), "warning", is_urgent=True)]


def recalled_panel(db: Session, lot_id: int, _now: datetime) -> list[Panel]:
    """On the page of a recalled lot: why, what to do, whom to ask."""
    recall = queries.recall_of_lot(db, lot_id)
    if recall is None:
        return []
    words = {
        "recall": recall,
        "reason": pick(recall.reason, recall.reason_en),
        "advice": pick(recall.advice, recall.advice_en),
        "hazard": HAZARDS[recall.hazard],
    }
    return [Panel("recalls/trace_panel.html", words)]


def order_panel(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """On the buyer's order: which recalls touch it, and what to do."""
    return [
        Panel(
            "recalls/order_panel.html",
            {
                "recall": recall,
                "buyer": buyer,
                "advice": pick(recall.advice, recall.advice_en),
                "answer_url": url_for(
                    "recalls_public.acknowledge", code=buyer.code, k=sign("recall", buyer.code)
                ),
            },
        )
        for recall, buyer in queries.touched_orders(db, order_id)
    ]
