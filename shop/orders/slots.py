"""Places in the producer's order page that features above fill (money, mostly)."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

DESK_PANELS: Final[Slot[[Session, int, datetime], Panel]] = Slot()
"""Panels of ``/ban-hang/don-hang/<code>``: (db, order id, now)."""
