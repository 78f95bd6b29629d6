"""The producer's stock pages: what lies there, receipts, stock-takes, the ledger."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.stock import queries, rules, services
from shop.stock.forms import CountForm, KeepForm, ReceiveForm, SoldForm, channel_labels
from shop.stock.routes.base import bp, fresh_key, own, own_variant
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 30

VARIANT: Final = f"/ban-hang/kho/<int(min=1,max={MAX_ID}):variant_id>"


@bp.get("/ban-hang/kho")
@role("producer")
def index() -> ResponseReturnValue:
    """Every size with what is left, what is promised, and its lots."""
    db = read_session()
    rows = queries.stock_of(db, own())
    kept = queries.kept_by_channel(db, [row.variant_id for row in rows])
    return render_template("stock/index.html", rows=rows, kept=kept, channels=channel_labels())


@bp.get(VARIANT)
@role("producer")
def variant(variant_id: int) -> ResponseReturnValue:
    """One size: add, count, and its history."""
    return variant_page(variant_id)


def variant_page(
    variant_id: int,
    status: int = 200,
    *,
    receive_form: ReceiveForm | None = None,
    count_form: CountForm | None = None,
    keep_form: KeepForm | None = None,
    sold_form: SoldForm | None = None,
) -> ResponseReturnValue:
    db = read_session()
    own = own_variant(db, variant_id)
    number = page_number(request.args.get("trang"))
    moves, total = queries.movements(
        db, variant_id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    count_form = count_form or CountForm(submit_key=fresh_key())
    count_form.lot.choices = _lot_choices(db, variant_id)
    return render_template(
        "stock/variant.html",
        own=own,
        level=queries.levels(db, [variant_id])[variant_id],
        moves=moves,
        reasons=rules.REASONS,
        kept=queries.kept_by_channel(db, [variant_id]).get(variant_id, {}),
        channels=channel_labels(),
        keep_form=keep_form or KeepForm(),
        sold_form=sold_form or SoldForm(submit_key=fresh_key()),
        receive_form=receive_form or ReceiveForm(submit_key=fresh_key()),
        count_form=count_form,
        page=Page(
            number, PAGE_SIZE, total, lambda n: url_for(".variant", variant_id=variant_id, trang=n)
        ),
    ), status


def _lot_choices(db: Session, variant_id: int) -> list[tuple[str, str]]:
    lots = queries.lots_of(db, variant_id)
    loose = _("Hàng không theo lô (sổ: %(n)s)", n=queries.units_without_lot(db, variant_id))
    return [
        ("0", loose),
        *(
            (str(lot.lot_id), _("Lô %(lot)s (sổ: %(n)s)", lot=lot.lot_no, n=lot.on_hand))
            for lot in lots
        ),
    ]


@bp.post(f"{VARIANT}/nhap")
@role("producer")
def receive(variant_id: int) -> ResponseReturnValue:
    """Add units that belong to no lot."""
    form = ReceiveForm.read()
    if not form.validate():
        return variant_page(variant_id, 422, receive_form=form)
    db = write_session()
    own_variant(db, variant_id)
    try:
        services.receive(
            db,
            variant_id=variant_id,
            quantity=form.quantity.data or 0,
            reason=rules.RECEIPT,
            key=f"receipt:{variant_id}:{form.submit_key.data}",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return variant_page(variant_id, status_of(refusal), receive_form=form)
    db.commit()
    flash(_(N_("Đã nhập kho.")), "ok")
    return redirect(url_for(".variant", variant_id=variant_id), 303)


@bp.post(f"{VARIANT}/kiem-ke")
@role("producer")
def count(variant_id: int) -> ResponseReturnValue:
    """Record a stock-take."""
    form = CountForm.read()
    db = read_session()
    own_variant(db, variant_id)
    form.lot.choices = _lot_choices(db, variant_id)
    if not form.validate():
        return variant_page(variant_id, 422, count_form=form)
    db = write_session()
    own_variant(db, variant_id)
    try:
        change = services.count_stock(
            db,
            variant_id=variant_id,
            counted=form.counted.data or 0,
            reason=form.reason.data,
            key=f"count:{variant_id}:{form.submit_key.data}",
            lot_id=int(form.lot.data) or None,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        refusal.field = "counted"
        form.add_error(refusal)
        return variant_page(variant_id, status_of(refusal), count_form=form)
    db.commit()
    flash(
        _("Đã ghi kiểm kê, sổ thay đổi %(n)s.", n=f"{change:+d}")
        if change
        else _("Số đếm khớp với sổ."),
        "ok",
    )
    return redirect(url_for(".variant", variant_id=variant_id), 303)
