"""Forms: shape only. A form reads, cleans and checks what people typed; it never asks the database.

Fields carry Vietnamese labels and messages (translated where shown). Numbers are read as people
type them: ``1.250.000``, ``1 250 000``, ``125.000 ₫``.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import phonenumbers
import wtforms
from flask import request
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from shop.core.db import MAX_ID
from shop.core.errors import DomainError
from shop.core.money import MAX_VND
from shop.core.text import N_, clean
from shop.web.i18n import gettext, say
from shop.web.widgets import NamesSelect, QuickSelect

_ = gettext
_THOUSANDS = re.compile(r"^\d{1,3}([. \u00a0]\d{3})+$")
_EMAIL = re.compile(r"^[^\s@<>,;\"']{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$")


class _Translations:
    """Lets WTForms' own sentences pass through our catalogue."""

    def gettext(self, text: str) -> str:
        return gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return singular if n == 1 else plural


class Form(wtforms.Form):
    """Base of every form."""

    class Meta:
        locales = False

        def get_translations(self, _form: wtforms.Form) -> _Translations:
            return _Translations()

    @classmethod
    def read(cls, **kwargs: Any) -> Self:
        """The form filled from the request's body and files."""
        return cls(request.form, **kwargs)

    def add_error(self, error: DomainError) -> None:
        """Put a service's refusal beside the field it belongs to, or above the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(say(error))
        else:
            field.errors = [*field.errors, say(error)]


def required(message: str = N_("Vui lòng điền ô này.")) -> Callable[[Any, Any], None]:
    """The field must hold something."""

    def check(_form: Any, field: Any) -> None:
        if field.data in (None, "", [], ()):
            raise StopValidation(gettext(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def optional() -> Callable[[Any, Any], None]:
    """An empty field skips the checks after this one."""

    def check(_form: Any, field: Any) -> None:
        if field.data in (None, "", [], ()) and not field.errors:
            raise StopValidation

    return check


def _presence(is_required: bool) -> Callable[[Any, Any], None]:
    return required() if is_required else optional()


def _length(minimum: int, maximum: int) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        size = len(field.data or "")
        if size > maximum:
            raise ValidationError(gettext(N_("Tối đa %(n)s ký tự."), n=maximum))
        if size < minimum:
            raise ValidationError(gettext(N_("Tối thiểu %(n)s ký tự."), n=minimum))

    check.field_flags = {"maxlength": maximum}  # type: ignore[attr-defined]
    return check


def _clean_line(value: str | None) -> str:
    return clean((value or "").replace("\n", " "))


def _clean_block(value: str | None) -> str:
    return clean(value or "")


def text(
    label: str, *, is_required: bool = True, minimum: int = 0, maximum: int = 200, **kw: Any
) -> wtforms.StringField:
    """One line."""
    return wtforms.StringField(
        label,
        filters=[_clean_line],
        validators=[_presence(is_required), _length(minimum, maximum)],
        **kw,
    )


def long_text(
    label: str, *, is_required: bool = True, minimum: int = 0, maximum: int = 5000, **kw: Any
) -> wtforms.TextAreaField:
    """Several lines."""
    return wtforms.TextAreaField(
        label,
        filters=[_clean_block],
        validators=[_presence(is_required), _length(minimum, maximum)],
        **kw,
    )


def secret(label: str, *, minimum: int = 1, maximum: int = 200, **kw: Any) -> wtforms.PasswordField:
    """A password: taken exactly as typed."""
    return wtforms.PasswordField(label, validators=[required(), _length(minimum, maximum)], **kw)


def email(label: str, *, is_required: bool = True, **kw: Any) -> wtforms.EmailField:
    """An e-mail address: syntax only."""

    def check(_form: Any, field: Any) -> None:
        if not is_email(field.data):
            raise ValidationError(_("Địa chỉ e-mail chưa đúng, ví dụ: ten@vidu.vn."))

    return wtforms.EmailField(
        label,
        filters=[lambda value: _clean_line(value).lower()],
        validators=[_presence(is_required), _length(0, 200), check],
        **kw,
    )


def is_email(text: str) -> bool:
    """Whether ``text`` looks like an e-mail address."""
    return len(text) <= 200 and _EMAIL.match(text) is not None


def phone_digits(raw: str) -> str | None:
    """A Vietnamese phone number as ``0912345678``, or None when it is not one."""
    try:
        parsed = phonenumbers.parse(raw, "VN")
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != 84 or not phonenumbers.is_possible_number(parsed):
        return None
    return f"0{parsed.national_number}" if len(str(parsed.national_number)) == 9 else None


def phone(label: str, *, is_required: bool = True, **kw: Any) -> wtforms.TelField:
    """A Vietnamese phone number; the form's data is its ten digits."""

    def check(_form: Any, field: Any) -> None:
        digits = phone_digits(field.data)
        if digits is None:
            raise ValidationError(_("Số điện thoại chưa đúng, ví dụ: 0912 345 678."))
        field.data = digits

    return wtforms.TelField(
        label,
        filters=[_clean_line],
        validators=[_presence(is_required), _length(0, 40), check],
        **kw,
    )


