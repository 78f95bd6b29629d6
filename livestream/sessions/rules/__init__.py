"""PLUGS: one reason why a session cannot (or should not) be so, a file each.

A rule looks at a frozen ``Plan`` and names its problems; it asks nothing of database, clock or web.
Adding one: a module here that defines ``RULE``, and its passing and failing example in
``tests/livestream/sessions/test_rules.py``.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from livestream.sessions.timing import Interval, epoch
from shop.core import plugs
from shop.core.text import N_

Severity = Literal["block", "warn"]
Stage = Literal["propose", "confirm"]


@dataclass(frozen=True)
class Busy:
    """Another session's use of a resource."""

    session: Interval
    """On air, without buffers."""
    hold: Interval
    """With buffers."""
    label: str = ""
    """What the viewer may know of it; empty when it is none of their business."""


@dataclass(frozen=True)
class PlanResource:
    """A host, channel account, studio or kit of the plan."""

    id: int
    kind: str
    name: str
    before_minutes: int = 15
    after_minutes: int = 15
    platform: str | None = None
    is_active: bool = True
    is_identity_checked: bool = True
    hours: tuple[Interval, ...] | None = None
    """When it can be booked around the session; None: no hours are kept."""
    busy: tuple[Busy, ...] = ()
    """Active holds of other sessions in the week before and after."""


@dataclass(frozen=True)
class PlanItem:
    """A product of the line-up, as it stands now."""

    id: int
    name: str
    producer_name: str
    minutes: int = 10
    set_aside: int = 0
    available: int = 0
    """Units free, those already set aside for this very item included."""
    is_published: bool = True
    is_producer_verified: bool = True
    is_for_sale: bool = True
    regulated_class: str = "none"
    season_mask: int = 0
    """Bit ``m-1`` set: month ``m`` is in season; 0: all year."""
    sold_until: datetime | None = None
    """End of the last day on which any unit in stock may be sold; None: no such day is known."""
    paper_lapses: tuple[tuple[str, datetime], ...] = ()
    """Papers the pages show now and the instant each ends."""
    needs_quality_paper: bool = False
    """Whether it is eaten or drunk."""
    quality_until: datetime | None = None
    """The instant after which no paper on quality or food safety counts any more."""

    advert_until: datetime | None = None
    """The instant after which no confirmation of its advertisement counts any more."""
    listed_on: frozenset[str] = frozenset()
    """Platforms on which somebody saw it listed."""
    name_en: str = ""

    @property
    def named(self) -> dict[str, Any]:
        """The ``product`` of a problem's sentence, in both languages."""
        return {"product": self.name, "product_en": self.name_en}

    @property
    def is_regulated(self) -> bool:
        """Whether it is of a class with rules of its own."""
        return self.regulated_class != "none"

    def has_advert_paper_until(self, instant: datetime) -> bool:
        """Whether a confirmation of its advertisement still counts then."""
        return self.advert_until is not None and self.advert_until >= instant

    def has_quality_paper_until(self, instant: datetime) -> bool:
        """Whether such a paper still counts then."""
        return self.quality_until is not None and self.quality_until >= instant


@dataclass(frozen=True)
class Plan:
    """Everything the rules may look at."""

    now: datetime
    starts_at: datetime
    ends_at: datetime
    resources: tuple[PlanResource, ...] = ()
    items: tuple[PlanItem, ...] = ()

    @property
    def on_air(self) -> Interval:
        """From start to end, without buffers."""
        return Interval(epoch(self.starts_at), epoch(self.ends_at))

    def hold_of(self, resource: PlanResource) -> Interval:
        """What the plan takes of ``resource``, buffers included."""
        return Interval(
            self.on_air.start - resource.before_minutes * 60,
            self.on_air.end + resource.after_minutes * 60,
        )

    def of_kind(self, kind: str) -> list[PlanResource]:
        return [resource for resource in self.resources if resource.kind == kind]


@dataclass(frozen=True)
class Problem:
    """One finding: a Vietnamese sentence with ``%(name)s`` parameters."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    """``name_en`` beside ``name`` is what an English page says instead."""
    terms: tuple[str, ...] = ()
    """Params that are words of ours, to be translated themselves."""

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


@dataclass(frozen=True)
class Rule:
    """A plug. ``block`` cannot be passed by anybody; ``warn`` by a named person with a reason."""

    slug: str
    label: str
    severity: Severity
    check: Callable[[Plan], list[Problem]]
    from_stage: Stage = "confirm"
    """The step that a blocking problem refuses: already the proposal, or only the confirmation."""
    fixed_by: str = N_("câu lạc bộ")
    """Who can mend it."""
    passed_by: str = N_("cán bộ tỉnh")
    """Who may let a warning pass, by name and with a reason."""
    is_paper: bool = False
    """Part of the document gate: asked again when the session goes on air."""


@dataclass(frozen=True)
class Finding:
    """A rule's problem with one plan."""

    rule: Rule
    problem: Problem


@cache
def registry() -> dict[str, Rule]:
    """Every rule by its slug. Raises PlugFault when a module of this folder is no rule."""
    return plugs.load(sys.modules[__name__], "RULE", Rule)


def rule_labels() -> dict[str, str]:
    """What each rule is called, by its slug."""
    return {slug: rule.label for slug, rule in registry().items()}


def judge(plan: Plan) -> list[Finding]:
    """What every rule says of ``plan``, blocking ones first."""
    found = [Finding(rule, problem) for rule in registry().values() for problem in rule.check(plan)]
    return sorted(found, key=lambda finding: finding.rule.severity != "block")


def refusals(findings: Iterable[Finding], stage: Stage) -> list[Finding]:
    """The findings that refuse ``stage`` whatever anyone says."""
    stages = {"propose"} if stage == "propose" else {"propose", "confirm"}
    return [
        finding
        for finding in findings
        if finding.rule.severity == "block" and finding.rule.from_stage in stages
    ]


def open_warnings(findings: Iterable[Finding], overridden: set[str]) -> list[Finding]:
    """Warnings that nobody has let pass with a reason yet."""
    return [
        finding
        for finding in findings
        if finding.rule.severity == "warn" and finding.rule.slug not in overridden
    ]


def open_papers(findings: Iterable[Finding], overridden: set[str]) -> list[Finding]:
    """What of the document gate stands in the way, of being confirmed and of going on air."""
    papers = [finding for finding in findings if finding.rule.is_paper]
    return [*refusals(papers, "confirm"), *open_warnings(papers, overridden)]
