"""The rows that the first migration puts into the places tables, read from ``data/*.csv``.

Plain CSV, no database: the columns are those of ``shop.places.models``. ``data/README.md`` tells
where the data comes from and under which licence.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from shop.core.text import slugify
from shop.places.rules import Level, place_key, short_name, split_name, squeeze

DATA: Final = Path(__file__).resolve().parent / "data"

Row = Mapping[str, str | None]


class _OldUnit(NamedTuple):
    province: str
    district: str
    commune: str
    also: tuple[str, ...]
    codes: tuple[str, ...]


def province_rows() -> Iterator[Row]:
    """The 34 provinces in order of code."""
    for row in _read("provinces.csv"):
        yield {
            "code": row["code"],
            "name": row["name"],
            "slug": slugify(short_name(row["name"])),
            "folded": place_key(row["name"]),
        }


def commune_rows() -> Iterator[Row]:
    """The 3,321 communes in order of code."""
    for row in _read("communes.csv"):
        kind, _name = split_name(row["name"])
        if kind is None:
            raise ValueError(f"a commune without its unit word: {row['name']}")
        yield {
            "code": row["code"],
            "province_code": row["province_code"],
            "name": row["name"],
            "kind": kind.value,
            "folded": place_key(row["name"]),
        }


def old_place_rows() -> Iterator[Row]:
    """One row for each old name and each unit it leads to, to be inserted in this order.

    A divided commune has a row for each part, the one that kept most of it first. A district has a
    row for each commune that its communes became. Names from before earlier mergers carry the
    label of the unit that took them in.
    """
    province_of = {row["code"]: row["province_code"] for row in _read("communes.csv")}
    units = _old_units()
    for unit in units:
        label = ", ".join(filter(None, (unit.commune, unit.district, unit.province)))
        level = _level(unit)
        for folded in dict.fromkeys((place_key(label.split(", ")[0]), *map(squeeze, unit.also))):
            for code in unit.codes:
                is_province = level is Level.PROVINCE
                yield {
                    "folded": folded,
                    "label": label,
                    "level": level.value,
                    "province_code": code if is_province else province_of[code],
                    "commune_code": None if is_province else code,
                }


def _level(unit: _OldUnit) -> Level:
    if unit.commune:
        return Level.COMMUNE
    return Level.DISTRICT if unit.district else Level.PROVINCE


def _old_units() -> list[_OldUnit]:
    """Every old unit; districts with the codes of what their communes became."""
    became: dict[tuple[str, str], dict[str, None]] = {}
    units = []
    for row in _read("old_places.csv"):
        codes = tuple(row["codes"].split())
        unit = _OldUnit(
            row["province"], row["district"], row["commune"], tuple(row["also"].split()), codes
        )
        units.append(unit)
        became.setdefault((unit.province, unit.district), {}).update(dict.fromkeys(codes))
    return [
        unit._replace(codes=tuple(sorted(became[unit.province, unit.district])))
        if _level(unit) is Level.DISTRICT
        else unit
        for unit in units
    ]


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
