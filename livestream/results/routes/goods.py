"""Terms of each item and goods that change hands: the club's page and the producer's."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from livestream.clubs.queries import get_club
from livestream.results import services
from livestream.results.forms import AnswerForm, FeeForm, NoteForm, TermsForm, read_percent
from livestream.results.models import GoodsNote
from livestream.results.queries.settlements import (
    count_waiting,
    notes_of,
    open_terms,
    statements_of,
)
from livestream.results.queries.sheets import club_fee, item_sheets
from livestream.results.routes.frame import WORDS, Page, bp, club_session, fresh_key
from livestream.results.rules.settling import NON_PROFIT_KINDS, Terms
from livestream.sessions import queries as sessions
from livestream.sessions.models import LiveSession, SessionItem
from shop.accounts.rules import require_club
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import parse_whole
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


def goods_page(live: LiveSession, refused: DomainError | None = None, status: int = 200) -> Page:
    """Terms and notes of one session, as the club sees them."""
    db = read_session()
    live = club_session(db, live.public_id)
    club = get_club(db, live.club_id)
    page = render_template(
        "livestream/results/goods.html",
        live=live,
        club=club,
        is_non_profit=club.kind in NON_PROFIT_KINDS,
        fee_bp=club_fee(db, live.club_id),
        items=item_sheets(db, live),
        notes=notes_of(db, session_id=live.id),
        refused=refused,
        posted=request.form if refused else {},
        submit_key=fresh_key(),
        is_manager=actor().clubs.get(live.club_id) == "manager",
        may_hand=live.state in {"confirmed", "live", "stopped", "ended"},
        **WORDS,
    )
    return page, status


@bp.get("/clb/phien/<public_id>/giao-hang")
@role("club")
def goods(public_id: str) -> Page:
    """Terms and notes of one session."""
    return goods_page(club_session(read_session(), public_id))


@bp.post("/clb/phien/<public_id>/dieu-khoan/<int:item_id>")
@role("club")
def terms(public_id: str, item_id: int) -> Page:
    """Set an item's terms; the producer is asked."""
    form = TermsForm.read()
    live = club_session(read_session(), public_id, manager=True)
    if not form.validate():
        return goods_page(live, Invalid(), 422)
    db = write_session()
    try:
        services.set_terms(
            db,
            live=club_session(db, public_id, manager=True),
            item_id=item_id,
            terms=Terms(
                form.seller.data,
                form.money_to.data,
                form.price_vnd.data or 0,
                form.fee_bp,
                form.platform_by.data,
            ),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return goods_page(live, error, status_of(error))
    db.commit()
    flash(_(N_("Đã lưu điều khoản; người sản xuất được hỏi.")), "ok")
    return redirect(url_for(".goods", public_id=public_id), 303)


@bp.post("/clb/muc-giu-lai")
@role("club")
def fee() -> Page:
    """What the club keeps of what it sells: ``club_id``, ``fee_percent``."""
    form = FeeForm.read()
    club_id = parse_whole(request.form.get("club_id", "")) or 0
    require_club(actor(), club_id, manager=True)
    if not form.validate():
        raise Invalid(field="fee_percent")
    db = write_session()
    services.set_club_fee(
        db,
        club_id=club_id,
        fee_bp=read_percent(form.fee_percent.data),
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã lưu mức câu lạc bộ giữ lại.")), "ok")
    return redirect(url_for(".club_statements"), 303)


def _units() -> dict[int, int]:
    """``units_<item id>`` of the form. Raises Invalid with the field's name."""
    found = {}
    for name, typed in request.form.items():
        number = name.removeprefix("units_")
        if number == name or not typed.strip():
            continue
        units = parse_whole(typed[:100])
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NotFound
        if units is None or units > 100_000:
            raise Invalid(field=name)
        found[int(number)] = units
    return found


@bp.post("/clb/phien/<public_id>/giao-hang")
@role("club")
def write_note(public_id: str) -> Page:
    """Write a note of goods and sign for the club."""
    form = NoteForm.read()
    live = club_session(read_session(), public_id)
    if not form.validate():
        return goods_page(live, Invalid(), 422)
    db = write_session()
    try:
        services.write_note(
            db,
            live=club_session(db, public_id),
            producer_id=form.producer_id.data or 0,
            kind=form.kind.data,
            units=_units(),
            side="club",
            remark=form.remark.data or "",
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return goods_page(live, error, status_of(error))
    db.commit()
    flash(_(N_("Đã lập phiếu và ký cho câu lạc bộ; chờ người sản xuất ký.")), "ok")
    return redirect(url_for(".goods", public_id=public_id), 303)


def _note(db: Any, note_id: str) -> tuple[GoodsNote, LiveSession]:
    rows = notes_of(db, public_id=note_id, limit=1)
    if not rows:
        raise NotFound
    return rows[0].note, rows[0].live


@bp.post("/clb/phien/<public_id>/giao-hang/<note_id>")
@role("club")
def answer_note_club(public_id: str, note_id: str) -> Page:
    """Sign the producer's note, refuse it, or take one's own back: ``answer``, ``reason``."""
    form = AnswerForm.read()
    live = club_session(read_session(), public_id)
    if not form.validate():
        return goods_page(live, Invalid(), 422)
    db = write_session()
    own = club_session(db, public_id)
    note, its = _note(db, note_id)
    if its.id != own.id:
        raise NotFound
    try:
        _answer(db, note, own, "club", form)
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        return goods_page(live, error, status_of(error))
    db.commit()
    flash(_(N_("Đã ghi câu trả lời của bạn.")), "ok")
    return redirect(url_for(".goods", public_id=public_id), 303)


def _answer(db: Any, note: GoodsNote, live: LiveSession, side: str, form: AnswerForm) -> None:
    common: dict[str, Any] = {"note": note, "live": live, "side": side, "actor_id": actor().id()}
    if form.answer.data == "withdraw":
        services.withdraw_note(db, now=clock.now(), **common)
        return
    services.answer_note(
        db,
        is_right=form.answer.data == "yes",
        reason=form.reason.data or "",
        now=clock.now(),
        **common,
    )


# The producer's desk


def desk_page(refused: DomainError | None = None, status: int = 200) -> Page:
    """What waits for the producer, and all their statements."""
    db = read_session()
    mine = sorted(actor().producers)
    page = render_template(
        "livestream/results/desk.html",
        terms=open_terms(db, mine),
        notes=notes_of(db, producer_ids=mine, limit=40),
        statements=statements_of(db, producer_ids=mine),
        counts=count_waiting(db, producer_ids=mine),
        refused=refused,
        **WORDS,
    )
    return page, status


@bp.get("/ban-hang/quyet-toan")
@role("producer")
def desk() -> Page:
    """Terms to agree to, notes to sign, statements."""
    return desk_page()


@bp.post("/ban-hang/quyet-toan/dieu-khoan/<int:item_id>")
@role("producer")
def agree_terms(item_id: int) -> Page:
    """Agree to the terms that were shown: ``seen_at``."""
    try:
        seen_at = datetime.fromisoformat(request.form.get("seen_at", "")[:40])
    except ValueError:
        return desk_page(Invalid(), 422)
    if seen_at.tzinfo is None:
        return desk_page(Invalid(), 422)
    db = write_session()
    item = db.get(SessionItem, item_id)
    if item is None or item.producer_id not in actor().producers:
        raise NotFound
    live = db.get_one(LiveSession, item.session_id)
    try:
        services.agree_terms(
            db, item=item, live=live, seen_at=seen_at, actor_id=actor().id(), now=clock.now()
        )
    except Conflict as error:
        db.rollback()
        return desk_page(error, status_of(error))
    db.commit()
    flash(_(N_("Đã đồng ý điều khoản.")), "ok")
    return redirect(url_for(".desk"), 303)


@bp.post("/ban-hang/quyet-toan/phieu/<note_id>")
@role("producer")
def answer_note(note_id: str) -> Page:
    """Sign the club's note, refuse it, or take one's own back: ``answer``, ``reason``."""
    form = AnswerForm.read()
    if not form.validate():
        return desk_page(Invalid(), 422)
    db = write_session()
    note, live = _note(db, note_id)
    if note.producer_id not in actor().producers:
        raise NotFound
    try:
        _answer(db, note, live, "producer", form)
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        return desk_page(error, status_of(error))
    db.commit()
    flash(_(N_("Đã ghi câu trả lời của bạn.")), "ok")
    return redirect(url_for(".desk"), 303)


def _own_session(public_id: str) -> tuple[LiveSession, list[Any]]:
    """A session with items of the actor's producers, and those. Raises NotFound."""
    db = read_session()
    live = sessions.get_session(db, public_id)
    rows = [one for one in item_sheets(db, live) if one.item.producer_id in actor().producers]
    if not rows:
        raise NotFound
    return live, rows


@bp.get("/ban-hang/phien/<public_id>/giao-hang")
@role("producer")
def hand_over(public_id: str) -> Page:
    """Write what goes to the club or came back."""
    return _hand_page(public_id)


def _hand_page(public_id: str, refused: DomainError | None = None, status: int = 200) -> Page:
    live, rows = _own_session(public_id)
    page = render_template(
        "livestream/results/hand_over.html",
        live=live,
        items=rows,
        refused=refused,
        posted=request.form if refused else {},
        submit_key=fresh_key(),
        **WORDS,
    )
    return page, status


@bp.post("/ban-hang/phien/<public_id>/giao-hang")
@role("producer")
def write_own_note(public_id: str) -> Page:
    """Write a note of goods and sign for the producer."""
    form = NoteForm.read()
    live, rows = _own_session(public_id)
    if not form.validate():
        return _hand_page(public_id, Invalid(), 422)
    producer_id = form.producer_id.data or 0
    if producer_id not in {one.item.producer_id for one in rows}:
        raise NotFound
    db = write_session()
    try:
        services.write_note(
            db,
            live=db.get_one(LiveSession, live.id),
            producer_id=producer_id,
            kind=form.kind.data,
            units=_units(),
            side="producer",
            remark=form.remark.data or "",
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return _hand_page(public_id, error, status_of(error))
    db.commit()
    flash(_(N_("Đã lập phiếu và ký cho bên bán; chờ câu lạc bộ ký.")), "ok")
    return redirect(url_for(".desk"), 303)
