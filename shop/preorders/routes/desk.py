"""The producer's desk of harvests and windows."""

import secrets
from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.orders import rules as order_rules
from shop.preorders import queries, rules, services
from shop.preorders.forms import (
    CancelForm,
    HarvestForm,
    MoveForm,
    SeasonForm,
    TermsForm,
    WindowForm,
)
from shop.preorders.routes.base import bp
from shop.stock import queries as stock
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 20
_HARVEST: Final = f"/ban-hang/dat-truoc/vu/<int(min=1,max={MAX_ID}):harvest_id>"


def _mine() -> frozenset[int]:
    return frozenset(actor().producers)


@bp.get("/ban-hang/dat-truoc")
@role("producer")
def desk() -> ResponseReturnValue:
    """Harvests with their windows: taken, left, what to do."""
    db, now, mine = read_session(), clock.now(), _mine()
    number = page_number(request.args.get("trang"))
    total = queries.count_harvests(db, mine)
    return render_template(
        "preorders/desk.html",
        seasons=queries.seasons(db, mine, now, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE),
        rules=rules,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".desk", trang=n)),
    )


def _season_page(form: SeasonForm, status: int = 200) -> ResponseReturnValue:
    form.variant_id.choices = _sizes()
    return render_template(
        "preorders/season_new.html", form=form, today=clock.today_vn(clock.now())
    ), status


def _sizes() -> list[tuple[str, str]]:
    sizes = queries.harvestable(read_session(), _mine())
    return [
        ("", _("Chọn mặt hàng")),
        *((str(row), f"{name} · {label}") for row, name, label in sizes),
    ]


@bp.get("/ban-hang/dat-truoc/mo")
@role("producer")
def new_season() -> ResponseReturnValue:
    """The form for a harvest and its first window."""
    form = SeasonForm(
        submit_key=secrets.token_urlsafe(16),
        held_back_percent=10,
        deposit_kind="percent",
        deposit_amount=30,
    )
    return _season_page(form)


