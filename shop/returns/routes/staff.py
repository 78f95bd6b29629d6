"""Staff see their provinces' returns and mediate those that buyers bring to them."""

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.returns import queries, services
from shop.returns.forms import DecideForm, WordsForm
from shop.returns.models import ReturnRequest
from shop.returns.routes.base import attempt, bp, case_of, show
from shop.returns.routes.producer import PAGE_SIZE
from shop.returns.services import Answer
from shop.web.access import actor, role
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

FORMS: Final[dict[str, type[Form]]] = {
    "settle": DecideForm,
    "note": WordsForm,
    "close": WordsForm,
}
"""The page's forms by name; their fields are called ``<name>-<field>``."""


@bp.get("/can-bo/tra-hang")
@role("staff")
def staff_desk() -> ResponseReturnValue:
    """What buyers brought to staff; ``muc=tat-ca`` shows every return of the provinces."""
    number, is_all = page_number(request.args.get("trang")), request.args.get("muc") == "tat-ca"
    rows, total = queries.staffs_rows(
        read_session(),
        staff_scope_of(actor()),
        only_appealed=not is_all,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    tab = "tat-ca" if is_all else None
    return show(
        "staff_desk.html",
        rows=rows,
        is_all=is_all,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".staff_desk", muc=tab, trang=n)),
    )


def _ours(db: Session, ask: str) -> ReturnRequest:
    found = queries.staffs(db, ask, staff_scope_of(actor()))
    if found is None:
        raise NotFound
    return found


def _page(
    ask: str, status: int = 200, *, name: str = "", form: Form | None = None
) -> ResponseReturnValue:
    db = read_session()
    forms = {blank: kind(prefix=f"{blank}-") for blank, kind in FORMS.items()}
    if form is not None:
        forms[name] = form
    return show(
        "staff_case.html", status, case=case_of(db, _ours(db, ask)), forms=forms, failed=name
    )


@bp.get("/can-bo/tra-hang/<ask>")
@role("staff")
def staff_case(ask: str) -> ResponseReturnValue:
    """One return of the provinces, with what staff may do."""
    return _page(ask)


Verb = Callable[[Session, ReturnRequest, Answer], None]


def _decide(ask: str, name: str, form: Any, verb: Verb, done: str) -> ResponseReturnValue:
    if not form.validate():
        return _page(ask, 422, name=name, form=form)

    def do(db: Session) -> None:
        text = form.text.data or ""
        verb(db, _ours(db, ask), Answer("staff", actor().id(), clock.now(), text))

    status = attempt(form, do)
    if status:
        return _page(ask, status, name=name, form=form)
    flash(_(done), "ok")
    return redirect(url_for(".staff_case", ask=ask), 303)


@bp.post("/can-bo/tra-hang/<ask>/y-kien")
@role("staff")
def note(ask: str) -> ResponseReturnValue:
    """Say something to both sides."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.note_return(db, return_id=found.id, answer=answer)

    return _decide(
        ask, "note", WordsForm.read(prefix="note-"), verb, N_("Đã gửi ý kiến cho hai bên.")
    )


@bp.post("/can-bo/tra-hang/<ask>/giai-quyet")
@role("staff")
def staff_settle(ask: str) -> ResponseReturnValue:
    """Decide that the money goes back; the buyer keeps the goods."""
    form = DecideForm.read(prefix="settle-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.settle_return(
            db, return_id=found.id, refund_vnd=form.refund.data, counts=None, answer=answer
        )

    return _decide(ask, "settle", form, verb, N_("Đã quyết định hoàn tiền; người bán được báo."))


@bp.post("/can-bo/tra-hang/<ask>/khep-lai")
@role("staff")
def close(ask: str) -> ResponseReturnValue:
    """Let the refusal stand, and say why."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.close_return(db, return_id=found.id, answer=answer)

    return _decide(ask, "close", WordsForm.read(prefix="close-"), verb, N_("Đã khép lại yêu cầu."))
