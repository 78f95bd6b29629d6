"""Every rule with a plan it lets pass and one it does not, and the contract of all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from livestream.sessions import rules
from livestream.sessions.rules import Busy, Plan, PlanItem, PlanResource, judge, registry
from livestream.sessions.timing import Interval, epoch
from shop.core import plugs
from shop.core.plugs import PlugFault

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
"""20:00 in Vietnam."""

HOST = PlanResource(1, "host", "Hà")
ITEM = PlanItem(1, "Miến dong", "HTX Tài Hoan", minutes=20, set_aside=5, available=10)
GOOD = Plan(NOW, EVENING, EVENING + timedelta(hours=1), (HOST,), (ITEM,))


def busy(start: datetime, minutes: int = 60, buffer: int = 15, label: str = "") -> Busy:
    session = Interval(epoch(start), epoch(start) + minutes * 60)
    return Busy(session, Interval(session.start - buffer * 60, session.end + buffer * 60), label)


def with_host(**over: Any) -> Plan:
    return replace(GOOD, resources=(replace(HOST, **over),))


def with_item(**over: Any) -> Plan:
    return replace(GOOD, items=(replace(ITEM, **over),))


def at(start: datetime, minutes: int = 60) -> Plan:
    return replace(GOOD, starts_at=start, ends_at=start + timedelta(minutes=minutes))


def hours_around(plan: Plan, before: int, after: int) -> tuple[Interval, ...]:
    return (Interval(plan.on_air.start - before * 60, plan.on_air.end + after * 60),)


def on(*platforms: str) -> Plan:
    channels = [
        PlanResource(10 + n, "channel", f"Kênh {n}", platform=platform)
        for n, platform in enumerate(platforms)
    ]
    return replace(GOOD, resources=(HOST, *channels))


HOUR = timedelta(hours=1)
MORNING_AFTER = EVENING + timedelta(hours=10)  # 06:00, nine hours after the end

PASSES: dict[str, list[Plan]] = {
    "overlap": [with_host(busy=(busy(EVENING + HOUR, buffer=0),)), GOOD],
    "buffer": [with_host(busy=(busy(EVENING + HOUR + timedelta(minutes=30)),))],
    "host_rest": [
        with_host(busy=(busy(EVENING + 2 * HOUR),)),
        with_host(busy=(busy(EVENING + timedelta(hours=11)),)),
        with_host(busy=(busy(EVENING - timedelta(hours=12)),)),
    ],
    "host_week": [with_host(busy=tuple(busy(EVENING + timedelta(days=d)) for d in (1, 2, 3)))],
    "quiet_hours": [GOOD, at(EVENING + 3 * HOUR, 120), at(EVENING + timedelta(hours=9))],
    "availability": [GOOD, with_host(hours=hours_around(GOOD, 0, 0))],
    "stock_cover": [GOOD, with_item(set_aside=10)],
    "papers": [GOOD],
    "claims": [with_item(paper_lapses=(("OCOP", EVENING + timedelta(days=1)),))],
    "host_identity": [GOOD],
    "regulated": [
        GOOD,
        with_item(regulated_class="alcohol", advert_until=EVENING + HOUR),
    ],
    "product_season": [GOOD, with_item(season_mask=1 << 10)],
    "line_up": [GOOD, replace(GOOD, items=())],
    "no_products": [GOOD],
    "shelf_life": [GOOD, with_item(sold_until=EVENING + timedelta(days=6))],
    "product_mix": [GOOD, with_item(regulated_class="alcohol")],
    "simulcast": [on("tiktok"), on("facebook", "zalo"), on("shopee", "facebook")],
    "simulcast_doubt": [on("shopee"), on("tiktok", "facebook")],
    "platform_policy": [
        on("tiktok"),
        on("facebook"),
        replace(on("facebook"), now=EVENING + HOUR),
    ],
    "quality_papers": [
        GOOD,
        with_item(needs_quality_paper=True, quality_until=EVENING + HOUR),
    ],
}
FAILS: dict[str, list[Plan]] = {
    "overlap": [with_host(busy=(busy(EVENING + timedelta(minutes=59), buffer=0),))],
    "buffer": [with_host(busy=(busy(EVENING + HOUR + timedelta(minutes=29)),))],
    "host_rest": [
        with_host(busy=(busy(MORNING_AFTER),)),
        replace(
            with_host(busy=(busy(EVENING),)), starts_at=MORNING_AFTER, ends_at=MORNING_AFTER + HOUR
        ),
    ],
    "host_week": [with_host(busy=tuple(busy(EVENING + timedelta(days=d)) for d in (-3, -1, 1, 3)))],
    "quiet_hours": [at(EVENING + 4 * HOUR, 75), at(EVENING + timedelta(hours=8, minutes=30))],
    "availability": [
        with_host(is_active=False),
        with_host(hours=hours_around(GOOD, 0, -1)),
        with_host(hours=()),
    ],
    "stock_cover": [with_item(set_aside=11)],
    "papers": [
        with_item(is_published=False),
        with_item(is_producer_verified=False),
        with_item(is_for_sale=False),
    ],
    "claims": [with_item(paper_lapses=(("OCOP", EVENING),))],
    "host_identity": [with_host(is_identity_checked=False)],
    "regulated": [
        with_item(regulated_class="alcohol"),
        with_item(regulated_class="supplement", advert_until=EVENING),
    ],
    "product_season": [with_item(season_mask=1)],
    "shelf_life": [with_item(sold_until=EVENING), with_item(sold_until=EVENING + HOUR)],
    "product_mix": [
        replace(GOOD, items=tuple(replace(ITEM, id=n, minutes=1) for n in range(21))),
        replace(GOOD, items=(ITEM, replace(ITEM, id=2, regulated_class="alcohol"))),
    ],
    "simulcast": [on("tiktok", "facebook")],
    "simulcast_doubt": [on("shopee", "facebook")],
    "platform_policy": [
        replace(on("tiktok"), ends_at=EVENING + timedelta(minutes=20)),
        replace(on("facebook"), ends_at=EVENING + timedelta(hours=9)),
    ],
    "quality_papers": [
        with_item(needs_quality_paper=True),
        with_item(needs_quality_paper=True, quality_until=EVENING),
    ],
    "line_up": [with_item(minutes=61)],
    "no_products": [replace(GOOD, items=())],
}


def test_every_rule_has_its_examples() -> None:
    assert set(registry()) == set(PASSES) == set(FAILS)


@pytest.mark.parametrize(("slug", "plan"), [(s, p) for s, plans in PASSES.items() for p in plans])
def test_passes(slug: str, plan: Plan) -> None:
    assert registry()[slug].check(plan) == []


@pytest.mark.parametrize(("slug", "plan"), [(s, p) for s, plans in FAILS.items() for p in plans])
def test_fails_with_a_sentence(slug: str, plan: Plan) -> None:
    problems = registry()[slug].check(plan)
    assert problems
    for problem in problems:
        assert "%(" not in str(problem)
        assert str(problem).endswith(".")
    assert slug in {finding.rule.slug for finding in judge(plan)}


@pytest.mark.parametrize("slug", sorted(registry()))
def test_contract(slug: str) -> None:
    rule = registry()[slug]
    assert rule.slug == slug
    assert len(slug) <= 30, "it must fit the column of overrides"
    assert rule.label
    assert rule.fixed_by
    assert rule.severity in {"block", "warn"}
    assert rule.severity == "block" or rule.from_stage == "confirm"
    empty = Plan(NOW, EVENING, EVENING + HOUR)
    assert bool(rule.check(empty)) == (slug == "no_products"), (
        "only an empty line-up is worth a word"
    )


def test_a_good_plan_has_no_findings_and_blocks_come_first() -> None:
    assert judge(GOOD) == []
    found = judge(
        replace(with_item(set_aside=11), resources=(replace(HOST, is_identity_checked=False),))
    )
    assert [finding.rule.severity for finding in found] == ["block", "warn"]


def test_a_module_without_rule_stops_the_start() -> None:
    with pytest.raises(PlugFault):
        plugs.load(rules, "NO_SUCH_NAME", rules.Rule)


def test_rival_is_named_only_when_told() -> None:
    seen = with_host(busy=(busy(EVENING, label="20:00–21:00, “Vải”"),))
    assert "Vải" in str(registry()["overlap"].check(seen)[0])
    hidden = with_host(busy=(busy(EVENING),))
    assert "(" not in str(registry()["overlap"].check(hidden)[0])
