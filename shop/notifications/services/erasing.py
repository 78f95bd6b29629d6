"""Forgetting who messages went to; that they went, and when, stays."""

from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import Whom
from shop.notifications.models import CallTask, Contact, MessagePreference, PushSubscription
from shop.notifications.services.writing import erase_contact


def erase_recipient(_sender: object, *, db: Session, whom: Whom, **_more: Any) -> None:
    """Empty somebody's contacts, browsers and what callers noted of them."""
    known = or_(Contact.phone.in_(whom.logins), Contact.email.in_(whom.logins))
    recipients = [f"contact:{number}" for number in db.scalars(select(Contact.id).where(known))]
    for recipient in recipients:
        erase_contact(db, recipient)
    if whom.recipient is not None:
        recipients.append(whom.recipient)
        for table in (PushSubscription, MessagePreference):
            db.execute(delete(table).where(table.person_id == whom.person_id))
    db.execute(update(CallTask).where(CallTask.recipient.in_(recipients)).values(note=""))
