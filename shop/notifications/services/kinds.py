"""The message kinds that features declare, and the channels of this process."""

from typing import Final

from shop.core import outbox, plugs
from shop.core.outbox import StillDue
from shop.notifications import channels
from shop.notifications.rules import Channel, Importance, InvitationOf, MessageKind, Post, UrlOf

CHANNELS: Final[dict[str, Channel]] = plugs.load(channels, "CHANNEL", Channel)

_kinds: dict[str, MessageKind] = {}
_in_use: set[str] = {slug for slug, channel in CHANNELS.items() if channel.used == "always"}
_post: list[Post] = [Post()]


def use_channels(*, is_development: bool, post: Post | None = None) -> None:
    """Choose the channels that ``notify`` writes to in this process, and how mail leaves."""
    _post[0] = post or Post()
    used = {"always": True, "development": is_development}
    _in_use.clear()
    _in_use.update(
        slug
        for slug, channel in CHANNELS.items()
        if used.get(channel.used, channel.used == "configured" and channel.is_configured(_post[0]))
    )


def post() -> Post:
    """How messages leave this process."""
    return _post[0]


def channels_in_use() -> list[Channel]:
    """The channels that messages are written to by themselves, by slug."""
    return [CHANNELS[slug] for slug in sorted(_in_use)]


def is_pushing() -> bool:
    """Whether people's browsers are told in this process."""
    return "webpush" in _in_use


def register_message(
    kind: str,
    *,
    title: str,
    url: str | UrlOf = "",
    body: str = "",
    importance: Importance = "normal",
    leave: str | UrlOf = "",
    still_due: StillDue | None = None,
    invitation: InvitationOf | None = None,
) -> None:
    """Declare a message kind. Declaring the same again is harmless: several applications may be
    made in one process, and the latest says where it leads. Raises ValueError when two features
    claim one kind.

    ``title`` and ``body`` are Vietnamese msgids with ``%(name)s`` places filled from the payload
    (``body``: what mail and a telephone call say beyond the title); ``url`` and ``leave`` (where
    the recipient ends such messages) are paths with such places or functions of the payload;
    ``still_due(db, ref, payload)`` is asked just before each sending. ``invitation(payload, reach,
    post)`` makes the calendar object that a mail of this kind carries. ``importance`` decides what
    goes out by mail to people who asked for little: normal, important, or must.
    """
    known = _kinds.get(kind)
    if known is None:
        outbox.register_kind(kind, still_due)
    elif known.title != title:
        raise ValueError(f"message kind {kind} is declared twice")
    _kinds[kind] = MessageKind(kind, title, url, body, importance, leave, invitation)


def kind_of(slug: str) -> MessageKind | None:
    """A declared message kind."""
    return _kinds.get(slug)


def declared(slug: str) -> MessageKind:
    """A declared message kind. Raises KeyError for a kind that nobody declared."""
    return _kinds[slug]
