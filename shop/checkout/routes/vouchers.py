"""The producer's pages about discount codes."""

from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.checkout import queries, services
from shop.checkout.desk_forms import VoucherChangeForm, VoucherForm, aware
from shop.checkout.models import Voucher
from shop.checkout.routes.delivering import own_producer, own_producers
from shop.checkout.routes.frame import bp, fresh_key
from shop.checkout.rules import KIND_WORDS, STATE_WORDS
from shop.checkout.slots import SESSIONS, SessionChoice
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.core.text import random_code
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

_LIST: Final = "/ban-hang/ma-giam-gia/<int:producer_id>"
_ONE: Final = f"{_LIST}/<int(min=1,max={MAX_ID}):voucher_id>"


@bp.get(_LIST)
@role("producer")
def vouchers(producer_id: int) -> ResponseReturnValue:
    """The producer's codes, how often each was used, and what it gave away."""
    producer = own_producer(producer_id)
    db, now = read_session(), clock.now()
    rows = queries.vouchers_of(db, producer_id)
    given = queries.discounts_given(db, [row.id for row in rows])
    return render_template(
        "checkout/vouchers.html",
        producer=producer,
        producers=own_producers(),
        rows=[(row, queries.voucher_state(row, now), given.get(row.id, 0)) for row in rows],
        state_words=STATE_WORDS,
        kind_words=KIND_WORDS,
    )


def _new_page(
    producer: Producer, form: VoucherForm, sessions: list[SessionChoice], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "checkout/voucher_new.html", producer=producer, form=form, has_sessions=bool(sessions)
    )
    return page, status


def _sessions(producer_id: int) -> list[SessionChoice]:
    return SESSIONS.collect(read_session(), [producer_id], clock.now())


def _offer(form: VoucherForm, sessions: list[SessionChoice]) -> VoucherForm:
    form.session.choices = [
        ("", _("Không, dùng theo ngày dưới đây")),
        *((one.key, one.label) for one in sessions),
    ]
    return form


@bp.get(f"{_LIST}/moi")
@role("producer")
def new_voucher(producer_id: int) -> ResponseReturnValue:
    """The form for a new code, filled in with a usual one."""
    producer, sessions = own_producer(producer_id), _sessions(producer_id)
    form = VoucherForm(
        submit_key=fresh_key(),
        code=f"CHO{random_code(4)}",
        kind="percent",
        percent=10,
        max_uses=100,
        per_person=1,
        starts_at=clock.now().astimezone(clock.VN),
    )
    return _new_page(producer, _offer(form, sessions), sessions)


@bp.post(f"{_LIST}/moi")
@limiter.limit("30 per minute")
@role("producer")
def create_voucher(producer_id: int) -> ResponseReturnValue:
    """Make a code; pressing twice makes one."""
    producer, sessions, now = own_producer(producer_id), _sessions(producer_id), clock.now()
    form = _offer(VoucherForm.read(), sessions)
    if not form.validate():
        return _new_page(producer, form, sessions, 422)
    db = write_session()
    try:
        services.create_voucher(
            db,
            draft=form.draft(sessions, now),
            producer_id=producer_id,
            actor_id=actor().id(),
            now=now,
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _new_page(producer, form, sessions, status_of(refusal))
    db.commit()
    flash(_("Đã tạo mã. Hãy gửi mã này cho khách."), "ok")
    return redirect(url_for(".vouchers", producer_id=producer_id), 303)


def _one_page(
    db: Session, producer: Producer, voucher: Voucher, form: VoucherChangeForm, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    state = queries.voucher_state(voucher, now)
    values: dict[str, Any] = {
        "producer": producer,
        "row": voucher,
        "state": state,
        "given_vnd": queries.discounts_given(db, [voucher.id]).get(voucher.id, 0),
        "form": form,
        "state_words": STATE_WORDS,
        "kind_words": KIND_WORDS,
    }
    return render_template("checkout/voucher.html", **values), status


@bp.get(_ONE)
@role("producer")
def voucher(producer_id: int, voucher_id: int) -> ResponseReturnValue:
    """One code: what it gives, and what may still be changed."""
    producer = own_producer(producer_id)
    db = read_session()
    row = queries.voucher_of(db, producer_id, voucher_id)
    return _one_page(db, producer, row, VoucherChangeForm.of(row))


@bp.post(_ONE)
@limiter.limit("30 per minute")
@role("producer")
def change_voucher(producer_id: int, voucher_id: int) -> ResponseReturnValue:
    """Let it run longer, or for more uses."""
    producer, form = own_producer(producer_id), VoucherChangeForm.read()
    read = read_session()
    if not form.validate():
        return _one_page(
            read, producer, queries.voucher_of(read, producer_id, voucher_id), form, 422
        )
    db = write_session()
    try:
        services.change_voucher(
            db,
            voucher=queries.voucher_of(db, producer_id, voucher_id),
            ends_at=aware(form.ends_at.data) or clock.now(),
            max_uses=form.max_uses.data,
            per_person=form.per_person.data or 1,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        row = queries.voucher_of(read, producer_id, voucher_id)
        return _one_page(read, producer, row, form, status_of(refusal))
    db.commit()
    flash(_("Đã lưu."), "ok")
    return redirect(url_for(".voucher", producer_id=producer_id, voucher_id=voucher_id), 303)


@bp.post(f"{_ONE}/dung")
@limiter.limit("30 per minute")
@role("producer")
def stop_voucher(producer_id: int, voucher_id: int) -> ResponseReturnValue:
    """Nobody can use it any more."""
    own_producer(producer_id)
    db = write_session()
    services.stop_voucher(
        db,
        voucher=queries.voucher_of(db, producer_id, voucher_id),
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_("Đã dừng mã. Đơn đã dùng mã vẫn được giảm như đã thỏa thuận."), "ok")
    return redirect(url_for(".vouchers", producer_id=producer_id), 303)
