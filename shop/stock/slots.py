"""Places in stock that features above fill."""

from typing import Final

from shop.web.slots import Slot

SALES_CHANNELS: Final[Slot[[], tuple[str, str]]] = Slot()
"""Channels a producer may keep units for: (slug, label as a msgid)."""
