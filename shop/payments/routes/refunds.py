"""Pages of refunds: the seller's, the staff's, and where the buyer names an account."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.catalogue.pictures import MAX_BYTES
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.orders.models import Order
from shop.orders.routes import buyers_order
from shop.orders.rules import read_code
from shop.payments import queries, refund_desk, services
from shop.payments.banks import bank_name
from shop.payments.configuration import config_of
from shop.payments.forms import AccountForm
from shop.payments.proofs import Proof, proof_name, store_proof
from shop.payments.refund_desk import SELLERS, RefundPage
from shop.payments.refund_forms import AskForm, PayoutForm, RefusalForm
from shop.payments.rules import REASON_WORDS, REFUND_WORDS
from shop.payments.transfer_qr import Transfer, encode
from shop.web.access import actor, role, sign, signed_link
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import database, house, read_session, uploaded, write_session

bp = Blueprint("refunds", __name__)

_ID = f"<int(min=1,max={MAX_ID}):"
_TABS: dict[str, refund_desk.Tab] = {"viec": "viec", "hong": "hong", "xong": "xong"}
_WORDS = {
    "reason_words": REASON_WORDS,
    "refund_words": REFUND_WORDS,
    "bank_name": bank_name,
}


def _limit() -> int:
    return config_of(database()).second_person_vnd


def _tab() -> refund_desk.Tab:
    return _TABS.get(request.args.get("muc", ""), "viec")


@bp.get("/ban-hang/hoan-tien")
@role("producer")
def sellers() -> str:
    """The refunds of one's own orders."""
    rows = refund_desk.refunds_of_sellers(read_session(), actor(), _tab())
    return render_template(
        "payments/refunds.html", frame="workspaces/producer.html", rows=rows, tab=_tab(), **_WORDS
    )


@bp.get("/can-bo/hoan-tien")
@role("staff")
def staff() -> str:
    """The refunds of one's provinces."""
    rows = refund_desk.refunds_for_staff(read_session(), actor(), _tab())
    return render_template(
        "payments/refunds.html", frame="workspaces/staff.html", rows=rows, tab=_tab(), **_WORDS
    )


@bp.get("/can-bo/khieu-nai")
@role("staff")
def disputes() -> str:
    """Charges that buyers' banks question."""
    db = read_session()
    return render_template(
        "payments/disputes.html",
        open_=refund_desk.disputes_for_staff(db, actor()),
        ended=refund_desk.disputes_for_staff(db, actor(), is_open=False),
    )


# Asking


def _order_to_refund(db: Session, code: str) -> tuple[Order, bool]:
    """The order whose money the person may decide on, and whether they are its seller."""
    order = queries.order_called(db, read_code(code) or "")
    producer = db.get(Producer, order.producer_id) if order is not None else None
    if order is None or producer is None:
        raise NotFound
    if actor().producers.get(order.producer_id) in SELLERS:
        return order, True
    if actor().is_staff_of(producer.province_code):
        return order, False
    raise NotFound


def _ask_page(db: Session, order: Order, form: Form, is_seller: bool, status: int = 200) -> Any:
    page = render_template(
        "payments/refund_ask.html",
        frame="workspaces/producer.html" if is_seller else "workspaces/staff.html",
        is_seller=is_seller,
        order=order,
        form=form,
        left_vnd=services.refundable_vnd(db, order),
        limit_vnd=_limit(),
    )
    return page, status


@bp.get("/hoan-tien/moi/<code>")
@role("producer", "staff")
def ask(code: str) -> Any:
    """Ask how much goes back."""
    db = read_session()
    order, is_seller = _order_to_refund(db, code)
    return _ask_page(db, order, AskForm(submit_key=secrets.token_urlsafe(16)), is_seller)


