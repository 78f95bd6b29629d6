"""The producer answers return requests, and counts the goods that came back."""

from typing import Final

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core.text import N_
from shop.returns import queries, services
from shop.returns.forms import DecideForm, RefuseForm, WordsForm, read_units
from shop.returns.models import ReturnRequest
from shop.returns.routes.base import Desk, bp, show
from shop.returns.services import Answer
from shop.web.access import actor, role
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

PAGE_SIZE = 20
CASE: Final = Desk(
    side="producer",
    template="desk_case.html",
    endpoint=".desk_case",
    forms={
        "agree": DecideForm,
        "settle": DecideForm,
        "refuse": RefuseForm,
        "more": WordsForm,
    },
    find=lambda db, ask: queries.producers(db, ask, sorted(actor().producers)),
)


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


@bp.get("/ban-hang/tra-hang/<ask>")
@role("producer")
def desk_case(ask: str) -> ResponseReturnValue:
    """One request, with what can be answered now."""
    return CASE.page(ask)


@bp.post("/ban-hang/tra-hang/<ask>/dong-y")
@role("producer")
def agree(ask: str) -> ResponseReturnValue:
    """Take the goods back."""
    form = DecideForm.read(prefix="agree-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.agree_return(db, return_id=found.id, refund_vnd=form.refund.data, answer=answer)

    return CASE.decide(
        ask, "agree", form, verb, N_("Đã đồng ý. Khi hàng về, hãy đếm rồi hoàn tiền.")
    )


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

    return CASE.decide(
        ask, "settle", form, verb, N_("Đã giải quyết. Khoản hoàn nằm ở trang đối soát tiền.")
    )


@bp.post("/ban-hang/tra-hang/<ask>/tu-choi")
@role("producer")
def refuse(ask: str) -> ResponseReturnValue:
    """Say no, with the reason."""
    form = RefuseForm.read(prefix="refuse-")

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.refuse_return(db, return_id=found.id, refusal=form.refusal.data, answer=answer)

    return CASE.decide(
        ask, "refuse", form, verb, N_("Đã từ chối. Người mua có thể nhờ cán bộ xem.")
    )


@bp.post("/ban-hang/tra-hang/<ask>/hoi-them")
@role("producer")
def more(ask: str) -> ResponseReturnValue:
    """Ask the buyer for pictures or words."""

    def verb(db: Session, found: ReturnRequest, answer: Answer) -> None:
        services.ask_more(db, return_id=found.id, answer=answer)

    return CASE.decide(ask, "more", WordsForm.read(prefix="more-"), verb, N_("Đã hỏi người mua."))
