"""What anybody reads of recalls, the status of a lot, and what a buyer answers by their link."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Invalid
from shop.recalls import queries, rules, services
from shop.recalls.forms import AnswerForm
from shop.recalls.models import RecallBuyer
from shop.recalls.routes.base import Answer, sign_buyer, unkept
from shop.traceability import queries as trace
from shop.traceability.rules import codes
from shop.traceability.rules.lots import UnknownLot
from shop.web.access import actor, has_signed_link, public, signed_link
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.page_cache import page_ends_at
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, write_session

bp = Blueprint("recalls_public", __name__)

PAGE_SIZE = 20
VOCABULARY = "https://ref.gs1.org/voc/"


@bp.get("/thu-hoi")
@public
def recalls() -> str:
    """Every recall, newest first."""
    page_ends_at()
    number = page_number(request.args.get("trang"))
    rows, total = queries.public_recalls(read_session(), page=number, size=PAGE_SIZE)
    return render_template(
        "recalls/public_list.html",
        rows=rows,
        hazards=rules.HAZARDS,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".recalls", trang=n)),
    )


@bp.get("/thu-hoi/<code>")
@public
def recall(code: str) -> str:
    """One recall: which lots, why, what to do, whom to call."""
    page_ends_at()
    found = queries.public_recall(read_session(), code)
    url = house().public_url + url_for(".recall", code=found.recall.code)
    return render_template(
        "recalls/public.html",
        found=found,
        recall=found.recall,
        hazards=rules.HAZARDS,
        canonical_url=url,
        data={
            "@context": {"gs1": VOCABULARY, "schema": "https://schema.org/"},
            "@type": "schema:Product",
            "@id": url,
            "schema:name": ", ".join(dict.fromkeys(lot.name for lot in found.lots)),
            "gs1:recallStatus": {"@id": url},
            "gs1:hasBatchLotNumber": [lot.lot_no for lot in found.lots],
        },
    )


@bp.get("/lo/<code>/thu-hoi")
@public
def status(code: str) -> Answer:
    """Whether a lot is called back: what ``gs1:recallStatus`` leads to."""
    read = codes.normalise(code)
    if read is None:
        raise UnknownLot
    db = read_session()
    target = trace.target_of(db, read)
    if target is None or target.lot is None:
        raise UnknownLot
    found = queries.recall_of_lot(db, target.lot.id)
    if found is not None:
        return redirect(url_for(".recall", code=found.code), 303)
    page = render_template(
        "recalls/status.html",
        target=target,
        lot=target.lot,
        now=clock.now(),
        grouped=codes.grouped(target.lot.code),
    )
    return unkept(page)


# The buyer


def _buyer(db: Session, code: str) -> RecallBuyer:
    person_id = None if has_signed_link() else actor().id()
    return queries.buyer_by_code(db, code, person_id=person_id)


@bp.get("/thu-hoi/xac-nhan/<code>")
@signed_link("recall")
def acknowledge(code: str) -> Answer:
    """What a buyer's message leads to: which of their goods, what to do, one button to answer."""
    return _answer_page(code, AnswerForm())


def _answer_page(code: str, form: AnswerForm, status: int = 200) -> Response:
    db = read_session()
    buyer = _buyer(db, code)
    found = queries.public_recall_by_id(db, buyer.recall_id)
    page = render_template(
        "recalls/acknowledge.html",
        buyer=buyer,
        found=found,
        recall=found.recall,
        lines=queries.line_rows(db, [buyer.id]).get(buyer.id, []),
        form=form,
        hazards=rules.HAZARDS,
        outcomes=rules.OUTCOMES,
        answer_url=url_for(".answer", code=buyer.code, k=sign_buyer(buyer.code)),
    )
    return unkept(page, status)


@bp.post("/thu-hoi/xac-nhan/<code>")
@limiter.limit("30 per minute")
@signed_link("recall")
def answer(code: str) -> Answer:
    """The buyer has read it and says how it stands."""
    form = AnswerForm.read()
    if not form.validate():
        return _answer_page(code, form, 422)
    db = write_session()
    buyer = _buyer(db, code)
    try:
        services.answer(db, code=buyer.code, outcome=form.outcome.data, now=clock.now())
    except Invalid as refusal:
        db.rollback()
        form.add_error(refusal)
        return _answer_page(code, form, 422)
    db.commit()
    flash(gettext("Cảm ơn bạn. Chúng tôi đã ghi nhận là bạn đã nhận tin."), "ok")
    return redirect(url_for(".acknowledge", code=buyer.code, k=sign_buyer(buyer.code)), 303)
