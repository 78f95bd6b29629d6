"""The document gate says by product and channel what the rules say of the whole session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from livestream.sessions.gate import gate_of
from livestream.sessions.rules import Plan, PlanItem, PlanResource, judge, open_warnings, refusals

EVENING = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
ITEM = PlanItem(1, "Miến dong", "HTX Tài Hoan", available=9)
PLAN = Plan(
    EVENING - timedelta(days=6),
    EVENING,
    EVENING + timedelta(hours=1),
    (PlanResource(1, "host", "Hà"), PlanResource(2, "channel", "Kênh", platform="zalo")),
    (ITEM,),
)
RULES = {"papers", "quality_papers", "regulated", "host_identity"}


@pytest.mark.parametrize(
    ("item", "is_checked", "passed"),
    [
        (ITEM, True, set()),
        (ITEM, False, set()),
        (ITEM, False, {"host_identity"}),
        (replace(ITEM, is_producer_verified=False), True, set()),
        (replace(ITEM, is_published=False), True, {"regulated"}),
        (replace(ITEM, needs_quality_paper=True), True, set()),
        (replace(ITEM, needs_quality_paper=True), True, {"quality_papers"}),
        (replace(ITEM, regulated_class="alcohol"), True, set()),
        (replace(ITEM, regulated_class="alcohol"), True, {"regulated"}),
        (replace(ITEM, regulated_class="alcohol", advert_until=PLAN.ends_at), True, set()),
    ],
)
def test_it_opens_exactly_when_the_rules_let_pass(
    item: PlanItem, is_checked: bool, passed: set[str]
) -> None:
    host, channel = PLAN.resources
    resources = (replace(host, is_identity_checked=is_checked), channel)
    plan = replace(PLAN, items=(item,), resources=resources)
    found = judge(plan)
    against = [*refusals(found, "confirm"), *open_warnings(found, passed)]
    shut = [one for one in against if one.rule.slug in RULES]
    assert gate_of(plan, passed).is_open == (not shut)


def test_each_channel_has_its_own_needs() -> None:
    shopee = PlanResource(3, "channel", "Gian hàng", platform="shopee")
    for listed, state in ((frozenset(), "unknown"), (frozenset({"shopee"}), "found")):
        items = (replace(ITEM, listed_on=listed),)
        gate = gate_of(replace(PLAN, resources=(*PLAN.resources, shopee), items=items), set())
        zalo, own = gate.rows[0].cells
        assert [need.code for need in zalo.needs] == ["seller", "product"]
        assert [need.code for need in own.needs] == ["seller", "product", "listed"]
        assert own.needs[-1].state == state
        assert gate.is_open, "a session may run before anybody noted the listing"
