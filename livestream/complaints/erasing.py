"""How to reach who complained is forgotten; the complaint and its answer stay with the session."""

from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from livestream.complaints.models import Complaint
from shop.accounts.services import Whom


def erase_complainant(_sender: object, *, db: Session, whom: Whom, **_more: Any) -> None:
    """Empty contacts that hold one of the person's phone numbers or e-mail addresses."""
    holds = [Complaint.contact.contains(login, autoescape=True) for login in whom.logins]
    if holds:
        db.execute(
            update(Complaint)
            .where(or_(*holds))
            .values(contact="")
            .execution_options(synchronize_session=False)
        )
