"""A place in the pages of one enquiry that features above fill (a quote, mostly)."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

ENQUIRY_PANELS: Final[Slot[[Session, int, bool, datetime], Panel]] = Slot()
"""Panels of an enquiry: (db, enquiry id, whether at the producer's desk, now)."""
