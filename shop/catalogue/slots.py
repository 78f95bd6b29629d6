"""What the catalogue's pages let features above them fill."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalogue.queries import Draft
from shop.web.slots import Slot

PRODUCT_PREVIEWS: Slot[[Session, Draft, datetime], str] = Slot()
"""The page buyers would see of a draft, ready drawn; the storefront fills it."""
