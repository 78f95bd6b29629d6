"""Names of places as people type them, and what they may mean. Pure: no database, no guess.

An address on an old paper has three levels that no longer exist ("xã Côn Minh, huyện Na Rì, tỉnh
Bắc Kạn"). Such text is compared with known names and yields candidates in order of fit; a person
confirms one. Two libraries that parse free text into one answer were tried and each misread real
addresses, so nothing here decides alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from shop.core.errors import Invalid
from shop.core.text import N_, clean, fold

MAX_TEXT: Final = 200
"""Characters of typed text that are looked at; an address is shorter."""

MAX_WORDS: Final = 32
MAX_NAME_WORDS: Final = 6
MIN_PREFIX: Final = 3
"""Letters needed before a half-typed name is looked up."""


class Level(StrEnum):
    """The three levels before 2025-07-01; today's provinces and communes are the outer two."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Kind(StrEnum):
    """What the two levels in force are called."""

    PROVINCE = "tinh"
    CITY = "thanh_pho"
    COMMUNE = "xa"
    WARD = "phuong"
    ZONE = "dac_khu"


class Reason(StrEnum):
    """Why a place is offered for what was typed."""

    CURRENT = "current"
    OLD_COMMUNE = "old_commune"
    DIVIDED_COMMUNE = "divided_commune"
    OLD_DISTRICT = "old_district"
    OLD_PROVINCE = "old_province"
    EARLIER_NAME = "earlier_name"


REASON_TEXT: Final[Mapping[Reason, str]] = {
    Reason.CURRENT: N_("Tên đang dùng từ 01/07/2025"),
    Reason.OLD_COMMUNE: N_("Trước 01/07/2025 là %(old)s"),
    Reason.DIVIDED_COMMUNE: N_("%(old)s đã chia về nhiều xã, phường; đây là một trong số đó"),
    Reason.OLD_DISTRICT: N_("Một trong các xã, phường thuộc %(old)s trước 01/07/2025"),
    Reason.OLD_PROVINCE: N_("%(old)s nay thuộc tỉnh, thành phố này"),
    Reason.EARLIER_NAME: N_("Tên trước đó của một phần %(old)s"),
}
"""Sentences for people; ``%(old)s`` is the old unit's full name."""


class UnknownProvince(Invalid):
    message = N_("Vui lòng chọn tỉnh, thành phố trong danh sách.")


class UnknownCommune(Invalid):
    message = N_("Vui lòng chọn xã, phường trong danh sách của tỉnh đã chọn.")


_OFFICIAL: Final[Mapping[str, Kind | None]] = {
    "Tỉnh": Kind.PROVINCE,
    "Thành phố": Kind.CITY,
    "Quận": None,
    "Huyện": None,
    "Thị xã": None,
    "Thị trấn": None,
    "Phường": Kind.WARD,
    "Đặc khu": Kind.ZONE,
    "Xã": Kind.COMMUNE,
}

_WORDS: Final[Mapping[str, frozenset[Level]]] = {
    "tinh": frozenset({Level.PROVINCE}),
    "t": frozenset({Level.PROVINCE}),
    "thanh pho": frozenset({Level.PROVINCE, Level.DISTRICT}),
    "tp": frozenset({Level.PROVINCE, Level.DISTRICT}),
    "thi xa": frozenset({Level.DISTRICT}),
    "tx": frozenset({Level.DISTRICT}),
    "quan": frozenset({Level.DISTRICT}),
    "q": frozenset({Level.DISTRICT}),
    "huyen": frozenset({Level.DISTRICT}),
    "h": frozenset({Level.DISTRICT}),
    "thi tran": frozenset({Level.COMMUNE}),
    "tt": frozenset({Level.COMMUNE}),
    "phuong": frozenset({Level.COMMUNE}),
    "p": frozenset({Level.COMMUNE}),
    "f": frozenset({Level.COMMUNE}),
    "dac khu": frozenset({Level.COMMUNE}),
    "xa": frozenset({Level.COMMUNE}),
    "x": frozenset({Level.COMMUNE}),
}
"""Folded words that stand before a name, and the levels they announce."""

_BREAKS: Final = re.compile(r"[,;|/()\n]+")
_GLUED_NUMBER: Final = re.compile(r"\b(p|f|q|phuong|quan)(\d{1,2})\b")
_GLUED_CITY: Final = re.compile(r"\btp(hcm|hn|hue)\b")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]")


def is_code(text: str, digits: int) -> bool:
    """Whether the text has the shape of an official code; anything else never reaches a query."""
    return len(text) == digits and text.isascii() and text.isdigit()


def split_name(official: str) -> tuple[Kind | None, str]:
    """``Xã Côn Minh`` as (Kind.COMMUNE, ``Côn Minh``); kind None for units no longer in force."""
    for word, kind in _OFFICIAL.items():
        rest = official.removeprefix(word + " ")
        if rest != official:
            return kind, rest
    return None, official


