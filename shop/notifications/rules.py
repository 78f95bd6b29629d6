"""What a message is, whom it can reach, and what a channel must offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

Payload = Mapping[str, Any]
UrlOf = Callable[[Payload], str]

Importance = Literal["normal", "important", "must"]
"""``must`` reaches people whatever they prefer: a recall, a changed payee account."""

LEVELS: Final = ("all", "important", "none")
DEFAULT_LEVEL: Final = "important"
"""What goes by mail to those who never said otherwise."""


def is_wanted(importance: Importance, level: str) -> bool:
    """Whether a message of this importance may use a channel that a person set to ``level``."""
    if importance == "must":
        return True
    return level == "all" or (level == "important" and importance == "important")


class Told(dict[str, Any]):
    """A payload in which what an old message never held reads as a blank."""

    def __missing__(self, _name: str) -> str:
        return "…"


def payload_in(payload: Payload, language: str) -> Told:
    """The payload as a reader of ``language`` is told it: ``title_en`` stands in for ``title``.

    What has no English stays Vietnamese.
    """
    if language == "vi":
        return Told(payload)
    return Told({name: payload.get(f"{name}_{language}") or v for name, v in payload.items()})


@dataclass(frozen=True)
class MessageKind:
    """A kind of message: its sentence, more words for mail and telephone, and where it leads.

    ``title`` and ``body`` are Vietnamese msgids with ``%(name)s`` places filled from the payload;
    ``url`` is a path with such places, or a function of the payload; ``leave`` is the same for the
    address where one click ends further messages of this sort.
    """

    slug: str
    title: str
    url: str | UrlOf = ""
    body: str = ""
    importance: Importance = "normal"
    leave: str | UrlOf = ""
    invitation: "InvitationOf | None" = None
    """What a mail of this kind carries for calendar programs."""

    def url_of(self, payload: Payload) -> str:
        """The path that the message leads to; empty if nowhere."""
        return _path(self.url, payload)

    def leave_url_of(self, payload: Payload) -> str:
        """The path where the recipient stops such messages; empty if they cannot."""
        return _path(self.leave, payload)


def _path(url: str | UrlOf, payload: Payload) -> str:
    if callable(url):
        return url(payload)
    if not url:
        return ""
    return url % {name: quote(str(value), safe="") for name, value in payload.items()}


@dataclass(frozen=True)
class PushAddress:
    """One browser that shows a person's notifications, with the keys it gave."""

    id: int
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Reach:
    """Someone a message can go to: a person with an account, or a contact without one."""

    recipient: str
    """``person:3`` or ``contact:5``, as the outbox holds it."""
    name: str
    email: str | None
    phone: str | None
    language: str
    push: tuple[PushAddress, ...] = ()

    @property
    def person_id(self) -> int | None:
        """The person with an account, else None."""
        return person_of(self.recipient)


@dataclass(frozen=True)
class Invitation:
    """A calendar object that a mail carries (RFC 6047): its method and its bytes."""

    method: Literal["REQUEST", "CANCEL"]
    calendar: bytes


@dataclass(frozen=True)
class Envelope:
    """One message on its way to one recipient by one channel."""

    key: str
    """Names cause, kind, recipient and channel: the same for every try to send it."""
    kind: str
    reach: Reach
    title: str
    """In the recipient's language, with the payload filled in."""
    url: str
    payload: Payload
    body: str = ""
    leave_url: str = ""
    desk: str | None = None
    """Who telephones when no other way works: ``producer:5``, ``club:3``, ``province:04``."""
    invite: "Callable[[Post], Invitation | None] | None" = None
    """Makes the calendar object of this message; asked by channels that can carry one."""


@dataclass(frozen=True)
class Post:
    """How messages leave: mail by a server, push by a key, Zalo by a token; empty is off."""

    server: str = ""
    """``smtp://user:password@host:587`` (STARTTLS when offered) or ``smtps://…``."""
    sender: str = ""
    origin: str = ""
    push_key: str = ""
    """The site's private VAPID key, base64url."""
    push_services: tuple[str, ...] = ()
    """Origins of push services besides those of the browsers we know."""
    zalo_api: str = ""
    zalo_token_file: str = ""
    zalo_templates: Mapping[str, str] = field(default_factory=dict)
    """Template ids that Zalo approved, by message kind."""


