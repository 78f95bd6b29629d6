"""Statements: the club's list, both sides' page, agreeing, paying, proof."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from livestream.clubs.queries import clubs_of
from livestream.results import services
from livestream.results.forms import AnswerForm, DisputeForm, PaymentForm
from livestream.results.papers import statement_paper
from livestream.results.queries.settlements import (
    StatementRow,
    english_names,
    lines_of,
    notes_of,
    payment_called,
    payments_of,
    statement_called,
    statements_of,
)
from livestream.results.queries.sheets import club_fee
from livestream.results.routes.frame import WORDS, Page, bp, fresh_key
from livestream.results.rules.settling import NON_PROFIT_KINDS, payer_of
from shop.accounts.rules import require_club
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from shop.core.text import N_
from shop.payments.proofs import MAX_PDF_BYTES, Proof, proof_name, store_proof
from shop.receipts.pdf import make_pdf
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import house, read_session, uploaded, write_session

SPACES = {"producer": "/ban-hang/quyet-toan", "club": "/clb/quyet-toan"}


def _seen(db: Session, public_id: str, side: str) -> StatementRow:
    """A statement of the actor's side. Raises NotFound."""
    if side == "producer":
        return statement_called(db, public_id, producer_ids=list(actor().producers))
    return statement_called(db, public_id, club_ids=list(actor().clubs))


def statement_page(
    public_id: str,
    side: str,
    refused: DomainError | None = None,
    status: int = 200,
    form: Form | None = None,
) -> Page:
    """A statement as one side sees it; it prints as the paper both sides file."""
    db = read_session()
    row = _seen(db, public_id, side)
    page = render_template(
        "livestream/results/statement.html",
        frame=f"workspaces/{side}.html",
        side=side,
        base=f"{SPACES[side]}/{row.settlement.public_id}",
        home=SPACES[side],
        row=row,
        lines=lines_of(db, row.settlement.id),
        names_en=english_names(db, row.settlement.id),
        payments=payments_of(db, row.settlement.id),
        notes=[
            one
            for one in notes_of(db, session_id=row.live.id)
            if one.producer.id == row.producer.id and one.note.state == "signed"
        ],
        payer=payer_of(row.settlement.owed_vnd),
        form=form or PaymentForm(data={"paid_on": None}),
        refused=refused,
        submit_key=fresh_key(),
        actor_id=actor().id(),
        may_act=side == "producer" or actor().clubs.get(row.club.id) == "manager",
        **WORDS,
    )
    return page, status


@bp.get("/ban-hang/quyet-toan/<public_id>")
@role("producer")
def producer_statement(public_id: str) -> Page:
    """What the club owes, or is owed."""
    return statement_page(public_id, "producer")


@bp.get("/clb/quyet-toan/<public_id>")
@role("club")
def club_statement(public_id: str) -> Page:
    """What is owed to the producer."""
    return statement_page(public_id, "club")


@bp.get("/clb/quyet-toan")
@role("club")
def club_statements() -> Page:
    """Every statement of the actor's clubs, and what each club keeps."""
    db = read_session()
    clubs = clubs_of(db, actor().clubs)
    return render_template(
        "livestream/results/statements.html",
        statements=statements_of(db, club_ids=list(actor().clubs)),
        clubs=[
            (club, club_fee(db, club.id), club.kind in NON_PROFIT_KINDS)
            for club in clubs
            if actor().clubs.get(club.id) == "manager"
        ],
        **WORDS,
    )


def _paper(public_id: str, side: str) -> Response:
    db = read_session()
    row = _seen(db, public_id, side)
    root = house().public_url
    paper = statement_paper(
        db,
        row,
        address=f"{root}{SPACES[side]}/{row.settlement.public_id}",
        public_url=root,
        now=clock.now(),
    )
    answer = Response(make_pdf(paper), mimetype="application/pdf")
    name = f"quyet-toan-{row.settlement.code}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/ban-hang/quyet-toan/<public_id>/bang.pdf")
@limiter.limit("60 per minute")
@role("producer")
def producer_paper(public_id: str) -> Response:
    """The statement to file, with both sides' word and the proofs."""
    return _paper(public_id, "producer")


@bp.get("/clb/quyet-toan/<public_id>/bang.pdf")
@limiter.limit("60 per minute")
@role("club")
def club_paper(public_id: str) -> Response:
    """The same for the club."""
    return _paper(public_id, "club")


def _do(public_id: str, side: str, step: Any, said: str, form: Form | None = None) -> Page:
    """One step on a statement: rights inside the transaction, one commit, back to its page."""
    db = write_session()
    row = _seen(db, public_id, side)
    if side == "club":
        require_club(actor(), row.club.id, manager=True)
    try:
        step(db, row)
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        if form is not None:
            form.add_error(error)
        return statement_page(public_id, side, error, status_of(error), form)
    db.commit()
    flash(_(said), "ok")
    return redirect(f"{_root()}{SPACES[side]}/{public_id}", 303)


def _root() -> str:
    """The language in front of an address."""
    home = url_for(".desk")
    return home[: home.index("/ban-hang")]


