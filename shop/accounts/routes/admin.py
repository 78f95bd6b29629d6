"""Pages for admins: people, their staff scope, the audit log."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts import queries, services
from shop.accounts.forms import CommuneForm, PersonSearchForm, ReasonForm, ScopeForm
from shop.accounts.routes.base import PAGE_SIZE, bp
from shop.accounts.rules import EVERYWHERE
from shop.core import clock
from shop.core.errors import Conflict
from shop.core.text import N_, clean
from shop.places.queries import commune_options, get_commune, list_provinces
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session


def _provinces(db: Session) -> dict[str, str]:
    names = {province.code: province.name for province in list_provinces(db)}
    return {EVERYWHERE: _(N_("Cả nước"))} | names


@bp.get("/can-bo/nguoi-dung")
@role("admin")
def people() -> ResponseReturnValue:
    """Find a person."""
    db, form = read_session(), PersonSearchForm(request.args)
    words = form.q.data if form.validate() else ""
    statement = queries.find_people(words or "")
    page = Page(
        number=page_number(request.args.get("trang")),
        size=PAGE_SIZE,
        total=queries.count(db, statement),
        url=lambda n: url_for(".people", q=words or None, trang=n),
    )
    found = db.scalars(statement.limit(page.size).offset(page.offset)).all()
    return render_template(
        "accounts/people.html",
        form=form,
        people=found,
        scopes=queries.scopes_of(db, [person.id for person in found]),
        provinces=_provinces(db),
        page=page,
    )


def _person_page(
    person_id: int,
    status: int = 200,
    *,
    reason_form: ReasonForm | None = None,
    scope_form: ScopeForm | None = None,
) -> ResponseReturnValue:
    db = read_session()
    person = services.get_person(db, person_id)
    provinces = _provinces(db)
    form = scope_form or ScopeForm()
    form.province_code.choices = list(provinces.items())
    chosen = clean(request.values.get("tinh", ""))[:2]
    commune_form = CommuneForm()
    commune_form.commune_code.choices = commune_options(db, chosen) if chosen else []
    return render_template(
        "accounts/person.html",
        person=person,
        scopes=queries.scopes_of(db, [person.id]).get(person.id, []),
        provinces=provinces,
        reason_form=reason_form or ReasonForm(),
        scope_form=form,
        communes=queries.communes_of(db, person.id),
        commune_form=commune_form,
        commune_province=chosen,
        sign_ins=queries.live_sign_ins(db, person.id, clock.now()),
    ), status


@bp.get("/can-bo/nguoi-dung/<int:person_id>")
@role("admin")
def person(person_id: int) -> ResponseReturnValue:
    """One person: state, staff scope, sign-ins."""
    return _person_page(person_id)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/khoa")
@role("admin")
def disable_person(person_id: int) -> ResponseReturnValue:
    """Shut a person out at once."""
    form = ReasonForm.read()
    if not form.validate():
        return _person_page(person_id, 422, reason_form=form)
    db = write_session()
    try:
        services.disable_person(
            db,
            person_id=person_id,
            actor_id=actor().id(),
            now=clock.now(),
            reason=form.reason.data,
        )
    except Conflict as error:
        form.add_error(error)
        return _person_page(person_id, status_of(error), reason_form=form)
    db.commit()
    flash(_(N_("Đã khóa tài khoản và đăng xuất mọi thiết bị.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/mo")
@role("admin")
def enable_person(person_id: int) -> ResponseReturnValue:
    """Let a person in again."""
    db = write_session()
    services.enable_person(db, person_id=person_id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(_(N_("Đã mở lại tài khoản.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/xac-thuc")
@role("admin")
def reset_second_factor(person_id: int) -> ResponseReturnValue:
    """Forget the second factor of someone who lost their phone."""
    form = ReasonForm.read()
    if not form.validate():
        return _person_page(person_id, 422, reason_form=form)
    db = write_session()
    services.drop_second_factor(
        db,
        services.get_person(db, person_id),
        actor_id=actor().id(),
        now=clock.now(),
        note=form.reason.data,
    )
    db.commit()
    flash(_(N_("Người này sẽ cài lại xác thực hai bước ở lần đăng nhập tới.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/pham-vi")
@role("admin")
def give_scope(person_id: int) -> ResponseReturnValue:
    """Make a person staff of a province."""
    form = ScopeForm.read()
    form.province_code.choices = list(_provinces(read_session()).items())
    if not form.validate():
        return _person_page(person_id, 422, scope_form=form)
    db = write_session()
    services.give_staff_scope(
        db,
        person_id=services.get_person(db, person_id).id,
        province_code=form.province_code.data,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã giao phạm vi.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/xa")
@role("admin")
def give_commune(person_id: int) -> ResponseReturnValue:
    """Make a person an officer of a commune: ``tinh``, ``commune_code``."""
    db = write_session()
    commune = get_commune(
        db,
        clean(request.form.get("tinh", ""))[:2],
        clean(request.form.get("commune_code", ""))[:5],
    )
    services.give_commune_scope(
        db,
        person_id=services.get_person(db, person_id).id,
        commune_code=commune.code,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã giao phạm vi.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/xa/bo")
@role("admin")
def take_commune(person_id: int) -> ResponseReturnValue:
    """End a person's say in a commune."""
    db = write_session()
    services.take_commune_scope(
        db,
        person_id=person_id,
        commune_code=clean(request.form.get("commune_code", ""))[:5],
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã bỏ phạm vi.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/can-bo/nguoi-dung/<int:person_id>/pham-vi/bo")
@role("admin")
def take_scope(person_id: int) -> ResponseReturnValue:
    """End a person's staff scope of a province."""
    db = write_session()
    services.take_staff_scope(
        db,
        person_id=person_id,
        province_code=clean(request.form.get("province_code", ""))[:2],
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã bỏ phạm vi.")), "ok")
    return redirect(url_for(".person", person_id=person_id), 303)
