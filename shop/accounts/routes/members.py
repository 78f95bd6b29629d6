"""Who works for a producer: owners ask people in, consent to supporters, let people go."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts import queries, rules, services
from shop.accounts.forms import ROLE_LABELS, ConsentForm, MemberForm, RoleForm
from shop.accounts.routes.base import bp
from shop.core import clock
from shop.core.errors import DomainError
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import house, read_session, write_session


def _page(
    producer_id: int,
    form: MemberForm,
    status: int = 200,
    *,
    consent_form: ConsentForm | None = None,
    consent_of: int | None = None,
) -> ResponseReturnValue:
    db, now = read_session(), clock.now()
    is_owner = actor().producers.get(producer_id) == "owner"
    return render_template(
        "accounts/members.html",
        producer_id=producer_id,
        units=queries.names_of_units(db, "producer", list(actor().producers)),
        team=queries.team_of(db, "producer", producer_id, now),
        invitations=queries.invitations_of(db, "producer", producer_id, now) if is_owner else [],
        invitation_root=f"{house().public_url}/tai-khoan/loi-moi/",
        is_owner=is_owner,
        my_id=actor().id(),
        form=form,
        consent_form=consent_form or ConsentForm(data={"areas": list(rules.AREAS)}),
        consent_of=consent_of,
        role_labels=ROLE_LABELS,
        areas=rules.AREAS,
        consent_text=rules.CONSENT_TEXTS[rules.CONSENT_VERSION],
        consent_texts=rules.CONSENT_TEXTS,
        consent_version=rules.CONSENT_VERSION,
    ), status


def _back(producer_id: int) -> ResponseReturnValue:
    return redirect(url_for(".members", producer_id=producer_id), 303)


@bp.get("/ban-hang/thanh-vien")
@role("producer")
def my_members() -> ResponseReturnValue:
    """The members of the producer one works for (the first of several)."""
    return _back(min(actor().producers))


@bp.get("/ban-hang/thanh-vien/<int:producer_id>")
@role("producer")
def members(producer_id: int) -> ResponseReturnValue:
    """The members of one producer."""
    rules.require_producer(actor(), producer_id)
    return _page(producer_id, MemberForm(data={"areas": ["products", "stock"]}))


@bp.post("/ban-hang/thanh-vien/<int:producer_id>")
@role("producer")
@limiter.limit("60 per hour")
def invite_member(producer_id: int) -> ResponseReturnValue:
    """Ask a person to work for the producer; for a supporter this is the owner's consent."""
    rules.require_producer(actor(), producer_id, owner=True)
    form = MemberForm.read()
    if not form.validate():
        return _page(producer_id, form, 422)
    try:
        services.invite_member(
            write_session(),
            producer_id=producer_id,
            login=form.parsed_login,
            role=form.role.data,
            consent=form.consent(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except DomainError as error:
        form.add_error(error)
        return _page(producer_id, form, status_of(error))
    write_session().commit()
    flash(
        _(N_("Đã mời. Người được mời trả lời trong 14 ngày; hãy gửi họ đường dẫn bên dưới.")), "ok"
    )
    return _back(producer_id)


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/loi-moi/<int:invitation_id>/rut")
@role("producer")
def withdraw_invitation(producer_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    rules.require_producer(actor(), producer_id, owner=True)
    db = write_session()
    services.withdraw_invitation(
        db,
        producer_id=producer_id,
        invitation_id=invitation_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã rút lời mời.")), "ok")
    return _back(producer_id)


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/<int:person_id>/dong-y")
@role("producer")
def give_consent(producer_id: int, person_id: int) -> ResponseReturnValue:
    """Let a supporter work, or change what is open to them and until when."""
    rules.require_producer(actor(), producer_id, owner=True)
    form = ConsentForm.read()
    page = {"consent_form": form, "consent_of": person_id}
    return _change(
        producer_id,
        form,
        lambda: services.give_consent(
            write_session(),
            producer_id=producer_id,
            person_id=person_id,
            consent=form.consent(),
            actor_id=actor().id(),
            now=clock.now(),
        ),
        N_("Đã ghi sự đồng ý. Dừng lại được bất cứ lúc nào."),
        **page,
    )


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/<int:person_id>/vai-tro")
@role("producer")
def change_role(producer_id: int, person_id: int) -> ResponseReturnValue:
    """Make a member an owner, or an owner a member."""
    rules.require_producer(actor(), producer_id, owner=True)
    form = RoleForm.read()
    return _change(
        producer_id,
        form,
        lambda: services.change_role(
            write_session(),
            producer_id=producer_id,
            person_id=person_id,
            role=form.role.data,
            actor_id=actor().id(),
            now=clock.now(),
        ),
        N_("Đã đổi vai trò."),
    )


def _change(
    producer_id: int, form: Form, do: Callable[[], object], said: str, **page: Any
) -> ResponseReturnValue:
    """Do what a valid form asks, or show the members again with what is wrong."""
    if not form.validate():
        return _page(producer_id, MemberForm(), 422, **page)
    try:
        do()
    except DomainError as error:
        if status_of(error) not in {409, 422}:
            raise
        form.add_error(error)
        flash(str(_(error.text)), "bad")
        return _page(producer_id, MemberForm(), status_of(error), **page)
    write_session().commit()
    flash(_(said), "ok")
    return _back(producer_id)


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/<int:person_id>/dung")
@role("producer")
def revoke_consent(producer_id: int, person_id: int) -> ResponseReturnValue:
    """Stop a supporter at once."""
    rules.require_producer(actor(), producer_id, owner=True)
    db = write_session()
    services.revoke_consent(
        db,
        producer_id=producer_id,
        person_id=person_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã dừng. Từ lúc này người đó không làm thay cơ sở được nữa.")), "ok")
    return _back(producer_id)


@bp.post("/ban-hang/thanh-vien/<int:producer_id>/<int:person_id>/bo")
@role("producer")
def remove_member(producer_id: int, person_id: int) -> ResponseReturnValue:
    """Let a person work for the producer no longer; one may always leave oneself."""
    is_own = person_id == actor().id()
    rules.require_producer(actor(), producer_id, owner=not is_own)
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
    flash(_(N_("Bạn đã rời cơ sở.")) if is_own else _(N_("Đã bỏ thành viên.")), "ok")
    return redirect("/tai-khoan/noi-lam-viec", 303) if is_own else _back(producer_id)
