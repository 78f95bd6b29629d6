"""What a message is, and what a channel must offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote

Payload = Mapping[str, Any]
UrlOf = Callable[[Payload], str]


@dataclass(frozen=True)
class MessageKind:
    """A kind of message: its sentence and where it leads.

    ``title`` is a Vietnamese msgid with ``%(name)s`` places filled from the payload; ``url`` is a
    path with such places, or a function of the payload.
    """

    slug: str
    title: str
    url: str | UrlOf = ""

    def url_of(self, payload: Payload) -> str:
        """The path that the message leads to; empty if nowhere."""
        if callable(self.url):
            return self.url(payload)
        if not self.url:
            return ""
        return self.url % {name: quote(str(value), safe="") for name, value in payload.items()}


@dataclass(frozen=True)
class Envelope:
    """One message on its way to one person by one channel."""

    key: str
    """Names cause, kind, recipient and channel: the same for every try to send it."""
    kind: str
    person_id: int
    title: str
    """In Vietnamese, with the payload filled in."""
    url: str
    payload: Payload


class Desk(Protocol):
    """What a channel may ask of the house."""

    def keep(self, envelope: Envelope) -> None:
        """Put the message into the person's inbox, in the transaction that settles its sending."""


@dataclass(frozen=True)
class Channel:
    """A way to reach a person.

    ``send`` hands one envelope over. It is called outside any transaction, may be called again with
    the same key after a crash, and raises ``TransportFault`` when it could not hand over.
    """

    slug: str
    used: Literal["always", "development"]
    send: Callable[[Envelope, Desk], None]


def outbox_key(cause: str, kind: str, person_id: int, channel: str) -> str:
    """The unique key of one message, e.g. ``order:7:order.shipped:person:3:inbox``."""
    return f"{cause}:{kind}:person:{person_id}:{channel}"


def person_of(recipient: str) -> int | None:
    """The person behind an outbox row's recipient (``person:3``); None for anyone else."""
    head, _, number = recipient.partition(":")
    return int(number) if head == "person" and number.isdigit() else None
