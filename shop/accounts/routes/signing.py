"""Signing up, in and out, and the second factor."""

import base64
import hashlib
import hmac

import pyotp
import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from shop.accounts import passwords, queries, rules, services
from shop.accounts.forms import CodeForm, SignInForm, SignUpForm
from shop.accounts.routes.base import bp, digest, source_digest
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.web import access
from shop.web.access import ANONYMOUS, SessionUser, public, session_token, signed_in
from shop.web.actor import Actor
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import language
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

TOO_MANY = 429
ISSUER = "Chợ Phiên"


def _page(template: str, form: Form, status: int = 200, **context: object) -> ResponseReturnValue:
    headers = {"Retry-After": "900"} if status == TOO_MANY else {}
    return render_template(template, form=form, **context), status, headers


def _refused(
    template: str, form: Form, error: DomainError, **context: object
) -> ResponseReturnValue:
    form.add_error(error)
    is_throttled = isinstance(error, rules.TooManyTries)
    return _page(template, form, TOO_MANY if is_throttled else status_of(error), **context)


def _enter(token: str, goal: str) -> ResponseReturnValue:
    """Give the browser its cookie and send it on."""
    session.permanent = True
    login_user(SessionUser(token, ANONYMOUS))
    return redirect(goal, 303)


def _goal(typed: str | None, actor: Actor | None) -> str:
    asked = rules.local_path(typed)
    return asked or request.script_root + rules.home_of(actor or ANONYMOUS)


@bp.get("/dang-nhap")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in form."""
    return _page("accounts/sign_in.html", SignInForm(tiep=request.args.get("tiep", "")))


@bp.post("/dang-nhap")
@limiter.limit("60 per minute")
@public
def start_sign_in() -> ResponseReturnValue:
    """Compare the password, judge the try, open the session."""
    template, form, now = "accounts/sign_in.html", SignInForm.read(), clock.now()
    if not form.validate():
        return _page(template, form, 422)
    login = form.parsed_login
    digests = {
        "login_digest": digest("login", str(login or form.login.data)),
        "source_digest": source_digest(),
    }
    person = queries.person_of_login(read_session(), login) if login else None
    stored = person.password_hash if person else None
    is_right = passwords.is_password(stored, form.password.data)
    is_outdated = is_right and stored is not None and passwords.is_outdated(stored)
    new_hash = passwords.hash_password(form.password.data) if is_outdated else None
    db = write_session()
    try:
        token = services.sign_in(
            db,
            person_id=person.id if person else None,
            verified_hash=stored if is_right else None,
            new_hash=new_hash,
            old_token=session_token(),
            device=rules.device_name(request.user_agent.string),
            now=now,
            **digests,
        )
    except DomainError as error:
        return _refused(template, form, error)
    actor = queries.actor_of_person(db, person.id) if person and token else None
    db.commit()
    if token is None:
        return _refused(template, form, rules.WrongLogin())
    return _enter(token, _goal(form.tiep.data, actor))


@bp.get("/dang-ky")
@public
def sign_up() -> ResponseReturnValue:
    """The sign-up form."""
    return _page("accounts/sign_up.html", SignUpForm(tiep=request.args.get("tiep", "")))


@bp.post("/dang-ky")
@limiter.limit("30 per minute;200 per hour")
@public
def start_account() -> ResponseReturnValue:
    """Make the account and sign in."""
    template, form, now = "accounts/sign_up.html", SignUpForm.read(), clock.now()
    if not form.validate():
        return _page(template, form, 422)
    login, password = form.parsed_login, form.password.data
    try:
        rules.check_password(password, common=passwords.common_passwords(), login=str(login))
        password_hash = passwords.hash_password(password)
        db = write_session()
        person = services.create_person(
            db,
            name=form.name.data,
            email=login.email,
            phone=login.phone,
            password_hash=password_hash,
            language=language(),
            now=now,
        )
        token = services.start_sign_in(
            db, person, now=now, device=rules.device_name(request.user_agent.string)
        )
        if session_token():
            services.end_sign_in(db, token=session_token(), now=now)
    except (Invalid, Conflict) as error:
        return _refused(template, form, error)
    db.commit()
    flash(_(N_("Tài khoản đã sẵn sàng.")), "ok")
    return _enter(token, _goal(form.tiep.data, None))


@bp.post("/dang-xuat")
@public
def sign_out() -> ResponseReturnValue:
    """End this device's sign-in for good and empty its cookie."""
    token = session_token()
    if token:
        db = write_session()
        services.end_sign_in(db, token=token, now=clock.now())
        db.commit()
    logout_user()
    session.clear()
    return redirect(request.script_root + "/", 303)


