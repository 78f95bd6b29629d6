"""The own account: profile, password, sign-ins, API tokens."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts import passwords, queries, rules, services
from shop.accounts.forms import SCOPE_LABELS, ApiTokenForm, PasswordForm, ProfileForm
from shop.accounts.models import Person
from shop.accounts.routes.base import bp, digest, source_digest
from shop.core import clock
from shop.core.errors import DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, session_token, signed_in
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

HERE = "accounts/profile.html"


def _me() -> Person:
    return services.get_person(read_session(), actor().id())


def _profile_page(
    status: int = 200,
    *,
    form: ProfileForm | None = None,
    password_form: PasswordForm | None = None,
) -> ResponseReturnValue:
    me = _me()
    return render_template(
        HERE,
        me=me,
        form=form or ProfileForm(name=me.name, language=me.language),
        password_form=password_form or PasswordForm(),
    ), status


@bp.get("/tai-khoan/ho-so")
@signed_in
def profile() -> ResponseReturnValue:
    """Name, language, password, second factor."""
    return _profile_page()


@bp.post("/tai-khoan/ho-so")
@signed_in
def save_profile() -> ResponseReturnValue:
    """Change name and language."""
    form = ProfileForm.read()
    if not form.validate():
        return _profile_page(422, form=form)
    db = write_session()
    services.change_profile(
        db,
        services.get_person(db, actor().id()),
        name=form.name.data,
        language=form.language.data,
    )
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for(".profile"), 303)


@bp.post("/tai-khoan/mat-khau")
@limiter.limit("30 per minute")
@signed_in
def save_password() -> ResponseReturnValue:
    """Change the password; every other device is signed out."""
    form, now, me = PasswordForm.read(), clock.now(), _me()
    if not form.validate():
        return _profile_page(422, password_form=form)
    is_right = passwords.is_password(me.password_hash, form.current.data)
    try:
        rules.check_password(
            form.password.data,
            common=passwords.common_passwords(),
            login=me.email or me.phone or "",
        )
        new_hash = passwords.hash_password(form.password.data)
        db = write_session()
        is_passed = services.judge_try(
            db,
            is_right=is_right,
            login_digest=digest("password", str(me.id)),
            source_digest=source_digest(),
            now=now,
        )
    except DomainError as error:
        form.add_error(error)
        return _profile_page(status_of(error), password_form=form)
    if is_passed:
        person = services.get_person(db, me.id)
        services.change_password(
            db, person, password_hash=new_hash, kept_token=session_token(), now=now
        )
    db.commit()
    if not is_passed:
        form.add_error(Invalid(N_("Mật khẩu đang dùng chưa đúng."), field="current"))
        return _profile_page(422, password_form=form)
    flash(_(N_("Đã đổi mật khẩu. Các thiết bị khác đã bị đăng xuất.")), "ok")
    return redirect(url_for(".profile"), 303)


@bp.get("/tai-khoan/phien")
@signed_in
def sign_ins() -> ResponseReturnValue:
    """The devices that are signed in."""
    rows = queries.live_sign_ins(read_session(), actor().id(), clock.now())
    here = services.token_digest(session_token())
    return render_template("accounts/sign_ins.html", rows=rows, here=here)


@bp.post("/tai-khoan/phien/<int:sign_in_id>/ket-thuc")
@signed_in
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign one device out."""
    db = write_session()
    services.end_sign_in_by_id(db, person_id=actor().id(), sign_in_id=sign_in_id, now=clock.now())
    db.commit()
    flash(_(N_("Thiết bị đó đã bị đăng xuất.")), "ok")
    return redirect(url_for(".sign_ins"), 303)


@bp.post("/tai-khoan/phien/ket-thuc-khac")
@signed_in
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign every other device out."""
    db = write_session()
    services.end_other_sign_ins(
        db, person_id=actor().id(), kept_token=session_token(), now=clock.now()
    )
    db.commit()
    flash(_(N_("Các thiết bị khác đã bị đăng xuất.")), "ok")
    return redirect(url_for(".sign_ins"), 303)


def _tokens_page(
    form: ApiTokenForm, status: int = 200, *, made: str | None = None
) -> ResponseReturnValue:
    rows = queries.api_tokens_of(read_session(), actor().id(), clock.now())
    return render_template(
        "accounts/api_tokens.html", form=form, rows=rows, made=made, scope_labels=SCOPE_LABELS
    ), status


@bp.get("/tai-khoan/ma-api")
@signed_in
def api_tokens() -> ResponseReturnValue:
    """Tokens for programs."""
    return _tokens_page(ApiTokenForm())


@bp.post("/tai-khoan/ma-api")
@signed_in
def create_api_token() -> ResponseReturnValue:
    """Make a token; the answer is the only page that ever shows it."""
    form, now = ApiTokenForm.read(), clock.now()
    if not form.validate():
        return _tokens_page(form, 422)
    db = write_session()
    try:
        made = services.create_api_token(
            db,
            person_id=actor().id(),
            label=form.label.data,
            scopes=form.scopes.data or [],
            days=int(form.days.data),
            now=now,
        )
    except DomainError as error:
        db.rollback()
        form.add_error(error)
        return _tokens_page(form, status_of(error))
    db.commit()
    return _tokens_page(ApiTokenForm(formdata=None), made=made)


@bp.post("/tai-khoan/ma-api/<int:token_id>/thu-hoi")
@signed_in
def revoke_api_token(token_id: int) -> ResponseReturnValue:
    """End a token."""
    db = write_session()
    services.revoke_api_token(db, person_id=actor().id(), token_id=token_id, now=clock.now())
    db.commit()
    flash(_(N_("Mã truy cập đã bị thu hồi.")), "ok")
    return redirect(url_for(".api_tokens"), 303)
