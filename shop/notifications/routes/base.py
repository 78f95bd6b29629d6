"""The blueprint, and the words of a message as a page shows them."""

from flask import Blueprint

from shop.notifications import services
from shop.notifications.rules import MessageKind, Payload, payload_in
from shop.web.i18n import language
from shop.web.sentences import translate

bp = Blueprint("notifications", __name__)


def title_of(slug: str, payload: Payload, reader: str = "") -> str:
    """The message's sentence in the language of ``reader``, or of the page when nobody is named;
    the bare kind when nobody declares it now.
    """
    kind = services.kind_of(slug)
    return _said(kind.title, payload, reader) if kind else slug


def body_of(slug: str, payload: Payload, reader: str) -> str:
    """What the message says beyond its title."""
    kind = services.kind_of(slug)
    return _said(kind.body, payload, reader) if kind and kind.body else ""


def _said(sentence: str, payload: Payload, reader: str) -> str:
    spoken = reader or language()
    return translate(sentence, spoken) % payload_in(payload, spoken)


def url_of(slug: str, payload: Payload) -> str:
    """The path the message leads to; empty if nowhere."""
    kind: MessageKind | None = services.kind_of(slug)
    try:
        return kind.url_of(payload) if kind else ""
    except KeyError:
        return ""