def short_name(official: str) -> str:
    """The name without its unit word: ``Tỉnh Thái Nguyên`` as ``Thái Nguyên``."""
    return split_name(official)[1]


def squeeze(text: str) -> str:
    """Letters and digits only, lower case, no marks, y as i: the form in which names compare.

    Sources mix Thủy and Thuỷ, Mỹ and Mĩ, ``Ea H'leo`` and ``Ea Hleo``, ``Kon Tum`` and ``Kontum``.
    """
    bare = fold(_APOSTROPHES.sub("", text)).replace(" ", "").replace("y", "i")
    return bare.lstrip("0") if bare.isdigit() else bare


def place_key(official: str) -> str:
    """The key of an official name without its unit word, as stored in the ``folded`` columns."""
    return squeeze(short_name(official))


@dataclass(frozen=True)
class Span:
    """Some neighbouring words of the typed text that may be a name."""

    start: int
    end: int
    key: str
    levels: frozenset[Level]
    """The levels announced by a word in front ("huyện …"); empty when there is none."""

    @property
    def size(self) -> int:
        """Words covered."""
        return self.end - self.start

    def may_be(self, level: Level) -> bool:
        """Whether the word in front, if any, fits the level."""
        return not self.levels or level in self.levels

    def overlaps(self, other: "Span") -> bool:
        """Whether both claim a word."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Typed:
    """Typed text, cut into words and possible names."""

    text: str
    spans: tuple[Span, ...]

    @property
    def keys(self) -> frozenset[str]:
        """What to look up."""
        return frozenset(span.key for span in self.spans)

    @property
    def whole(self) -> str:
        """All words together."""
        return squeeze(self.text)

    @property
    def prefix(self) -> str:
        """The text as the beginning of one name; empty when too short or too long to be that."""
        words = _words(self.text)
        for length in (2, 1):
            if " ".join(words[:length]) in _WORDS:
                words = words[length:]
                break
        key = squeeze(" ".join(words))
        return key if len(key) >= MIN_PREFIX and len(words) <= MAX_NAME_WORDS else ""


def read_text(text: str) -> Typed:
    """Cut typed text into possible names.

    A name never crosses a comma; it may cross a hyphen (Bà Rịa - Vũng Tàu). A bare number is a
    name only behind "phường" or "quận": otherwise it is a house number.
    """
    shown = clean(text[: 2 * MAX_TEXT])[:MAX_TEXT]
    spans: list[Span] = []
    offset = 0
    for part in _BREAKS.split(shown):
        words = _words(part)[: MAX_WORDS - offset]
        spans += _spans(words, offset)
        offset += len(words)
    return Typed(shown, tuple(spans))


def _words(text: str) -> list[str]:
    folded = fold(_APOSTROPHES.sub("", text))
    return _GLUED_CITY.sub(r"tp \1", _GLUED_NUMBER.sub(r"\1 \2", folded)).split()


def _spans(words: Sequence[str], offset: int) -> Iterable[Span]:
    for start in range(len(words)):
        levels = _announced(words, start)
        for end in range(start + 1, min(start + MAX_NAME_WORDS, len(words)) + 1):
            key = squeeze(" ".join(words[start:end]))
            if key and (not key.isdigit() or levels):
                yield Span(offset + start, offset + end, key, levels)


def _announced(words: Sequence[str], start: int) -> frozenset[Level]:
    for length in (2, 1):
        if start >= length:
            levels = _WORDS.get(" ".join(words[start - length : start]))
            if levels:
                return levels
    return frozenset()


@dataclass(frozen=True)
class Unit:
    """A known unit whose name was found among the typed words."""

    key: str
    level: Level
    label: str
    """Full name from the unit up to its province, e.g. ``Huyện Na Rì, Tỉnh Bắc Kạn``."""
    province_code: str
    commune_code: str | None
    is_current: bool

    @property
    def own_name(self) -> str:
        """The unit's official name without those above it."""
        return self.label.split(", ", 1)[0]

    @property
    def above(self) -> str:
        """The full name of the unit above it; empty for a province."""
        return self.label.partition(", ")[2]


@dataclass(frozen=True)
class Candidate:
    """A place in force that typed text may mean; without a commune only the province is known."""

    province_code: str
    commune_code: str | None
    reason: Reason
    old_name: str
    """The old unit's full name, for the reason's sentence; empty for a name in force."""


_LEVEL_ORDER: Final = {Level.PROVINCE: 0, Level.COMMUNE: 1, Level.DISTRICT: 2}


