"""Talking points as a page says them: our sentence translated, the producer's words as they are."""

from markupsafe import Markup, escape

from livestream.runsheets.rules.points import Point
from shop.web.i18n import gettext, language

FOREIGN = Markup('<span lang="vi">{}</span>')


def said(point: Point) -> Markup:
    """The sentence in the page's language. Vietnamese words on an English page say that they are,
    so that they are read out as such; dates and numbers need no language."""
    return Markup(escape(gettext(point.text))) % {  # noqa: S704 - escaped
        name: _word(name, value, point) for name, value in point.params.items()
    }


def _word(name: str, value: object, point: Point) -> object:
    if name in point.terms:
        return gettext(str(value))
    is_words = isinstance(value, str) and any(letter.isalpha() for letter in value)
    return FOREIGN.format(value) if is_words and language() != "vi" else value