def parse_whole(raw: str) -> int | None:
    """A whole number as people type it, or None. ``1.250.000`` and ``125.000 ₫`` are whole."""
    bare = clean(raw).removesuffix("₫").removesuffix("đ").strip()
    if _THOUSANDS.match(bare):
        bare = re.sub(r"[. \u00a0]", "", bare)
    if not bare.isascii() or not bare.isdigit() or len(bare) > 15:
        return None
    return int(bare)


class WholeField(wtforms.Field):
    """A whole number of zero or more."""

    widget = wtforms.widgets.TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return clean(str(self.raw_data[0]))[:40]
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        self.data = parse_whole(str(valuelist[0])[:100])
        if self.data is None:
            raise ValueError(_("Vui lòng nhập một số nguyên, ví dụ: 125.000."))


def _range(minimum: int, maximum: int) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        if field.data is None:
            return
        if not minimum <= field.data <= maximum:
            shown = (f"{n:,}".replace(",", ".") for n in (minimum, maximum))
            low, high = shown
            raise ValidationError(gettext(N_("Phải từ %(low)s đến %(high)s."), low=low, high=high))

    return check


def whole(
    label: str, *, is_required: bool = True, minimum: int = 0, maximum: int = 1_000_000, **kw: Any
) -> WholeField:
    """A whole number within bounds."""
    return WholeField(label, validators=[_presence(is_required), _range(minimum, maximum)], **kw)


def vnd(
    label: str, *, is_required: bool = True, minimum: int = 0, maximum: int = MAX_VND, **kw: Any
) -> WholeField:
    """An amount in whole đồng."""
    return whole(label, is_required=is_required, minimum=minimum, maximum=maximum, **kw)


def row_id(label: str = "", **kw: Any) -> WholeField:
    """An identifier from a hidden field; never larger than the database can hold."""
    return whole(label, minimum=1, maximum=MAX_ID, **kw)