def rank(typed: Typed, units: Iterable[Unit]) -> list[Candidate]:
    """The candidates that explain most of the typed words, best first, each place once.

    A unit explains its own words and those of the units it belonged to; words that name another
    province or district count for nothing. The tie-break prefers the level announced by the typed
    words, then the same accents, then the order province, commune, district, then names in force.

    Districts were merged before 2025 too, so an old address may name a commune under a district
    that had it earlier ("thị trấn Chũ, Lục Ngạn"). Therefore communes that the text announces
    ("xã …") and whose province or district it confirms come first even when a whole district
    explains more words.
    """
    found = _Found(typed, units)
    fits = [_Fit(found.covered(unit, span), unit, span) for unit, span in found.pairs()]
    named = [fit for fit in fits if fit.names_commune and fit.words > fit.span.size]
    return found.candidates([*found.best(named), *found.best(fits)])


def complete(typed: Typed, units: Iterable[Unit]) -> list[Candidate]:
    """Candidates for a half-typed name: names in force before old ones, shorter names first."""
    begun = sorted(units, key=lambda unit: (not unit.is_current, len(unit.key)))
    return _Found(typed, begun).candidates(begun)


class _Fit(NamedTuple):
    """A unit whose name stands in the text, and how many words that explains."""

    words: int
    unit: Unit
    span: Span

    @property
    def names_commune(self) -> bool:
        """A commune with "xã" or the like in front of it."""
        return self.unit.level is Level.COMMUNE and Level.COMMUNE in self.span.levels


class _Found:
    """Typed words and the units whose names are among them."""

    def __init__(self, typed: Typed, units: Iterable[Unit]) -> None:
        self._spans: dict[str, list[Span]] = defaultdict(list)
        for span in typed.spans:
            self._spans[span.key].append(span)
        self._units = list(units)
        self._shown = typed.text.casefold()
        self._by_label: dict[str, list[Span]] = defaultdict(list)
        self._by_province: dict[str, list[Span]] = defaultdict(list)
        self._targets: dict[str, set[str | None]] = defaultdict(set)
        for unit in self._units:
            spans = self._spans.get(unit.key, ())
            self._by_label[unit.label] += spans
            if unit.level is Level.PROVINCE:
                self._by_province[unit.province_code] += spans
            if not unit.is_current:
                self._targets[unit.label].add(unit.commune_code)

    def pairs(self) -> Iterable[tuple[Unit, Span]]:
        """Every unit with every place in the text where its name stands.

        A number is a commune behind "phường" and a district behind "quận", nothing else.
        """
        return (
            (unit, span)
            for unit in self._units
            for span in self._spans.get(unit.key, ())
            if span.may_be(unit.level) or not unit.key.isdigit()
        )

    def covered(self, unit: Unit, span: Span) -> int:
        """Words explained by the unit and by those above it; no word counts twice."""
        if unit.level is Level.PROVINCE:
            return span.size
        best = self._province_words(unit, span)
        if unit.level is Level.COMMUNE and not unit.is_current:
            for district in self._by_label[unit.above]:
                if district.may_be(Level.DISTRICT) and not district.overlaps(span):
                    best = max(best, district.size + self._province_words(unit, span, district))
        return span.size + best

    def _province_words(self, unit: Unit, *taken: Span) -> int:
        old_province = unit.above.rpartition(", ")[2]
        spans = [*self._by_label[old_province], *self._by_province[unit.province_code]]
        free = (
            span
            for span in spans
            if span.may_be(Level.PROVINCE) and not any(span.overlaps(other) for other in taken)
        )
        return max((span.size for span in free), default=0)

    def best(self, fits: Sequence[_Fit]) -> list[Unit]:
        """The units of the fits that explain most words, in order of preference."""
        most = max((fit.words for fit in fits), default=0)
        chosen = sorted((fit for fit in fits if fit.words == most), key=self._order)
        return [fit.unit for fit in chosen]

    def _order(self, fit: _Fit) -> tuple[bool, bool, int, bool, int]:
        """Smaller is better; equal fits keep the order of the units given."""
        has_other_accents = short_name(fit.unit.own_name).casefold() not in self._shown
        return (
            not fit.span.may_be(fit.unit.level),
            has_other_accents,
            _LEVEL_ORDER[fit.unit.level],
            not fit.unit.is_current,
            fit.span.start,
        )

    def candidates(self, units: Iterable[Unit]) -> list[Candidate]:
        """The units as answers, each place in force once, with the reason for offering it."""
        places: dict[tuple[str, str | None], Candidate] = {}
        for unit in units:
            place = (unit.province_code, unit.commune_code)
            old_name = "" if unit.is_current else unit.label
            places.setdefault(place, Candidate(*place, self._reason(unit), old_name))
        return list(places.values())

    def _reason(self, unit: Unit) -> Reason:
        if unit.is_current:
            return Reason.CURRENT
        if unit.level is Level.PROVINCE:
            return Reason.OLD_PROVINCE
        if unit.key != place_key(unit.own_name):
            return Reason.EARLIER_NAME
        if unit.level is Level.DISTRICT:
            return Reason.OLD_DISTRICT
        is_divided = len(self._targets[unit.label]) > 1
        return Reason.DIVIDED_COMMUNE if is_divided else Reason.OLD_COMMUNE
