"""What people type about themselves: shape only."""

from typing import Any

from wtforms.validators import ValidationError

from shop.accounts.rules import API_SCOPES, MAX_PASSWORD, UNIT_ROLES, Login
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import phone_digits
from shop.web.i18n import gettext

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


class MemberForm(_LoginForm):
    """Someone to work for one's producer."""

    role = forms.choice(
        N_("Vai trò"), [(role, ROLE_LABELS[role]) for role in UNIT_ROLES["producer"]]
    )
