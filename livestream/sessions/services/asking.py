"""Whose word a proposal needs: producers for their goods, then managers and staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import (
    club_people,
    items_of,
    producer_people,
    staff_people,
    tell,
)


def ask_for_agreement(
    db: Session, live: LiveSession, *, actor_id: int | None, now: datetime
) -> None:
    """Tell everybody whose answer the proposal waits for, except who proposed it."""
    waiting = [item.producer_id for item in items_of(db, live) if item.consent == "asked"]
    tell(db, live, "session.consent_asked", producer_people(db, waiting), now=now)
    others = [person for person in club_people(db, live) if person != actor_id]
    tell(db, live, "session.proposed", [*others, *staff_people(db, live)], now=now)
