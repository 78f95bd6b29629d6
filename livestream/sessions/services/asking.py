"""Whose word a proposal needs: producers for their goods; managers, commune officers or staff."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.sessions.models import LiveSession, SessionEvent, SessionItem
from livestream.sessions.services.changing import (
    club_people,
    items_of,
    producer_people,
    staff_people,
    tell,
)
from shop.accounts.queries import officers_of


def ask_again(
    db: Session,
    live: LiveSession,
    items: Collection[SessionItem],
    *,
    about: SessionEvent,
    now: datetime,
) -> None:
    """What a proposal asks of these items' producers has changed: their answer is asked anew.

    In a draft nobody is asked yet; a firm session is changed by the second person, its producers
    are told and may leave it. ``about``: what changed it.
    """
    if live.state != "proposed":
        return
    for item in items:
        item.consent, item.consent_by, item.consent_at, item.consent_note = "asked", None, None, ""
    db.flush()
    people = producer_people(db, [item.producer_id for item in items])
    tell(db, live, "session.consent_asked", people, now=now, about=about)


def ask_for_agreement(
    db: Session, live: LiveSession, *, actor_id: int | None, now: datetime
) -> None:
    """Tell everybody whose answer the proposal waits for, except who proposed it."""
    waiting = [item.producer_id for item in items_of(db, live) if item.consent == "asked"]
    tell(db, live, "session.consent_asked", producer_people(db, waiting), now=now)
    others = [person for person in club_people(db, live) if person != actor_id]
    tell(db, live, "session.proposed", [*others, *staff_people(db, live)], now=now)
    commune_code = db.get_one(Club, live.club_id).commune_code
    if commune_code is not None:
        officers = [one for one in officers_of(db, commune_code) if one != actor_id]
        tell(db, live, "session.proposed_in_commune", officers, now=now)
