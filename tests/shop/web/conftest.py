"""An application with one trial route for each guard and each kind of error."""

from typing import Any

import pytest
from flask import Blueprint, Flask, jsonify, render_template, request
from sqlalchemy.exc import OperationalError

from shop.core import errors
from shop.core.errors import DomainError
from shop.web import access
from shop.web.access import api_token, public, role, signed_in, signed_link, webhook


class Sold(errors.Conflict):
    message = "Chỉ còn %(left)s hộp."


def _bug() -> Exception:
    return RuntimeError("secret inside: hunter2")


RAISED: dict[str, Any] = {
    "not-found": errors.NotFound,
    "not-allowed": errors.NotAllowed,
    "invalid": errors.Invalid,
    "conflict": lambda: Sold(left=3),
    "unavailable": errors.Unavailable,
    "plain": DomainError,
    "bug": _bug,
    "busy": lambda: OperationalError("SELECT hunter2", {}, Exception("locked")),
}


bp = Blueprint("trial", __name__)


@bp.route("/thu/mo", methods=["GET", "POST"])
@public
def open_door() -> Any:
    return jsonify(ip=request.remote_addr, signed_in=access.actor().is_signed_in)


@bp.get("/thu/trang")
@public
def page() -> Any:
    return render_template("errors/error.html", code=200, title="Thử")


@bp.route("/thu/nguoi", methods=["GET", "POST"])
@signed_in
def person() -> Any:
    return access.actor().name


for name in ("producer", "club", "staff", "admin"):
    view = role(name)(lambda: "ok")  # type: ignore[arg-type]
    bp.add_url_rule(f"/thu/vai/{name}", endpoint=name, view_func=view)


@bp.get("/thu/hai-vai")
@role("producer", "club")
def two_roles() -> Any:
    return "ok"


@bp.get("/thu/lien-ket/<code>")
@signed_link("trial")
def linked(code: str) -> Any:
    return jsonify(code=code, by_link=access.has_signed_link())


@bp.get("/thu/lien-ket-khac/<code>")
@signed_link("other")
def linked_otherwise(code: str) -> Any:
    return code


@bp.post("/thu/webhook")
@webhook("trial")
def hook() -> Any:
    return str(len(request.get_data()))


@bp.route("/api/v1/thu", methods=["GET", "POST"])
@api_token("write")
def machine() -> Any:
    return access.actor().name


@bp.route("/thu/quen", methods=["GET", "POST"])
def forgotten() -> Any:
    return "open"


@bp.get("/thu/so/<int:number>")
@public
def number(number: int) -> Any:
    return str(number)


@bp.get("/thu/loi/<kind>")
@bp.get("/api/v1/loi/<kind>")
@public
def fail(kind: str) -> Any:
    raise RAISED[kind]()  # noqa: RSE102 - some are made by a function


@pytest.fixture
def app(app: Flask) -> Flask:
    app.register_blueprint(bp)
    return app
