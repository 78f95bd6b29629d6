"""How the web learns who is asking, and where the account's pages stand in the menus."""

from flask import Flask, g, request
from sqlalchemy.orm import Session

from shop.accounts import queries, rules, services
from shop.accounts.routes.loaders import Loaders
from shop.accounts.rules import ABSOLUTE
from shop.core import clock
from shop.core.text import N_
from shop.web import access
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.request import judge_writing
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import (
    ACCOUNT_NAV,
    ACCOUNT_TODO,
    PRODUCER_NAV,
    PRODUCER_TODO,
    STAFF_NAV,
    show_links_if,
)


def init_app(app: Flask) -> None:
    """Register the loaders of the guards and fill the menus."""
    loaders = Loaders(
        app.extensions["house"].database,
        is_staff_totp_required=app.extensions["settings"].is_staff_totp_required,
    )
    app.config.update(PERMANENT_SESSION_LIFETIME=ABSOLUTE, SESSION_REFRESH_EACH_REQUEST=False)
    app.before_request(_narrow)
    access.init_app(app, load_session=loaders.session, load_api_token=loaders.api_token)
    judge_writing(app, _hold_consent)
    show_links_if(rules.may_open)
    PRODUCER_NAV.fill(_producer_pages)
    STAFF_NAV.fill(_staff_pages)
    ACCOUNT_NAV.fill(_account_pages)
    ACCOUNT_TODO.fill(_account_todo)
    PRODUCER_TODO.fill(_producer_todo)


def _narrow() -> None:
    """A supporter stands at a producer's desk only in the parts that its owner opened."""
    area = rules.area_of(request.path)
    if area is None:
        return
    who = access.actor()
    if who.areas:
        g.actor = rules.within(who, area)
        if not g.actor.is_producer and not who.is_staff:
            raise rules.AreaClosed


def _hold_consent(db: Session) -> None:
    """Before a supporter's request writes: the owner's consent is looked at again, and held."""
    area, who = rules.area_of(request.path), access.actor()
    supported = [producer_id for producer_id in who.areas if producer_id in who.producers]
    if area is not None and supported:
        services.require_still_working(
            db,
            person_id=who.id(),
            producer_ids=supported,
            area=area,
            now=clock.now(),
        )


def _account_todo(db: Session, actor: Actor) -> list[Todo]:
    asked = queries.invitations_for(db, actor.id(), clock.now())
    url = "/tai-khoan/noi-lam-viec"
    label = gettext(N_("Lời mời làm việc cùng cơ sở"))
    return [Todo(label, len(asked), url, "users", is_urgent=True)]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    owned = [producer_id for producer_id, role in actor.producers.items() if role == "owner"]
    if not owned:
        return []
    asked = queries.support_asked(db, owned)
    url = f"/ban-hang/thanh-vien/{asked[0]}" if asked else "/ban-hang/thanh-vien"
    return [Todo(gettext(N_("Người xin làm giúp cơ sở")), len(asked), url, "users")]


def _producer_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Việc hôm nay")), "/ban-hang", "home", 0),
        NavItem(gettext(N_("Các thành viên")), "/ban-hang/thanh-vien", "users", 90, group="unit"),
        NavItem(gettext(N_("Nhật ký")), "/ban-hang/nhat-ky", "clock", 95, group="unit"),
    ]


def _staff_pages(actor: Actor) -> list[NavItem]:
    pages = [NavItem(gettext(N_("Việc hôm nay")), "/can-bo", "home", 0)]
    if actor.is_admin:
        pages.append(
            NavItem(gettext(N_("Người dùng")), "/can-bo/nguoi-dung", "users", 80, group="house")
        )
    return [*pages, NavItem(gettext(N_("Nhật ký")), "/can-bo/nhat-ky", "clock", 90, group="house")]


def _account_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Tài khoản")), "/tai-khoan", "home", 0),
        NavItem(gettext(N_("Nơi làm việc")), "/tai-khoan/noi-lam-viec", "store", 50),
        NavItem(gettext(N_("Hồ sơ và mật khẩu")), "/tai-khoan/ho-so", "user", 60),
        NavItem(gettext(N_("Thiết bị đăng nhập")), "/tai-khoan/phien", "lock", 70),
        NavItem(gettext(N_("Mã truy cập API")), "/tai-khoan/ma-api", "link", 80),
    ]
