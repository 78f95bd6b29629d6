"""What people may do, decided in one place, and what a sign-in must look like."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.core.text import N_, clean
from shop.web.actor import Actor

# Rights. Other people's things are "not found"; a right one lacks over one's own is "not allowed".

UNIT_ROLES: Final = {
    "producer": ("owner", "member", "supporter"),
    "club": ("manager", "host"),
}
NEEDS_CONSENT: Final = frozenset({"supporter"})
"""Roles that give no right before the owner's consent is on record."""

EVERYWHERE: Final = "*"
"""The staff scope that covers every province."""

API_SCOPES: Final = ("read", "write")

AREAS: Final = {
    "products": N_("Sản phẩm, ảnh, giấy tờ, hồ sơ cơ sở"),
    "stock": N_("Kho, giá, lô hàng, mã truy xuất"),
    "orders": N_("Đơn hàng, câu hỏi và đánh giá của khách"),
    "channels": N_("Kênh bán và phiên live"),
}
"""Parts of a producer's work that an owner may open to a supporter, one by one."""

_OWN_DESK: Final = "/ban-hang"
_ALWAYS: Final = frozenset({"", "thanh-vien", "nhat-ky", "dang-ky"})
_AREA_OF_FOLDER: Final = {
    "san-pham": "products",
    "chung-nhan": "products",
    "co-so": "products",
    "khoi-nghiep": "products",
    "tien-do": "products",
    "nhap-xuat": "products",
    "kho": "stock",
    "gia-va-kho": "stock",
    "loat-nhan": "stock",
    "thung": "stock",
    "ma-nghi-van": "stock",
    "ghi": "stock",
    "ve-gui": "stock",
    "mau-ghi": "stock",
    "epcis": "stock",
    "cong-truy-xuat": "stock",
    "cong-truy-xuat.csv": "stock",
    "cong-truy-xuat.jsonld": "stock",
    "lo": "stock",
    "ma": "stock",
    "ma-gs1": "stock",
    "ma-san-pham": "stock",
    "don-hang": "orders",
    "giao-hang": "orders",
    "in": "orders",
    "van-chuyen": "orders",
    "danh-gia": "orders",
    "hoi-dap": "orders",
    "hoi-dat": "orders",
    "can-goi": "orders",
    "lien-he": "products",
    "don-tu-san": "orders",
    "kenh-ban": "channels",
    "ket-qua-san": "channels",
    "mau-kenh": "channels",
    "ma-giam-gia": "channels",
    "phien": "channels",
}
"""Folder under /ban-hang -> area. What is not here (money, recalls) is closed to supporters."""

CLOSED: Final = "closed"


def area_of(path: str) -> str | None:
    """Which part of a producer's work an address belongs to.

    None: no part in particular (the desk's first page, members, the act log, all other workspaces).
    ``closed``: a part that is never opened to supporters.
    """
    if path.startswith(("/chung-nhan/", "/bao-tro/")):
        return "products"
    if path != _OWN_DESK and not path.startswith(f"{_OWN_DESK}/"):
        return None
    folder = path.removeprefix(_OWN_DESK).strip("/").partition("/")[0]
    return None if folder in _ALWAYS else _AREA_OF_FOLDER.get(folder, CLOSED)


def within(actor: Actor, area: str | None) -> Actor:
    """The actor as far as this part of the work goes: producers that did not open it to this
    supporter are left out, as if the person did not belong to them.
    """
    if area is None or not actor.areas:
        return actor
    kept = {
        producer_id: role
        for producer_id, role in actor.producers.items()
        if producer_id not in actor.areas or area in actor.areas[producer_id]
    }
    return replace(actor, producers=kept)


def may_open(actor: Actor, path: str) -> bool:
    """Whether a link to this page of the producer's desk is worth showing to the actor."""
    area = area_of(path)
    return area is None or not actor.producers or within(actor, area).is_producer


class AreaClosed(NotAllowed):
    message = N_("Chủ cơ sở chưa mở phần việc này cho bạn. Hãy nhờ họ thêm trong trang thành viên.")


