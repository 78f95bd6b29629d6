"""The editor's step for culture products: the parts of the story."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue import queries, rules, services
from shop.catalogue.forms import SectionForm
from shop.catalogue.routes.base import attempt, bp, own_draft
from shop.catalogue.routes.steps import editor
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import write_session


def _page(
    draft: queries.Draft, form: SectionForm, status: int = 200, at: int | None = None
) -> ResponseReturnValue:
    """The parts; ``form`` is for part ``at``, or for a new one (None)."""
    photos = [("", gettext(N_("Không kèm ảnh")))]
    photos += [
        (photo.sha, gettext(N_("Ảnh %(number)s: %(alt)s"), number=place, alt=photo.alt))
        for place, photo in enumerate(draft.photos, 1)
    ]
    form.offer_photos(photos)
    return editor(
        "sections.html",
        draft,
        "sections",
        status,
        form=form,
        at=at,
        stamp=queries.stamp_of(draft.sections),
        missing=rules.missing_english(draft.values, draft.sections),
    )


@bp.get("/ban-hang/san-pham/<int:product_id>/cau-chuyen")
@role("producer")
def sections(product_id: int) -> ResponseReturnValue:
    """The parts of the story and a form for one more; ``sua`` opens one of them."""
    draft = own_draft(product_id)
    asked = request.args.get("sua", "")
    if asked.isascii() and asked.isdigit() and int(asked[:3]) < len(draft.sections):
        at = int(asked[:3])
        form = SectionForm(data=draft.sections[at].as_json() | {"photo_sha": None})
        form.photo.data = draft.sections[at].photo_sha or ""
        return _page(draft, form, at=at)
    return _page(draft, SectionForm())


def _save(product_id: int, at: int | None) -> ResponseReturnValue:
    draft, form = own_draft(product_id), SectionForm.read()
    if at is not None and at >= len(draft.sections):
        at = None
    if not form.validate():
        return _page(draft, form, 422, at)
    status = attempt(
        form,
        lambda: services.save_section(
            write_session(),
            product_id=product_id,
            actor_id=actor().id(),
            stamp=request.form.get("stamp", ""),
            index=at,
            section=form.section(),
            now=clock.now(),
        ),
    )
    if status:
        write_session().rollback()
        return _page(own_draft(product_id), form, status, at)
    return _done(product_id)


def _done(product_id: int) -> ResponseReturnValue:
    write_session().commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    return redirect(url_for(".sections", product_id=product_id), 303)


@bp.post("/ban-hang/san-pham/<int:product_id>/cau-chuyen")
@role("producer")
def add_section(product_id: int) -> ResponseReturnValue:
    """Add a part."""
    return _save(product_id, None)


@bp.post("/ban-hang/san-pham/<int:product_id>/cau-chuyen/<int:at>")
@role("producer")
def edit_section(product_id: int, at: int) -> ResponseReturnValue:
    """Save a part."""
    return _save(product_id, at)


def _do(product_id: int, at: int, service: Callable[..., Any]) -> ResponseReturnValue:
    own_draft(product_id)
    service(
        write_session(),
        product_id=product_id,
        actor_id=actor().id(),
        stamp=request.form.get("stamp", ""),
        index=at,
        now=clock.now(),
    )
    return _done(product_id)


@bp.post("/ban-hang/san-pham/<int:product_id>/cau-chuyen/<int:at>/len")
@role("producer")
def move_section(product_id: int, at: int) -> ResponseReturnValue:
    """One place up."""
    return _do(product_id, at, services.move_section)


@bp.post("/ban-hang/san-pham/<int:product_id>/cau-chuyen/<int:at>/bo")
@role("producer")
def remove_section(product_id: int, at: int) -> ResponseReturnValue:
    """Take a part out."""
    return _do(product_id, at, services.remove_section)