InvitationOf = Callable[[Payload, Reach, Post], Invitation | None]


class Desk(Protocol):
    """What a channel may ask of the house."""

    @property
    def post(self) -> Post:
        """How messages leave, and the site's origin."""

    def keep(self, envelope: Envelope) -> None:
        """Put the message into the person's inbox, in the transaction that settles its sending."""

    def ask_to_call(self, envelope: Envelope) -> None:
        """Make a call task of the message, in the transaction that settles its sending."""

    def forget_device(self, device_id: int) -> None:
        """Drop a browser that is gone, in the transaction that settles the sending."""


@dataclass(frozen=True)
class Channel:
    """A way to reach someone.

    ``reaches`` says whether it can reach them at all. ``send`` hands one envelope over. It is
    called outside any transaction, may be called again with the same key after a crash, and raises
    ``TransportFault`` when it could not hand over. ``pushes`` channels come to the recipient; the
    others wait to be looked at. ``asked`` channels are written to by the house, not by choice.
    A ``configured`` channel is used where ``is_configured``, for the kinds that it ``carries``.
    """

    slug: str
    used: Literal["always", "development", "configured", "asked"]
    send: Callable[[Envelope, Desk], None]
    reaches: Callable[[Reach], bool]
    pushes: bool = False
    is_configured: Callable[[Post], bool] = lambda post: bool(post.server)
    carries: Callable[[str, Post], bool] = lambda _kind, _post: True


def outbox_key(cause: str, kind: str, recipient: str, channel: str) -> str:
    """The unique key of one message, e.g. ``order:7:order.shipped:person:3:inbox``."""
    return f"{cause}:{kind}:{recipient}:{channel}"


def _number_of(recipient: str, sort: str) -> int | None:
    head, _, number = recipient.partition(":")
    return int(number) if head == sort and number.isdigit() else None


def person_of(recipient: str) -> int | None:
    """The person behind an outbox row's recipient (``person:3``); None for anyone else."""
    return _number_of(recipient, "person")


def contact_of(recipient: str) -> int | None:
    """The contact behind an outbox row's recipient (``contact:5``); None for anyone else."""
    return _number_of(recipient, "contact")


# Call tasks: what has no working channel is said by telephone or Zalo, by people.

DESKS: Final = ("producer", "club", "province")

OUTCOMES: Final[Mapping[str, str]] = {
    "reached": N_("Đã nói chuyện hoặc đã nhắn, người nhận đã rõ"),
    "no_answer": N_("Không nghe máy, gọi lại sau"),
    "wrong_number": N_("Số không đúng hoặc không liên lạc được"),
    "refused": N_("Người nhận không muốn nghe"),
}
OPEN_OUTCOMES: Final = frozenset({"no_answer"})
"""Outcomes after which the task stays to be tried again."""

MAX_NOTE: Final = 300


class BadDevice(Invalid):
    message = N_("Trình duyệt này chưa bật được thông báo. Hãy thử lại hoặc dùng trình duyệt khác.")


class TooManyDevices(Conflict):
    message = N_("Đã bật thông báo trên 10 thiết bị. Hãy tắt bớt thiết bị cũ.")


MAX_DEVICES: Final = 10
"""Browsers of one person that show notifications."""


class UnknownOutcome(Invalid):
    message = N_("Hãy chọn kết quả cuộc gọi.")


class AlreadyCalled(Conflict):
    message = N_("Việc gọi này đã có người ghi kết quả. Hãy tải lại trang.")


def desk_parts(desk: str) -> tuple[str, str]:
    """``producer:5`` as its kind and key. Raises ValueError for anything that is no desk."""
    kind, _, key = desk.partition(":")
    if kind not in DESKS or not key:
        raise ValueError(f"no such desk: {desk}")
    return kind, key


class NoMail(Conflict):
    message = N_("Hệ thống chưa gửi được thư. Hãy đăng nhập để nhận tin trong hộp thư.")


class AddressNeeded(Invalid):
    message = N_("Vui lòng ghi e-mail để nhận tin, hoặc đăng nhập.")
