"""Pages about money: paying, the desks of producers and staff, payee accounts, webhooks."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from shop.accounts.rules import require_producer, require_staff
from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid, NotFound
from shop.orders.models import Order
from shop.orders.routes import buyers_page
from shop.orders.rules import read_code
from shop.payments import desk, panels, queries, refund_desk, services, unmatched
from shop.payments.asking import ask_provider, call_off, take_push
from shop.payments.banks import BANKS, bank_name
from shop.payments.configuration import config_of
from shop.payments.forms import DecisionForm, PayeeForm, ReceiptForm, WayForm
from shop.payments.models import PayeeAccount, PaymentAttempt
from shop.payments.provider import (
    BadSignature,
    Malformed,
    Provider,
    ProviderRefused,
    ProviderSilent,
)
from shop.payments.registry import all_providers, provider_called
from shop.payments.rules import NotPayable
from shop.payments.starting import start_attempt
from shop.web.access import actor, has_signed_link, role, sign, signed_link, webhook
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session

bp = Blueprint("payments", __name__)

_ID = f"<int(min=1,max={MAX_ID}):"


# The buyer


def _buyers_order(db: Session, code: str) -> Order:
    """The order for whoever holds its link, or for its signed-in buyer. Raises NotFound."""
    order = queries.order_called(db, read_code(code) or "")
    if order is None:
        raise NotFound
    if not has_signed_link() and order.buyer_id != actor().id():
        raise NotFound
    return order


def _order_page(code: str) -> str:
    return url_for("orders.show", code=code, k=sign("order", code))


@bp.get("/don-hang/<code>/ma-qr.png")
@signed_link("order")
def transfer_qr(code: str) -> Response:
    """The transfer's QR as a picture to save."""
    db = read_session()
    order = _buyers_order(db, code)
    view = panels.pay_view(db, order.id, config_of(database()), clock.now())
    if view is None or view.instruction is None or not view.instruction.qr_payload:
        raise NotFound
    answer = Response(panels.qr_png(view.instruction.qr_payload), mimetype="image/png")
    answer.headers["Content-Disposition"] = f'attachment; filename="vietqr-{order.code}.png"'
    return answer


def _buyers_attempt(code: str) -> PaymentAttempt:
    """The attempt at the provider's own page. Raises NotFound, NotPayable."""
    db = read_session()
    order = _buyers_order(db, code)
    attempt = queries.attempt_of(db, order.id, order.payment_provider)
    if attempt is None or not provider_called(attempt.provider).capabilities.redirect:
        raise NotPayable
    return attempt


@bp.post("/don-hang/<code>/thanh-toan")
@limiter.limit("20 per minute")
@signed_link("order")
def pay(code: str) -> Any:
    """Open the provider's page (again); the order page then links to it."""
    attempt = _buyers_attempt(code)
    try:
        start_attempt(database(), attempt.id, config_of(database()), clock.now())
    except (ProviderSilent, ProviderRefused) as trouble:
        flash(say(trouble), "warn")
    return redirect(_order_page(code), 303)


@bp.post("/don-hang/<code>/thanh-toan/kiem-tra")
@limiter.limit("20 per minute")
@signed_link("order")
def check(code: str) -> Any:
    """Ask the provider now whether the money has come."""
    attempt = _buyers_attempt(code)
    outcome = "open"
    if attempt.provider_ref:
        try:
            outcome = ask_provider(
                database(),
                provider_called(attempt.provider),
                config_of(database()),
                attempt.provider_ref,
                clock.now(),
            )
        except (ProviderSilent, ProviderRefused, Malformed) as trouble:
            flash(say(trouble), "warn")
    if outcome == "open":
        flash(_("Chưa thấy tiền về. Trang sẽ tự cập nhật khi nơi thu tiền báo."), "info")
    return redirect(_order_page(code), 303)


