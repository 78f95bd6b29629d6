"""Who works for a producer: owners let people in and out."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts import queries, rules, services
from shop.accounts.forms import ROLE_LABELS, MemberForm
from shop.accounts.routes.base import bp
from shop.core import clock
from shop.core.errors import DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

NOBODY = N_("Chưa ai có tài khoản với số điện thoại hoặc e-mail này. Hãy mời họ đăng ký trước.")


def _page(producer_id: int, form: MemberForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "accounts/members.html",
        producer_id=producer_id,
        members=queries.members_of(read_session(), "producer", producer_id),
        is_owner=actor().producers.get(producer_id) == "owner",
        form=form,
        role_labels=ROLE_LABELS,
    ), status


@bp.get("/ban-hang/thanh-vien")
@role("producer")
def my_members() -> ResponseReturnValue:
    """The members of the producer one works for (the first of several)."""
    return redirect(url_for(".members", producer_id=min(actor().producers)), 303)


@bp.get("/ban-hang/thanh-vien/<int:producer_id>")
@role("producer")
def members(producer_id: int) -> ResponseReturnValue:
    """The members of one producer."""
    rules.require_producer(actor(), producer_id)
    return _page(producer_id, MemberForm())


@bp.post("/ban-hang/thanh-vien/<int:producer_id>")
@role("producer")
def add_member(producer_id: int) -> ResponseReturnValue:
    """Let a person work for the producer; the owner's doing so is the consent."""
    rules.require_producer(actor(), producer_id, owner=True)
    form, now = MemberForm.read(), clock.now()
    if not form.validate():
        return _page(producer_id, form, 422)
    person = queries.person_of_login(read_session(), form.parsed_login)
    try:
        if person is None or person.disabled_at is not None:
            raise Invalid(NOBODY, field="login")
        db = write_session()
        services.let_in(
            db,
            person_id=person.id,
            unit_kind="producer",
            unit_id=producer_id,
            role=form.role.data,
            actor_id=actor().id(),
            now=now,
        )
    except DomainError as error:
        form.add_error(error)
        return _page(producer_id, form, status_of(error))
    db.commit()
    flash(_(N_("Đã thêm %(name)s."), name=person.name), "ok")
    return redirect(url_for(".members", producer_id=producer_id), 303)


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/<int:person_id>/bo")
@role("producer")
def remove_member(producer_id: int, person_id: int) -> ResponseReturnValue:
    """Let a person work for the producer no longer."""
    rules.require_producer(actor(), producer_id, owner=True)
    db = write_session()
    services.remove_member(
        db,
        person_id=person_id,
        unit_kind="producer",
        unit_id=producer_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã bỏ thành viên.")), "ok")
    return redirect(url_for(".my_members") if person_id != actor().id() else "/tai-khoan", 303)
