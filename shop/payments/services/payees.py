"""Where producers are paid. Redirecting it is the most profitable attack, so a change is slow and
seen by several people.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.accounts.services import record_audit, register_subject
from shop.accounts.services.audit import Home
from shop.catalogue.models import Producer
from shop.catalogue.services import home_by
from shop.core.errors import Conflict, NotFound
from shop.core.text import N_
from shop.notifications.services import notify
from shop.payments import queries
from shop.payments.banks import BANKS
from shop.payments.models import PayeeAccount, PaymentTxn
from shop.payments.rules import (
    PAYEE_DELAY,
    SamePerson,
    UncheckedBank,
    WaitingAccount,
    WrongStep,
)
from shop.payments.transfer_qr import Transfer, encode

SUBMITTED = "payments.payee_submitted"
DECIDED = "payments.payee_decided"
WITHDRAWN = "payments.payee_withdrawn"

register_subject("payee_account", home_by(PayeeAccount))


def _home_of_txn(db: Session, txn_row_id: int) -> Home:
    """Whose account received it; the first of those who share one."""
    row = db.execute(
        select(Producer.id, Producer.province_code)
        .join(PayeeAccount, PayeeAccount.producer_id == Producer.id)
        .join(PaymentTxn, PaymentTxn.account_digest == PayeeAccount.number_digest)
        .where(PaymentTxn.id == txn_row_id, PayeeAccount.state == "active")
        .order_by(PayeeAccount.id)
        .limit(1)
    ).one_or_none()
    return (None, None) if row is None else (row[0], row[1])


register_subject("payment_txn", _home_of_txn)


class SameAccount(Conflict):
    message = N_("Đây đang là tài khoản nhận tiền của cơ sở.")


def submit_account(
    db: Session,
    *,
    producer_id: int,
    bank_bin: str,
    number: str,
    holder: str,
    actor_id: int,
    now: datetime,
) -> PayeeAccount:
    """Ask for a (new) payee account; staff look at it before it is used. All members are told.

    Raises BadTransferQr (fields ``bank_bin``, ``number``), SameAccount, WaitingAccount.
    """
    encode(Transfer(bank_bin=bank_bin, account=number))
    in_force = queries.payee_account(db, producer_id, now)
    if in_force is not None and (in_force.bank_bin, in_force.number) == (bank_bin, number):
        raise SameAccount(field="number")
    account = PayeeAccount(
        producer_id=producer_id,
        bank_bin=bank_bin,
        number=number,
        holder=holder,
        submitted_by=actor_id,
        submitted_at=now,
    )
    try:
        with db.begin_nested():
            db.add(account)
            db.flush()
    except IntegrityError:
        raise WaitingAccount(field="number") from None
    _record(db, account, "payments.payee_submitted", actor_id, now)
    _tell(db, account, SUBMITTED, now)
    return account


def decide_account(
    db: Session,
    *,
    account_id: int,
    is_approved: bool,
    actor_id: int,
    now: datetime,
    note: str = "",
    is_bank_checked: bool = False,
) -> PayeeAccount:
    """Staff approve or refuse a submitted account. The first is in force at once, a change after
    PAYEE_DELAY. A bank outside the list needs ``is_bank_checked``: a wrong number is lost money.
    Raises NotFound, SamePerson, UncheckedBank, WrongStep.
    """
    account = db.get(PayeeAccount, account_id)
    if account is None:
        raise NotFound
    _lock_producer(db, account.producer_id)
    members = {member.person_id for member in members_of(db, "producer", account.producer_id)}
    if actor_id == account.submitted_by or actor_id in members:
        raise SamePerson
    if is_approved and account.bank_bin not in BANKS and not is_bank_checked:
        raise UncheckedBank(field="is_bank_checked")
    is_change = queries.has_payee_account(db, account.producer_id)
    effective_at = (now + PAYEE_DELAY if is_change else now) if is_approved else None
    decided = db.execute(
        update(PayeeAccount)
        .where(PayeeAccount.id == account.id, PayeeAccount.state == "submitted")
        .values(
            state="active" if is_approved else "rejected",
            effective_at=effective_at,
            verified_by=actor_id,
        )
        .returning(PayeeAccount.id)
    ).one_or_none()
    if decided is None:
        raise WrongStep
    db.refresh(account)
    verb = "payments.payee_approved" if is_approved else "payments.payee_rejected"
    _record(db, account, verb, actor_id, now, note)
    _tell(db, account, DECIDED, now)
    return account


def withdraw_account(
    db: Session, *, account_id: int, producer_id: int, actor_id: int, now: datetime
) -> PayeeAccount:
    """An owner stops an account that is not in force yet. Raises NotFound, WrongStep."""
    account = db.get(PayeeAccount, account_id)
    if account is None or account.producer_id != producer_id:
        raise NotFound
    _lock_producer(db, producer_id)
    stopped = db.execute(
        update(PayeeAccount)
        .where(
            PayeeAccount.id == account_id,
            (PayeeAccount.state == "submitted")
            | ((PayeeAccount.state == "active") & (PayeeAccount.effective_at > now)),
        )
        .values(state="retired")
        .returning(PayeeAccount.id)
    ).one_or_none()
    if stopped is None:
        raise WrongStep
    db.refresh(account)
    _record(db, account, "payments.payee_withdrawn", actor_id, now)
    _tell(db, account, WITHDRAWN, now)
    return account


def _lock_producer(db: Session, producer_id: int) -> None:
    db.execute(select(Producer.id).where(Producer.id == producer_id).with_for_update())


def _record(
    db: Session, account: PayeeAccount, action: str, actor_id: int, now: datetime, note: str = ""
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="payee_account",
        subject_id=account.id,
        now=now,
        detail={"producer": account.producer_id},
        note=note,
    )


def _tell(db: Session, account: PayeeAccount, kind: str, now: datetime) -> None:
    """Tell every member, the old contact among them: who did not ask for it must hear of it."""
    members = members_of(db, "producer", account.producer_id)
    notify(
        db,
        person_ids=[member.person_id for member in members],
        kind=kind,
        cause=f"payee:{account.id}:{account.state}",
        payload={"tail": account.number[-4:]},
        now=now,
        ref=f"payee:{account.id}",
    )
