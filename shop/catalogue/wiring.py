"""Where the catalogue stands in the workspaces."""

import time
from collections import Counter
from datetime import timedelta
from typing import cast

from flask import Flask
from sqlalchemy.orm import Session

from shop.accounts.queries import register_unit
from shop.accounts.rules import staff_scope_of
from shop.catalogue import queries, rules, services
from shop.catalogue.configuration import configure
from shop.catalogue.rules.reference import use_source
from shop.core import clock
from shop.core.text import N_
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.request import House
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import (
    ACCOUNT_TODO,
    PRODUCER_NAV,
    PRODUCER_TODO,
    STAFF_NAV,
    STAFF_TODO,
)

_PRESSING = min(rules.REMINDER_DAYS)
"""Days before its end at which a paper presses."""
_SOON = timedelta(days=max(rules.REMINDER_DAYS))


def init_app(app: Flask) -> None:
    """Fill the menus and to-do lists, and say how producers are called."""
    house = cast(House, app.extensions["house"])
    configure(house.database, house.storage)
    use_source(services.DatabaseSource(house.database, time.monotonic))
    register_unit("producer", names=queries.producer_names, find=queries.producer_called)
    PRODUCER_NAV.fill(_producer_pages)
    STAFF_NAV.fill(_staff_pages)
    PRODUCER_TODO.fill(_producer_todo)
    STAFF_TODO.fill(_staff_todo)
    ACCOUNT_TODO.fill(_account_todo)


def _producer_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Sản phẩm")), "/ban-hang/san-pham", "tag", 20),
        NavItem(gettext(N_("Cơ sở")), "/ban-hang/co-so", "store", 80, group="unit"),
    ]


def _staff_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Chờ duyệt")), "/can-bo/duyet", "edit", 5),
        NavItem(gettext(N_("Nhà sản xuất")), "/can-bo/nha-san-xuat", "store", 10, group="judging"),
        NavItem(gettext(N_("Duyệt sản phẩm")), "/can-bo/san-pham", "tag", 20, group="judging"),
        NavItem(gettext(N_("Chứng nhận")), "/can-bo/chung-nhan", "verified", 30, group="judging"),
        NavItem(gettext(N_("Danh mục")), "/can-bo/danh-muc", "settings", 85, group="house"),
    ]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    ids = list(actor.producers)
    counts = queries.counts_by_state(db, ids)
    today = clock.today_vn(clock.now())
    until = today + timedelta(days=max(rules.REMINDER_DAYS))
    ending = queries.expiring_certificates(db, ids, today=today, until=until)
    returned = [p for p in queries.producers_by_id(db, ids) if p.state == "rejected"]
    todos = [
        Todo(
            gettext(N_("Sản phẩm cần sửa")),
            counts.get("rejected", 0),
            "/ban-hang/san-pham?trang_thai=rejected",
            "edit",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Sản phẩm còn là bản nháp")),
            counts.get("draft", 0),
            "/ban-hang/san-pham?trang_thai=draft",
            "tag",
        ),
        Todo(
            gettext(N_("Giấy chứng nhận sắp hết hạn")),
            len(ending),
            _first_paper(ending),
            "verified",
            is_urgent=bool(ending) and (ending[0].certificate.expires_on - today).days <= _PRESSING,
            order=25,
            hint=_first_end(ending),
        ),
    ]
    if returned:
        label = gettext(N_("Hồ sơ cơ sở cần bổ sung"))
        url = f"/ban-hang/co-so/{returned[0].id}"
        todos.insert(0, Todo(label, len(returned), url, "store", is_urgent=True))
    if not counts:
        todos.append(
            Todo(gettext(N_("Đăng sản phẩm đầu tiên")), 1, "/ban-hang/san-pham/moi", "plus")
        )
    return todos


def _first_end(ending: list[queries.PaperRow]) -> str:
    if not ending:
        return ""
    day = ending[0].certificate.expires_on.strftime("%d/%m/%Y")
    return gettext(N_("Sớm nhất hết ngày %(day)s"), day=day)


def _first_paper(ending: list[queries.PaperRow]) -> str:
    if not ending:
        return "/ban-hang/san-pham"
    return f"/ban-hang/chung-nhan/{ending[0].certificate.id}"


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    scope, now = staff_scope_of(actor), clock.now()
    counts = queries.waiting_counts(db, scope)
    first = queries.waiting_things(db, scope, limit=1)
    is_late = bool(first) and rules.waiting(first[0].since, now).state == "late"
    by_kind = Counter[str]()
    for (kind, _province), count in counts.items():
        by_kind[kind] += count
    ending = queries.count_ending(
        db, scope, today=clock.today_vn(now), until=clock.today_vn(now) + _SOON
    )
    lines = [
        ("producer", N_("Nhà sản xuất chờ xác minh"), "store"),
        ("product", N_("Sản phẩm chờ duyệt"), "tag"),
        ("edit", N_("Bản sửa chờ duyệt"), "edit"),
        ("certificate", N_("Giấy chứng nhận chờ xác minh"), "verified"),
        ("endorsement", N_("Lời xin Đoàn bảo trợ"), "users"),
    ]
    hint = gettext(N_("Có việc đã quá hạn hai ngày làm việc")) if is_late else ""
    return [
        *(
            Todo(
                gettext(label),
                by_kind[kind],
                f"/can-bo/duyet?loai={kind}",
                icon,
                is_urgent=is_late and first[0].kind == kind,
                order=10,
                hint=hint if is_late and first[0].kind == kind else "",
            )
            for kind, label, icon in lines
        ),
        Todo(
            gettext(N_("Giấy OCOP của địa bàn sắp hết hạn")),
            ending,
            "/can-bo/chung-nhan?trang_thai=sap-het",
            "clock",
            order=30,
        ),
    ]


def _account_todo(_db: Session, actor: Actor) -> list[Todo]:
    if actor.is_producer:
        return []
    return [Todo(gettext(N_("Mở gian hàng cho cơ sở của bạn")), 0, "/ban-hang/dang-ky", "store")]
