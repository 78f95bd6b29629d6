"""Wishes listen to stock and to sign-ins, and declare their messages."""

from datetime import datetime
from typing import Any

from flask import Flask, has_request_context
from sqlalchemy.orm import Session

from shop.accounts.signals import person_signed_in
from shop.core.text import N_
from shop.notifications.rules import Payload
from shop.notifications.services import keep_contacts_of, register_message
from shop.notifications.services.following import is_unconfirmed
from shop.stock.signals import stock_came_in
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem
from shop.web.workspaces import ACCOUNT_NAV
from shop.wishes import queries, services
from shop.wishes.cookie import WISH_COOKIE
from shop.wishes.models import StockAlert


def tell_waiting(
    _sender: object, *, db: Session, variant_ids: list[int], now: datetime, **_more: Any
) -> None:
    """Units came in: tell those who wait for them."""
    services.tell_waiting(db, variant_ids=variant_ids, now=now)


def keep_list(_sender: object, *, db: Session, person_id: int, now: datetime, **_more: Any) -> None:
    """A guest signed in: the list of this browser becomes theirs."""
    if has_request_context():
        token_hash = WISH_COOKIE.token_hash()
        services.claim_list(db, token_hash=token_hash, person_id=person_id, now=now)


def init_app(_app: Flask) -> None:
    """Connect, declare, fill; doing it again changes nothing."""
    stock_came_in.connect(tell_waiting, weak=False)
    person_signed_in.connect(keep_list, weak=False)
    _declare_messages()
    keep_contacts_of("wishes", lambda _now: queries.waiting_recipients())
    ACCOUNT_NAV.fill(_navigation)


def _declare_messages() -> None:
    register_message(
        services.ASK,
        title=N_("Xác nhận: báo khi “%(product)s” có hàng lại"),
        body=N_("Bấm nút bên dưới rồi xác nhận. Không phải bạn yêu cầu? Cứ bỏ qua thư này."),
        url="/bao-khi-co-hang/%(code)s",
        importance="must",
        still_due=lambda db, ref, _payload: is_unconfirmed(db, StockAlert, ref),
    )
    register_message(
        services.BACK,
        title=N_("“%(product)s” (%(size)s) đã có hàng lại"),
        body=N_("Đây là thư duy nhất cho lần chờ này. Số lượng có thể hết nhanh."),
        url="/san-pham/%(slug)s",
        leave="/bao-khi-co-hang/%(code)s/thoi",
        importance="important",
        still_due=_is_worth_telling,
    )


def _is_worth_telling(db: Session, ref: str, _payload: Payload) -> bool:
    return services.is_worth_telling(db, ref)


def _navigation(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Yêu thích")), "/yeu-thich", "heart", 40)]
