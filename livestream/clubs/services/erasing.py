"""Whom a club asked to join is forgotten; that it asked, and what was answered, stays."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Invitation
from shop.accounts.services import Whom


def erase_invited(_sender: object, *, db: Session, whom: Whom, **_more: Any) -> None:
    """Empty the login of invitations; one still open is declined."""
    for row in db.scalars(select(Invitation).where(Invitation.login.in_(whom.logins))):
        row.login = f"erased:{row.id}"
        if row.state == "asked":
            row.state = "declined"
    db.flush()
