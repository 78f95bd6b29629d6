"""What staff keep as data: OCOP groups and subgroups, criteria versions, required papers, reasons.

The modules beside this one bring a seed along (revision 0). Staff write newer revisions; the
newest of a thing counts, older ones are its history. Rules ask ``current()``; where revisions come
from is told once by ``use_source`` (the database, every few seconds), so that rules stay plain.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Generic, Protocol, TypeVar

from shop.core.text import N_

ValueT = TypeVar("ValueT")

KINDS: Final = {
    "group": N_("Nhóm OCOP"),
    "subgroup": N_("Phân nhóm"),
    "criteria": N_("Bộ tiêu chí"),
    "document": N_("Giấy tờ cần có"),
    "reason": N_("Lý do trả lại"),
}


@dataclass(frozen=True)
class Entry:
    """One wording of one thing, and the days on which it may be chosen (None: no bound)."""

    kind: str
    code: str
    data: Mapping[str, Any]
    revision: int = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def is_open(self, day: date) -> bool:
        """Whether it may be chosen on this day; what was chosen before keeps its name."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, eq=False)
class Book:
    """Everything that counts, in the order of the seed, then by code."""

    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)

    def of(self, kind: str) -> list[Entry]:
        """All entries of a kind."""
        return [entry for (one, _code), entry in self.entries.items() if one == kind]

    def with_newer(self, newer: Iterable[Entry]) -> "Book":
        """This book with newer revisions laid over it."""
        latest: dict[tuple[str, str], Entry] = {}
        for entry in sorted(newer, key=lambda one: (one.kind, one.code, one.revision)):
            latest[entry.kind, entry.code] = entry
        return Book({**self.entries, **latest})


class Source(Protocol):
    """Where the present book comes from."""

    def __call__(self) -> Book:
        """The book that counts now."""

    def forget(self) -> None:
        """Read again at the next question: something was written."""


_seed: dict[tuple[str, str], Entry] = {}
_source: list[Source] = []
_seeded: list[Book] = []


def add_seed(entries: Iterable[Entry]) -> None:
    """Declare what the code brings along; called by the modules that own a kind."""
    _seed.update({(entry.kind, entry.code): entry for entry in entries})
    _seeded.clear()


def seed() -> Book:
    """What the code brings along."""
    if not _seeded:
        _seeded.append(Book(dict(_seed)))
    return _seeded[0]


def use_source(source: Source | None) -> None:
    """Ask ``source`` from now on; None: the seed alone."""
    _source[:] = [source] if source is not None else []


def current() -> Book:
    """The book that counts now."""
    return _source[0]() if _source else seed()


def forget() -> None:
    """Something was written: the next question reads again."""
    for source in _source:
        source.forget()


class Live(Mapping[str, ValueT], Generic[ValueT]):
    """Code -> value of one kind as it counts now: reads like a constant, follows the book."""

    def __init__(self, kind: str, make: Callable[[Entry], ValueT]) -> None:
        self._kind, self._make = kind, make
        self._kept: tuple[Book, dict[str, ValueT]] | None = None

    def _made(self) -> dict[str, ValueT]:
        book = current()
        kept = self._kept
        if kept is None or kept[0] is not book:
            kept = book, {entry.code: self._make(entry) for entry in book.of(self._kind)}
            self._kept = kept
        return kept[1]

    def __getitem__(self, code: str) -> ValueT:
        return self._made()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())
