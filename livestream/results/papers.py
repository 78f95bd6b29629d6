"""A statement as the paper both sides file: its lines, both sides' word, each payment's proof."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.results.models import SettlementLine
from livestream.results.queries.settlements import (
    PaymentRow,
    StatementRow,
    english_names,
    lines_of,
    payments_of,
)
from livestream.results.rules.settling import (
    PAYMENT_LABELS,
    SETTLEMENT_LABELS,
    SIDE_LABELS,
    VIA_LABELS,
    payer_of,
)
from shop.accounts.models import Person
from shop.core.money import format_vnd
from shop.core.text import N_
from shop.receipts.pdf import Item, Receipt
from shop.web.i18n import gettext as _
from shop.web.i18n import pick, show_date, show_datetime

PAYER_WORDS = {
    "club": N_("Câu lạc bộ trả người sản xuất"),
    "producer": N_("Người sản xuất trả câu lạc bộ"),
    "": N_("Không bên nào nợ bên nào"),
}
FINGERPRINT = 16
"""Hexadecimal digits of a proof's SHA-256 on paper: enough to tell the file that was shown."""


def statement_paper(
    db: Session, row: StatementRow, *, address: str, public_url: str, now: datetime
) -> Receipt:
    """Everything on a statement's paper, in the language of the page that asks.

    ``address``: the statement's page of the side that prints; only the two sides may open it.
    """
    settlement, live = row.settlement, row.live
    payments = payments_of(db, settlement.id)
    names = _names(db, row, payments)
    english = english_names(db, settlement.id)
    return Receipt(
        title=_("Bảng quyết toán phiên live"),
        code=settlement.code,
        code_label=_("Mã"),
        seller=f"{row.club.name} · {row.producer.name}",
        seller_facts=(_(SETTLEMENT_LABELS[settlement.state]),),
        address=address,
        address_note=_("Quét để mở bảng này trên Chợ Phiên; chỉ hai bên xem được"),
        facts=(
            (_("Phiên"), pick(live.title, live.title_en)),
            (_("Lúc"), show_datetime(live.starts_at)),
            (_("Câu lạc bộ"), row.club.name),
            (_("Người sản xuất"), row.producer.name),
            (_("In lúc"), show_datetime(now)),
            (_("Lần lập"), str(settlement.revision)),
        ),
        header=(_("Mặt hàng"), _("Đã bán"), _("Tiền hàng"), _("Phải trả")),
        items=tuple(
            _item(line, pick(line.name, english.get(line.item_id)))
            for line in lines_of(db, settlement.id)
        ),
        sums=(),
        total=(_(PAYER_WORDS[payer_of(settlement.owed_vnd)]), format_vnd(abs(settlement.owed_vnd))),
        money=(
            (_("Đã báo chuyển"), format_vnd(settlement.sent_vnd)),
            (_("Bên nhận đã xác nhận"), format_vnd(settlement.paid_vnd)),
            (_("Còn lại"), format_vnd(row.left_vnd)),
        ),
        papers=(*_agreement(row, names), *(_payment(one, names) for one in payments)),
        notice=_(
            "Số dương: câu lạc bộ trả người sản xuất. Số âm: người sản xuất trả câu lạc bộ. Đơn "
            "trên Chợ Phiên thì tiền đã về thẳng người sản xuất."
        ),
        thanks=_("Đây là bảng đối chiếu giữa hai bên, không phải hóa đơn."),
        footer=f"Chợ Phiên · {public_url}",
    )


def _names(db: Session, row: StatementRow, payments: Sequence[PaymentRow]) -> dict[int, str]:
    ids = {row.settlement.issued_by, row.settlement.answered_by}
    ids |= {one.payment.answered_by for one in payments}
    found = db.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    return {one.id: one.name for one in found}


def _item(line: SettlementLine, name: str) -> Item:
    sold = f"{line.units - line.returned}"
    notes = [
        _(VIA_LABELS[line.via]),
        _("tiền về: %(who)s", who=_(SIDE_LABELS[line.money_to])),
        _("giữ lại %(percent)s: −%(fee)s", percent=_percent(line), fee=format_vnd(line.fee_vnd)),
    ]
    if line.platform_vnd:
        notes.append(_("phí sàn %(fee)s", fee=format_vnd(line.platform_vnd)))
    if line.charged:
        missing = format_vnd(line.missing_vnd)
        notes.append(_("thiếu %(n)s: +%(sum)s", n=line.charged, sum=missing))
    return Item(
        name=name,
        note=" · ".join(notes),
        quantity=sold,
        price=format_vnd(line.goods_vnd),
        total=_signed(line.owed_vnd),
    )


def _percent(line: SettlementLine) -> str:
    return f"{line.fee_bp / 100:g} %"


def _signed(amount_vnd: int) -> str:
    return f"{'−' if amount_vnd < 0 else ''}{format_vnd(abs(amount_vnd))}"


def _agreement(row: StatementRow, names: dict[int, str]) -> list[tuple[str, str]]:
    """What each side said of the statement, who and when."""
    settlement = row.settlement
    issued = f"{names.get(settlement.issued_by, '')} · {show_datetime(settlement.issued_at)}"
    if settlement.answered_at is None:
        answer = _("Chưa trả lời")
    else:
        who = names.get(settlement.answered_by or 0, "")
        said = _("Báo chưa đúng") if settlement.state == "disputed" else _("Đồng ý")
        answer = f"{said} · {who} · {show_datetime(settlement.answered_at)}"
    if settlement.state == "disputed" and settlement.answer_note:
        answer = f"{answer}\n{settlement.answer_note}"
    return [(_("Câu lạc bộ lập"), issued), (_("Người sản xuất"), answer)]


def _payment(row: PaymentRow, names: dict[int, str]) -> tuple[str, str]:
    """One payment: how much, when, by whom, what the other side said, which proof was shown."""
    payment = row.payment
    parts = [
        f"{show_date(payment.paid_on)} · {row.made_by}",
        payment.reference,
        f"{_(PAYMENT_LABELS[payment.state])}"
        + (f": {names.get(payment.answered_by, '')}" if payment.answered_by else ""),
        _("Chứng từ SHA-256 %(digits)s…", digits=payment.proof_sha[:FINGERPRINT])
        if payment.proof_sha
        else _("Không kèm chứng từ"),
    ]
    return (
        _("Khoản chuyển %(sum)s", sum=format_vnd(payment.amount_vnd)),
        "\n".join(part for part in parts if part),
    )
