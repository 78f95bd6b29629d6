"""What people type about themselves: shape only."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from wtforms.validators import ValidationError

from shop.accounts.rules import (
    API_SCOPES,
    AREAS,
    MAX_PASSWORD,
    NEEDS_CONSENT,
    Login,
    WrongConsentEnd,
)
from shop.accounts.services import Consent
from shop.core.clock import VN
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import phone_digits
from shop.web.i18n import gettext

EARLIEST_DAY: Final = date(2000, 1, 1)
LATEST_DAY: Final = date(2100, 1, 1)

SCOPE_LABELS = {
    "read": N_("Xem: đọc dữ liệu của cơ sở"),
    "write": N_("Sửa: thay đổi dữ liệu của cơ sở"),
}
ROLE_LABELS = {
    "owner": N_("Chủ cơ sở"),
    "member": N_("Thành viên"),
    "supporter": N_("Người hỗ trợ (tổ công nghệ số)"),
    "manager": N_("Quản lý"),
    "host": N_("Người dẫn live"),
}
LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))
_WRONG_LOGIN = N_("Nhập số điện thoại (ví dụ 0912 345 678) hoặc e-mail (ví dụ ten@vidu.vn).")


def parse_login(typed: str) -> Login | None:
    """A phone number or an e-mail address as people type it; None when it is neither."""
    if "@" in typed:
        address = typed.lower()
        return Login(email=address) if forms.is_email(address) else None
    digits = phone_digits(typed)
    return Login(phone=digits) if digits else None


class SignInForm(forms.Form):
    """Sign in."""

    login = forms.text(N_("Số điện thoại hoặc e-mail"))
    password = forms.secret(N_("Mật khẩu"), maximum=MAX_PASSWORD)
    tiep = forms.hidden()

    @property
    def parsed_login(self) -> Login | None:
        """What was typed, if it can be someone's login."""
        return parse_login(self.login.data or "")


class _LoginForm(forms.Form):
    login = forms.text(N_("Số điện thoại hoặc e-mail"))

    @property
    def parsed_login(self) -> Login:
        """What was typed; ask only after ``validate()``."""
        return parse_login(self.login.data or "") or Login()

    def validate_login(self, field: Any) -> None:
        """WTForms' hook for the field ``login``."""
        if parse_login(field.data or "") is None:
            raise ValidationError(gettext(_WRONG_LOGIN))


class SignUpForm(_LoginForm):
    """Make an account."""

    name = forms.text(N_("Họ và tên"), minimum=2, maximum=120)
    password = forms.secret(
        N_("Mật khẩu"), description=N_("Ít nhất 8 ký tự. Một câu dễ nhớ là tốt nhất.")
    )
    tiep = forms.hidden()


class ProfileForm(forms.Form):
    """Name and language."""

    name = forms.text(N_("Họ và tên"), minimum=2, maximum=120)
    language = forms.choice(N_("Ngôn ngữ khi làm việc"), LANGUAGES)


class PasswordForm(forms.Form):
    """Change the password."""

    current = forms.secret(N_("Mật khẩu đang dùng"))
    password = forms.secret(
        N_("Mật khẩu mới"), description=N_("Ít nhất 8 ký tự. Một câu dễ nhớ là tốt nhất.")
    )


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.text(N_("Mã 6 số trên điện thoại"), maximum=20)
    tiep = forms.hidden()

    def validate_code(self, field: Any) -> None:
        """WTForms' hook: six digits, blanks between them forgiven."""
        bare = (field.data or "").replace(" ", "")
        if len(bare) != 6 or not bare.isascii() or not bare.isdigit():
            raise ValidationError(gettext(N_("Mã gồm đúng 6 chữ số.")))
        field.data = bare


class ApiTokenForm(forms.Form):
    """A new API token."""

    label = forms.text(N_("Dùng cho việc gì"), maximum=80)
    days = forms.choice(
        N_("Hết hạn sau"),
        (("30", N_("30 ngày")), ("90", N_("90 ngày")), ("365", N_("1 năm"))),
        default="90",
    )
    scopes = forms.choices(N_("Được phép"), [(scope, SCOPE_LABELS[scope]) for scope in API_SCOPES])


class PersonSearchForm(forms.Form):
    """Find a person."""

    q = forms.text(N_("Tên, số điện thoại hoặc e-mail"), is_required=False, maximum=100)


class ReasonForm(forms.Form):
    """Why a person is shut out."""

    reason = forms.text(N_("Lý do"), minimum=3, maximum=300)


class ScopeForm(forms.Form):
    """A staff scope."""

    province_code = forms.choice(N_("Tỉnh, thành phố"))


