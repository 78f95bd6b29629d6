"""What was typed, as a query, and the query in the words of each engine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from shop.core.text import fold

MAX_QUERY_LENGTH: Final = 100
"""Characters of a query that are looked at."""

MAX_WORDS: Final = 10
MAX_WORD_LENGTH: Final = 40

Reading = tuple[tuple[str, ...], ...]
"""For each word the words it may stand for; the last may be the beginning of one."""


@dataclass(frozen=True)
class Query:
    """What is looked for: folded words, and how they are read.

    As typed there is one reading, in which each word stands for itself. ``read_query`` gives other
    readings when nothing holds the words as typed; a product need hold only one of them.
    """

    words: tuple[str, ...]
    readings: tuple[Reading, ...]

    @classmethod
    def parse(cls, typed: str) -> "Query":
        """The words of what was typed. Anything may be typed; no words find nothing."""
        words = fold(typed[:MAX_QUERY_LENGTH]).split()[:MAX_WORDS]
        return cls.of(word[:MAX_WORD_LENGTH] for word in words)

    @classmethod
    def of(cls, words: Iterable[str]) -> "Query":
        """These folded words, each standing for itself."""
        listed = tuple(words)
        return cls(listed, (tuple((word,) for word in listed),))

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def is_as_typed(self) -> bool:
        """Whether every word is looked for as it was typed."""
        return self.readings == Query.of(self.words).readings

    @property
    def has_phrase(self) -> bool:
        """Whether words standing side by side tell more than words standing anywhere."""
        return len(self.words) > 1 and self.is_as_typed


def bound_words(query: Query, *, is_sqlite: bool) -> dict[str, str]:
    """The values of what ``found`` leaves open. The query must have words.

    Of several words as typed, those of a run may end with the beginning of a word (``mien do``);
    scattered over a name only whole ones count, or *Na Rì* would be *Cơm Na Lơ, Na Lo rice*.
    """
    put = _fts5 if is_sqlite else _tsquery
    name, names, place = ("name", "name producer", "place") if is_sqlite else ("A", "AB", "C")
    readings = query.readings
    bound = {
        "anywhere": put(readings, "", False, True),
        "in_names": put(readings, names, False, True),
    }
    for field, columns in (("name", name), ("producer", names)):
        bound[f"in_{field}"] = put(readings, columns, False, not query.has_phrase)
    if query.has_phrase:
        for field, columns in (("name", name), ("producer", names), ("place", place)):
            bound[f"{field}_phrase"] = put(readings, columns, True, True)
    return bound


def _fts5(readings: Iterable[Reading], columns: str, is_phrase: bool, is_begun: bool) -> str:
    """``{name} : (("mien") AND ("dong"*))``: every word quoted, so that none is an operator."""
    if is_phrase:
        text = " OR ".join(
            '"' + " ".join(word for (word,) in reading) + '" *' for reading in readings
        )
    else:

        def put(word: str, is_last: bool) -> str:
            return f'"{word}"' + "*" * (is_last and is_begun)

        text = _either(readings, put, "OR", "AND")
    return f"{{{columns}}} : ({text})" if columns else text


def _tsquery(readings: Iterable[Reading], weights: str, is_phrase: bool, is_begun: bool) -> str:
    """``(('mien':A) & ('dong':*A))``; side by side with ``<->``."""

    def put(word: str, is_last: bool) -> str:
        marks = "*" * (is_last and is_begun) + weights
        return f"'{word}'" + (f":{marks}" if marks else "")

    return _either(readings, put, "|", "<->" if is_phrase else "&")


def _either(
    readings: Iterable[Reading], put: Callable[[str, bool], str], either: str, both: str
) -> str:
    made = []
    for reading in readings:
        last = len(reading) - 1
        slots = [
            "(" + f" {either} ".join(put(word, i == last) for word in words) + ")"
            for i, words in enumerate(reading)
        ]
        made.append("(" + f" {both} ".join(slots) + ")")
    return f" {either} ".join(made)
