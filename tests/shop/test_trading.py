"""A market that trades at random for at least 2,000 steps on each database; see trading.py."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shop.core.db import Database
from tests.shop.trading import Trading, build_market

EXAMPLES, STEPS = 40, 60
WANTED = {"place", "press again", "money", "receipt", "match", "refund", "expire", "ask refund"} | {
    *("confirm", "cancel", "pack", "ship", "deliver", "fail", "arrival"),
    *("pack some", "turn back", "take back"),
    *("receive", "count", "adjust", "set aside", "live ends", "hold lot", "release lot"),
}
"""Verbs that must have succeeded, or the machine proves nothing about them."""


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
    assert {name for name in WANTED if Here.done.get(name, 0) < 1} == set(), Here.done
