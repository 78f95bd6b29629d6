"""What features above tell checkout: the livestreams a voucher may be for, whose word led here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.web.slots import Slot


@dataclass(frozen=True)
class SessionChoice:
    """A coming livestream that shows goods of a producer."""

    key: str
    """Opaque; kept in the voucher."""
    label: str
    starts_at: datetime
    ends_at: datetime


SESSIONS: Final[Slot[[Session, Sequence[int], datetime], SessionChoice]] = Slot()
"""Coming sessions of these producers: (db, producer ids, now)."""

ORIGINS: Final[Slot[[Session, str], str]] = Slot()
"""Whose word a code in an address stands for, as buyers read it: (db, code); none for unknown."""
