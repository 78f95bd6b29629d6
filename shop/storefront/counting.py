"""Counting what each value of each filter would leave. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from shop.storefront.rules import Filters


class Cell(NamedTuple):
    """How many products share all the values that filters look at."""

    subgroup: str
    group: str
    province: str
    stars: int
    """0 when no certificate counts today."""
    is_in_season: bool
    is_in_stock: bool
    is_live_soon: bool
    is_youth_led: bool
    products: int


@dataclass(frozen=True)
class Counts:
    """How many products the list has, and how many each value of each filter would give."""

    total: int
    groups: Mapping[str, int] = field(default_factory=dict)
    subgroups: Mapping[str, int] = field(default_factory=dict)
    provinces: Mapping[str, int] = field(default_factory=dict)
    communes: Mapping[str, int] = field(default_factory=dict)
    """Within the one province that is chosen; empty without one."""
    stars: Mapping[int, int] = field(default_factory=dict)
    papers: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    """By field of ``Filters``: ``is_in_season``, ``is_in_stock``…"""
    unknown: frozenset[str] = frozenset()
    """Of a list too long to be counted, the mappings in which a missing value is not 0 but not
    known; ``total`` among them when it is only the least there are."""


NOTHING_KNOWN = frozenset(("total", "groups", "subgroups", "provinces", "stars", "papers", "flags"))
FLAGS = ("is_in_stock", "is_in_season", "is_live_soon", "is_youth_led")


def count_facets(cells: Iterable[Cell], filters: Filters) -> Counts:
    """Counts as shops show them: a value counts what all *other* filters leave.

    Groups and subgroups are one filter, so that a group's number is the sum of its subgroups'.
    """
    total = 0
    groups: dict[str, int] = {}
    subgroups: dict[str, int] = {}
    provinces: dict[str, int] = {}
    stars: dict[int, int] = {}
    flags = dict.fromkeys(FLAGS, 0)
    for cell in cells:
        missed = _missed(cell, filters)
        if len(missed) > 1:
            continue
        n = cell.products
        only = missed[0] if missed else ""
        total += 0 if only else n
        if only in {"", "kind"}:
            groups[cell.group] = groups.get(cell.group, 0) + n
            subgroups[cell.subgroup] = subgroups.get(cell.subgroup, 0) + n
        if only in {"", "province"}:
            provinces[cell.province] = provinces.get(cell.province, 0) + n
        if only in {"", "stars"}:
            stars[cell.stars] = stars.get(cell.stars, 0) + n
        for name in FLAGS:
            flags[name] += n if getattr(cell, name) and only in {"", name} else 0
    return Counts(
        total=total,
        groups=groups,
        subgroups=subgroups,
        provinces=provinces,
        stars=stars,
        flags=flags,
    )


def sharpened(roughly: Counts, exactly: Counts, filters: Filters) -> Counts:
    """``roughly`` with what is known exactly of the list itself put in its place.

    ``exactly`` counts the list's own products alone: of a filter in force it knows the chosen
    values, of any other all of them.
    """

    in_force = {
        "groups": filters.groups or filters.subgroups,
        "subgroups": filters.groups or filters.subgroups,
        "provinces": filters.provinces,
        "stars": filters.stars,
    }
    chosen = {name for name, values in in_force.items() if values}
    merged: dict[str, Any] = {
        name: {**getattr(roughly, name), **getattr(exactly, name)} for name in chosen
    }
    return replace(exactly, **merged, unknown=roughly.unknown & chosen)


def _missed(cell: Cell, filters: Filters) -> list[str]:
    """Names of the filters that the cell does not pass."""
    missed = [name for name in FLAGS if getattr(filters, name) and not getattr(cell, name)]
    if filters.provinces and cell.province not in filters.provinces:
        missed.append("province")
    if filters.stars and cell.stars not in filters.stars:
        missed.append("stars")
    if not _has_kind(cell, filters):
        missed.append("kind")
    return missed


def _has_kind(cell: Cell, filters: Filters) -> bool:
    if not filters.groups and not filters.subgroups:
        return True
    return cell.subgroup in filters.subgroups or cell.group in filters.whole_groups
