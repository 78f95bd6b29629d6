"""What the pages of on air share."""

import secrets

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.sessions.models import LiveSession
from livestream.sessions.queries import get_session
from shop.accounts.rules import require_club
from shop.web.access import actor

bp = Blueprint("onair", __name__)

Page = tuple[str, int] | str | Response


def seen_by_club(db: Session, public_id: str) -> LiveSession:
    """A session of one of the actor's clubs. Raises NotFound."""
    live = get_session(db, public_id)
    require_club(actor(), live.club_id)
    return live


def fresh_key() -> str:
    """What makes a press sent twice one press, without JavaScript."""
    return secrets.token_hex(16)
