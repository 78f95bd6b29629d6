"""A statement's life: issued, agreed or disputed and corrected, paid and confirmed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from livestream.results.models import (
    Settlement,
    SettlementLine,
    SettlementPayment,
)
from livestream.results.queries.sheets import ItemSheet, item_sheets
from livestream.results.rules.settling import (
    ReasonNeeded,
    SameSide,
    Sold,
    TooManyCharged,
    TooMuchMoney,
    WrongStep,
    line_owed,
    payer_of,
    shop_owed,
)
from livestream.results.services.parts import audit, tell_side
from livestream.sessions.models import LiveSession
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_, random_code


class PaidTooLate(Invalid):
    message = N_("Ngày chuyển tiền không thể ở sau hôm nay.")


def issue_settlement(
    db: Session,
    *,
    live: LiveSession,
    producer_id: int,
    rows: Sequence[ItemSheet],
    actor_id: int,
    now: datetime,
) -> Settlement:
    """Write the statement of one producer and tell them."""
    made = Settlement(
        public_id=random_code(26),
        code=f"QT-{live.starts_at:%y%m%d}-{random_code(5)}",
        session_id=live.id,
        producer_id=producer_id,
        club_id=live.club_id,
        owed_vnd=0,
        issued_by=actor_id,
        issued_at=now,
    )
    db.add(made)
    db.flush()
    made.owed_vnd = _write_lines(db, made, rows)
    db.flush()
    _tell(db, made, live, "producer", "results.issued", now)
    return made


def _write_lines(db: Session, settlement: Settlement, rows: Sequence[ItemSheet]) -> int:
    """The lines of these items; their sum."""
    total = 0
    for row in rows:
        for values in _lines(row):
            db.add(SettlementLine(settlement_id=settlement.id, **values))
            total += values["owed_vnd"]
    db.flush()
    return total


def _lines(row: ItemSheet) -> list[dict[str, Any]]:
    channel, shop = row.channel, row.shop
    lines = []
    if channel.units or row.charged or not shop.units:
        sold = Sold(**{**vars(channel), "charged": row.charged})
        owed = line_owed(row.terms, sold)
        seller, money_to, price = row.terms.seller, row.terms.money_to, row.terms.price_vnd
        lines.append(_line(row, "channel", seller, money_to, price, sold, owed))
    if shop.units:
        owed = shop_owed(row.terms.fee_bp, shop)
        lines.append(_line(row, "shop", "producer", "producer", 0, shop, owed))
    return lines


def _line(
    row: ItemSheet, via: str, seller: str, money_to: str, price: int, sold: Sold, owed: Any
) -> dict[str, Any]:
    return {
        "item_id": row.item.id,
        "via": via,
        "name": f"{row.item.short_code} · {row.full_name}"[:260],
        "seller": seller,
        "money_to": money_to,
        "units": sold.units,
        "returned": sold.returned,
        "gross_vnd": sold.gross_vnd - sold.returned_vnd,
        "price_vnd": price,
        "charged": sold.charged,
        "fee_bp": row.terms.fee_bp,
        "platform_vnd": sold.platform_vnd,
        **vars(owed),
    }


def agree_settlement(
    db: Session, *, settlement: Settlement, live: LiveSession, actor_id: int, now: datetime
) -> None:
    """The producer agrees with what stands there now. Raises WrongStep."""
    is_even = settlement.owed_vnd == 0
    _step(
        db,
        settlement,
        ("issued",),
        state="settled" if is_even else "agreed",
        settled_at=now if is_even else None,
        answered_by=actor_id,
        answered_at=now,
        answer_note="",
    )
    _note(db, settlement, live, "agreed", actor_id, now)
    _tell(db, settlement, live, "club", "results.agreed", now)


def dispute_settlement(
    db: Session,
    *,
    settlement: Settlement,
    live: LiveSession,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """The producer says what is wrong; the club corrects it. Raises ReasonNeeded, WrongStep."""
    if not reason:
        raise ReasonNeeded(field="reason")
    _step(
        db,
        settlement,
        ("issued",),
        state="disputed",
        answered_by=actor_id,
        answered_at=now,
        answer_note=reason,
    )
    _note(db, settlement, live, "disputed", actor_id, now, reason)
    _tell(db, settlement, live, "club", "results.disputed", now)


def revise_settlement(
    db: Session, *, settlement: Settlement, live: LiveSession, actor_id: int, now: datetime
) -> None:
    """The club draws the disputed statement anew from the corrected figures and terms.

    Raises WrongStep, TooManyCharged.
    """
    _step(db, settlement, ("disputed",), state="issued", revision=Settlement.revision + 1)
    rows = [row for row in item_sheets(db, live) if row.item.producer_id == settlement.producer_id]
    for row in rows:
        if row.charged > max(row.missing, 0):
            raise TooManyCharged(most=max(row.missing, 0))
    db.execute(delete(SettlementLine).where(SettlementLine.settlement_id == settlement.id))
    settlement.owed_vnd = _write_lines(db, settlement, rows)
    settlement.issued_by, settlement.issued_at = actor_id, now
    db.flush()
    _note(db, settlement, live, "revised", actor_id, now)
    _tell(db, settlement, live, "producer", "results.issued", now)


def send_payment(
    db: Session,
    *,
    settlement: Settlement,
    live: LiveSession,
    side: str,
    amount_vnd: int,
    paid_on: date,
    reference: str,
    submit_key: str,
    actor_id: int,
    now: datetime,
    proof_sha: str | None = None,
    is_proof_pdf: bool = False,
) -> SettlementPayment:
    """The side that owes says that it paid, with the proof; once per ``submit_key``.

    The amount is taken by one conditional statement, so that two at once never tell more than is
    owed. Raises WrongStep, TooMuchMoney (field ``amount_vnd``), PaidTooLate.
    """
    if side != payer_of(settlement.owed_vnd):
        raise WrongStep
    if paid_on > today_vn(now):
        raise PaidTooLate(field="paid_on")
    made: SettlementPayment | None = db.scalars(
        insert_into(db, SettlementPayment)
        .values(
            settlement_id=settlement.id,
            submit_key=submit_key,
            amount_vnd=amount_vnd,
            paid_on=paid_on,
            reference=reference,
            proof_sha=proof_sha,
            is_proof_pdf=is_proof_pdf,
            state="sent",
            made_by=actor_id,
            made_at=now,
            answer_note="",
        )
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(SettlementPayment)
    ).one_or_none()
    if made is None:
        known = select(SettlementPayment).where(
            SettlementPayment.submit_key == submit_key,
            SettlementPayment.settlement_id == settlement.id,
        )
        found = db.scalars(known).one_or_none()
        if found is None:
            raise NotFound
        return found
    taken = db.execute(
        update(Settlement)
        .where(
            Settlement.id == settlement.id,
            Settlement.state == "agreed",
            Settlement.sent_vnd + amount_vnd <= func.abs(Settlement.owed_vnd),
        )
        .values(sent_vnd=Settlement.sent_vnd + amount_vnd)
        .returning(Settlement.id)
    ).one_or_none()
    if taken is None:
        db.refresh(settlement)
        raise WrongStep if settlement.state != "agreed" else TooMuchMoney(field="amount_vnd")
    db.refresh(settlement)
    _note(db, settlement, live, "paid", actor_id, now, amount_vnd=amount_vnd)
    _tell(db, settlement, live, other(side), "results.paid", now, payment=made.id)
    return made


def answer_payment(
    db: Session,
    *,
    settlement: Settlement,
    payment: SettlementPayment,
    live: LiveSession,
    has_come: bool,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """The receiving side says whether the money came; the last đồng settles the statement.

    Raises WrongStep, SameSide, ReasonNeeded (field ``reason``).
    """
    if payment.made_by == actor_id:
        raise SameSide
    if not has_come and not reason:
        raise ReasonNeeded(field="reason")
    answered = db.execute(
        update(SettlementPayment)
        .where(SettlementPayment.id == payment.id, SettlementPayment.state == "sent")
        .values(
            state="received" if has_come else "refused",
            answered_by=actor_id,
            answered_at=now,
            answer_note=reason,
        )
        .returning(SettlementPayment.amount_vnd)
    ).scalar_one_or_none()
    if answered is None:
        raise WrongStep
    change = (
        {"paid_vnd": Settlement.paid_vnd + answered}
        if has_come
        else {"sent_vnd": Settlement.sent_vnd - answered}
    )
    db.execute(update(Settlement).where(Settlement.id == settlement.id).values(**change))
    db.execute(
        update(Settlement)
        .where(
            Settlement.id == settlement.id,
            Settlement.state == "agreed",
            Settlement.paid_vnd == func.abs(Settlement.owed_vnd),
        )
        .values(state="settled", settled_at=now)
    )
    db.refresh(settlement)
    db.refresh(payment)
    said = "payment_received" if has_come else "payment_refused"
    _note(db, settlement, live, said, actor_id, now, reason, amount_vnd=answered)
    payer = payer_of(settlement.owed_vnd)
    _tell(db, settlement, live, payer, f"results.{said}", now, payment=payment.id)


def other(side: str) -> str:
    """The side across the table."""
    return "club" if side == "producer" else "producer"


def _step(db: Session, settlement: Settlement, before: tuple[str, ...], **values: Any) -> None:
    """Change the state by one conditional statement. Raises WrongStep."""
    changed = db.execute(
        update(Settlement)
        .where(Settlement.id == settlement.id, Settlement.state.in_(before))
        .values(**values)
        .returning(Settlement.id)
    ).one_or_none()
    if changed is None:
        raise WrongStep
    db.refresh(settlement)


def _note(
    db: Session,
    settlement: Settlement,
    live: LiveSession,
    said: str,
    actor_id: int,
    now: datetime,
    words: str = "",
    **detail: Any,
) -> None:
    facts = {"settlement": settlement.id, "owed_vnd": settlement.owed_vnd, **detail}
    audit(db, live, f"settlement_{said}", actor_id=actor_id, now=now, note=words, **facts)


def _tell(
    db: Session,
    settlement: Settlement,
    live: LiveSession,
    side: str,
    kind: str,
    now: datetime,
    payment: int = 0,
) -> None:
    base = "/ban-hang/quyet-toan" if side == "producer" else "/clb/quyet-toan"
    tell_side(
        db,
        live,
        side,
        settlement.producer_id,
        kind,
        cause=f"{kind}:{settlement.id}:{settlement.revision}:{payment}",
        now=now,
        code=settlement.code,
        page=f"{base}/{settlement.public_id}",
    )