class ConsentEnded(NotAllowed):
    message = N_("Chủ cơ sở vừa dừng cho bạn làm giúp. Chưa có gì được ghi.")


CONSENT_TEXTS: Final = {
    "2026-11": N_(
        "Tôi đồng ý để người này làm thay cơ sở trong các phần việc đã chọn. Mọi việc được ghi "
        "bằng tên của họ; tôi xem được ở Nhật ký và dừng được bất cứ lúc nào. Tiền và tài khoản "
        "nhận tiền không mở cho người hỗ trợ."
    ),
}
"""What owners agreed to, by version: a new wording is a new entry, old ones stay for the record."""

CONSENT_VERSION: Final = "2026-11"
MAX_CONSENT: Final = timedelta(days=365 * 3)
INVITATION_LIFE: Final = timedelta(days=14)
MAX_INVITATIONS: Final = 20
"""Invitations of one unit that may wait at once."""


class AreasNeeded(Invalid):
    message = N_("Chọn ít nhất một phần việc mở cho người hỗ trợ.")


class WrongConsentEnd(Invalid):
    message = N_("Ngày kết thúc phải từ ngày mai và không quá ba năm.")


class InvitationOver(Conflict):
    message = N_("Lời mời này đã được trả lời, bị rút lại hoặc quá hạn. Hãy xin một lời mời mới.")


class AlreadyInvited(Conflict):
    message = N_("Người này đã được mời và chưa trả lời.")


class TooManyInvitations(Conflict):
    message = N_("Đã có nhiều lời mời đang chờ. Hãy rút bớt lời mời cũ.")


class OwnInvitation(Conflict):
    message = N_("Bạn đã thuộc cơ sở này.")


def consent_fault(
    *, areas: Collection[str], until: datetime | None, now: datetime
) -> Invalid | None:
    """What is wrong with a consent as given: unknown or no areas, an end too near or too far."""
    if not areas or set(areas) - AREAS.keys():
        return AreasNeeded(field="areas")
    if until is not None and not now < until <= now + MAX_CONSENT:
        return WrongConsentEnd(field="until")
    return None


def require_producer(actor: Actor, producer_id: int, *, owner: bool = False) -> None:
    """Let members of the producer pass; with ``owner`` only its owners.

    Raises NotFound for someone else's producer, NotAllowed when the role is too small.
    """
    role = actor.producers.get(producer_id)
    if role is None:
        raise NotFound
    if owner and role != "owner":
        raise NotAllowed(N_("Chỉ chủ cơ sở mới làm được việc này."))


def require_club(actor: Actor, club_id: int, manager: bool = False) -> None:
    """Let members of the club pass; with ``manager`` only its managers.

    Raises NotFound for another club, NotAllowed when the role is too small.
    """
    role = actor.clubs.get(club_id)
    if role is None:
        raise NotFound
    if manager and role != "manager":
        raise NotAllowed(N_("Chỉ quản lý câu lạc bộ mới làm được việc này."))


def require_staff(actor: Actor, province_code: str) -> None:
    """Let staff whose scope covers the province pass.

    Raises NotAllowed for people who are no staff, NotFound for staff of other provinces.
    """
    if not actor.is_staff:
        raise NotAllowed
    if not actor.is_staff_of(province_code):
        raise NotFound


def require_admin(actor: Actor) -> None:
    """Let admins pass. Raises NotAllowed."""
    if not actor.is_admin:
        raise NotAllowed


def staff_scope_of(actor: Actor) -> frozenset[str] | None:
    """The provinces whose things a staff list may show; None: all of them."""
    if actor.is_admin or EVERYWHERE in actor.staff_provinces:
        return None
    return actor.staff_provinces


class LoginTaken(Conflict):
    message = N_("Số điện thoại hoặc e-mail này đã có tài khoản. Hãy đăng nhập.")


class AlreadyMember(Conflict):
    message = N_("Người này đã là thành viên.")


class UnknownRole(Invalid):
    message = N_("Vai trò này không có ở đây.")


class LastOwner(Conflict):
    message = N_("Cần còn ít nhất một người đứng đầu. Hãy giao việc cho người khác trước.")


