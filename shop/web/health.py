"""For load balancers and operators: is the process up, can it work."""

from flask import Blueprint
from sqlalchemy import text

from shop.web.access import public
from shop.web.request import read_session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> dict[str, str]:
    """The database answers too; 503 otherwise, by the error table."""
    read_session().execute(text("SELECT 1"))
    return {"status": "ready"}
