"""The feature's blueprint and what its pages share."""

import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from shop.catalogue.models import Producer
from shop.catalogue.queries import producers_by_id
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor
from shop.web.request import read_session

bp = Blueprint("sheets", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": XLSX, "csv": "text/csv"}


class NoProducer(NotFound):
    message = N_("Không tìm thấy cơ sở này trong tài khoản của bạn.")


def own_producers() -> list[Producer]:
    """The producers the person belongs to, by name."""
    return producers_by_id(read_session(), list(actor().producers))


def chosen(producers: list[Producer]) -> Producer:
    """The producer that ``co_so`` names, or the first. Raises NoProducer for other people's."""
    wanted = request.values.get("co_so", "")
    for producer in producers:
        if wanted in {"", producer.slug}:
            return producer
    raise NoProducer


def fresh_key() -> str:
    """A key by which a second click is known."""
    return secrets.token_urlsafe(16)


def page_url(number: int) -> str:
    """This list at another page."""
    kept = {name: value for name, value in request.args.items() if name != "trang"}
    return f"{request.script_root}{request.path}?{urlencode(kept | {'trang': number})}"


def as_file(content: bytes, name: str) -> Response:
    """A download; ``name`` is ASCII and ends in the kind."""
    answer = Response(content, mimetype=KINDS[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
