"""What the pages of results share: the blueprint, who may see a session, the words."""

import secrets
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.results.rules import settling
from livestream.sessions import queries as sessions
from livestream.sessions.models import LiveSession
from livestream.sessions.states import STATE_BADGES, STATE_LABELS
from shop.accounts.rules import require_club
from shop.web.access import actor

bp = Blueprint("results", __name__)

Page = tuple[str, int] | str | Response

WORDS: dict[str, Any] = {
    "sides": settling.SIDE_LABELS,
    "vias": settling.VIA_LABELS,
    "states": settling.SETTLEMENT_LABELS,
    "badges": settling.SETTLEMENT_BADGES,
    "payment_words": settling.PAYMENT_LABELS,
    "note_words": settling.NOTE_LABELS,
    "note_states": settling.NOTE_STATE_LABELS,
    "note_badges": settling.NOTE_BADGES,
    "session_states": STATE_LABELS,
    "session_badges": STATE_BADGES,
}


def club_session(db: Session, public_id: str, *, manager: bool = False) -> LiveSession:
    """A session of one of the actor's clubs. Raises NotFound, NotAllowed."""
    live = sessions.get_session(db, public_id)
    require_club(actor(), live.club_id, manager=manager)
    return live


def fresh_key() -> str:
    """A submit key for a new page."""
    return secrets.token_urlsafe(16)
