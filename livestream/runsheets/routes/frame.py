"""What the pages of a run sheet share."""

from flask import Blueprint

from livestream.runsheets.queries import Line, Sheet
from livestream.sessions.models import LiveSession
from livestream.sessions.services.drafting import EDITABLE

bp = Blueprint("runsheets", __name__)


def is_priced_here(live: LiveSession) -> bool:
    """Whether products, prices and limits of the session may still change."""
    return live.state in EDITABLE


def products_of(sheet: Sheet) -> list[Line]:
    """The parts that show a product for the first time."""
    return [line for line in sheet.lines if line.part.kind == "product"]
