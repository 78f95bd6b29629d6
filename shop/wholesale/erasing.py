"""Whose company asked is forgotten, unless it bought: then it stands on an invoice."""

from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from shop.enquiries.models import Enquiry
from shop.wholesale.models import Quote, WholesaleRequest


def erase_company(_sender: object, *, db: Session, enquiry: Enquiry, **_more: Any) -> None:
    """Empty name and tax code of the company, and the free terms of its quotes."""
    bought = exists().where(Quote.enquiry_id == enquiry.id, Quote.order_id.is_not(None))
    db.execute(
        update(WholesaleRequest)
        .where(WholesaleRequest.enquiry_id == enquiry.id, ~bought)
        .values(company="", tax_code=None)
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(Quote)
        .where(Quote.enquiry_id == enquiry.id, Quote.order_id.is_(None))
        .values(terms="")
    )
