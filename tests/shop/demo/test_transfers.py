"""The demo's money without a code: there once, however often it is loaded."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.demo.orders import SELLERS
from shop.demo.transfers import load_transfers
from shop.payments import unmatched
from shop.statements.models import StatementImport
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_payee_account


def test_transfers_are_loaded_once(db: Session) -> None:
    for name, (login, number, _holder) in SELLERS.items():
        producer = make_producer(db, name=name)
        make_member(db, "producer", producer.id, "owner", email=login)
        make_payee_account(db, producer.id, number=number)
    assert load_transfers(db, now=NOW) == 2
    assert load_transfers(db, now=NOW) == 0
    found = unmatched.count_unmatched(db, unmatched.of_producers([producer.id]))
    assert found == 2, "one told by the feed, one by the statement"
    rows = db.scalars(select(StatementImport)).all()
    assert [(row.state, len(row.results)) for row in rows] == [("recorded", 1)] * 2
