"""How the web learns who is asking, and where the account's pages stand in the menus."""

from flask import Flask

from shop.accounts.routes.loaders import Loaders
from shop.accounts.rules import ABSOLUTE
from shop.core.text import N_
from shop.web import access
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem
from shop.web.workspaces import ACCOUNT_NAV, PRODUCER_NAV, STAFF_NAV


def init_app(app: Flask) -> None:
    """Register the loaders of the guards and fill the menus."""
    loaders = Loaders(
        app.extensions["house"].database,
        is_staff_totp_required=app.extensions["settings"].is_staff_totp_required,
    )
    app.config.update(PERMANENT_SESSION_LIFETIME=ABSOLUTE, SESSION_REFRESH_EACH_REQUEST=False)
    access.init_app(app, load_session=loaders.session, load_api_token=loaders.api_token)
    PRODUCER_NAV.fill(_producer_pages)
    STAFF_NAV.fill(_staff_pages)
    ACCOUNT_NAV.fill(_account_pages)


def _producer_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Việc hôm nay")), "/ban-hang", "home", 0),
        NavItem(gettext(N_("Các thành viên")), "/ban-hang/thanh-vien", "users", 90),
    ]


def _staff_pages(actor: Actor) -> list[NavItem]:
    pages = [NavItem(gettext(N_("Việc hôm nay")), "/can-bo", "home", 0)]
    if actor.is_admin:
        pages += [
            NavItem(gettext(N_("Người dùng")), "/can-bo/nguoi-dung", "users", 80),
            NavItem(gettext(N_("Nhật ký")), "/can-bo/nhat-ky", "file", 90),
        ]
    return pages


def _account_pages(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(gettext(N_("Tài khoản")), "/tai-khoan", "home", 0),
        NavItem(gettext(N_("Hồ sơ và mật khẩu")), "/tai-khoan/ho-so", "user", 60),
        NavItem(gettext(N_("Thiết bị đăng nhập")), "/tai-khoan/phien", "lock", 70),
        NavItem(gettext(N_("Mã truy cập API")), "/tai-khoan/ma-api", "link", 80),
    ]
