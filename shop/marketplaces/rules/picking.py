"""What the seller's own template offers for a product, and what was picked: categories by
suggestion, attributes and ways of delivery."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Generic, Protocol, TypeVar

from shop.core.text import fold
from shop.marketplaces.rules.choices import MAX_LINE, MAX_LINES
from shop.marketplaces.rules.facts import AttributeFacts, CategoryFacts, Choice, TemplateFacts
from shop.marketplaces.rules.sheet_layout import Delivery

CATEGORY_FIELD: Final = "nganh"
TYPED_FIELD: Final = "nganh-khac"
DELIVERY_FIELD: Final = "giao"
ATTRIBUTE_FIELD: Final = "cot:"
"""Before an attribute's key."""
MOST_ATTRIBUTES: Final = MAX_LINES
_DULL: Final = frozenset({"va", "khac", "cac", "loai", "san", "pham", "do", "hang", "tu", "cho"})
_WORTH: Final = 0.25
"""Of the best one's score: what is below shares a common word and nothing else."""


class Placed(Protocol):
    """A category: its id, and its path from the root with `` > `` between."""

    @property
    def id(self) -> str: ...

    @property
    def path(self) -> str: ...


PlacedT = TypeVar("PlacedT", bound=Placed)


class Suggester(Generic[PlacedT]):
    """Which categories fit a product: rare words that both share weigh most, those of the leaf
    double."""

    def __init__(self, categories: Sequence[PlacedT]) -> None:
        self._categories = categories
        self._words = [_tokens(category.path) for category in categories]
        self._leaves = [_tokens(category.path.rpartition(" > ")[2]) for category in categories]
        seen = Counter(word for words in self._words for word in words)
        self._weight = {word: math.log(1 + len(categories) / n) for word, n in seen.items()}

    def suggest(
        self, name: str, group: str, *, most: int = 5, before: Mapping[str, int] | None = None
    ) -> list[PlacedT]:
        """At most ``most`` categories, best first; ``before``: id -> how often it was chosen for
        goods of the same kind."""
        own, kind = _tokens(name), _tokens(group)
        scored = []
        for at, category in enumerate(self._categories):
            score = 3.0 * min((before or {}).get(category.id, 0), 3)
            for words, weight in ((own, 1.0), (kind, 0.5)):
                score += weight * self._sum(words & self._words[at])
                score += weight * self._sum(words & self._leaves[at])
            if score:
                scored.append((-score / (1 + 0.05 * len(self._words[at])), category.path, category))
        scored.sort(key=lambda one: one[:2])
        good = scored[0][0] * _WORTH if scored else 0.0
        return [category for score, _path, category in scored[:most] if score <= good]

    def _sum(self, words: set[str]) -> float:
        return sum(self._weight.get(word, 0.0) for word in words)


def _tokens(text: str) -> set[str]:
    words = re.findall(r"[a-z0-9]+", fold(text[:600]))
    pairs = {f"{one} {two}" for one, two in pairwise(words)}
    return ({word for word in words if len(word) > 1} | pairs) - _DULL


@dataclass(frozen=True)
class Picks:
    """The pick-lists of one product on one channel."""

    template: TemplateFacts
    chosen: CategoryFacts | None
    """The category in force, when the template knows it."""
    lost: str
    """A chosen category that the template does not have; empty: none."""
    suggested: tuple[CategoryFacts, ...]
    attributes: tuple[tuple[AttributeFacts, bool, str, str], ...]
    """(attribute, whether the chosen category demands it, own value, value for every row)."""
    deliveries: tuple[tuple[Delivery, bool], ...]
    """(way, whether it is on for this product)."""


def picks_for(
    template: TemplateFacts, choice: Choice, *, name: str, group: str, before: Mapping[str, int]
) -> Picks:
    """What can be picked. ``before``: category id -> how often goods of the same kind have it."""
    whole = template.completed(choice)
    chosen = template.categories.get(whole.category_id)
    suggester = Suggester(list(template.categories.values()))
    demanded = set(chosen.required) if chosen else set()
    order = {"required": 0, "conditional": 1, "optional": 2, "": 3}
    asked = sorted(template.attributes, key=lambda one: (one.key not in demanded, order[one.need]))[
        :MOST_ATTRIBUTES
    ]
    return Picks(
        template=template,
        chosen=chosen,
        lost=whole.category_id if chosen is None else "",
        suggested=tuple(
            one for one in suggester.suggest(name, group, before=before) if one is not chosen
        ),
        attributes=tuple(
            (
                one,
                one.key in demanded or one.need == "required",
                choice.attributes.get(one.key, ""),
                template.usual_attributes.get(one.key, ""),
            )
            for one in asked
        ),
        deliveries=tuple((way, way.id in whole.deliveries) for way in template.deliveries),
    )


def picked(choice: Choice, template: TemplateFacts, posted: Mapping[str, Sequence[str]]) -> Choice:
    """The choice with what was picked. ``posted``: field -> values. A list that was not on the page
    changes nothing; what equals the whole template's answer is not said again."""
    category = _first(posted, TYPED_FIELD) or _first(posted, CATEGORY_FIELD)
    if CATEGORY_FIELD in posted:
        usual = template.usual_category
        choice = replace(choice, category_id="" if category == usual else category)
    if template.deliveries and f"{DELIVERY_FIELD}-co" in posted:
        on = set(posted.get(DELIVERY_FIELD, ()))
        wanted = tuple(way.id for way in template.deliveries if way.id in on)
        same = set(wanted) == set(template.usual_deliveries)
        choice = replace(choice, deliveries=() if same else wanted)
    return answered(choice, template.attributes, posted)


def answered(
    choice: Choice, attributes: Iterable[AttributeFacts], posted: Mapping[str, Sequence[str]]
) -> Choice:
    """The choice with what was said of these attributes; an emptied one is taken away."""
    told = {
        one.key: _first(posted, f"{ATTRIBUTE_FIELD}{one.key}")
        for one in attributes
        if f"{ATTRIBUTE_FIELD}{one.key}" in posted
    }
    return replace(choice, attributes=dict(_said({**choice.attributes, **told}.items())))


def _said(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((key, value) for key, value in pairs if value)


def _first(posted: Mapping[str, Sequence[str]], name: str) -> str:
    values = posted.get(name) or [""]
    return values[0][: 4 * MAX_LINE].strip()
