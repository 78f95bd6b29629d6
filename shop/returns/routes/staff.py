"""Staff see their provinces' returns and mediate those that buyers bring to them."""

from typing import Final

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.core.text import N_
from shop.returns import queries, services
from shop.returns.forms import DecideForm, WordsForm
from shop.returns.models import ReturnRequest
from shop.returns.routes.base import Desk, bp, show
from shop.returns.routes.producer import PAGE_SIZE
from shop.returns.services import Answer
from shop.web.access import actor, role
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

CASE: Final = Desk(
    side="staff",
    template="staff_case.html",
    endpoint=".staff_case",
    forms={
        "settle": DecideForm,
        "note": WordsForm,
        "close": WordsForm,
    },
    find=lambda db, ask: queries.staffs(db, ask, staff_scope_of(actor())),
)


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


@bp.get("/can-bo/tra-hang/<ask>")
@role("staff")
def staff_case(ask: str) -> ResponseReturnValue:
    """One return of the provinces, with what staff may do."""
    return CASE.page(ask)


@bp.post("/can-bo/tra-hang/<ask>/y-kien")
@role("staff")
def note(ask: str) -> ResponseReturnValue:
    """Say something to both sides."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.note_return(db, return_id=found.id, answer=answer)

    return CASE.decide(
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

    return CASE.decide(
        ask, "settle", form, verb, N_("Đã quyết định hoàn tiền; người bán được báo.")
    )


@bp.post("/can-bo/tra-hang/<ask>/khep-lai")
@role("staff")
def close(ask: str) -> ResponseReturnValue:
    """Let the refusal stand, and say why."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.close_return(db, return_id=found.id, answer=answer)

    return CASE.decide(
        ask, "close", WordsForm.read(prefix="close-"), verb, N_("Đã khép lại yêu cầu.")
    )
