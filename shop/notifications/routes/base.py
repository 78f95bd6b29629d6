"""The blueprint, and the words of a message as a page shows them."""

from typing import Any

from flask import Blueprint

from shop.notifications import services
from shop.notifications.rules import MessageKind, Payload, payload_in
from shop.web.i18n import gettext as _
from shop.web.i18n import language

bp = Blueprint("notifications", __name__)


class _Known(dict[str, Any]):
    """A payload in which what an old message never held reads as a blank."""

    def __missing__(self, _name: str) -> str:
        return "…"


def title_of(slug: str, payload: Payload) -> str:
    """The message's sentence in the page's language; the bare kind when nobody declares it now."""
    kind = services.kind_of(slug)
    return _(kind.title) % _Known(payload_in(payload, language())) if kind else slug


def body_of(slug: str, payload: Payload) -> str:
    """What the message says beyond its title."""
    kind = services.kind_of(slug)
    return _(kind.body) % _Known(payload_in(payload, language())) if kind and kind.body else ""


def url_of(slug: str, payload: Payload) -> str:
    """The path the message leads to; empty if nowhere."""
    kind: MessageKind | None = services.kind_of(slug)
    try:
        return kind.url_of(payload) if kind else ""
    except KeyError:
        return ""