@bp.post("/ban-hang/quyet-toan/<public_id>/dong-y")
@role("producer")
def agree(public_id: str) -> Page:
    """The producer agrees."""

    def step(db: Session, row: StatementRow) -> None:
        services.agree_settlement(
            db,
            settlement=row.settlement,
            live=row.live,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _do(public_id, "producer", step, N_("Đã đồng ý bảng quyết toán."))


@bp.post("/ban-hang/quyet-toan/<public_id>/chua-dung")
@role("producer")
def dispute(public_id: str) -> Page:
    """The producer says what is wrong: ``reason``."""
    form = DisputeForm.read()
    if not form.validate():
        return statement_page(public_id, "producer", Invalid(), 422)

    def step(db: Session, row: StatementRow) -> None:
        services.dispute_settlement(
            db,
            settlement=row.settlement,
            live=row.live,
            reason=form.reason.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _do(public_id, "producer", step, N_("Đã báo câu lạc bộ sửa."))


@bp.post("/clb/quyet-toan/<public_id>/lam-lai")
@role("club")
def revise(public_id: str) -> Page:
    """Draw a disputed statement anew from the corrected figures."""

    def step(db: Session, row: StatementRow) -> None:
        services.revise_settlement(
            db,
            settlement=row.settlement,
            live=row.live,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _do(public_id, "club", step, N_("Đã lập lại bảng quyết toán."))


def _pay(public_id: str, side: str) -> Page:
    form = PaymentForm.read()
    if not form.validate():
        return statement_page(public_id, side, Invalid(), 422, form)
    _seen(read_session(), public_id, side)
    try:
        proof = store_proof(house().storage, uploaded("proof", MAX_PDF_BYTES)[1])
    except (Invalid, Unavailable) as error:
        form.add_error(error)
        return statement_page(public_id, side, error, status_of(error), form)

    def step(db: Session, row: StatementRow) -> None:
        services.send_payment(
            db,
            settlement=row.settlement,
            live=row.live,
            side=side,
            amount_vnd=form.amount_vnd.data or 0,
            paid_on=form.paid_on.data,
            reference=form.reference.data or "",
            submit_key=form.submit_key.data,
            proof_sha=proof.sha if proof else None,
            is_proof_pdf=bool(proof and proof.is_pdf),
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _do(public_id, side, step, N_("Đã báo chuyển tiền; chờ bên nhận xác nhận."), form)


@bp.post("/clb/quyet-toan/<public_id>/tra-tien")
@role("club")
def club_pays(public_id: str) -> Page:
    """The club says it paid, with the proof."""
    return _pay(public_id, "club")


@bp.post("/ban-hang/quyet-toan/<public_id>/tra-tien")
@role("producer")
def producer_pays(public_id: str) -> Page:
    """The producer says the club's fee was paid, with the proof."""
    return _pay(public_id, "producer")


def _receive(public_id: str, side: str, payment_id: int) -> Page:
    form = AnswerForm.read()
    if not form.validate():
        return statement_page(public_id, side, Invalid(), 422)

    def step(db: Session, row: StatementRow) -> None:
        if side == payer_of(row.settlement.owed_vnd):
            raise NotAllowed
        services.answer_payment(
            db,
            settlement=row.settlement,
            payment=payment_called(db, row.settlement.id, payment_id),
            live=row.live,
            has_come=form.answer.data == "yes",
            reason=form.reason.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _do(public_id, side, step, N_("Đã ghi câu trả lời của bạn."))


@bp.post("/ban-hang/quyet-toan/<public_id>/nhan/<int:payment_id>")
@role("producer")
def producer_receives(public_id: str, payment_id: int) -> Page:
    """Whether the club's money came: ``answer``, ``reason``."""
    return _receive(public_id, "producer", payment_id)


@bp.post("/clb/quyet-toan/<public_id>/nhan/<int:payment_id>")
@role("club")
def club_receives(public_id: str, payment_id: int) -> Page:
    """Whether the producer's money came: ``answer``, ``reason``."""
    return _receive(public_id, "club", payment_id)


def _proof(public_id: str, side: str, payment_id: int) -> Any:
    db = read_session()
    row = _seen(db, public_id, side)
    payment = payment_called(db, row.settlement.id, payment_id)
    if payment.proof_sha is None:
        raise NotFound
    kept = proof_name(Proof(payment.proof_sha, payment.is_proof_pdf))
    if not house().storage.has(kept):
        raise NotFound
    headers = {"Content-Type": "image/jpeg"}
    if payment.is_proof_pdf:
        headers = {
            "Content-Type": "application/pdf",
            "Content-Disposition": f'attachment; filename="{row.settlement.code}.pdf"',
        }
    return house().storage.read(kept), 200, headers


@bp.get("/ban-hang/quyet-toan/<public_id>/chung-tu/<int:payment_id>")
@role("producer")
def proof_for_producer(public_id: str, payment_id: int) -> Any:
    """The proof of a payment."""
    return _proof(public_id, "producer", payment_id)


@bp.get("/clb/quyet-toan/<public_id>/chung-tu/<int:payment_id>")
@role("club")
def proof_for_club(public_id: str, payment_id: int) -> Any:
    """The proof of a payment."""
    return _proof(public_id, "club", payment_id)
