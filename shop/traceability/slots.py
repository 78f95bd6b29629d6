"""Places in trace pages, and in what a recall finds, that features above fill."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

RECALLED_PANELS: Final[Slot[[Session, int, datetime], Panel]] = Slot()
"""What the page of a recalled lot says of its recall: (db, lot id, now)."""


@dataclass(frozen=True)
class Touched:
    """Things outside traceability that show or sell what a recall takes off sale.

    Texts are in the reader's language; ``rows`` are (name, what it is or when, address or "").
    """

    title: str
    icon: str
    rows: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)


RECALL_TOUCHES: Final[Slot[[Session, Collection[int], datetime], Touched]] = Slot()
"""Coming sessions, listings elsewhere: (db, variant ids whose lots are called back, now)."""
