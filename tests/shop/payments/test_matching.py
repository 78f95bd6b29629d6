"""The desk of money that fits no order: who sees what, suggestions, assigning, setting aside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders.models import Order
from shop.payments import services, unmatched
from shop.payments.memo import ALPHABET, is_nearly_in
from shop.payments.models import PayeeAccount, PaymentAttempt, PaymentTxn
from shop.payments.rules import account_digest
from tests.conftest import post
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_attempt, make_payee_account
from tests.shop.payments.test_ledger import assert_sound
from tests.shop.payments.test_told_twice import told

SignIn = Callable[..., FlaskClient]
OWN = "/ban-hang/doi-soat/chua-khop"
STAFF = "/can-bo/doi-soat"


def lost(db: Session, attempt: PaymentAttempt, **over: Any) -> PaymentTxn:
    """Money for this attempt whose text carries no code."""
    values: dict[str, Any] = {"order_hint": "chuyen tien mua mat ong", "reference": ""} | over
    assert services.apply_txn(db, told(attempt, **values), now=NOW) == "unmatched"
    return db.scalars(select(PaymentTxn).order_by(PaymentTxn.id.desc())).first()  # type: ignore[return-value]


def suggested(db: Session, producer_ids: list[int]) -> list[list[tuple[str, tuple[str, ...]]]]:
    found = unmatched.cases(db, unmatched.of_producers(producer_ids), Producer.id.in_(producer_ids))
    return [[(one.order.code, one.clues) for one in case.suggestions] for case in found]


# Suggestions


def test_equal_amount_is_suggested_and_name_and_code_rank_it(db: Session) -> None:
    producer = make_producer(db)
    plain, attempt = make_attempt(db, producer=producer)
    named, _second = make_attempt(db, producer=producer)
    named.contact.full_name = "Trần Thị Hạnh"
    coded, third = make_attempt(db, producer=producer)
    db.flush()
    code = third.memo_code or ""
    wrong = code[:5] + next(one for one in ALPHABET if one != code[5]) + code[6:]
    lost(db, attempt, order_hint="TRAN THI HANH chuyen tien")
    lost(db, attempt, txn_id="2", order_hint=f"tt {wrong}")
    first, second = suggested(db, [producer.id])
    assert first[0] == (named.code, ("name", "time"))
    assert second[0] == (coded.code, ("code", "time"))
    assert {code for code, _clues in first} == {plain.code, named.code, coded.code}


def test_other_amounts_accounts_and_times_are_not_suggested(db: Session) -> None:
    producer, other = make_producer(db), make_producer(db)
    _order, attempt = make_attempt(db, producer=producer)
    make_payee_account(db, other.id, number="111222333")
    lost(db, attempt, amount_vnd=94_999)
    lost(db, attempt, txn_id="2", occurred_at=NOW - timedelta(hours=2))
    lost(db, attempt, txn_id="3", occurred_at=NOW + timedelta(days=11))
    lost(db, attempt, txn_id="4", account="111222333")
    assert suggested(db, [producer.id]) == [[], [], []]
    assert suggested(db, [other.id]) == [[]]


def test_rest_of_a_partial_order_is_suggested(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, told(attempt, amount_vnd=40_000), now=NOW)
    lost(db, attempt, txn_id="2", amount_vnd=55_000)
    assert suggested(db, [order.producer_id]) == [[(order.code, ("time",))]]


@pytest.mark.parametrize(
    ("name", "words", "is_in"),
    [
        ("Trần Thị Hạnh", "TRAN THI HANH CT", True),
        ("Trần Thị Hạnh", "HANH TRAN chuyen khoan", True),
        ("Trần Thị Hạnh", "tran van b", False),
        ("Hạnh", "HANH", False),
        ("", "", False),
    ],
)
def test_names_in_bank_texts(name: str, words: str, is_in: bool) -> None:
    assert unmatched.is_name_in(name, words) is is_in


def test_nearly_right_codes() -> None:
    assert is_nearly_in("OC23456789A", "ct oc2345 6789x tran")
    assert not is_nearly_in("OC23456789A", "OC23456YYYX")
    assert not is_nearly_in("OC23456789A", "")


def read_counting(database: Database, producer_id: int) -> tuple[int, int]:
    """(cases, statements) of one reading of the desk."""
    seen: list[str] = []

    def listen(*given: Any) -> None:
        seen.append(given[2])

    with database.read() as db:
        event.listen(db.get_bind(), "before_cursor_execute", listen)
        found = unmatched.cases(
            db, unmatched.of_producers([producer_id]), Producer.id == producer_id
        )
        event.remove(db.get_bind(), "before_cursor_execute", listen)
    return len(found), len(seen)


def test_number_of_statements_does_not_grow(database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        lost(db, attempt, txn_id="first")
    one, few = read_counting(database, order.producer_id)
    with database.transaction() as db:
        for number in range(29):
            lost(db, attempt, txn_id=str(number))
    thirty, many = read_counting(database, order.producer_id)
    assert (one, thirty) == (1, 30)
    assert few == many <= 4


# The pages


@pytest.fixture
def lying(database: Database) -> tuple[Order, int]:
    """An order, and money on its producer's account that fits none."""
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        return order, lost(db, attempt, order_hint="<b>chi Ha</b>").id


def owner(database: Database, producer_id: int) -> str:
    with database.transaction() as db:
        return make_member(db, "producer", producer_id, "owner").email or ""


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