class CommuneForm(forms.Form):
    """A commune that a person becomes an officer of."""

    commune_code = forms.choice(N_("Xã, phường, đặc khu"))


class ConsentForm(forms.Form):
    """What an owner opens to a supporter, until when, and that they read the wording."""

    areas = forms.choices(N_("Phần việc mở cho người hỗ trợ"), tuple(AREAS.items()))
    until = forms.day(N_("Đến hết ngày"), is_required=False)
    agreed = forms.tick(N_("Tôi đã đọc và đồng ý"), must=True)

    def consent(self) -> Consent:
        """What the services take: the day counts to its end in Vietnam."""
        return Consent(tuple(self.areas.data or ()), end_of_day(self.until.data))


def end_of_day(day: date | None) -> datetime | None:
    """The instant at which a day is over in Vietnam; None for none or one no calendar holds."""
    if day is None:
        return None
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise WrongConsentEnd(field="until")
    return datetime.combine(day + timedelta(days=1), time.min, VN)


class MemberForm(_LoginForm):
    """Someone to work for one's producer; the consent is asked for a supporter."""

    role = forms.choice(
        N_("Vai trò"),
        [(role, ROLE_LABELS[role]) for role in ("supporter", "member", "owner")],
    )
    areas = forms.choices(
        N_("Phần việc mở cho người hỗ trợ"), tuple(AREAS.items()), is_required=False
    )
    until = forms.day(N_("Đến hết ngày"), is_required=False)
    agreed = forms.tick(N_("Tôi đã đọc và đồng ý"))

    def validate_agreed(self, field: Any) -> None:
        """WTForms' hook: a supporter is let in only with the wording agreed to."""
        if self.role.data in NEEDS_CONSENT and not field.data:
            raise ValidationError(gettext(N_("Vui lòng đánh dấu ô này để tiếp tục.")))

    def consent(self) -> Consent | None:
        """What the services take: the consent for a supporter."""
        if self.role.data not in NEEDS_CONSENT:
            return None
        return Consent(tuple(self.areas.data or ()), end_of_day(self.until.data))


class RoleForm(forms.Form):
    """Owner or member."""

    role = forms.choice(N_("Vai trò"), [(role, ROLE_LABELS[role]) for role in ("member", "owner")])


class AnswerForm(forms.Form):
    """Yes or no to an invitation."""

    answer = forms.choice(N_("Trả lời"), [("agree", N_("Nhận lời")), ("decline", N_("Từ chối"))])


class SupportForm(forms.Form):
    """Offer help to a producer, by the address of its page or its slug."""

    producer = forms.text(N_("Địa chỉ trang của cơ sở"), maximum=300)

    @property
    def slug(self) -> str:
        """The last part of what was typed: ``/nha-san-xuat/htx-tai-hoan`` → ``htx-tai-hoan``."""
        return (self.producer.data or "").split("?")[0].rstrip("/").rpartition("/")[2]


class AuditForm(forms.Form):
    """What is asked of the audit log."""

    ai = forms.text(N_("Người làm"), is_required=False, maximum=100)
    viec = forms.text(N_("Việc bắt đầu bằng"), is_required=False, maximum=60)
    loai = forms.text(N_("Loại đối tượng"), is_required=False, maximum=40)
    so = forms.row_id(N_("Số của đối tượng"), is_required=False)
    tu = forms.day(N_("Từ ngày"), is_required=False)
    den = forms.day(N_("Đến ngày"), is_required=False)

    def validate_tu(self, field: Any) -> None:
        """WTForms' hook: a day that the log can hold."""
        _check_day(field.data)

    def validate_den(self, field: Any) -> None:
        """WTForms' hook: a day that the log can hold."""
        _check_day(field.data)


class ActsForm(forms.Form):
    """What is asked of one producer's act log."""

    nguoi = forms.row_id(N_("Người làm"), is_required=False)
    nhom = forms.choice(N_("Việc"), is_required=False)
    giup = forms.tick(N_("Chỉ việc người hỗ trợ làm giúp"))
    tu = forms.day(N_("Từ ngày"), is_required=False)
    den = forms.day(N_("Đến ngày"), is_required=False)

    def validate_tu(self, field: Any) -> None:
        """WTForms' hook: a day that the log can hold."""
        _check_day(field.data)

    def validate_den(self, field: Any) -> None:
        """WTForms' hook: a day that the log can hold."""
        _check_day(field.data)


def _check_day(day: date | None) -> None:
    if day is not None and not EARLIEST_DAY <= day <= LATEST_DAY:
        raise ValidationError(gettext(N_("Ngày chưa đúng, ví dụ: 22/11/2026.")))
