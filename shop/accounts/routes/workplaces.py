"""A person's own side: where they work, what they were asked, offering help to a producer."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts import queries, rules, services
from shop.accounts.forms import ROLE_LABELS, AnswerForm, SupportForm
from shop.accounts.routes.base import bp
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, signed_in
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

NO_SUCH_PRODUCER = N_("Chưa thấy cơ sở này. Hãy mở trang của cơ sở và chép địa chỉ vào đây.")


def _known(code: str) -> str:
    """A code that can exist. Raises NotFound for any other text."""
    if not (code.isascii() and code.isalnum()) or len(code) > 32:
        raise NotFound
    return code


def _page(form: SupportForm, status: int = 200) -> ResponseReturnValue:
    db, now = read_session(), clock.now()
    mine = queries.memberships_of(db, actor().id())
    asked = queries.invitations_for(db, actor().id(), now)
    ids = [row.unit_id for row in mine if row.unit_kind == "producer"]
    ids += [row.invitation.unit_id for row in asked]
    return render_template(
        "accounts/workplaces.html",
        mine=[row for row in mine if row.unit_kind == "producer"],
        standings={row.id: queries.standing(row, now) for row in mine},
        asked=asked,
        names=queries.names_of_units(db, "producer", ids),
        role_labels=ROLE_LABELS,
        areas=rules.AREAS,
        form=form,
    ), status


@bp.get("/tai-khoan/noi-lam-viec")
@signed_in
def workplaces() -> ResponseReturnValue:
    """The producers one belongs to or supports, and invitations that wait."""
    return _page(SupportForm())


@bp.post("/tai-khoan/noi-lam-viec")
@signed_in
@limiter.limit("20 per hour")
def ask_to_support() -> ResponseReturnValue:
    """Offer help to a producer; nothing is open before its owner consents."""
    form = SupportForm.read()
    if not form.validate():
        return _page(form, 422)
    producer_id = queries.unit_called(read_session(), "producer", form.slug)
    try:
        if producer_id is None:
            raise Invalid(NO_SUCH_PRODUCER, field="producer")
        services.ask_to_support(
            write_session(), producer_id=producer_id, person_id=actor().id(), now=clock.now()
        )
    except (Invalid, Conflict) as error:
        form.add_error(error)
        return _page(form, status_of(error))
    write_session().commit()
    flash(_(N_("Đã xin. Chủ cơ sở đồng ý thì bạn bắt đầu làm giúp được.")), "ok")
    return redirect(url_for(".workplaces"), 303)


@bp.get("/tai-khoan/loi-moi/<code>")
@signed_in
def invitation(code: str) -> ResponseReturnValue:
    """One invitation, by its link."""
    db = read_session()
    row = queries.invitation_called(db, _known(code), actor().id())
    names = queries.names_of_units(db, row.invitation.unit_kind, [row.invitation.unit_id])
    is_open = row.invitation.state == "pending" and row.invitation.expires_at > clock.now()
    return render_template(
        "accounts/invitation.html",
        row=row,
        unit=names.get(row.invitation.unit_id, ""),
        is_open=is_open,
        role_labels=ROLE_LABELS,
        areas=rules.AREAS,
        consent_texts=rules.CONSENT_TEXTS,
    )


@bp.post("/tai-khoan/loi-moi/<code>")
@signed_in
def answer_invitation(code: str) -> ResponseReturnValue:
    """Say yes or no: field ``answer`` = agree | decline."""
    form = AnswerForm.read()
    if not form.validate():
        raise Invalid
    db = write_session()
    is_accepted = form.answer.data == "agree"
    services.answer_invitation(
        db, code=_known(code), person_id=actor().id(), is_accepted=is_accepted, now=clock.now()
    )
    db.commit()
    flash(_(N_("Đã nhận lời. Chào mừng bạn!")) if is_accepted else _(N_("Đã từ chối.")), "ok")
    return redirect("/ban-hang" if is_accepted else url_for(".workplaces"), 303)
