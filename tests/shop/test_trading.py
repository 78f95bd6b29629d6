"""A market that trades at random for at least 2,000 steps on each database; see trading.py."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shop.core.db import Database
from tests.shop.trading import Trading, build_market

EXAMPLES, STEPS = 40, 60
ENDS = ("arrival", "fail", "take back", "turn back", "deliver")


def test_every_way_of_a_parcel_works_in_this_market(app: Flask, database: Database) -> None:
    """Were a verb always refused here, random steps would prove nothing about it."""
    with database.transaction() as db:
        market = build_market(db)

    class Here(Trading):
        pass

    Here.database, Here.market, Here.steps, Here.done = database, market, 0, {}
    tour = Here()
    try:
        for last in ENDS:
            tour._place({3: 2}, "vietqr", "", 1, is_guest=True, seen=True)
            tour.sell_one_to_the_end(which=0, steps=3, last=last)
            tour.everything_holds()
        tour._place({3: 2}, "cod", "", 2, is_guest=False, seen=True)
        tour.seller_works(which=0, verb="confirm")
        tour.seller_works(which=0, verb="pack some")
        tour.everything_holds()
    finally:
        tour.teardown()
    assert {*ENDS, "confirm", "pack", "pack some", "ship", "place", "money"} <= Here.done.keys()


@pytest.mark.slow
def test_whatever_happens_the_invariants_hold(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        market = build_market(db)

    class Here(Trading):
        pass

    Here.database, Here.market, Here.steps, Here.done = database, market, 0, {}
    run_state_machine_as_test(
        Here,
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
    assert Here.steps >= 2000
