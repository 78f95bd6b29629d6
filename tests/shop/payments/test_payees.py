"""Changing where a producer is paid: a second person, 24 hours, everybody told, races included."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.payments import queries, services
from shop.payments.models import PayeeAccount
from shop.payments.rules import SamePerson, UncheckedBank, WaitingAccount, WrongStep
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_payee_account
from tests.shop.payments.test_ledger import assert_sound, at_once


def submitted(db: Session, **over: Any) -> tuple[PayeeAccount, int, int]:
    """A change that waits, its producer's owner, and a staff person who may decide."""
    producer = make_producer(db)
    make_payee_account(db, producer.id)
    owner = make_member(db, "producer", producer.id, "owner")
    values: dict[str, Any] = {"bank_bin": "970436", "number": "111222333", "holder": "NONG THI HA"}
    account = services.submit_account(
        db, producer_id=producer.id, actor_id=owner.id, now=NOW, **(values | over)
    )
    return account, owner.id, make_staff(db).id


def decide(db: Session, account: PayeeAccount, actor_id: int, **over: Any) -> PayeeAccount:
    return services.decide_account(
        db, account_id=account.id, is_approved=True, actor_id=actor_id, now=NOW, **over
    )


def numbers(db: Session, producer_id: int) -> list[str]:
    """Who is paid now, and after 24 hours less and more a second."""
    instants = (NOW, NOW + timedelta(hours=24, seconds=-1), NOW + timedelta(hours=24))
    found = [queries.payee_account(db, producer_id, at) for at in instants]
    return [one.number if one else "" for one in found]


def test_change_waits_24_hours_is_told_and_audited(db: Session) -> None:
    account, _owner, staff = submitted(db)
    assert numbers(db, account.producer_id) == ["257678859"] * 3, "nothing before approval"
    decide(db, account, staff)
    assert numbers(db, account.producer_id) == ["257678859", "257678859", "111222333"]
    kinds = set(db.scalars(select(OutboxMessage.kind)))
    assert {"payments.payee_submitted", "payments.payee_decided"} <= kinds
    entries = db.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "payee_account")
    ).all()
    assert entries == ["payments.payee_submitted", "payments.payee_approved"]


def test_second_person_is_neither_submitter_nor_member(db: Session) -> None:
    account, owner, _staff = submitted(db)
    member = make_member(db, "producer", account.producer_id, "member").id
    for actor_id in (owner, member):
        with pytest.raises(SamePerson):
            decide(db, account, actor_id)


def test_one_change_at_a_time(db: Session) -> None:
    account, owner, _staff = submitted(db)
    with pytest.raises(WaitingAccount):
        services.submit_account(
            db,
            producer_id=account.producer_id,
            bank_bin="970436",
            number="999",
            holder="X Y",
            actor_id=owner,
            now=NOW,
        )


def test_bank_outside_the_list_needs_a_look(db: Session) -> None:
    account, _owner, staff = submitted(db, bank_bin="971133")
    with pytest.raises(UncheckedBank):
        decide(db, account, staff)
    assert decide(db, account, staff, is_bank_checked=True).state == "active"


def test_owner_stops_a_change_until_it_is_in_force(db: Session) -> None:
    account, owner, staff = submitted(db)
    decide(db, account, staff)
    values = {"account_id": account.id, "producer_id": account.producer_id, "actor_id": owner}
    with pytest.raises(WrongStep):
        services.withdraw_account(db, now=NOW + timedelta(hours=24), **values)
    services.withdraw_account(db, now=NOW + timedelta(hours=23), **values)
    assert numbers(db, account.producer_id) == ["257678859"] * 3


# Really at once


def working(database: Database, work: Callable[[Session], Any]) -> Callable[[], Any]:
    def run() -> Any:
        with database.transaction() as db:
            return work(db)

    return run


def test_two_approvers_decide_once(database: Database) -> None:
    with database.transaction() as db:
        account, _owner, first = submitted(db)
        second = make_staff(db).id
    results = at_once(
        [
            working(database, lambda db, who=who: decide(db, account, who))
            for who in (first, second, first, second)
        ]
    )
    assert sum(isinstance(one, PayeeAccount) for one in results) == 1
    assert sum(isinstance(one, WrongStep) for one in results) == 3
    with database.read() as db:
        approvals = select(AuditEntry).where(AuditEntry.action == "payments.payee_approved")
        assert len(db.scalars(approvals).all()) == 1
    assert_sound(database)


def test_approve_and_withdraw_at_once_end_without_the_change(database: Database) -> None:
    with database.transaction() as db:
        account, owner, staff = submitted(db)
    values = {"account_id": account.id, "producer_id": account.producer_id, "actor_id": owner}
    results = at_once(
        [
            working(database, lambda db: decide(db, account, staff)),
            working(database, lambda db: services.withdraw_account(db, now=NOW, **values)),
        ]
    )
    assert isinstance(results[1], PayeeAccount), "what the owner stops stays stopped"
    assert isinstance(results[0], (PayeeAccount, WrongStep))
    with database.read() as db:
        assert db.get_one(PayeeAccount, account.id).state == "retired"
        assert numbers(db, account.producer_id) == ["257678859"] * 3
    assert_sound(database)


@pytest.mark.control
def test_reading_before_writing_would_lose_the_withdrawal(database: Database) -> None:
    """Negative control: look first, write without a condition, and the stopped change lives."""
    with database.transaction() as db:
        account, _owner, _staff = submitted(db)
    looked = threading.Barrier(2)
    withdrawn = threading.Event()

    def naive(state: str, is_first: bool) -> Callable[[], None]:
        def work() -> None:
            with database.read() as db:
                assert db.get_one(PayeeAccount, account.id).state == "submitted"
            looked.wait()
            if not is_first:
                withdrawn.wait()
            with database.transaction() as db:
                db.execute(
                    update(PayeeAccount)
                    .where(PayeeAccount.id == account.id)
                    .values(state=state, effective_at=NOW)
                )
            withdrawn.set()

        return work

    assert at_once([naive("retired", True), naive("active", False)]) == [None, None]
    with database.read() as db:
        assert db.get_one(PayeeAccount, account.id).state == "active"
