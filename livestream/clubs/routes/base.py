"""The feature's blueprint and what its pages share."""

from flask import Blueprint, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.clubs import queries
from livestream.clubs.models import Club
from shop.accounts.rules import require_club
from shop.core.errors import DomainError
from shop.web.access import actor
from shop.web.errors import status_of
from shop.web.forms import Form

bp = Blueprint("clubs", __name__)

Page = tuple[str, int] | str | Response


def chosen_club(db: Session, *, manager: bool = False) -> Club:
    """The club this request is about, see ``chosen_club_id``."""
    return queries.get_club(db, chosen_club_id(manager=manager))


def chosen_club_id(*, manager: bool = False) -> int:
    """The club this request is about: ``club_id`` if given, else the actor's first.

    Raises NotFound for a club that is not theirs, NotAllowed when the role is too small.
    """
    mine = actor().clubs
    typed = request.values.get("club_id", "")
    if typed:
        club_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    else:
        club_id = managed_club_id() or min(mine, default=0)
    require_club(actor(), club_id, manager=manager)
    return club_id


def managed_club_id() -> int:
    """The first club the actor manages; 0: none."""
    return min((club for club, held in actor().clubs.items() if held == "manager"), default=0)


def failed(form: Form, error: DomainError) -> int:
    """Put a refusal beside its field; the status of the answer."""
    form.add_error(error)
    return status_of(error)
