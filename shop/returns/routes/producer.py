"""The producer answers return requests, and counts the goods that came back."""

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.returns import queries, services
from shop.returns.forms import DecideForm, RefuseForm, WordsForm, read_units
from shop.returns.models import ReturnRequest
from shop.returns.routes.base import attempt, bp, case_of, show
from shop.returns.services import Answer
from shop.web.access import actor, role
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

PAGE_SIZE = 20
FORMS: Final[dict[str, type[Form]]] = {
    "agree": DecideForm,
    "settle": DecideForm,
    "refuse": RefuseForm,
    "more": WordsForm,
}
"""The page's forms by name; their fields are called ``<name>-<field>``."""


@bp.get("/ban-hang/tra-hang")
@role("producer")
def desk() -> ResponseReturnValue:
    """What buyers ask to give back; ``muc=tat-ca`` shows ended ones too."""
    number, is_all = page_number(request.args.get("trang")), request.args.get("muc") == "tat-ca"
    rows, total = queries.producers_rows(
        read_session(),
        sorted(actor().producers),
        only_open=not is_all,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    tab = "tat-ca" if is_all else None
    return show(
        "desk.html",
        rows=rows,
        is_all=is_all,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".desk", muc=tab, trang=n)),
    )


def _own(db: Session, ask: str) -> ReturnRequest:
    found = queries.producers(db, ask, sorted(actor().producers))
    if found is None:
        raise NotFound
    return found


def _page(
    ask: str, status: int = 200, *, name: str = "", form: Form | None = None
) -> ResponseReturnValue:
    """The case; ``form`` is the refused one, called ``name``."""
    db = read_session()
    forms = {blank: kind(prefix=f"{blank}-") for blank, kind in FORMS.items()}
    if form is not None:
        forms[name] = form
    return show(
        "desk_case.html",
        status,
        case=case_of(db, _own(db, ask)),
        forms=forms,
        failed=name,
        typed=request.form,
    )


@bp.get("/ban-hang/tra-hang/<ask>")
@role("producer")
def desk_case(ask: str) -> ResponseReturnValue:
    """One request, with what can be answered now."""
    return _page(ask)


Verb = Callable[[Session, ReturnRequest, Answer], None]


def _decide(ask: str, name: str, form: Any, verb: Verb, done: str) -> ResponseReturnValue:
    if not form.validate():
        return _page(ask, 422, name=name, form=form)

    def do(db: Session) -> None:
        text = form.text.data or ""
        verb(db, _own(db, ask), Answer("producer", actor().id(), clock.now(), text))

    status = attempt(form, do)
    if status:
        return _page(ask, status, name=name, form=form)
    flash(_(done), "ok")
    return redirect(url_for(".desk_case", ask=ask), 303)


@bp.post("/ban-hang/tra-hang/<ask>/dong-y")
@role("producer")
def agree(ask: str) -> ResponseReturnValue:
    """Take the goods back."""
    form = DecideForm.read(prefix="agree-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.agree_return(db, return_id=found.id, refund_vnd=form.refund.data, answer=answer)

    return _decide(ask, "agree", form, verb, N_("Đã đồng ý. Khi hàng về, hãy đếm rồi hoàn tiền."))


@bp.post("/ban-hang/tra-hang/<ask>/giai-quyet")
@role("producer")
def settle(ask: str) -> ResponseReturnValue:
    """Give the money back: at once, or after the goods were counted."""
    form = DecideForm.read(prefix="settle-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        lines = [line.order_line_id for line in found.lines]
        back = read_units(request.form, "back", lines)
        off = read_units(request.form, "off", lines)
        services.settle_return(
            db,
            return_id=found.id,
            refund_vnd=form.refund.data,
            counts={line_id: (back[line_id], off[line_id]) for line_id in lines},
            answer=answer,
        )

    return _decide(
        ask, "settle", form, verb, N_("Đã giải quyết. Khoản hoàn nằm ở trang đối soát tiền.")
    )


@bp.post("/ban-hang/tra-hang/<ask>/tu-choi")
@role("producer")
def refuse(ask: str) -> ResponseReturnValue:
    """Say no, with the reason."""
    form = RefuseForm.read(prefix="refuse-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.refuse_return(db, return_id=found.id, refusal=form.refusal.data, answer=answer)

    return _decide(ask, "refuse", form, verb, N_("Đã từ chối. Người mua có thể nhờ cán bộ xem."))


@bp.post("/ban-hang/tra-hang/<ask>/hoi-them")
@role("producer")
def more(ask: str) -> ResponseReturnValue:
    """Ask the buyer for pictures or words."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.ask_more(db, return_id=found.id, answer=answer)

    return _decide(ask, "more", WordsForm.read(prefix="more-"), verb, N_("Đã hỏi người mua."))
