"""Places in club pages that features above fill."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

CLUB_PANELS: Slot[[Session, int, datetime], Panel] = Slot()
"""Below a club's public page; fillers get (db, club id, now)."""

RESOURCE_PANELS: Slot[[Session, int, datetime], Panel] = Slot()
"""Above the forms of a host, channel, studio or kit; fillers get (db, resource id, now)."""