def _new_secret(person_id: int) -> str:
    """The secret offered for enrolment: the same for every view of one sign-in, stored nowhere."""
    key = str(current_app.secret_key).encode()
    message = f"totp|{person_id}|{session_token()}".encode()
    return base64.b32encode(hmac.new(key, message, hashlib.sha256).digest()[:20]).decode()


def _second_factor_page(form: CodeForm, error: DomainError | None = None) -> ResponseReturnValue:
    template, who = "accounts/second_factor.html", access.actor()
    person = services.get_person(read_session(), who.id())
    context: dict[str, object] = {"is_enrolled": person.totp_secret is not None}
    if person.totp_secret is None:
        secret = _new_secret(person.id)
        login = person.email or person.phone or ""
        address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
        context |= {
            "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
            "qr": segno.make(address, error="m").svg_inline(scale=5, light="#fff", border=3),
        }
    if error is not None:
        return _refused(template, form, error, **context)
    return _page(template, form, 422 if form.errors else 200, **context)


@bp.get("/tai-khoan/xac-thuc")
@signed_in
def second_factor() -> ResponseReturnValue:
    """Enrol an authenticator application, or ask for its code."""
    return _second_factor_page(CodeForm(tiep=request.args.get("tiep", "")))


@bp.post("/tai-khoan/xac-thuc")
@limiter.limit("60 per minute")
@signed_in
def pass_second_factor() -> ResponseReturnValue:
    """Check a code; each is taken once."""
    form, now, person_id = CodeForm.read(), clock.now(), access.actor().id()
    if not form.validate():
        return _second_factor_page(form)
    db = write_session()
    person = services.get_person(db, person_id)
    try:
        is_passed = services.try_second_factor(
            db,
            person,
            code=form.code.data,
            token=session_token(),
            offered_secret=_new_secret(person_id),
            login_digest=digest("second factor", str(person_id)),
            source_digest=source_digest(),
            now=now,
        )
    except rules.TooManyTries as error:
        return _second_factor_page(form, error)
    actor = queries.actor_of_person(db, person_id)
    db.commit()
    if not is_passed:
        return _second_factor_page(form, rules.WrongCode(field="code"))
    flash(_(N_("Đã xác thực hai bước.")), "ok")
    return redirect(_goal(form.tiep.data, actor), 303)


@bp.post("/tai-khoan/xac-thuc/bo")
@signed_in
def drop_second_factor() -> ResponseReturnValue:
    """Forget the second factor of a person who need not have one; asks for a code."""
    form, now, person_id = CodeForm.read(), clock.now(), access.actor().id()
    if not form.validate():
        return _second_factor_page(form)
    db = write_session()
    person = services.get_person(db, person_id)
    try:
        is_passed = services.try_second_factor(
            db,
            person,
            code=form.code.data,
            token=session_token(),
            offered_secret="",
            login_digest=digest("second factor", str(person_id)),
            source_digest=source_digest(),
            now=now,
        )
    except rules.TooManyTries as error:
        return _second_factor_page(form, error)
    if is_passed:
        services.drop_second_factor(db, person, actor_id=person_id, now=now)
    db.commit()
    if not is_passed:
        return _second_factor_page(form, rules.WrongCode(field="code"))
    flash(_(N_("Đã bỏ xác thực hai bước.")), "ok")
    return redirect(url_for("accounts.profile"), 303)
