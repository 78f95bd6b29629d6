"""Demo money on the reconciliation desk: a transfer whose text lost the code, and a private one."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.demo.orders import SELLERS
from shop.demo.people import person_id
from shop.orders.models import Order, OrderContact
from shop.payments.models import PayeeAccount, PaymentAttempt
from shop.payments.provider import ProviderTxn
from shop.payments.services import apply_txn
from shop.sheets.rules.cells import Cell
from shop.sheets.services.previews import digest_of
from shop.statements.models import StatementImport
from shop.statements.rules import guess, read_lines
from shop.statements.services import record_statement, take_statement


def load_transfers(db: Session, *, now: datetime) -> int:
    """Tell of money without a code for each demo producer; returns how much was new."""
    new = sum(_load_for(db, name, seller[1], now) for name, seller in SELLERS.items())
    for login, number, _holder in SELLERS.values():
        _load_statement(db, login, number, now)
    return new


def _load_statement(db: Session, login: str, number: str, now: datetime) -> None:
    """A small statement that was read and recorded a day ago."""
    account = db.scalars(select(PayeeAccount).where(PayeeAccount.number == number)).first()
    if account is None or db.scalar(
        select(StatementImport.id).where(StatementImport.account_id == account.id)
    ):
        return
    day = f"{now - timedelta(days=1):%d/%m/%Y}"
    cells: list[list[Cell]] = [
        ["Ngày giao dịch", "Ghi nợ", "Ghi có", "Số tham chiếu", "Nội dung"],
        [day, "", "180.000", f"FT{number}01", "Khach chuyen tien mua hang tai cho"],
        [day, "45.000", "", f"FT{number}02", "Phi dich vu"],
    ]
    layout, seller = guess(cells), person_id(db, login)
    row = take_statement(
        db,
        account_id=account.id,
        producer_ids={account.producer_id},
        actor_id=seller,
        file_name=f"sao-ke-{number}.csv",
        content=repr(cells).encode(),
        cells_name="",
        layout=layout,
        now=now - timedelta(days=1),
    )
    record_statement(
        db,
        row=row,
        account=account,
        lines=read_lines(cells, layout),
        digest=digest_of(row),
        left_out=(),
        actor_id=seller,
        limit_vnd=0,
        now=now - timedelta(days=1),
    )


def _load_for(db: Session, producer: str, account: str, now: datetime) -> int:
    waiting = db.execute(
        select(Order, OrderContact.full_name)
        .join(Producer, Producer.id == Order.producer_id)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .join(PaymentAttempt, PaymentAttempt.order_id == Order.id)
        .where(
            Producer.name == producer,
            PaymentAttempt.account_number == account,
            Order.payment_state == "unpaid",
        )
        .order_by(Order.id)
        .limit(1)
    ).one_or_none()
    told = [(250_000, "CT tu 0011 tra tien thue may tuot lua", now - timedelta(hours=5))]
    if waiting is not None:
        order, name = waiting
        told.append((order.total_vnd, f"{name} chuyen tien mua hang", order.placed_at))
    new = 0
    for number, (amount, words, at) in enumerate(told):
        facts = f"demo|{account}|{number}"
        outcome = apply_txn(
            db,
            ProviderTxn(
                provider="sepay",
                txn_id=f"demo-{account}-{number}",
                kind="charge",
                amount_vnd=amount,
                currency="VND",
                occurred_at=at,
                raw_digest=hashlib.sha256(facts.encode()).hexdigest(),
                account=account,
                order_hint=words,
            ),
            now=now,
        )
        new += outcome != "duplicate"
    return new
