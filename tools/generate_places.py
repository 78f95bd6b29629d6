"""Write the administrative units of Vietnam as three small CSV files.

Run once by a developer, from an environment of its own that has the PyPI package
``vietnamadminunits`` 1.0.4 (MIT licence) installed; the application never imports it:

    python -m venv /tmp/places-venv
    /tmp/places-venv/bin/pip install vietnamadminunits==1.0.4
    /tmp/places-venv/bin/python tools/generate_places.py shop/places/data

Only the package's data files are read, none of its code: the library parses free text and guesses,
and an address must never be guessed. ``shop/places/data/README.md`` describes the columns.
"""

import csv
import json
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final, NamedTuple

PACKAGE: Final = "vietnamadminunits"
VERSION: Final = "1.0.4"
EXPECTED_PROVINCES: Final = 34
EXPECTED_COMMUNES: Final = 3321

_UNIT_WORDS: Final = (
    "thitran",
    "thanhpho",
    "thixa",
    "phuong",
    "huyen",
    "quan",
    "tt",
    "tp",
    "tx",
    "xa",
)
_TWO_WORD_UNITS: Final = ("Thành phố", "Thị xã", "Thị trấn", "Đặc khu")
_NUMBERED: Final = re.compile(r"(?:phuong|ward|p|f|quan|district|q)0*(\d+)")
_SUFFIXED: Final = re.compile(r"(\w+?)(?:thixa|thanhpho|huyen)")

EVERYDAY_PROVINCE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "Thành phố Huế": ("thuathienhue",),
    "Thành phố Hồ Chí Minh": ("saigon",),
    "Tỉnh Bắc Kạn": ("baccan",),
    "Tỉnh Đắk Lắk": ("daclac",),
    "Tỉnh Đắk Nông": ("dacnong",),
}
"""Names of provinces that people write and the source does not list."""


class OldUnit(NamedTuple):
    """One line of ``old_places.csv``; empty text where a level does not apply."""

    province: str
    district: str
    commune: str
    also: str
    codes: str


def squeeze(name: str) -> str:
    """``Xã Ea H'leo`` as ``xaeahleo``: the form in which the source writes its keys."""
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", bare)


def official(name: str) -> str:
    """The name with its unit word in the official spelling (the source has some "Thị Trấn")."""
    for word in _TWO_WORD_UNITS:
        if name.lower().startswith(word.lower() + " "):
            return word + name[len(word) :]
    return name


def earlier_names(own_name: str, aliases: Iterable[str]) -> list[str]:
    """The names a unit went by before, without words such as ``xa``, without its own name.

    ``aliases`` are keys of the source, most of them twice (``xayendung``, ``yendung``). A key that
    has a unit word and no twin keeps its name: "xã Xá" must not become nothing.
    """
    keys = {squeeze(alias) for alias in aliases}
    own = squeeze(own_name)
    known = keys | {own} | {own.removeprefix(word) for word in _UNIT_WORDS}
    found = set()
    for key in keys:
        if number := _NUMBERED.fullmatch(key):
            found.add(number[1])
            continue
        suffixed = _SUFFIXED.fullmatch(key)
        bare = suffixed[1] if suffixed and suffixed[1] in known else key
        shorter = (bare.removeprefix(word) for word in _UNIT_WORDS if bare.startswith(word))
        found.add(next((rest for rest in shorter if rest in known), bare))
    number = _NUMBERED.fullmatch(own)
    taken = {
        own,
        *(own.removeprefix(word) for word in _UNIT_WORDS),
        number[1] if number else own,
    }
    return sorted(found - taken)


