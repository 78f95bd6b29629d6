"""The negative control of every invariant: data that breaks it is named by what doctor runs.

Each break happens on temporary copies of the tables it touches. They stand before the real ones in
both databases' search order and carry no constraint and no trigger, so that even what the database
itself refuses can be tried. Nothing of it is committed.
"""

import re

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.cli import broken_invariants
from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import OrderLine
from shop.payments.models import PaymentTxn
from shop.payments.services import apply_txn
from tests.breaks import BREAKS
from tests.factories.catalogue import make_certificate, make_producer, make_product, variant_of
from tests.factories.checkout import make_voucher
from tests.factories.orders import make_order
from tests.factories.payments import NOW, make_attempt, make_txn
from tests.factories.traceability import make_lot
from tests.soundness import invariants


def build_world(db: Session) -> dict[str, int]:
    """A starred product, two lots; orders unpaid, paid and sent, cancelled, with a voucher."""
    producer = make_producer(db)
    product = make_product(db, producer=producer)
    make_certificate(db, product)
    lot = make_lot(db, product=product, released=True)
    other_lot = make_lot(db, product=product, released=True)
    variant = variant_of(db, product)
    unpaid, attempt = make_attempt(db, producer=producer, variant=variant)
    other, other_attempt = make_attempt(db, producer=producer, variant=variant)
    apply_txn(db, make_txn(other_attempt), now=NOW)
    about = {"order_id": other.id, "actor_id": None, "now": NOW}
    line = db.scalars(select(OrderLine.id).where(OrderLine.order_id == other.id)).one()
    orders.pack_order(db, picks={line: [(lot.id, 1)]}, **about)
    orders.ship(db, carrier="GHN", tracking_no="1", **about)
    cancelled = make_order(db, variant=variant)
    orders.cancel_order(
        db, order_id=cancelled.id, by="buyer", reason="other", actor_id=None, now=NOW
    )
    voucher = make_voucher(db)
    db.execute(
        text(
            "INSERT INTO voucher_redemption (voucher_id, order_id, person_key, redeemed_at) "
            f"VALUES ({voucher.id}, {unpaid.id}, 'k', '2026-11-22 00:00:00')"
        )
    )
    voucher.used = 1
    db.flush()
    line = db.scalars(select(OrderLine.id).where(OrderLine.order_id == unpaid.id)).one()
    return {
        "txn": db.scalars(select(PaymentTxn.id)).one(),
        "product": product.id,
        "variant": variant.id,
        "lot": lot.id,
        "other_lot": other_lot.id,
        "order": unpaid.id,
        "attempt": attempt.id,
        "other": other.id,
        "line": line,
    }


def named_after(db: Session, statements: tuple[str, ...], world: dict[str, int]) -> set[str]:
    """What is broken once the statements have run on copies of their tables."""
    statements = tuple(one for statement in statements for one in statement.split(";"))
    touched = {
        table
        for statement in statements
        for table in re.findall(r"^(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)", statement)
    }
    schema = "main" if db.get_bind().dialect.name == "sqlite" else "public"
    for table in sorted(touched):
        db.execute(text(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM {schema}.{table}"))
    for statement in statements:
        db.execute(text(statement.format(**world)))
    return {line.split(":")[0] for line in broken_invariants(db, invariants())}


def test_every_invariant_notices_what_it_is_for(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        world = build_world(db)
    with database.read() as db:
        assert broken_invariants(db, invariants()) == [], "before anything is broken"
    silent = []
    for name, statements in BREAKS.items():
        with database.write() as db:
            if name not in named_after(db, statements, world):
                silent.append(name)
    assert silent == []


def test_doctor_names_what_does_not_hold(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        build_world(db)
        db.execute(text("UPDATE shop_order SET payment_state = 'disputed', end_reason = ''"))
        db.execute(text("UPDATE voucher SET used = 2"))
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["doctor"])
    assert said.exit_code == 1
    assert "invariant checkout.voucher_uses_are_redemptions: (1,)" in said.output
    assert "invariant orders.ended_says_why" in said.output


@pytest.mark.parametrize("name", sorted(invariants()))
def test_invariants_are_named_after_their_feature(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+[._][a-z_]+", name)
