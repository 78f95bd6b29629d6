"""PLUGS: platforms that take a session from a program, a file each; off until configured.

A sender only speaks the platform's language. What was sent, by whom and with what outcome is kept
by ``packs.services.sending``; calls go out through ``shop.core.outgoing``.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from shop.core import plugs
from shop.core.errors import Conflict
from shop.core.outgoing import Patience
from shop.core.text import N_


@dataclass(frozen=True)
class SendingConfig:
    """The operator's settings; empty is off."""

    shopee_partner_id: int = 0
    shopee_partner_key: str = field(default="", repr=False)
    shopee_tokens: Path | None = None
    """Folder with one file per channel account, named by the account's code in our system."""
    shopee_api: str = "https://partner.shopeemobile.com"
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class Parcel:
    """What a platform is told of a session."""

    title: str
    description: str
    cover: bytes
    """JPEG."""
    items: tuple[str, ...]
    """The platform's own ids of the products, in the order of the line-up."""
    sent_before: tuple[str, ...] = ()
    """Ids that we put there earlier; what is no longer wanted of them is taken out."""


class SenderRefused(Conflict):
    """The platform said no; ``said`` is its own words."""

    message = N_("Sàn từ chối: %(said)s")

    def __init__(self, said: str) -> None:
        self.said = said[:200]
        super().__init__(said=self.said)


class TokenEnded(SenderRefused):
    message = N_(
        "Sàn báo khóa truy cập của kênh đã hết hạn hoặc bị thu hồi (%(said)s). Hãy nhờ người vận "
        "hành đặt khóa mới rồi bấm gửi lại."
    )


class NotConnected(Conflict):
    message = N_(
        "Tài khoản kênh này chưa được nối. Hãy nhờ người vận hành đặt tệp khóa truy cập của kênh "
        "mã %(code)s."
    )


@dataclass(frozen=True)
class Sender:
    """How one platform is spoken to. All calls may raise NoAnswer, SenderRefused, NotConnected."""

    slug: str
    """As in ``Resource.platform``."""
    name: str
    is_on: Callable[[SendingConfig], bool]
    open: Callable[[SendingConfig, str, Parcel], str]
    """(config, channel code, parcel): make the session there, give its id. Never repeated by
    itself: NoAnswer means that it may or may not exist."""
    fill: Callable[[SendingConfig, str, str, Parcel], Sequence[str]]
    """(config, channel code, remote id, parcel): bring words, cover and products there up to date;
    may be repeated. Gives the ids that are in."""
    doubts: tuple[str, ...] = ()
    """What is not verified or not possible, said on the page; Vietnamese sentences."""


@cache
def registry() -> dict[str, Sender]:
    """Every sender by platform. Raises PlugFault when a module of this folder is none."""
    return plugs.load(sys.modules[__name__], "SENDER", Sender)
