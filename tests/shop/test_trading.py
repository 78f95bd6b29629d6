"""A market that trades at random for at least 2,000 steps on each database; see ``trading``."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from shop.core.db import Database
from shop.orders.models import Order
from tests.shop.trading import Trading, build_market
from tests.shop.trading.buying import OTHER_WAYS

EXAMPLES, STEPS = 36, 60
"""2,160 rules of the machine; each tries one thing or several."""
ENDS = ("arrival", "fail", "take back", "turn back", "deliver")


@contextmanager
def touring(database: Database, wanted: set[str]) -> Iterator[Trading]:
    """A market in which each of these verbs must have worked at the end.

    Were a verb always refused here, random steps would prove nothing about it.
    """
    tour = machine(database)()
    try:
        yield tour
    finally:
        tour.teardown()
    assert wanted <= tour.done.keys(), wanted - tour.done.keys()


def machine(database: Database) -> type[Trading]:
    with database.transaction() as db:
        market = build_market(db)

    class Here(Trading):
        pass

    Here.database, Here.market, Here.steps, Here.done = database, market, 0, {}
    return Here


def test_every_way_of_a_parcel_works_in_this_market(app: Flask, database: Database) -> None:
    wanted = {*ENDS, "confirm", "pack", "pack some", "ship", "cut rest", "place", "money"}
    with touring(database, wanted) as tour:
        for last in ENDS:
            tour._place({3: 2}, "vietqr", "", 1, is_guest=True, seen=True)
            tour.sell_one_to_the_end(which=0, steps=3, last=last)
            tour.everything_holds()
        tour._place({3: 2}, "cod", "", 2, is_guest=False, seen=True)
        tour.seller_works(which=0, verb="confirm")
        tour.seller_works(which=0, verb="pack some")
        tour.everything_holds()
        for verbs in (
            ("ship", "pack", "ship", "take back", "deliver"),  # one of two parcels comes back
            ("ship", "cut rest", "take back"),
            ("ship", "take back", "pack", "ship", "deliver"),
        ):
            tour._place({3: 3}, "cod", "", 3, is_guest=True, seen=True)
            for verb in ("confirm", "pack some", *verbs):
                tour.seller_works(which=0, verb=verb)
                tour.everything_holds()


def test_every_way_of_money_works_in_this_market(app: Flask, database: Database) -> None:
    wanted = {"another way", "dispute open", "dispute won", "provider refund succeeded"}
    with touring(database, wanted) as tour:
        for way in OTHER_WAYS:
            tour._place({3: 2}, way, "", 1, is_guest=True, seen=True)
            tour.money_comes(which=0, amount="exact", hint="code", fault="", told="")
            assert tour.db.get_one(Order, tour.orders[-1]).payment_state == "paid", way
            tour.everything_holds()
        for way, told in (("vietqr", "feed"), ("momo", ""), ("cod", "former")):
            tour._place({3: 1}, "stripe", "", 2, is_guest=True, seen=True)
            tour.pay_another_way(which=0, way=way)
            tour.money_comes(which=0, amount="exact", hint="code", fault="", told=told)
            assert tour.db.get_one(Order, tour.orders[-1]).payment_state == "paid", way
            tour.everything_holds()
        for said in ("open", "won", "lost"):
            tour.a_bank_disputes(which=0, said=said)
            tour.everything_holds()
        for which in range(4):
            tour.a_provider_gives_back(which=which, fate="succeeded", is_dashboard=True)
            tour.everything_holds()


def test_every_promise_and_claim_works_in_this_market(app: Flask, database: Database) -> None:
    wanted = {"preorder", "move window", "keep place", "bring in", "cancel window"}
    wanted |= {"offer quote", "accept quote", "withdraw quote", "ask return", "return withdraw"}
    wanted |= {f"return {verb}" for verb in ("agree", "settle", "refuse", "ask more", "note")}
    wanted |= {"return say more", "return appeal", "return close"}
    with touring(database, wanted) as tour:
        for window in (1, 0):
            tour.order_from_a_harvest(which=window, units=2, rest_by="delivery", phone=1)
            tour.money_comes(which=0, amount="exact", hint="code", fault="", told="")
            tour.the_harvest_goes_on(which=window, verb="move", days=9)
            tour.keep_the_place(which=0)
            tour.everything_holds()
        tour.the_harvest_goes_on(which=1, verb="bring in", days=1)
        tour.the_harvest_goes_on(which=0, verb="cancel", days=20)
        awaits = tour.db.scalars(select(Order.awaits_goods).order_by(Order.id)).all()
        assert list(awaits) == [False, True]
        for verb in ("accept", "offer", "withdraw"):
            tour.deal_with_a_shop(which=0, verb=verb, units=3, payment="cod")
            tour.everything_holds()
        for verbs in (
            ("ask more", "say more", "agree", "settle"),
            ("note", "refuse", "appeal", "close"),
            ("withdraw",),
        ):
            tour._place({3: 2}, "vietqr", "", 3, is_guest=True, seen=True)
            tour.sell_one_to_the_end(which=0, steps=3, last="arrival")
            tour.buyer_wants_to_give_back(which=0, units=2)
            for verb in verbs:
                if verb in {"say more", "appeal", "close", "withdraw"}:
                    tour.the_buyer_goes_on(which=0, verb=verb)
                else:
                    tour.the_other_side_answers(which=1, verb=verb, refund=None)
                tour.everything_holds()


@pytest.mark.slow
def test_whatever_happens_the_invariants_hold(app: Flask, database: Database) -> None:
    market = machine(database)
    run_state_machine_as_test(
        market,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert market.steps >= 2000
