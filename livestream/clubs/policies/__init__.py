"""PLUGS: what a platform lets a channel account do on air, a file each.

A profile is knowledge with a source, not law: what no source was read for only warns (``is_sure``
is False), and every answer can be told apart from "nothing is known". Adding a platform: a module
here that defines ``POLICY`` and its slug in ``clubs.models.PLATFORMS``.
"""

import sys
from dataclasses import dataclass
from functools import cache

from shop.core import plugs


@dataclass(frozen=True)
class Policy:
    """How a platform treats a livestream that sells."""

    slug: str
    """As in ``Resource.platform``."""
    name: str
    may_simulcast: bool
    """Whether the same live may run on another platform at the same time."""
    may_show_own_codes: bool
    """Whether a QR code or an address that leads away from the platform may be on screen."""
    may_say_contacts: bool
    """Whether phone numbers and other shops may be named."""
    takes_comment_orders: bool
    """Whether orders may be taken from comments, off the platform's own checkout."""
    min_minutes: int = 15
    max_minutes: int = 13 * 60
    max_products: int | None = None
    max_flash_minutes: int | None = None
    """Longest run of one live price; None: no limit is known."""
    is_time_fixed: bool = False
    """Whether an announced time can only be changed by announcing anew (followers subscribed)."""
    lead_hours: int = 0
    """How long before the start the announcement must be in; 0: at once."""
    shop_requirements: tuple[str, ...] = ()
    """What the account needs before it may sell; Vietnamese sentences."""
    show: tuple[str, ...] = ()
    """What may or must not be shown; Vietnamese sentences."""
    link: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    source: str = ""
    """Where this was read, for whoever checks it again."""
    is_sure: bool = True
    """False: no source of the platform's own was read; rules built on it only warn."""


@cache
def registry() -> dict[str, Policy]:
    """Every profile by platform. Raises PlugFault when a module of this folder is none."""
    return plugs.load(sys.modules[__name__], "POLICY", Policy)


def policy_of(platform: str | None) -> Policy:
    """The profile of a platform; an unknown one is treated as ``other``."""
    known = registry()
    return known.get(platform or "", known["other"])