def _options(pairs: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class _Spoken:
    """A choice field whose labels are shown in the request's language."""

    def iter_choices(self) -> list[Any]:
        return [_translated(one) for one in super().iter_choices()]  # type: ignore[misc]

    def iter_groups(self) -> Iterator[tuple[str | None, list[Any]]]:
        for group, members in super().iter_groups():  # type: ignore[misc]
            yield group, [_translated(one) for one in members]


def _translated(one: Any) -> Any:
    return one._replace(label=gettext(str(one.label)))


def name_choice(label: str, **kw: Any) -> wtforms.SelectField:
    """One of many proper names, which the route fills in as (value, name): places."""
    return choice(label, widget=NamesSelect(), **kw)


def choice(
    label: str, choices: Sequence[tuple[str, str]] = (), *, is_required: bool = True, **kw: Any
) -> wtforms.SelectField:
    """One of a list; ``choices`` are (value, label)."""

    class Checked(_Spoken, wtforms.SelectField):
        widget = QuickSelect()

        def pre_validate(self, _form: Any) -> None:
            if not self.data and not is_required:
                return
            if self.data not in {one.value for one in self.iter_choices()}:
                raise ValidationError(_("Vui lòng chọn một mục trong danh sách."))

    return Checked(
        label,
        choices=_options(choices),
        validators=[_presence(is_required)],
        filters=[lambda value: _clean_line(value)[:200]],
        coerce=str,
        **kw,
    )


def radio(label: str, options: Sequence[tuple[str, str]], **kw: Any) -> wtforms.SelectField:
    """One of a few, all in sight; ``options`` are (value, label)."""
    return choice(
        label,
        options,
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        option_widget=wtforms.widgets.RadioInput(),
        **kw,
    )


def choices(
    label: str, options: Sequence[tuple[str, str]] = (), *, is_required: bool = True, **kw: Any
) -> wtforms.SelectMultipleField:
    """Any of a list, as boxes to tick; ``options`` are (value, label)."""

    class Checked(_Spoken, wtforms.SelectMultipleField):
        widget = wtforms.widgets.ListWidget(prefix_label=False)
        option_widget = wtforms.widgets.CheckboxInput()

        def pre_validate(self, _form: Any) -> None:
            known = {one.value for one in self.iter_choices()}
            if set(self.data or ()) - known:
                raise ValidationError(_("Vui lòng chọn trong danh sách."))

    return Checked(
        label,
        choices=_options(options),
        validators=[_presence(is_required)],
        coerce=str,
        **kw,
    )


def hidden(*, maximum: int = 2000) -> wtforms.HiddenField:
    """A value that travels with the form unseen; too long a one is dropped."""
    return wtforms.HiddenField(
        filters=[lambda value: value if value and len(value) <= maximum else ""]
    )


def tick(label: str, *, must: bool = False, **kw: Any) -> wtforms.BooleanField:
    """A box to tick; with ``must`` it has to be ticked."""

    def check(_form: Any, field: Any) -> None:
        if must and not field.data:
            raise ValidationError(_("Vui lòng đánh dấu ô này để tiếp tục."))

    return wtforms.BooleanField(label, validators=[check], **kw)


def day(label: str, *, is_required: bool = True, **kw: Any) -> wtforms.DateField:
    """A calendar day, ``2026-11-22`` from a date picker or ``22/11/2026`` typed."""

    class Day(wtforms.DateField):
        def process_formdata(self, valuelist: Sequence[Any]) -> None:
            self.data = None
            raw = [clean(str(value))[:20] for value in valuelist][:1]
            if not raw or not raw[0]:
                return
            try:
                super().process_formdata(raw)
            except ValueError:
                raise ValueError(_("Ngày chưa đúng, ví dụ: 22/11/2026.")) from None

    return Day(label, format=["%Y-%m-%d", "%d/%m/%Y"], validators=[_presence(is_required)], **kw)


def moment(label: str, *, is_required: bool = True, **kw: Any) -> wtforms.DateTimeLocalField:
    """A local date and time in Vietnam (naive in the form; make it aware with ``clock.VN``)."""

    class Moment(wtforms.DateTimeLocalField):
        def process_formdata(self, valuelist: Sequence[Any]) -> None:
            self.data = None
            raw = [clean(str(value))[:25] for value in valuelist][:1]
            if not raw or not raw[0]:
                return
            try:
                super().process_formdata(raw)
            except ValueError:
                raise ValueError(_("Thời gian chưa đúng, ví dụ: 22/11/2026 20:00.")) from None

    return Moment(
        label,
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
        validators=[_presence(is_required)],
        **kw,
    )


def picture(label: str, **kw: Any) -> wtforms.FileField:
    """An uploaded file; what is in it is judged by the photo store."""
    return wtforms.FileField(label, **kw)
