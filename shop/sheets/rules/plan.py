"""What a sheet is judged on (the shelf), and what comes out: a plan that says it all in advance.

The plan holds every old and new value, so its digest stands for the state it was judged on: when
something that matters changed meanwhile, judging again gives another digest.
"""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Status = Literal["new", "changed", "unchanged", "error", "example"]
STATUSES: Final[tuple[Status, ...]] = ("new", "changed", "unchanged", "error", "example")


@dataclass(frozen=True)
class LotNow:
    """A lot of a size: units that lie in it, and at most how many may."""

    id: int
    units: int
    most: int
    is_sellable: bool


@dataclass(frozen=True)
class ProductNow:
    """A product as its maker sees it: an open edit is laid over the published values."""

    id: int
    state: str
    values: Mapping[str, Any]
    is_lot_tracked: bool
    is_service: bool


@dataclass(frozen=True)
class SizeNow:
    """A size with its stock; ``loose`` units lie in no lot."""

    id: int
    product_id: int
    sku: str
    values: Mapping[str, Any]
    on_hand: int = 0
    reserved: int = 0
    lots: Mapping[str, LotNow] = dataclasses.field(default_factory=dict)

    @property
    def loose(self) -> int:
        return self.on_hand - sum(lot.units for lot in self.lots.values())


@dataclass(frozen=True)
class Shelf:
    """Everything of one producer that a sheet may touch."""

    products: Mapping[int, ProductNow]
    sizes: Mapping[str, SizeNow]
    """By SKU, archived products' sizes included: their SKUs are taken."""


@dataclass(frozen=True)
class Fault:
    """Why a row is not taken: ``place`` is the column in the sheet (0-based), None for the row."""

    place: int | None
    text: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field: what stands there now, and what will."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class StockMove:
    """``add``: units come in. ``count``: so many lie there. ``lot_id`` None: units of no lot.

    ``old``: what the books say now, for a count; None for an addition, which does not depend on it.
    """

    mode: str
    units: int
    lot_id: int | None
    lot_no: str
    old: int | None


@dataclass(frozen=True)
class Row:
    """What becomes of one row of the sheet; ``number`` counts from 1."""

    number: int
    sku: str
    name: str
    status: Status
    faults: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()
    size_id: int | None = None
    product: str = ""
    """``id:12`` for one that exists, ``new:…`` for one the sheet brings."""
    stock: StockMove | None = None


@dataclass(frozen=True)
class Plan:
    """The outcome of judging a sheet."""

    rows: tuple[Row, ...]
    header_row: int
    headers: tuple[str, ...] = ()
    """The words of the header row, column by column."""
    unknown: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Rows by status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES}

    def as_json(self) -> dict[str, Any]:
        """For the store; ``plan_of`` reads it back."""
        return dataclasses.asdict(self)

    @property
    def digest(self) -> str:
        """The plan in 64 hexadecimal characters: equal plans, equal digests."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_of(stored: Mapping[str, Any]) -> Plan:
    """The plan that ``as_json`` gave."""
    return Plan(
        rows=tuple(_row_of(row) for row in stored["rows"]),
        header_row=stored["header_row"],
        headers=tuple(stored["headers"]),
        unknown=tuple(stored["unknown"]),
    )


def _row_of(stored: Mapping[str, Any]) -> Row:
    values = dict(stored)
    values["faults"] = tuple(Fault(**fault) for fault in stored["faults"])
    values["changes"] = tuple(Change(**change) for change in stored["changes"])
    values["stock"] = StockMove(**stored["stock"]) if stored["stock"] else None
    return Row(**values)


@dataclass(frozen=True)
class Table:
    """A sheet as read: rows of cells from its first row on, and which of them cannot be taken."""

    rows: Sequence[Sequence[Any]]
    formulas: frozenset[tuple[int, int]] = frozenset()
    """(row, column), 0-based, of cells with a formula."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """(first row, first column, last row, last column), 0-based, of merged cells."""
