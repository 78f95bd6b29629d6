"""Stock-take pages: open a sheet, write what was counted, see what differs, confirm once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.stock import queries, rules, services
from shop.stock.forms import TakeForm, read_counts
from shop.stock.models import StockTake
from shop.stock.routes.base import bp, fresh_key, own
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 30
_TAKE: Final = f"/ban-hang/kho/kiem-ke/<int(min=1,max={MAX_ID}):take_id>"


@bp.get("/ban-hang/kho/kiem-ke")
@role("producer")
def takes() -> ResponseReturnValue:
    """Sheets made so far, and a new one."""
    return _takes(TakeForm(submit_key=fresh_key()))


def _takes(form: TakeForm, status: int = 200) -> ResponseReturnValue:
    db, number = read_session(), page_number(request.args.get("trang"))
    form.offer(queries.own_products(db, own()))
    rows, total = queries.takes_of(db, own(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template(
        "stock/takes.html",
        rows=rows,
        form=form,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".takes", trang=n)),
    ), status


@bp.post("/ban-hang/kho/kiem-ke")
@role("producer")
def open_sheet() -> ResponseReturnValue:
    """Make a sheet of everything, or of one product."""
    form = TakeForm.read()
    form.offer(queries.own_products(read_session(), own()))
    if not form.validate():
        return _takes(form, 422)
    db = write_session()
    products = queries.own_products(db, own())
    product_id, producer_id = form.meant(products, own())
    try:
        take = services.open_take(
            db,
            producer_id=producer_id,
            product_id=product_id,
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _takes(form, status_of(refusal))
    db.commit()
    return redirect(url_for(".take", take_id=take.id), 303)


def _own_take(db: Session, take_id: int) -> StockTake:
    found = queries.take_of(db, take_id, own())
    if found is None:
        raise NotFound
    return found


@bp.get(_TAKE)
@role("producer")
def take(take_id: int) -> ResponseReturnValue:
    """One sheet: what is counted, what differs."""
    return _sheet(take_id)


def _sheet(
    take_id: int,
    status: int = 200,
    *,
    trouble: str = "",
    faults: Mapping[int, str] | None = None,
) -> ResponseReturnValue:
    db = read_session()
    found = _own_take(db, take_id)
    lines = queries.sheet(db, take_id)
    return render_template(
        "stock/take.html",
        take=found,
        lines=lines,
        counted=sum(line.counted is not None for line in lines),
        differing=[line for line in lines if line.difference],
        reasons=[(slug, rules.REASONS[slug]) for slug in rules.TYPED_REASONS],
        reason_words=rules.REASONS,
        typed=request.form,
        trouble=trouble,
        faults=faults or {},
    ), status


Verb = Callable[[Session, datetime], Any]


def _act(take_id: int, verb: Verb, done: Callable[[Any], str]) -> ResponseReturnValue:
    db = write_session()
    _own_take(db, take_id)
    try:
        result = verb(db, clock.now())
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _refused(take_id, refusal)
    db.commit()
    flash(done(result), "ok")
    return redirect(url_for(".take", take_id=take_id), 303)


def _refused(take_id: int, refusal: DomainError) -> ResponseReturnValue:
    faults = refusal.lines if isinstance(refusal, rules.TakeFaults) else {}
    return _sheet(take_id, status_of(refusal), trouble=say(refusal), faults=faults)


@bp.post(f"{_TAKE}/luu")
@role("producer")
def save(take_id: int) -> ResponseReturnValue:
    """Write figures on the sheet: those that were changed on this page, no others."""

    def verb(db: Session, now: datetime) -> int:
        known = [line.id for line in queries.sheet(db, take_id)]
        counts = read_counts(request.form, known)
        return services.save_counts(
            db, take_id=take_id, counts=counts, actor_id=actor().id(), now=now
        )

    return _act(take_id, verb, lambda n: _("Đã lưu %(n)s dòng.", n=n))


@bp.post(f"{_TAKE}/ghi-so")
@role("producer")
def confirm_sheet(take_id: int) -> ResponseReturnValue:
    """Write the differences to the ledger, once."""

    def verb(db: Session, now: datetime) -> int:
        return services.confirm_take(db, take_id=take_id, actor_id=actor().id(), now=now)

    return _act(take_id, verb, lambda n: _("Đã ghi sổ, %(n)s dòng thay đổi.", n=n))


@bp.post(f"{_TAKE}/bo")
@role("producer")
def drop_sheet(take_id: int) -> ResponseReturnValue:
    """Throw the sheet away."""

    def verb(db: Session, now: datetime) -> None:
        services.drop_take(db, take_id=take_id, actor_id=actor().id(), now=now)

    return _act(take_id, verb, lambda _none: _("Đã bỏ phiếu. Sổ kho giữ nguyên."))
