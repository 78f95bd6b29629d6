"""Pick lists and the search for places, open to everyone.

Options, fragments and JSON are the same for everyone, so caches may keep them for a day; the whole
page carries the header of whoever asks and keeps the house's rule. With htmx they fill a part of a
form; without JavaScript the search is a page and a form shows its list after it was sent once:

    <select name="province_code" data-hx-get="/dia-phuong/xa" data-hx-target="#commune_code">
"""

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from shop.places import queries, rules
from shop.places.queries import PlaceMatch
from shop.web.access import public
from shop.web.i18n import gettext
from shop.web.request import read_session

bp = Blueprint("places", __name__, url_prefix="/dia-phuong")

_FRAGMENTS: Final = {"manh": "places/candidates.html", "chon": "places/choices.html"}
_CACHE: Final = "public, max-age=86400, stale-while-revalidate=604800"
"""A day: units change by law, announced long before, and a withdrawn code is refused on use."""


@bp.get("/xa")
@public
def communes() -> Response:
    """The ``<option>`` list of a province's communes. ``tinh`` (or ``province_code``) is its code.

    Without a code only the "choose" option; an unknown code is refused with 422.
    """
    code = request.args.get("tinh") or request.args.get("province_code") or ""
    db = read_session()
    found = queries.list_communes(db, queries.get_province(db, code).code) if code else []
    return _cacheable(make_response(render_template("places/communes.html", communes=found)))


@bp.get("/tim")
@public
def find() -> Response:
    """Candidates for an old or new name ``q``, for a person to confirm.

    ``dang`` is the form of the answer: a page, ``manh`` (a fragment for htmx), ``chon`` (the same
    with a button to choose each, for a form) or ``json``. It is in the address, not in a header, so
    that every cache keeps the four apart.
    """
    typed = (request.args.get("q") or request.args.get("old_place") or "")[: rules.MAX_TEXT]
    form = request.args.get("dang", "")
    matches = queries.find_places(read_session(), typed)
    if form == "json":
        return _cacheable(jsonify(q=typed, candidates=[_as_json(match) for match in matches]))
    shown = {"typed": typed, "matches": matches, "reason": reason}
    if form in _FRAGMENTS:
        return _cacheable(make_response(render_template(_FRAGMENTS[form], **shown)))
    return make_response(render_template("places/find.html", **shown))


def reason(match: PlaceMatch) -> str:
    """Why the place is offered, in the request's language."""
    return gettext(rules.REASON_TEXT[match.reason], old=match.old_name)


def _as_json(match: PlaceMatch) -> dict[str, str | None]:
    return {
        "province_code": match.province_code,
        "province_name": match.province_name,
        "commune_code": match.commune_code,
        "commune_name": match.commune_name,
        "label": match.label,
        "reason": match.reason.value,
        "reason_text": reason(match),
    }


def _cacheable(response: Response) -> Response:
    response.headers["Cache-Control"] = _CACHE
    response.add_etag()
    response.make_conditional(request)
    return response