def targets_of(converter: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Old key ``province_district_commune`` -> its new (province key, commune key) pairs.

    A divided commune has several, the one that kept most of it first.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                found.setdefault(old, []).append((province, commune))
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            ordered = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            found[old] = [(province, part["newWardKey"]) for part in ordered]
    return found


def vanished_districts(legacy: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """(province key, district key) -> keys of districts that were shared out before 2025.

    Only those whose name no district of the province carries any more.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for province, divided in legacy["DICT_PROVINCE_DISTRICT_DIVIDED"].items():
        standing = set(legacy["DICT_PROVINCE_DISTRICT"][province])
        facts_of = legacy["DICT_PROVINCE_DISTRICT"][province].values()
        short = {squeeze(facts["districtShort"]) for facts in facts_of}
        for key, facts in divided.items():
            if key in standing or key in short:
                continue
            for heir in facts["districts"]:
                found.setdefault((province, heir), []).extend(facts["dividedDistrictKeywords"])
    return found


def old_units(
    rows: Sequence[Mapping[str, Any]],
    targets: Mapping[str, Sequence[tuple[str, str]]],
    codes: Mapping[tuple[str, str], str],
    vanished: Mapping[tuple[str, str], Sequence[str]],
) -> list[OldUnit]:
    """Every old province, district and commune with the codes of the units it became.

    ``codes`` gives the commune code of a new (province key, commune key) and, under
    (province key, ""), the province's own. Raises KeyError when a unit leads nowhere.
    """
    found: set[OldUnit] = set()
    for row in rows:
        province = official(row["province"])
        district = official(row["district"])
        commune = official(row["ward"] or "")
        key = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        pairs = targets[key]
        new_province = codes[pairs[0][0], ""]
        commune_codes = " ".join(codes[pair] for pair in pairs)
        everyday = EVERYDAY_PROVINCE_NAMES.get(province, ())
        also = " ".join(
            earlier_names(province, [*json.loads(row["provinceAlias"] or "[]"), *everyday])
        )
        found.add(OldUnit(province, "", "", also, new_province))
        merged = [
            *json.loads(row["districtAlias"] or "[]"),
            *vanished.get((row["provinceKey"], row["districtKey"]), ()),
        ]
        also = " ".join(earlier_names(district, merged))
        found.add(OldUnit(province, district, "", also, "" if commune else commune_codes))
        if commune:
            also = " ".join(earlier_names(commune, json.loads(row["wardAlias"] or "[]")))
            found.add(OldUnit(province, district, commune, also, commune_codes))
    return sorted(found)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """UTF-8, NFC, LF, comma: the same input always gives the same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([unicodedata.normalize("NFC", cell) for cell in row])


def main(folder: Path) -> None:
    """Read the installed package's data and write the three files into ``folder``."""
    package = distribution(PACKAGE)
    if package.version != VERSION:
        raise SystemExit(f"{PACKAGE} {VERSION} is needed, {package.version} is installed")
    data = Path(str(package.locate_file(PACKAGE))) / "data"
    connection = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    new = [dict(row) for row in connection.execute("SELECT * FROM admin_units")]
    old = [dict(row) for row in connection.execute("SELECT * FROM admin_units_legacy")]
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    legacy = json.loads((data / "parser_legacy.json").read_text(encoding="utf-8"))

    provinces = sorted({(row["provinceCode"], row["province"]) for row in new})
    communes = sorted((row["wardCode"], row["provinceCode"], row["ward"]) for row in new)
    if (len(provinces), len(communes)) != (EXPECTED_PROVINCES, EXPECTED_COMMUNES):
        raise SystemExit(f"unexpected data: {len(provinces)} provinces, {len(communes)} communes")
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    codes |= {(row["provinceKey"], ""): row["provinceCode"] for row in new}
    olds = old_units(old, targets_of(converter), codes, vanished_districts(legacy))

    write_csv(folder / "provinces.csv", ("code", "name"), provinces)
    write_csv(folder / "communes.csv", ("code", "province_code", "name"), communes)
    write_csv(folder / "old_places.csv", OldUnit._fields, olds)
    print(
        f"{len(provinces)} provinces, {len(communes)} communes, {len(olds)} old units in {folder}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
