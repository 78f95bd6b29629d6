"""Who asked is forgotten with their words; that somebody asked, and when, stays."""

from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import Whom
from shop.enquiries.models import Enquiry, EnquiryContact, EnquiryMessage
from shop.enquiries.signals import enquiry_erased


def erase_enquirer(_sender: object, *, db: Session, whom: Whom, **_more: Any) -> None:
    """Empty contact and words of the enquiries of an account, or of a guest's phone or e-mail."""
    theirs = or_(EnquiryContact.phone.in_(whom.logins), EnquiryContact.email.in_(whom.logins))
    if whom.person_id is not None:
        theirs = or_(theirs, Enquiry.buyer_id == whom.person_id)
    rows = db.scalars(
        select(Enquiry)
        .outerjoin(EnquiryContact, EnquiryContact.enquiry_id == Enquiry.id)
        .where(theirs)
        .order_by(Enquiry.id)
    ).all()
    numbers = [row.id for row in rows]
    for row in rows:
        enquiry_erased.send(None, db=db, enquiry=row)
    db.execute(
        update(EnquiryContact)
        .where(EnquiryContact.enquiry_id.in_(numbers))
        .values(name="", phone=None, email=None)
    )
    # the answer speaks to them by name as well
    db.execute(
        update(EnquiryMessage).where(EnquiryMessage.enquiry_id.in_(numbers)).values(words="")
    )
