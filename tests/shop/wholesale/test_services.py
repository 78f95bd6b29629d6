"""From an enquiry to one order: prices of the quote, once, within its days."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Variant
from shop.core.errors import DomainError, NotFound
from shop.core.outbox import OutboxMessage
from shop.enquiries import invariants as enquiry_invariants
from shop.orders import invariants as order_invariants
from shop.orders.models import Order, OrderLine
from shop.stock import invariants as stock_invariants
from shop.stock.rules import OutOfStock
from shop.wholesale import invariants, rules, services
from shop.wholesale.models import Quote
from shop.wholesale.rules import Tier
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock
from tests.factories.wholesale import (
    make_acceptance,
    make_asked,
    make_enquiry,
    make_offer,
    make_quote,
)

ALL = (
    invariants.INVARIANTS
    | enquiry_invariants.INVARIANTS
    | order_invariants.INVARIANTS
    | stock_invariants.INVARIANTS
)


def check(db: Session) -> None:
    db.flush()
    for name, query in ALL.items():
        assert db.execute(text(query)).all() == [], name


@pytest.fixture
def producer(db: Session) -> Producer:
    return make_producer(db)


@pytest.fixture
def variant(db: Session, producer: Producer) -> Variant:
    return variant_of(db, make_product(db, producer=producer))


def accept(db: Session, quote: Quote, now: datetime, quantities: dict[int, int]) -> Any:
    return services.accept_quote(
        db, code=quote.code, acceptance=make_acceptance(quantities), buyer_id=None, now=now
    )


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("0101234567", True),
        ("0101234567-001", True),
        ("001099012345", True),
        ("010123456", False),
        ("0101234567-01", False),
        ("０１０１２３４５６７", False),
        ("0101234567x", False),
        ("", False),
    ],
)
def test_the_form_of_a_tax_code(code: str, is_one: bool) -> None:
    assert rules.is_tax_code(code) is is_one


@pytest.mark.parametrize(
    ("quantity", "price"), [(49, None), (50, 60), (199, 60), (200, 55), (100_000, 55)]
)
def test_the_price_of_a_tier(quantity: int, price: int | None) -> None:
    assert rules.unit_price([Tier(1, 200, 55), Tier(1, 50, 60)], quantity) == price


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [Tier(1, 50, 60), Tier(1, 50, 55)],
        [Tier(1, 50, 60), Tier(1, 100, 61)],
        [Tier(2, 5, 9), Tier(1, 100, 50), Tier(1, 50, 40)],
    ],
)
def test_more_never_costs_more(tiers: list[Tier]) -> None:
    with pytest.raises((rules.NothingOffered, rules.WrongTiers)):
        rules.require_tiers(tiers)


def test_accepted_once_at_the_quoted_price(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 2_000)
    quote = make_quote(db, producer=producer, variant=variant)
    order, is_new = accept(db, quote, now, {variant.id: 1_200})
    assert is_new
    assert (order.state, order.total_vnd) == ("confirmed", 1_200 * 55_000 + 150_000)
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    assert (line.unit_price_vnd, line.quantity) == (55_000, 1_200)
    again, is_new = accept(db, quote, now, {variant.id: 50})
    assert (again.id, is_new) == (order.id, False)
    assert db.scalar(select(func.count()).select_from(Order)) == 1
    check(db)
    db.commit()


def test_a_transfer_waits_for_its_money(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 60)
    quote = make_quote(db, producer=producer, variant=variant, payment="vietqr")
    order, _is_new = accept(db, quote, now, {variant.id: 60})
    assert (order.state, order.expires_at) == ("awaiting_payment", now + rules.PAY_DAYS)
    check(db)


def test_refusals_leave_the_quote_open(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 60)
    quote = make_quote(db, producer=producer, variant=variant)
    tries: list[tuple[dict[int, int], type[DomainError]]] = [
        ({variant.id: 49}, rules.TooFew),
        ({}, rules.NothingChosen),
        ({variant.id + 999: 60}, rules.NothingChosen),
        ({variant.id: 61}, OutOfStock),
    ]
    for quantities, error in tries:
        with pytest.raises(error), db.begin_nested():
            accept(db, quote, now, quantities)
    assert db.scalar(select(func.count()).select_from(Order)) == 0
    accept(db, quote, now, {variant.id: 60})
    check(db)


def test_after_its_last_day_it_is_over(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 100)
    quote = make_quote(db, producer=producer, variant=variant)
    late = datetime.fromisoformat("2026-12-31T17:00:00+00:00")
    with pytest.raises(rules.QuoteExpired), db.begin_nested():
        accept(db, quote, late, {variant.id: 60})
    accept(db, quote, late - timedelta(minutes=1), {variant.id: 60})
    check(db)


def test_a_new_quote_takes_the_old_one_back(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 100)
    enquiry = make_enquiry(db, producer)
    old = make_quote(db, producer=producer, variant=variant, enquiry=enquiry)
    new = make_quote(db, producer=producer, variant=variant, enquiry=enquiry)
    assert (new.seq, db.get_one(Quote, old.id, populate_existing=True).state) == (2, "withdrawn")
    with pytest.raises(rules.QuoteWithdrawn), db.begin_nested():
        accept(db, old, now, {variant.id: 60})
    mine = frozenset({producer.id})
    services.withdraw_quote(db, code=new.code, producer_ids=mine, actor_id=1, now=now)
    with pytest.raises(rules.QuoteOver), db.begin_nested():
        services.withdraw_quote(db, code=new.code, producer_ids=mine, actor_id=1, now=now)
    with pytest.raises(rules.QuoteWithdrawn), db.begin_nested():
        accept(db, new, now, {variant.id: 60})
    keys = db.scalars(select(OutboxMessage.key).where(OutboxMessage.kind.like("wholesale.%"))).all()
    assert len(keys) == len(set(keys))
    check(db)


def test_one_key_one_enquiry_one_quote(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    asked = make_asked()
    common: dict[str, Any] = {"producer_slug": producer.slug, "product_slug": "", "now": now}
    first = services.ask(db, asked=asked, buyer_id=None, **common)
    assert services.ask(db, asked=asked, buyer_id=None, **common).id == first.id
    offer = make_offer(variant, [(50, 60_000)])
    sends: dict[str, Any] = {
        "enquiry_code": first.code,
        "offer": offer,
        "producer_ids": frozenset({producer.id}),
        "actor_id": make_person(db).id,
        "now": now,
    }
    quote = services.offer_quote(db, **sends)
    assert services.offer_quote(db, **sends).id == quote.id
    check(db)


def test_only_own_goods_to_own_enquiries(
    db: Session, producer: Producer, variant: Variant, now: datetime
) -> None:
    enquiry = make_enquiry(db, producer)
    other = make_producer(db)
    theirs = variant_of(db, make_product(db, producer=other))
    with pytest.raises(rules.ForeignGoods), db.begin_nested():
        make_quote(db, producer=producer, variant=theirs, enquiry=enquiry)
    with pytest.raises(NotFound), db.begin_nested():
        make_quote(db, producer=other, variant=theirs, enquiry=enquiry)
    quote = make_quote(db, producer=producer, variant=variant, enquiry=enquiry)
    with pytest.raises(NotFound):
        services.withdraw_quote(
            db, code=quote.code, producer_ids=frozenset({other.id}), actor_id=1, now=now
        )
    with pytest.raises(rules.WrongValidity), db.begin_nested():
        make_quote(
            db,
            producer=producer,
            variant=variant,
            enquiry=enquiry,
            valid_until=date(2026, 11, 21),
        )
    check(db)
