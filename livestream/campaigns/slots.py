"""Places in campaign pages that features above fill."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

CAMPAIGN_PANELS: Slot[[Session, int, datetime], Panel] = Slot()
"""Below a campaign's public page; fillers get (db, campaign id, now)."""