def test_producer_gives_own_money_to_the_suggested_order(
    signed_in: SignIn, database: Database, lying: tuple[Order, int]
) -> None:
    order, txn_id = lying
    client = signed_in(owner(database, order.producer_id))
    body = client.get(OWN).get_data(as_text=True)
    assert f'data-suggested="{order.code}"' in body
    assert "<b>chi Ha</b>" not in body
    assert "Tiền chưa khớp đơn" in client.get("/ban-hang").get_data(as_text=True)
    answer = post(client, f"{OWN}/{txn_id}", {"order_code": order.code, "note": "đúng số tiền"})
    assert answer.status_code == 303
    assert reload(database, order).payment_state == "paid"
    assert "data-txn" not in client.get(OWN).get_data(as_text=True)
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject_id) == ("payments.match", order.id)
    assert_sound(database)


def test_nobody_reaches_other_peoples_money(
    signed_in: SignIn, database: Database, lying: tuple[Order, int]
) -> None:
    order, txn_id = lying
    with database.transaction() as db:
        foreign, _attempt = make_attempt(db)
        for account in db.scalars(select(PayeeAccount).where(PayeeAccount.id > 1)):
            account.number, account.number_digest = "998877", account_digest("998877")
    client = signed_in(owner(database, foreign.producer_id))
    for tail in ("", "/gat"):
        fields = {"order_code": foreign.code, "note": "của tôi đấy"}
        assert post(client, f"{OWN}/{txn_id}{tail}", fields).status_code == 404
    assert reload(database, order).payment_state == "unpaid"


def test_own_money_goes_to_own_orders_only(
    signed_in: SignIn, database: Database, lying: tuple[Order, int]
) -> None:
    order, txn_id = lying
    with database.transaction() as db:
        foreign, _attempt = make_attempt(db)
    client = signed_in(owner(database, order.producer_id))
    fields = {"order_code": foreign.code, "note": "thử xem"}
    assert post(client, f"{OWN}/{txn_id}", fields).status_code == 422
    assert reload(database, foreign).payment_state == "unpaid"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"order_code": "", "note": "đã gọi"},
        {"order_code": "ZZZZZZZZZZ", "note": "đã gọi"},
        {"order_code": "A" * 1_000_000, "note": "đã gọi"},
        {"order_code": "\x00", "note": "đã gọi"},
        {"order_code": "ABCDEFGH12", "note": "x" * 400},
    ],
)
def test_hostile_matches_change_nothing(
    signed_in: SignIn, database: Database, lying: tuple[Order, int], fields: dict[str, str]
) -> None:
    order, txn_id = lying
    client = signed_in(owner(database, order.producer_id))
    assert post(client, f"{OWN}/{txn_id}", fields).status_code in {413, 422}
    for same_as in ("x", "0", "-1", str(2**40), str(2**70), str(txn_id)):
        answer = post(client, f"{OWN}/{txn_id}/gat", {"same_as": same_as, "note": "trùng rồi"})
        assert answer.status_code == 422
    assert post(client, f"{OWN}/{2**62}", {"order_code": "A", "note": "abcd"}).status_code == 404
    assert "data-txn" in client.get(OWN).get_data(as_text=True)
    assert reload(database, order).payment_state == "unpaid"


def test_twin_is_shown_and_set_aside(signed_in: SignIn, database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        person = make_member(db, "producer", order.producer_id, "owner")
        services.confirm_receipt(
            db, order_id=order.id, actor_id=person.id, now=NOW, submit_key="k" * 16
        )
        services.apply_txn(db, told(attempt), now=NOW)
        first, second = db.scalars(select(PaymentTxn.id).order_by(PaymentTxn.id)).all()
    client = signed_in(person.email)
    body = client.get(OWN).get_data(as_text=True)
    assert f'name="same_as" value="{first}"' in body
    fields = {"same_as": str(first), "note": "một lần chuyển"}
    assert post(client, f"{OWN}/{second}/gat", fields).status_code == 303
    assert post(client, f"{OWN}/{second}/gat", fields).status_code == 404
    assert "data-txn" not in client.get(OWN).get_data(as_text=True)
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


def test_staff_see_money_on_accounts_of_their_provinces(
    signed_in: SignIn, database: Database, lying: tuple[Order, int]
) -> None:
    _order, txn_id = lying
    with database.transaction() as db:
        inside, outside = make_staff(db, "19").email, make_staff(db, "79").email
    client = signed_in(inside)
    assert f'data-txn="{txn_id}"' in client.get(STAFF).get_data(as_text=True)
    post(client, "/dang-xuat")
    client = signed_in(outside)
    assert "data-txn" not in client.get(STAFF).get_data(as_text=True)
    fields = {"note": "không phải tiền bán hàng"}
    assert post(client, f"{STAFF}/{txn_id}/gat", fields).status_code == 404


def test_foreign_money_is_no_orders_and_leaves_the_desk_with_a_reason(
    signed_in: SignIn, database: Database
) -> None:
    """Given back where it was paid, it must not lie on the desk for ever."""
    with database.transaction() as db:
        _order, attempt = make_attempt(db)
        row = lost(db, attempt, currency="USD").id
        login = make_staff(db).email or ""
    client = signed_in(login)
    page = client.get(STAFF).get_data(as_text=True)
    assert f'data-txn="{row}"' in page
    assert f"{STAFF}/{row}/gat" in page
    assert f'action="{STAFF}/{row}"' not in page, "no order can take it"
    short = post(client, f"{STAFF}/{row}/gat", {"note": "x"})
    assert short.status_code == 422
    assert 'id="note"' in short.get_data(as_text=True), "where the summary of faults leads"
    assert post(client, f"{STAFF}/{row}/gat", {"note": "đã hoàn bên Stripe"}).status_code == 303
    assert f'data-txn="{row}"' not in client.get(STAFF).get_data(as_text=True)
    assert_sound(database)
