"""Vietnamese is the source language of every sentence; English is a catalogue.

Public pages live at ``/…`` in Vietnamese and at ``/en/…`` in English. A small WSGI layer moves
``/en`` from the path into SCRIPT_NAME, so every ``url_for`` of an English page stays English by
itself. Workspaces at ``/…`` follow the person's own setting.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from babel.dates import format_date
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from shop.core import clock
from shop.core.errors import DomainError
from shop.core.money import format_vnd
from shop.web import sentences

LANGUAGES = ("vi", "en")
WORKSPACES = ("/ban-hang", "/clb", "/can-bo", "/tai-khoan")


class LanguagePrefix:
    """WSGI layer: ``/en/x`` becomes path ``/x`` under the script name ``/en``."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
            environ["chophien.language"] = "en"
        return self._app(environ, start)


def language() -> str:
    """``vi`` or ``en``: by address on public pages, by the person's setting in workspaces."""
    if not has_request_context():
        return "vi"
    try:
        return cast(str, g.language)
    except AttributeError:
        g.language = _choose_language()
        return cast(str, g.language)


def _choose_language() -> str:
    if request.environ.get("chophien.language") == "en":
        return "en"
    if request.path.startswith(WORKSPACES):
        from shop.web.access import actor

        return actor().language
    return "vi"


def gettext(message: str, **params: Any) -> str:
    """``message`` in the request's language, with ``%(name)s`` filled in."""
    text = sentences.translate(message, language())
    return text % params if params else text


def ngettext(one: str, many: str, count: int, **params: Any) -> str:
    """The form for ``count``; Vietnamese has one form, English two."""
    params.setdefault("num", count)
    if language() == "vi":
        return many % params
    return sentences.forms(one, many)[0 if count == 1 else 1] % params


_ = gettext


def say(error: DomainError) -> str:
    """The error's sentence in the request's language."""
    return gettext(error.text, **error.params)


def pick(vietnamese: str, english: str | None) -> str:
    """The text in the request's language, Vietnamese when no English is given."""
    return english if english and language() == "en" else vietnamese


def show_number(value: int) -> str:
    """``10.000`` in Vietnamese, ``10,000`` in English."""
    grouped = f"{value:,}"
    return grouped if language() == "en" else grouped.replace(",", ".")


def show_date(value: date | datetime | None, form: str = "dd/MM/yyyy") -> str:
    """``22/11/2026`` in Vietnam's calendar day; empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(clock.VN).date()
    if form == "dd/MM/yyyy":
        # the same in both languages, and ten times quicker than asking Babel
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return format_date(value, form, locale=language())


def show_time(value: datetime) -> str:
    """``20:00`` in Vietnam's time."""
    return f"{value.astimezone(clock.VN):%H:%M}"


def local_input(value: datetime) -> str:
    """An instant as a ``datetime-local`` field takes it, in Vietnam's time."""
    return value.astimezone(clock.VN).strftime("%Y-%m-%dT%H:%M")


def show_datetime(value: datetime | None) -> str:
    """``20:00, Thứ Bảy 28/11/2026`` in Vietnam's time; empty for None."""
    if value is None:
        return ""
    local = value.astimezone(clock.VN)
    return f"{local:%H:%M}, {_day_words(local.date(), language())}"


@lru_cache(maxsize=2048)
def _day_words(day: date, spoken: str) -> str:
    """``Thứ Bảy 28/11/2026``: Babel takes a tenth of a quick page's time for one date."""
    return format_date(day, "EEEE dd/MM/yyyy", locale=spoken)


def init_app(app: Flask) -> None:
    """Teach the templates to speak both languages."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=False
    )
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, pick=pick)
    app.jinja_env.filters.update(
        vnd=lambda amount: Markup(format_vnd(amount)),  # noqa: S704 - digits, dots and a sign
        number=show_number,
        date=show_date,
        time=show_time,
        datetime=show_datetime,
        local_input=local_input,
    )
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[assignment,method-assign]
