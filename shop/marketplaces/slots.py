"""Places in the channel pages that features above fill."""

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from shop.marketplaces.rules.facts import TemplateFacts
from shop.marketplaces.services.bundle.own_sheet import OwnSheet
from shop.web.slots import Panel, Slot

LISTING_PANELS: Final[Slot[[Session, int, str], Panel]] = Slot()
"""What else is known of a product on a channel: (db, product id, channel)."""

OWN_TEMPLATES: Final[Slot[[Session, int, Collection[str]], tuple[str, TemplateFacts]]] = Slot()
"""The seller's own templates: (db, producer id, channels) -> channel and what its template says."""

OWN_SHEETS: Final[Slot[[Session, int, str, date], OwnSheet]] = Slot()
"""The seller's own template to fill: (db, producer id, channel, day), the newest first."""
