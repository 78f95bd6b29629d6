"""Places in orders that features above fill (money, printing, exports)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.web.slots import Panel, Slot

DESK_PANELS: Final[Slot[[Session, int, datetime], Panel]] = Slot()
"""Panels of ``/ban-hang/don-hang/<code>``: (db, order id, now)."""

PLACES_AGAIN: Final[Slot[[Session, int, datetime], bool]] = Slot()
"""Late money for an order whose goods are to come: whether its place could be taken again."""

DESK_TOOLS: Final[Slot[[Session, str, datetime], Panel]] = Slot()
"""Tools above the desk's list: (db, tab, now). A tool is a form with the id ``chon-don``; each
order of the list has a box named ``don`` that belongs to it, so it works without scripts."""

PARCEL_COD: Final[Slot[[Session, Sequence[Order]], tuple[int, int]]] = Slot()
"""What each parcel of some orders still collects: (parcel id, đồng)."""
