"""The producer's answers: which clubs want to show what, when, at which price."""

from flask import flash, redirect, render_template, url_for

from livestream.sessions import forms, queries, services
from livestream.sessions.queries.items import Consent
from livestream.sessions.routes.frame import CONSENT_LABELS, Page, bp
from livestream.sessions.services.drafting import MIN_PRICE_VND
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


def _page(
    status: int = 200,
    refused: DomainError | None = None,
    form: forms.ConsentForm | None = None,
    item_id: int = 0,
) -> Page:
    consents = queries.consents_for(read_session(), list(actor().producers), now=clock.now())
    page = render_template(
        "livestream/sessions/consents.html",
        consents=[
            (one, _numbered(form if form and one.item.id == item_id else _blank(one), one.item.id))
            for one in consents
        ],
        labels=CONSENT_LABELS,
        now=clock.now(),
        refused=refused,
    )
    return page, status


def _blank(consent: Consent) -> forms.ConsentForm:
    """The floor as the producer stated it before."""
    floor = consent.item.floor_price_vnd
    return forms.ConsentForm(data={"floor_price_vnd": floor if floor > MIN_PRICE_VND else None})


def _numbered(form: forms.ConsentForm, item_id: int) -> forms.ConsentForm:
    """The page has many of these forms; their fields need ids of their own."""
    for field in form:
        field.id = f"{field.name}-{item_id}"
    return form


@bp.get("/ban-hang/phien")
@role("producer")
def consents() -> Page:
    """What clubs want to show of the actor's producers."""
    return _page()


@bp.post("/ban-hang/phien/<int:item_id>/rut")
@role("producer")
def leave(item_id: int) -> Page:
    """Take a product out of a firm session before it starts: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return _page(422, Invalid())
    db = write_session()
    try:
        services.leave_session(
            db,
            item_id=item_id,
            producer_ids=list(actor().producers),
            reason=form.reason.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return _page(status_of(error), error)
    db.commit()
    flash(_(N_("Đã rút sản phẩm khỏi phiên. Câu lạc bộ và cán bộ đã được báo.")), "ok")
    return redirect(url_for("sessions.consents"), 303)


@bp.post("/ban-hang/phien/<int:item_id>")
@role("producer")
def answer(item_id: int) -> Page:
    """Answer: ``answer`` = agree | decline, ``note``, ``floor_price_vnd``, ``version``."""
    form = forms.ConsentForm.read()
    if not form.validate():
        return _page(422, Invalid(), form, item_id)
    db = write_session()
    try:
        services.answer_item(
            db,
            item_id=item_id,
            producer_ids=list(actor().producers),
            is_agreed=form.answer.data == "agree",
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
            note=form.note.data,
            floor_price_vnd=form.floor_price_vnd.data,
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        return _page(status_of(error), error, form, item_id)
    db.commit()
    flash(_(N_("Đã ghi câu trả lời của bạn.")), "ok")
    return redirect(url_for("sessions.consents"), 303)
