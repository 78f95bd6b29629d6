"""The producer's templates of journal entries."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.traceability import queries
from shop.traceability.forms import TemplateForm, template_form
from shop.traceability.queries import entries
from shop.traceability.rules.events import EventKind
from shop.traceability.services import templates as services
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

bp = Blueprint("templates", __name__)

MAX_SEQ = 1_000_000


def _mine() -> list[int]:
    return list(actor().producers)


@bp.get("/ban-hang/mau-ghi")
@role("producer")
def home() -> str:
    """Every template, by product, and what a new one may be of."""
    db = read_session()
    return render_template(
        "traceability/templates.html",
        rows=entries.templates_of(db, _mine()),
        products=[p for p in queries.products_for_lots(db, _mine()) if p.is_lot_tracked],
        kinds=[k for k in queries.kinds().values() if k.recorder == "producer"],
        all_kinds=queries.kinds(),
    )


@bp.get("/ban-hang/mau-ghi/moi")
@role("producer")
def new() -> BaseResponse | str:
    """The form of a new template; ``lo`` and ``muc`` fill it like an entry of the journal."""
    db = read_session()
    code, seq = request.args.get("lo", "")[:20], request.args.get("muc", "")[:7]
    if code:
        lot = queries.own_lot(db, code, _mine())
        event = queries.event_at(db, lot.id, int(seq) if seq.isdecimal() else 0)
        plug, product_id = queries.recordable_kind(event.kind), lot.product_id
        facts = queries.facts_in_force(db, event)
    else:
        plug = queries.recordable_kind(request.args.get("loai", "")[:30])
        product_id, facts = _id(request.args.get("san_pham", "")), {}
    queries.require_own_product(db, product_id, _mine())
    form = template_form(services.preset_kind(plug))(product_id=str(product_id))
    form.fill(facts)
    form.title.data = gettext(plug.label)
    return _page(form, plug, url_for(".make", kind=plug.slug))


def _id(typed: str) -> int:
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else 0
    return number if 0 < number <= MAX_ID else 0


def _page(form: TemplateForm, plug: EventKind, action: str, template_id: int | None = None) -> str:
    return render_template(
        "traceability/template.html", form=form, kind=plug, action=action, template_id=template_id
    )


@bp.post("/ban-hang/mau-ghi/moi/<kind>")
@role("producer")
def make(kind: str) -> BaseResponse | tuple[str, int]:
    """Keep a new template."""
    plug = queries.recordable_kind(kind)
    form = template_form(services.preset_kind(plug)).read()
    product_id = _id(str(form.product_id.data or ""))
    queries.require_own_product(read_session(), product_id, _mine())
    return _save(form, plug, url_for(".make", kind=kind), {"product_id": product_id})


@bp.get("/ban-hang/mau-ghi/<int:template_id>")
@role("producer")
def edit(template_id: int) -> str:
    """The form that changes a template."""
    found = _own(read_session(), template_id).template
    plug = queries.recordable_kind(found.kind)
    form = template_form(services.preset_kind(plug))(product_id=str(found.product_id))
    form.fill(found.facts)
    form.title.data = found.title
    return _page(form, plug, url_for(".change", template_id=template_id), template_id)


def _own(db: Session, template_id: int) -> entries.TemplateRow:
    if template_id > MAX_ID:
        raise entries.UnknownTemplate
    return entries.own_template(db, template_id, _mine())


@bp.post("/ban-hang/mau-ghi/<int:template_id>")
@role("producer")
def change(template_id: int) -> BaseResponse | tuple[str, int]:
    """Change a template."""
    found = _own(read_session(), template_id).template
    plug = queries.recordable_kind(found.kind)
    form = template_form(services.preset_kind(plug)).read()
    values = {"product_id": found.product_id, "template_id": found.id}
    return _save(form, plug, url_for(".change", template_id=template_id), values)


def _save(
    form: TemplateForm, plug: EventKind, action: str, values: dict[str, Any]
) -> BaseResponse | tuple[str, int]:
    template_id = values.get("template_id")
    if not form.validate():
        return _page(form, plug, action, template_id), 422
    db = write_session()
    try:
        services.save_template(
            db,
            kind=plug.slug,
            title=form.title.data,
            facts=form.facts(),
            actor_id=actor().id(),
            now=clock.now(),
            **values,
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _page(form, plug, action, template_id), status
    db.commit()
    flash(gettext("Đã lưu mẫu."), "ok")
    return redirect(url_for(".home"), 303)


@bp.post("/ban-hang/mau-ghi/<int:template_id>/xoa")
@role("producer")
def delete(template_id: int) -> BaseResponse:
    """Take a template away."""
    db = write_session()
    services.delete_template(db, template_id=_own(db, template_id).template.id)
    db.commit()
    flash(gettext("Đã xóa mẫu."), "ok")
    return redirect(url_for(".home"), 303)