@bp.post("/don-hang/<code>/cach-tra-tien")
@limiter.limit("20 per minute")
@signed_link("order")
def choose(code: str) -> Any:
    """Pay another way, or the same way once more after it lapsed."""
    form = WayForm.read()
    if not form.validate():
        flash(_("Vui lòng chọn một cách trả tiền."), "warn")
        return buyers_page(code, 422)
    db, config, now = write_session(), config_of(database()), clock.now()
    order = _buyers_order(db, code)
    try:
        chosen = services.choose_way(
            db,
            order_id=order.id,
            slug=form.payment.data,
            config=config,
            actor_id=actor().person_id,
            now=now,
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        flash(say(refusal), "warn")
        return buyers_page(code, status_of(refusal))
    db.commit()
    try:
        if chosen.to_cancel is not None:
            call_off(database(), chosen.to_cancel, config, now)
        if chosen.to_start is not None:
            start_attempt(database(), chosen.to_start, config, now)
    except (ProviderSilent, ProviderRefused, Malformed, NotPayable) as trouble:
        flash(say(trouble), "warn")
    return redirect(_order_page(order.code), 303)


# The producer


def _sellers_order(db: Session, code: str) -> Order:
    """The order for members of its producer. Raises NotFound."""
    order = queries.order_called(db, read_code(code) or "")
    if order is None:
        raise NotFound
    require_producer(actor(), order.producer_id)
    return order


def _receipt_page(db: Session, order: Order, form: ReceiptForm, status: int = 200) -> Any:
    view = panels.pay_view(db, order.id, config_of(database()), clock.now())
    if view is None:
        raise NotFound
    return render_template("payments/receipt.html", form=form, view=view, order=order), status


@bp.get("/ban-hang/don-hang/<code>/nhan-tien")
@role("producer")
def receipt(code: str) -> Any:
    """Ask what money the producer saw."""
    db = read_session()
    form = ReceiptForm(submit_key=secrets.token_urlsafe(16))
    return _receipt_page(db, _sellers_order(db, code), form)


@bp.post("/ban-hang/don-hang/<code>/nhan-tien")
@role("producer")
def confirm_receipt(code: str) -> Any:
    """Record the money; the order follows."""
    form = ReceiptForm.read()
    if not form.validate():
        db = read_session()
        return _receipt_page(db, _sellers_order(db, code), form, 422)
    db = write_session()
    order = _sellers_order(db, code)
    try:
        outcome = services.confirm_receipt(
            db,
            order_id=order.id,
            amount_vnd=form.amount.data,
            reference=form.reference.data or "",
            is_extra=bool(form.is_extra.data),
            submit_key=form.submit_key.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _receipt_page(db, _sellers_order(db, code), form, status_of(refusal))
    db.commit()
    if outcome == "duplicate":
        flash(_("Khoản tiền này đã được ghi trước đó, không ghi lần nữa."), "info")
    else:
        flash(_("Đã ghi nhận tiền cho đơn %(code)s.", code=order.code), "ok")
    return redirect(url_for("payments.receipt", code=order.code), 303)


@bp.get("/ban-hang/doi-soat")
@role("producer")
def producer_desk() -> Any:
    """Transfers awaited and money that came."""
    db, own = read_session(), sorted(actor().producers)
    return render_template(
        "payments/producer_desk.html",
        awaited=desk.awaited_transfers(db, own, clock.now()),
        ledger=desk.recent_money(db, own),
        refunds=refund_desk.count_for_sellers(db, actor()),
        unmatched=unmatched.count_unmatched(db, unmatched.of_producers(own)),
    )


def _payee_page(form: PayeeForm, status: int = 200) -> Any:
    db, now = read_session(), clock.now()
    own = desk.owned_producers(db, actor())
    rows = [
        desk.PayeeState(
            producer,
            queries.payee_account(db, producer.id, now),
            queries.payee_accounts(db, producer.id),
        )
        for producer in own
    ]
    page = render_template(
        "payments/payee.html", rows=rows, form=form, now_=now, bank_name=bank_name
    )
    return page, status


@bp.get("/ban-hang/tai-khoan-nhan-tien")
@role("producer")
def payee() -> Any:
    """Where the producer is paid, and the form to change it."""
    own = [pid for pid, held in sorted(actor().producers.items()) if held == "owner"]
    return _payee_page(PayeeForm(producer_id=own[0] if own else None))


@bp.post("/ban-hang/tai-khoan-nhan-tien")
@role("producer")
def submit_payee() -> Any:
    """Ask for a payee account."""
    form = PayeeForm.read()
    if not form.validate():
        return _payee_page(form, 422)
    producer_id = form.producer_id.data or 0
    require_producer(actor(), producer_id, owner=True)
    db = write_session()
    try:
        services.submit_account(
            db,
            producer_id=producer_id,
            bank_bin=form.chosen_bin,
            number=form.bare_number,
            holder=form.holder.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _payee_page(form, status_of(refusal))
    db.commit()
    flash(_("Đã gửi tài khoản. Cán bộ Đoàn sẽ kiểm tra trước khi dùng."), "ok")
    return redirect(url_for("payments.payee"), 303)


@bp.post(f"/ban-hang/tai-khoan-nhan-tien/{_ID}account_id>/huy")
@role("producer")
def withdraw_payee(account_id: int) -> Any:
    """Stop an account that is not in force yet."""
    db = write_session()
    account = db.get(PayeeAccount, account_id)
    if account is None:
        raise NotFound
    require_producer(actor(), account.producer_id, owner=True)
    services.withdraw_account(
        db,
        account_id=account.id,
        producer_id=account.producer_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_("Đã dừng thay đổi tài khoản nhận tiền."), "ok")
    return redirect(url_for("payments.payee"), 303)


# Staff


@bp.get("/can-bo/tai-khoan-nhan-tien")
@role("staff")
def payee_queue() -> Any:
    """Payee accounts that wait for a second person."""
    return _payee_queue(DecisionForm())


def _payee_queue(form: Form, status: int = 200, failed_id: int | None = None) -> Any:
    rows = desk.waiting_accounts(read_session(), actor())
    page = render_template(
        "payments/payee_queue.html",
        rows=rows,
        form=form,
        failed_id=failed_id,
        bank_name=bank_name,
        banks=BANKS,
    )
    return page, status


@bp.post(f"/can-bo/tai-khoan-nhan-tien/{_ID}account_id>")
@role("staff")
def decide_payee(account_id: int) -> Any:
    """Approve or refuse a payee account."""
    form = DecisionForm.read()
    if not form.validate():
        return _payee_queue(form, 422, account_id)
    db = write_session()
    account = db.get(PayeeAccount, account_id)
    producer = db.get(Producer, account.producer_id) if account else None
    if account is None or producer is None:
        raise NotFound
    require_staff(actor(), producer.province_code)
    try:
        services.decide_account(
            db,
            account_id=account.id,
            is_approved=form.decision.data == "approve",
            actor_id=actor().id(),
            now=clock.now(),
            note=form.note.data or "",
            is_bank_checked=bool(form.is_bank_checked.data),
        )
    except Invalid as refusal:
        db.rollback()
        form.add_error(refusal)
        return _payee_queue(form, status_of(refusal), account_id)
    db.commit()
    flash(_("Đã ghi quyết định. Mọi thành viên của cơ sở đều được báo."), "ok")
    return redirect(url_for("payments.payee_queue"), 303)


# Providers


def _receiver(provider: Provider) -> Callable[[], Any]:
    def take() -> Any:
        if request.method == "HEAD":
            return "", 204
        is_query = provider.push_method == "GET"
        body = request.query_string if is_query else request.get_data(cache=False)
        config = config_of(database())
        headers = dict(request.headers.items())
        try:
            outcome = take_push(database(), provider, config, headers, body, clock.now())
        except (BadSignature, Malformed) as refusal:
            if provider.refusal is None:
                raise
            code = "bad_signature" if isinstance(refusal, BadSignature) else "malformed"
            return provider.refusal(code), status_of(refusal)
        status, told = provider.reply(outcome)
        return ("" if told is None else told), status

    return take


for _provider in all_providers().values():
    if _provider.parse_push is not None:
        bp.add_url_rule(
            f"/webhooks/{_provider.slug}",
            endpoint=f"webhook_{_provider.slug}",
            view_func=webhook(_provider.slug)(_receiver(_provider)),
            methods=[_provider.push_method],
        )
