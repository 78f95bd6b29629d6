"""Machine route: a program that reads a channel's comments hands them in."""

from typing import Any

from flask import Blueprint

from livestream.onair import services
from livestream.onair.forms import read_comments_json
from livestream.sessions.queries import get_session
from shop.accounts.rules import require_club
from shop.core import clock
from shop.web.access import actor, api_token
from shop.web.limits import limiter
from shop.web.request import write_session

bp = Blueprint("onair_api", __name__, url_prefix="/api/v1")


@bp.post("/phien/<public_id>/binh-luan")
@limiter.limit("60 per minute")
@api_token("write")
def take_comments(public_id: str) -> dict[str, Any]:
    """``{channel_id, comments: [{id, author, text}]}``; each id once, however often it is sent."""
    channel_id, comments = read_comments_json()
    db = write_session()
    require_club(actor(), get_session(db, public_id).club_id)
    taken = services.take_comments(
        db, public_id=public_id, channel_id=channel_id, comments=comments, now=clock.now()
    )
    db.commit()
    return {
        "drafts": taken.drafts,
        "cancels": taken.cancels,
        "questions": taken.questions,
        "others": taken.others,
        "known": taken.known,
    }
