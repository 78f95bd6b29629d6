"""Many press "Đặt hàng" at one moment, in processes and threads; each guard has a control."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from shop.catalogue.models import Variant
from shop.checkout import invariants, services
from shop.checkout.models import Basket, BasketLine, Voucher, VoucherRedemption
from shop.core.db import BUSY_SECONDS, Database
from shop.orders import invariants as order_invariants
from shop.orders.models import CheckoutGroup, Order
from shop.stock import invariants as stock_invariants
from shop.stock.models import PriceWindow
from shop.stock.queries import levels
from shop.stock.services import set_price_window
from tests.factories.catalogue import make_product, variant_of
from tests.factories.checkout import NOW, make_basket, make_voucher
from tests.factories.stock import make_stock
from tests.processes import run_together
from tests.shop.checkout.race import Outcome, Press, press_all

BUYERS, PROCESSES, LEFT = 50, 5, 5


def make_goods(database: Database, stock: int) -> Variant:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, stock)
    return variant


def buyers(database: Database, variant: Variant, count: int, voucher: str = "") -> list[Press]:
    """Each with a basket of one piece."""
    with database.transaction() as db:
        baskets = [make_basket(db, {variant.id: 1}).id for _number in range(count)]
    return [
        Press(basket_id, f"press-of-a-buyer-{number:06}", f"09{number:08}", voucher)
        for number, basket_id in enumerate(baskets)
    ]


def in_threads(database: Database, jobs: list[Press], way: str) -> list[Outcome]:
    return press_all(database, jobs, way, time.time() + 0.3)


def in_processes(
    database: Database, jobs: list[Press], way: str, processes: int = PROCESSES
) -> list[Outcome]:
    """As ``in_threads``, in so many processes; they begin when all of them are ready."""
    url = database.url.render_as_string(hide_password=False)
    said = run_together(
        *(
            (
                *("-m", "tests.shop.checkout.race", url, way),
                json.dumps([asdict(job) for job in jobs[number::processes]]),
            )
            for number in range(processes)
        )
    )
    return [Outcome(**outcome) for lines in said for outcome in json.loads(lines)]


def broken(database: Database) -> list[str]:
    """Invariants that do not hold."""
    every = invariants.INVARIANTS | order_invariants.INVARIANTS | stock_invariants.INVARIANTS
    with database.read() as db:
        return [name for name, query in every.items() if db.execute(text(query)).all()]


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.order for outcome in outcomes if outcome.order]


def count(database: Database, table: type) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_fifty_buyers_and_five_left(database: Database) -> None:
    variant = make_goods(database, LEFT)
    outcomes = in_processes(database, buyers(database, variant, BUYERS), "guarded")
    assert len(outcomes) == BUYERS
    assert len(set(codes(outcomes))) == LEFT == count(database, Order)
    assert {outcome.refusal for outcome in outcomes} == {"", "OutOfStock"}
    with database.read() as db:
        assert levels(db, [variant.id])[variant.id].reserved == LEFT
    assert count(database, BasketLine) == BUYERS - LEFT, "who got nothing keeps the basket"
    assert count(database, CheckoutGroup) == LEFT
    assert broken(database) == []


@pytest.mark.control
def test_without_the_conditional_update_more_are_sold(database: Database) -> None:
    variant = make_goods(database, LEFT)
    outcomes = in_threads(database, buyers(database, variant, 16), "naive_stock")
    assert len(codes(outcomes)) > LEFT
    assert broken(database), "the invariants see it too"


@pytest.mark.slow
def test_the_last_uses_of_a_voucher(database: Database) -> None:
    variant = make_goods(database, 100)
    with database.transaction() as db:
        code = make_voucher(db, max_uses=3, starts_at=NOW, ends_at=NOW.replace(year=2090)).code
    outcomes = in_processes(database, buyers(database, variant, 20, code), "guarded")
    assert len(codes(outcomes)) == 3 == count(database, VoucherRedemption)
    assert {outcome.refusal for outcome in outcomes} == {"", "VoucherRefused"}
    with database.read() as db:
        assert db.scalars(select(Voucher.used)).one() == 3
        assert levels(db, [variant.id])[variant.id].reserved == 3
    assert broken(database) == []


def test_one_person_at_many_baskets_uses_a_voucher_once(database: Database) -> None:
    variant = make_goods(database, 100)
    with database.transaction() as db:
        code = make_voucher(db, per_person=1, starts_at=NOW, ends_at=NOW.replace(year=2090)).code
    jobs = [
        Press(job.basket_id, job.submit_key, "0912345678", code)
        for job in buyers(database, variant, 8)
    ]
    assert len(codes(in_threads(database, jobs, "guarded"))) == 1
    assert broken(database) == []


@pytest.mark.control
def test_without_its_guard_a_voucher_is_used_too_often(database: Database) -> None:
    variant = make_goods(database, 100)
    with database.transaction() as db:
        code = make_voucher(db, max_uses=3, starts_at=NOW, ends_at=NOW.replace(year=2090)).code
    outcomes = in_threads(database, buyers(database, variant, 10, code), "naive_voucher")
    assert len(codes(outcomes)) > 3
    assert "checkout.voucher_uses_are_redemptions" in broken(database)


@pytest.mark.slow
def test_a_double_click_in_several_processes_is_one_order(database: Database) -> None:
    variant = make_goods(database, 100)
    job = buyers(database, variant, 1)[0]
    outcomes = in_processes(database, [job] * 15, "guarded")
    assert len(codes(outcomes)) == 15, "everybody is led to the order"
    assert len(set(codes(outcomes))) == 1 == count(database, Order)
    assert broken(database) == []


@pytest.mark.control
def test_without_key_and_taken_lines_a_double_click_orders_twice(database: Database) -> None:
    variant = make_goods(database, 100)
    job = buyers(database, variant, 1)[0]
    outcomes = in_threads(database, [job] * 6, "naive_press")
    assert len(set(codes(outcomes))) > 1


@pytest.mark.control
def test_without_its_lock_one_person_uses_a_voucher_twice(database: Database) -> None:
    variant = make_goods(database, 100)
    with database.transaction() as db:
        code = make_voucher(db, per_person=1, starts_at=NOW, ends_at=NOW.replace(year=2090)).code
    jobs = [
        Press(job.basket_id, job.submit_key, "0912345678", code)
        for job in buyers(database, variant, 4)
    ]
    assert len(codes(in_threads(database, jobs, "naive_person"))) > 1


ONE_BUYER, MAY_HAVE = 8, 2


def one_buyer_at_a_live_price(database: Database) -> list[Press]:
    """One phone with many baskets of one piece, at a price of which everybody may have two."""
    variant = make_goods(database, 100)
    with database.transaction() as db:
        set_price_window(
            db,
            owner_key="session_item:1",
            variant_id=variant.id,
            price_vnd=30_000,
            starts_at=NOW,
            ends_at=NOW.replace(year=2090),
            cap=50,
            per_buyer=MAY_HAVE,
        )
    jobs = buyers(database, variant, ONE_BUYER)
    return [Press(job.basket_id, job.submit_key, "0912345678") for job in jobs]


def test_one_buyer_never_gets_more_at_a_live_price_than_one_may(database: Database) -> None:
    outcomes = in_processes(database, one_buyer_at_a_live_price(database), "guarded", 2)
    assert len(codes(outcomes)) == MAY_HAVE == count(database, Order)
    assert {outcome.refusal for outcome in outcomes} == {"", "LiveLimit"}
    with database.read() as db:
        assert db.scalars(select(PriceWindow.sold)).one() == MAY_HAVE
    assert broken(database) == []


@pytest.mark.control
def test_counted_before_the_lock_one_buyer_gets_more_at_a_live_price(database: Database) -> None:
    outcomes = in_threads(database, one_buyer_at_a_live_price(database), "naive_live")
    assert len(codes(outcomes)) > MAY_HAVE


PRESSES = 8


def add_at_once(database: Database, variant: Variant, basket_id: int, *, is_naive: bool) -> None:
    """The same thing is put in from many tabs at one moment."""
    gate = Barrier(PRESSES)

    def add(_number: int) -> None:
        gate.wait()
        if not is_naive:
            with database.transaction() as db:
                basket = db.get_one(Basket, basket_id)
                services.add_to_basket(
                    db, basket=basket, variant_id=variant.id, quantity=1, now=NOW
                )
            return
        with database.read() as db:
            seen = db.scalars(select(BasketLine.quantity)).one()
        gate.wait()
        with database.transaction() as db:
            db.execute(text("UPDATE basket_line SET quantity = :q"), {"q": seen + 1})

    with ThreadPoolExecutor(PRESSES) as pool:
        list(pool.map(add, range(PRESSES)))


@pytest.mark.parametrize("is_naive", [False, True], ids=["guarded", "control"])
def test_two_lines_of_one_thing_are_one_wish(database: Database, is_naive: bool) -> None:
    """Put in twice is summed, so that each half cannot pass where both together may not."""
    variant = make_goods(database, PRESSES)
    with database.transaction() as db:
        basket_id = make_basket(db, {variant.id: 1}).id
    add_at_once(database, variant, basket_id, is_naive=is_naive)
    with database.read() as db:
        wished = db.scalars(select(BasketLine.quantity)).one()
    if is_naive:
        assert wished < PRESSES + 1, "the control loses wishes, or it would prove nothing"
        return
    assert wished == PRESSES + 1
    job = Press(basket_id, "one-more-than-there-is", "0912345678")
    assert in_threads(database, [job], "guarded")[0].refusal == "OutOfStock"
    assert count(database, Order) == 0
    assert broken(database) == []


WRITERS, ORDERS_A_WRITER = 8, 6


@pytest.mark.slow
def test_eight_writers_never_wait_longer_than_the_busy_limit(database: Database) -> None:
    """Eight processes write whole orders as fast as they can; nobody is told "busy".

    PostgreSQL knows no such limit: there only that every order comes about is judged.
    """
    variant = make_goods(database, 200)
    jobs = buyers(database, variant, WRITERS * ORDERS_A_WRITER)
    outcomes = in_processes(database, jobs, "in_turn", WRITERS)
    assert len(set(codes(outcomes))) == len(jobs) == count(database, Order)
    waits = sorted(outcome.seconds for outcome in outcomes)
    assert not any(outcome.is_busy for outcome in outcomes), f"a 503; waits {waits}"
    assert waits[-1] < BUSY_SECONDS or not database.is_sqlite
    assert broken(database) == []
