"""Places in the channel pages that features above fill."""

from typing import Final

from sqlalchemy.orm import Session

from shop.web.slots import Panel, Slot

LISTING_PANELS: Final[Slot[[Session, int, str], Panel]] = Slot()
"""What else is known of a product on a channel: (db, product id, channel)."""
