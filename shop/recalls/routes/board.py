"""One recall at a desk: who was reached, what became of the goods, reminders, end and report."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.recalls import queries, rules, services
from shop.recalls.forms import (
    NoteForm,
    OutcomeForm,
    ReopenForm,
    ReturnForm,
    SettleForm,
    fresh_key,
)
from shop.recalls.routes.base import Answer, Desk, sign_buyer, status_for, unkept
from shop.traceability.rules.balance import UNIT_LABELS
from shop.traceability.slots import RECALL_TOUCHES
from shop.web.access import actor
from shop.web.forms import Form
from shop.web.i18n import gettext, say
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 30
TABS: Final = {
    "waiting": N_("Chưa nhận tin"),
    "reached": N_("Đã nhận tin"),
    "unreachable": N_("Không liên lạc được"),
    "": N_("Tất cả"),
}
CHANNELS: Final = {
    "inbox": N_("Hộp thư trên trang"),
    "email": N_("E-mail"),
    "call": N_("Cần gọi hoặc nhắn Zalo"),
    "log": N_("Nhật ký máy chủ (thử nghiệm)"),
}
SENDING: Final = {
    "pending": N_("chờ gửi"),
    "sending": N_("đang gửi"),
    "sent": N_("đã chuyển"),
    "superseded": N_("không cần nữa"),
    "dead": N_("gửi hỏng"),
}


def board(desk: Desk, code: str) -> Answer:
    """How far the recall is, and what to do next."""
    return _page(desk, code)


def _page(
    desk: Desk,
    code: str,
    status: int = 200,
    *,
    trouble: str = "",
    failed: tuple[str, Form] | None = None,
) -> Answer:
    """The board; ``failed`` is (which form, the form as it was sent)."""
    db, now = read_session(), clock.now()
    row = queries.recall_in(db, code, desk.scope())
    recall = row.recall
    balances = queries.lot_balances(db, recall)
    figures = queries.figures_of(db, recall, balances)
    asked = request.args.get("muc", "waiting" if figures.waiting else "")
    tab = asked if asked in TABS else "waiting"
    number = page_number(request.args.get("trang"))
    buyers, total = queries.buyer_page(db, recall.id, state=tab, page=number, size=PAGE_SIZE)
    variants = {one.lot.variant_id for one in balances if one.lot.variant_id is not None}
    forms = dict([failed]) if failed else {}
    page = render_template(
        "recalls/board.html",
        frame=desk.frame,
        desk=desk,
        row=row,
        recall=recall,
        balances=balances,
        figures=figures,
        buyers=buyers,
        tab=tab,
        tabs=TABS,
        page=Page(
            number, PAGE_SIZE, total, lambda n: url_for(".board", code=code, muc=tab, trang=n)
        ),
        channels=queries.channel_figures(db, recall.id),
        channel_names=CHANNELS,
        sending=SENDING,
        outcomes=rules.OUTCOMES,
        hazards=rules.HAZARDS,
        touched=RECALL_TOUCHES.collect(db, variants, now) if recall.state == "open" else [],
        units=UNIT_LABELS,
        trouble=trouble,
        form_of=lambda name, make: forms.get(name) or make(),
        outcome_form=OutcomeForm,
        return_form=ReturnForm,
        settle_form=lambda: SettleForm(submit_key=fresh_key()),
        note_form=NoteForm,
        reopen_form=ReopenForm,
        may_remind=recall.state == "open"
        and figures.waiting > 0
        and now - (recall.reminded_at or recall.opened_at) >= rules.REMINDER_PAUSE,
    )
    return unkept(page, status)


Verb = Callable[[Session, int, int, datetime], object]


def _act(
    desk: Desk, code: str, verb: Verb, done: str, *, name: str = "", form: Form | None = None
) -> Answer:
    """Do one thing to the recall; a refusal shows the board as it is now, what was typed kept.

    ``verb`` takes (session, recall id, actor id, now).
    """
    if form is not None and not form.validate():
        return _page(desk, code, 422, failed=(name, form))
    db = write_session()
    recall = queries.recall_in(db, code, desk.scope()).recall
    try:
        verb(db, recall.id, actor().id(), clock.now())
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _refused(desk, code, refusal, name, form)
    db.commit()
    flash(gettext(done), "ok")
    kept = request.args.get("muc")
    return redirect(url_for(".board", code=recall.code, muc=kept), 303)


def _refused(desk: Desk, code: str, refusal: DomainError, name: str, form: Form | None) -> Answer:
    if form is None:
        return _page(desk, code, status_for(refusal), trouble=say(refusal))
    form.add_error(refusal)
    return _page(desk, code, status_for(refusal), trouble=say(refusal), failed=(name, form))


def settle_buyer(desk: Desk, code: str, buyer_id: int) -> Answer:
    """Write down how telling a buyer ended."""
    form = OutcomeForm.read()

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.record_outcome(
            db,
            recall_id=recall_id,
            buyer_id=buyer_id,
            outcome=form.outcome.data,
            note=form.note.data or "",
            actor_id=actor_id,
            now=now,
        )

    return _act(desk, code, verb, N_("Đã ghi kết quả."), name=f"buyer-{buyer_id}", form=form)


def bring_back(desk: Desk, code: str, line_id: int) -> Answer:
    """Units came back from a buyer."""
    form = ReturnForm.read()

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.record_return(
            db,
            recall_id=recall_id,
            line_id=line_id,
            units=form.units.data or 0,
            actor_id=actor_id,
            now=now,
        )

    done = N_("Đã ghi hàng trả về; hàng được giữ lại, không bán.")
    return _act(desk, code, verb, done, name=f"line-{line_id}", form=form)


def settle_lot(desk: Desk, code: str, lot_id: int) -> Answer:
    """Units of a lot were destroyed or sent back."""
    form = SettleForm.read()

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.settle_units(
            db,
            recall_id=recall_id,
            lot_id=lot_id,
            units=form.units.data or 0,
            way=form.way.data,
            actor_id=actor_id,
            now=now,
            submit_key=form.submit_key.data,
        )

    return _act(desk, code, verb, N_("Đã ghi vào sổ kho."), name=f"lot-{lot_id}", form=form)


def remind(desk: Desk, code: str) -> Answer:
    """Another round to those not reached."""

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.remind(db, recall_id=recall_id, sign=sign_buyer, actor_id=actor_id, now=now)

    return _act(desk, code, verb, N_("Đã nhắc lại những người chưa nhận tin."))


def close(desk: Desk, code: str) -> Answer:
    """End the recall."""
    form = NoteForm.read()

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.close_recall(
            db, recall_id=recall_id, note=form.note.data, actor_id=actor_id, now=now
        )

    return _act(desk, code, verb, N_("Đã khép lại đợt thu hồi."), name="close", form=form)


def reopen(desk: Desk, code: str) -> Answer:
    """Open a closed recall again."""
    form = ReopenForm.read()

    def verb(db: Session, recall_id: int, actor_id: int, now: datetime) -> None:
        services.reopen_recall(
            db, recall_id=recall_id, note=form.note.data, actor_id=actor_id, now=now
        )

    return _act(desk, code, verb, N_("Đã mở lại đợt thu hồi."), name="reopen", form=form)


def report(desk: Desk, code: str) -> Answer:
    """The figures of the recall, to print."""
    db = read_session()
    row = queries.recall_in(db, code, desk.scope())
    balances = queries.lot_balances(db, row.recall)
    return unkept(
        render_template(
            "recalls/report.html",
            frame=desk.frame,
            row=row,
            recall=row.recall,
            balances=balances,
            figures=queries.figures_of(db, row.recall, balances),
            channels=queries.channel_figures(db, row.recall.id),
            channel_names=CHANNELS,
            outcomes=rules.OUTCOMES,
            by_outcome=queries.outcome_figures(db, row.recall.id),
            hazards=rules.HAZARDS,
            units=UNIT_LABELS,
            now=clock.now(),
        )
    )


def add_to(desk: Desk) -> None:
    """Answer the pages of this module at a desk."""
    one = "/thu-hoi/<code>"
    desk.add(one, board)
    desk.add(f"{one}/bao-cao", report)
    desk.add(f"{one}/nguoi-mua/<int:buyer_id>", settle_buyer, method="POST")
    desk.add(f"{one}/tra-ve/<int:line_id>", bring_back, method="POST")
    desk.add(f"{one}/lo/<int:lot_id>", settle_lot, method="POST")
    desk.add(f"{one}/nhac", remind, method="POST")
    desk.add(f"{one}/khep", close, method="POST")
    desk.add(f"{one}/mo-lai", reopen, method="POST")