class LabelInUse(Conflict):
    message = N_("Bạn đang có một mã mang tên này. Hãy thu hồi mã đó hoặc đặt tên khác.")


class OwnAccount(Conflict):
    message = N_("Bạn không thể tự khóa hoặc tự đổi quyền của chính mình.")


# Passwords. OWASP ASVS 5.0 V6.2: length, a list of common ones, no composition rules.

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 200


class WeakPassword(Invalid):
    message = N_("Mật khẩu cần ít nhất 8 ký tự. Một câu dễ nhớ là tốt nhất.")


class CommonPassword(WeakPassword):
    message = N_("Mật khẩu này quá dễ đoán. Hãy chọn một câu mà chỉ bạn nghĩ ra.")


_TAIL = re.compile(r"[\d\W_]+$")


def check_password(
    password: str, *, common: frozenset[str], login: str = "", field: str = "password"
) -> None:
    """Refuse a password that is too short, too long, common, or the login itself.

    ``common`` holds lower-case words; one of them with digits or signs behind it is common too.
    Raises WeakPassword or CommonPassword on ``field``.
    """
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(field=field)
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(N_("Mật khẩu dài tối đa 200 ký tự."), field=field)
    lower = password.lower()
    is_one_char = len(set(lower)) < 3
    if is_one_char or lower in common or (login and lower in {login, login.partition("@")[0]}):
        raise CommonPassword(field=field)
    if len(password) < 12 and _TAIL.sub("", lower) in common:
        raise CommonPassword(field=field)


# Sign-ins.

IDLE: Final = timedelta(days=30)
ABSOLUTE: Final = timedelta(days=90)
SEEN_EVERY: Final = timedelta(minutes=10)
"""How often a sign-in's last use is written down."""

FAILURE_WINDOW: Final = timedelta(minutes=15)
MAX_PAIR_FAILURES: Final = 5
"""Refused tries for one account from one source within the window."""
MAX_LOGIN_FAILURES: Final = 30
"""Refused tries for one account from all sources."""
MAX_SOURCE_FAILURES: Final = 100
"""Refused tries from one source for all accounts: a school or an office shares one address."""


class WrongLogin(Invalid):
    message = N_("Số điện thoại, e-mail hoặc mật khẩu chưa đúng.")


class Disabled(NotAllowed):
    message = N_("Tài khoản này đã bị khóa. Vui lòng liên hệ cán bộ Đoàn phụ trách.")


class TooManyTries(NotAllowed):
    message = N_("Bạn đã thử sai quá nhiều lần. Vui lòng chờ 15 phút rồi thử lại.")


class WrongCode(Invalid):
    message = N_("Mã chưa đúng hoặc đã dùng rồi. Hãy nhập mã đang hiện trên điện thoại.")


def may_try(*, pair: int, login: int, source: int) -> bool:
    """Whether one more try is heard, given the refused tries within FAILURE_WINDOW."""
    return pair < MAX_PAIR_FAILURES and login < MAX_LOGIN_FAILURES and source < MAX_SOURCE_FAILURES


@dataclass(frozen=True)
class Login:
    """How someone signs in: exactly one of the two is set."""

    email: str | None = None
    phone: str | None = None

    def __str__(self) -> str:
        return self.email or self.phone or ""


def home_of(actor: Actor) -> str:
    """The workspace someone lands in after signing in."""
    if actor.needs_totp:
        return "/tai-khoan/xac-thuc"
    if actor.is_staff:
        return "/can-bo"
    if actor.is_producer:
        return "/ban-hang"
    return "/clb" if actor.is_club else "/tai-khoan"


def local_path(raw: str | None) -> str | None:
    """``raw`` when it is an address inside this site, else None: the only redirects we follow.

    One leading slash, no backslash, no control character or blank, nothing that needs cleaning.
    """
    if not raw or len(raw) > 2000 or not raw.startswith("/") or raw.startswith(("//", "/\\")):
        return None
    if "\\" in raw or clean(raw) != raw or any(char.isspace() for char in raw):
        return None
    return raw


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Zalo", "Zalo"),
    ("FBAN", "Facebook"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """``Chrome · Android``: enough to recognise one's own device in a list."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found))