@bp.post("/ban-hang/dat-truoc/mo")
@role("producer")
@limiter.limit("60 per hour")
def open_season() -> ResponseReturnValue:
    """Open a harvest for orders."""
    form = SeasonForm.read()
    form.variant_id.choices = _sizes()
    if not form.validate():
        return _season_page(form, 422)
    db = write_session()
    try:
        opened = services.open_season(
            db,
            variant_id=int(form.variant_id.data),
            harvest=form.harvest(),
            window=form.window(),
            submit_key=form.submit_key.data,
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _season_page(form, status_of(refusal))
    harvest_id = opened.harvest_id
    db.commit()
    flash(_(N_("Đã mở đặt trước. Người mua thấy ở trang sản phẩm.")), "ok")
    return redirect(url_for(".season", harvest_id=harvest_id), 303)


def _harvest_page(
    harvest_id: int,
    status: int = 200,
    *,
    form: HarvestForm | None = None,
    window_form: WindowForm | None = None,
) -> ResponseReturnValue:
    db, now = read_session(), clock.now()
    db.rollback()
    found = queries.seasons(db, _mine(), now, harvest_id=harvest_id)
    if not found:
        raise NotFound
    season = found[0]
    last = season.windows[-1].window if season.windows else None
    blank = WindowForm(
        submit_key=secrets.token_urlsafe(16),
        price_vnd=last.price_vnd if last else None,
        deposit_kind=last.deposit_kind if last else "percent",
        deposit_amount=last.deposit_amount if last else 30,
    )
    return render_template(
        "preorders/season.html",
        season=season,
        form=form or HarvestForm(obj=season.harvest),
        window_form=window_form or blank,
        rules=rules,
        today=clock.today_vn(now),
    ), status


@bp.get(_HARVEST)
@role("producer")
def season(harvest_id: int) -> ResponseReturnValue:
    """One harvest: what is expected, its windows, one more."""
    return _harvest_page(harvest_id)


@bp.post(_HARVEST)
@role("producer")
def change_season(harvest_id: int) -> ResponseReturnValue:
    """Correct what is expected."""
    form = HarvestForm.read()
    if not form.validate():
        return _harvest_page(harvest_id, 422, form=form)
    db = write_session()
    try:
        services.change_harvest(
            db,
            harvest_id=harvest_id,
            plan=form.harvest(),
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _harvest_page(harvest_id, status_of(refusal), form=form)
    db.commit()
    flash(_(N_("Đã lưu dự kiến của vụ.")), "ok")
    return redirect(url_for(".season", harvest_id=harvest_id), 303)


@bp.post(f"{_HARVEST}/dot")
@role("producer")
@limiter.limit("60 per hour")
def add_window(harvest_id: int) -> ResponseReturnValue:
    """Open one more window of the harvest."""
    form = WindowForm.read()
    if not form.validate():
        return _harvest_page(harvest_id, 422, window_form=form)
    db = write_session()
    try:
        services.open_window(
            db,
            harvest_id=harvest_id,
            plan=form.window(),
            submit_key=form.submit_key.data,
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _harvest_page(harvest_id, status_of(refusal), window_form=form)
    db.commit()
    flash(_(N_("Đã mở thêm một đợt giao.")), "ok")
    return redirect(url_for(".season", harvest_id=harvest_id), 303)


def _window_page(
    code: str,
    status: int = 200,
    *,
    terms: TermsForm | None = None,
    move: MoveForm | None = None,
    cancel: CancelForm | None = None,
) -> ResponseReturnValue:
    db, now = read_session(), clock.now()
    db.rollback()
    view = queries.own_window(db, code[:12], _mine(), now)
    if view is None:
        raise NotFound
    found = queries.seasons(db, _mine(), now, harvest_id=view.harvest.id)
    window = view.window
    days = {"from_on": window.from_on, "to_on": window.to_on}
    level = stock.levels(db, [view.harvest.variant_id])[view.harvest.variant_id]
    return render_template(
        "preorders/window.html",
        view=view,
        season=found[0],
        places=queries.places_of(db, window.id),
        moves=queries.moves_of(db, window.id),
        in_stock=level.available,
        terms=terms or TermsForm(obj=window),
        move=move or MoveForm(seen_moves=window.moves, **days),
        cancel=cancel or CancelForm(),
        rules=rules,
        states=order_rules.STATE_WORDS,
        payments=order_rules.PAYMENT_WORDS,
    ), status


@bp.get("/ban-hang/dat-truoc/<code>")
@role("producer")
def desk_window(code: str) -> ResponseReturnValue:
    """One window: who has a place, what was paid, and what can be done with it."""
    return _window_page(code)


def _act(
    code: str,
    form: Form,
    show: Callable[[int], ResponseReturnValue],
    do: Callable[[Session], str],
) -> ResponseReturnValue:
    """Judge the form, do it in one transaction, come back to the window."""
    if not form.validate():
        return show(422)
    db = write_session()
    try:
        said = do(db)
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return show(status_of(refusal))
    db.commit()
    flash(said, "ok")
    return redirect(url_for(".desk_window", code=code), 303)


@bp.post("/ban-hang/dat-truoc/<code>/sua")
@role("producer")
def change(code: str) -> ResponseReturnValue:
    """Change room, price, deposit or the last day for those who order from now on."""
    form = TermsForm.read()

    def do(db: Session) -> str:
        view = queries.own_window(db, code[:12], _mine(), clock.now())
        if view is None:
            raise NotFound
        services.change_window(
            db,
            code=code[:12],
            plan=form.plan(view.window.from_on, view.window.to_on),
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
        return _(N_("Đã lưu đợt giao. Đơn đã đặt giữ giá và tiền cọc cũ."))

    return _act(code, form, lambda status: _window_page(code, status, terms=form), do)


@bp.post("/ban-hang/dat-truoc/<code>/doi")
@role("producer")
def move(code: str) -> ResponseReturnValue:
    """Move the window to other days; every buyer is told."""
    form = MoveForm.read()

    def do(db: Session) -> str:
        told = services.move_window(
            db,
            code=code[:12],
            from_on=form.from_on.data,
            to_on=form.to_on.data,
            reason=form.reason.data,
            seen_moves=form.seen_moves.data or 0,
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
        return _("Đã dời đợt giao và báo cho %(n)s người mua.", n=told)

    return _act(code, form, lambda status: _window_page(code, status, move=form), do)


@bp.post("/ban-hang/dat-truoc/<code>/huy")
@role("producer")
def cancel(code: str) -> ResponseReturnValue:
    """Call the window off; every buyer is told and gets the money back."""
    form = CancelForm.read()

    def do(db: Session) -> str:
        told = services.cancel_window(
            db,
            code=code[:12],
            reason=form.reason.data,
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
        return _(
            "Đã hủy đợt giao và báo cho %(n)s người mua. Tiền cần hoàn ở bàn đối soát.", n=told
        )

    return _act(code, form, lambda status: _window_page(code, status, cancel=form), do)


@bp.post("/ban-hang/dat-truoc/<code>/hang-ve")
@role("producer")
def arrived(code: str) -> ResponseReturnValue:
    """The harvest is in: its orders take their goods and are ordinary orders to pack."""

    def do(db: Session) -> str:
        filled, short = services.bring_in(
            db, code=code[:12], producer_ids=_mine(), actor_id=actor().id(), now=clock.now()
        )
        said = _("%(n)s đơn đã có hàng, chờ đóng gói.", n=filled)
        more = _("%(n)s đơn còn thiếu hàng, tự nhận khi kho có thêm.", n=short)
        return f"{said} {more}" if short else said

    return _act(code, Form.read(), lambda status: _window_page(code, status), do)