@bp.post("/hoan-tien/moi/<code>")
@role("producer", "staff")
def start(code: str) -> Any:
    """Decide to give money back."""
    form = AskForm.read()
    if not form.validate() or not form.submit_key.data:
        db = read_session()
        order, is_seller = _order_to_refund(db, code)
        return _ask_page(db, order, form, is_seller, 422)
    db = write_session()
    order, is_seller = _order_to_refund(db, code)
    try:
        made = services.ask_refund(
            db,
            order_id=order.id,
            amount_vnd=form.amount.data,
            reason=form.reason.data,
            asked_by="producer" if is_seller else "staff",
            actor_id=actor().id(),
            cause=f"form:{form.submit_key.data}",
            note=form.note.data or "",
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _ask_page(db, order, form, is_seller, status_of(refusal))
    db.commit()
    flash(_("Đã ghi khoản hoàn. Làm tiếp theo các bước bên dưới."), "ok")
    return redirect(url_for(".show", refund_id=made[0].id), 303)


# One refund


def _page(refund_id: int, form: Form | None = None, status: int = 200) -> Any:
    db = read_session()
    page = refund_desk.refund_page(db, actor(), refund_id, _limit())
    is_seller = page.producer.id in actor().producers
    shown = render_template(
        "payments/refund.html",
        frame="workspaces/producer.html" if is_seller else "workspaces/staff.html",
        is_seller=is_seller,
        page=page,
        form=form if isinstance(form, PayoutForm) else PayoutForm(),
        no=form if isinstance(form, RefusalForm) else RefusalForm(),
        limit_vnd=_limit(),
        **_WORDS,
    )
    return shown, status


def _do(
    refund_id: int,
    form: Form | None,
    may: Callable[[RefundPage], bool],
    verb: Callable[[Session], object],
) -> Any:
    """One step of a refund: judge the rights again, do it, come back to its page."""
    if form is not None and not form.validate():
        return _page(refund_id, form, 422)
    db = write_session()
    page = refund_desk.refund_page(db, actor(), refund_id, _limit())
    try:
        if not may(page):
            raise NotAllowed
        verb(db)
    except (Invalid, Conflict) as refusal:
        db.rollback()
        if form is not None:
            form.add_error(refusal)
            return _page(refund_id, form, status_of(refusal))
        raise
    db.commit()
    flash(_("Đã ghi."), "ok")
    return redirect(url_for(".show", refund_id=refund_id), 303)


def _decides(page: RefundPage) -> bool:
    is_staff = actor().is_staff_of(page.producer.province_code)
    return is_staff if page.is_operator_money else is_staff or _sells(page)


def _sells(page: RefundPage) -> bool:
    return actor().producers.get(page.producer.id) in SELLERS


def _pays(page: RefundPage) -> bool:
    is_staff = actor().is_staff_of(page.producer.province_code)
    return is_staff if page.is_operator_money else _sells(page)


@bp.get(f"/hoan-tien/{_ID}refund_id>")
@role("producer", "staff")
def show(refund_id: int) -> Any:
    """One refund and the next step."""
    return _page(refund_id)


@bp.post(f"/hoan-tien/{_ID}refund_id>/duyet")
@role("producer", "staff")
def approve(refund_id: int) -> Any:
    """Agree to it."""
    return _do(
        refund_id,
        None,
        _decides,
        lambda db: services.approve_refund(
            db,
            refund_id=refund_id,
            limit_vnd=_limit(),
            actor_id=actor().id(),
            now=clock.now(),
        ),
    )


@bp.post(f"/hoan-tien/{_ID}refund_id>/khong")
@role("producer", "staff")
def reject(refund_id: int) -> Any:
    """Say no to a wish."""
    form = RefusalForm.read()
    return _do(
        refund_id,
        form,
        _decides,
        lambda db: services.reject_refund(
            db, refund_id=refund_id, note=form.note.data, actor_id=actor().id(), now=clock.now()
        ),
    )


@bp.post(f"/hoan-tien/{_ID}refund_id>/cung-hang")
@role("producer", "staff")
def count_once(refund_id: int) -> Any:
    """What was granted by hand was for the same goods."""
    return _do(
        refund_id,
        None,
        _decides,
        lambda db: services.count_once(
            db, refund_id=refund_id, actor_id=actor().id(), now=clock.now()
        ),
    )


@bp.post(f"/hoan-tien/{_ID}refund_id>/chuyen-tay")
@role("staff")
def take_over(refund_id: int) -> Any:
    """Pay it by hand instead of asking the provider."""
    return _do(
        refund_id,
        None,
        lambda page: actor().is_staff_of(page.producer.province_code),
        lambda db: services.pay_by_hand(
            db, refund_id=refund_id, actor_id=actor().id(), now=clock.now()
        ),
    )


@bp.post(f"/hoan-tien/{_ID}refund_id>")
@role("producer", "staff")
def finish(refund_id: int) -> Any:
    """It was paid out by hand: the bank's reference and the proof."""
    form = PayoutForm.read()
    proof: Proof | None = None
    if form.validate():
        try:
            proof = store_proof(house().storage, uploaded("proof", MAX_BYTES)[1])
        except Invalid as refusal:
            form.add_error(refusal)
            return _page(refund_id, form, 422)
    return _do(
        refund_id,
        form,
        _pays,
        lambda db: services.finish_refund(
            db,
            refund_id=refund_id,
            reference=form.reference.data,
            actor_id=actor().id(),
            now=clock.now(),
            limit_vnd=_limit(),
            proof_sha=proof.sha if proof else None,
            is_proof_pdf=bool(proof and proof.is_pdf),
        ),
    )


@bp.post(f"/hoan-tien/{_ID}refund_id>/bi-tra")
@role("producer", "staff")
def came_back(refund_id: int) -> Any:
    """The bank sent the transfer back."""
    form = RefusalForm.read()
    return _do(
        refund_id,
        form,
        _pays,
        lambda db: services.return_refund(
            db, refund_id=refund_id, note=form.note.data, actor_id=actor().id(), now=clock.now()
        ),
    )


@bp.get(f"/hoan-tien/{_ID}refund_id>/chung-tu")
@role("producer", "staff")
def proof(refund_id: int) -> Any:
    """The proof, for whoever may see the refund."""
    page = refund_desk.refund_page(read_session(), actor(), refund_id, _limit())
    if page.refund.proof_sha is None:
        raise NotFound
    kept = Proof(page.refund.proof_sha, page.refund.is_proof_pdf)
    if not house().storage.has(proof_name(kept)):
        raise NotFound
    headers = {"Content-Type": "image/jpeg"}
    if kept.is_pdf:
        headers = {
            "Content-Type": "application/pdf",
            "Content-Disposition": f'attachment; filename="hoan-tien-{refund_id}.pdf"',
        }
    return house().storage.read(proof_name(kept)), 200, headers


# The buyer


def _account_page(db: Session, order: Order, form: Form, status: int = 200) -> Any:
    waiting = [one for one in queries.open_refunds(db, order.id) if one.is_by_hand]
    if not waiting:
        return redirect(url_for("orders.show", code=order.code, k=sign("order", order.code)), 303)
    page = render_template(
        "payments/refund_account.html",
        order=order,
        form=form,
        refunds=waiting,
        bank_name=bank_name,
        back=url_for("orders.show", code=order.code, k=sign("order", order.code)),
        here=url_for(".account", code=order.code, k=sign("order", order.code)),
    )
    return page, status


@bp.get("/don-hang/<code>/hoan-tien")
@signed_link("order")
def account(code: str) -> Any:
    """Where the money shall go: asks the buyer."""
    db = read_session()
    return _account_page(db, buyers_order(db, code), AccountForm())


@bp.post("/don-hang/<code>/hoan-tien")
@limiter.limit("20 per hour")
@signed_link("order")
def give_account(code: str) -> Any:
    """The buyer names an account."""
    form = AccountForm.read()
    if not form.validate():
        db = read_session()
        return _account_page(db, buyers_order(db, code), form, 422)
    db = write_session()
    order = buyers_order(db, code)
    try:
        encode(Transfer(bank_bin=form.chosen_bin, account=form.bare_number))
        given = services.give_account(
            db,
            order_id=order.id,
            bank_bin=form.chosen_bin,
            number=form.bare_number,
            holder=form.holder.data,
            now=clock.now(),
        )
    except Invalid as refusal:
        db.rollback()
        form.add_error(refusal)
        return _account_page(db, buyers_order(db, code), form, 422)
    db.commit()
    if given:
        flash(_("Đã gửi tài khoản cho người bán. Bạn sẽ được báo khi tiền được chuyển."), "ok")
    else:
        flash(_("Khoản hoàn đã được chuyển nên không đổi tài khoản được nữa."), "warn")
    return redirect(url_for("orders.show", code=order.code, k=sign("order", order.code)), 303)
