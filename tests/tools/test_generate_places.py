"""The generator's own steps, on a small copy of the source's shape."""

from pathlib import Path
from typing import Any

import pytest

from tools import generate_places as tool
from tools.generate_places import OldUnit

CODES = {
    ("tinhthainguyen", ""): "19",
    ("tinhthainguyen", "xaconminh"): "02185",
    ("tinhthainguyen", "xanari"): "02155",
}


@pytest.mark.parametrize(
    ("own", "aliases", "earlier"),
    [
        ("Thành phố Bắc Giang", ["huyenyendung", "yendung"], ["yendung"]),
        ("Thị xã Quế Võ", ["huyenquevo"], []),
        ("Thành phố Thủ Đức", ["quan9", "q9", "district09", "quan2"], ["2", "9"]),
        ("Phường 15", ["phuong17", "p17", "f17", "phuong15"], ["17"]),
        ("Thành phố Hồng Ngự", ["hongnguthixa", "thixahongngu", "txhongngu"], []),
        ("Thành phố Hoa Lư", ["thanhphoninhbinh", "tpninhbinh", "ninhbinh"], ["ninhbinh"]),
        ("Xã Phương Nam", ["phuongchieu"], ["phuongchieu"]),
        ("Xã Côn Minh", [], []),
    ],
)
def test_earlier_names_lose_their_unit_words(
    own: str, aliases: list[str], earlier: list[str]
) -> None:
    assert tool.earlier_names(own, aliases) == earlier


@pytest.mark.parametrize(
    ("source", "official"),
    [
        ("Thị Trấn Óc Eo", "Thị trấn Óc Eo"),
        ("Thành Phố Bắc Kạn", "Thành phố Bắc Kạn"),
        ("Xã Côn Minh", "Xã Côn Minh"),
    ],
)
def test_unit_words_are_spelled_alike(source: str, official: str) -> None:
    assert tool.official(source) == official


def test_a_divided_commune_names_its_main_part_first() -> None:
    converter = {
        "DICT_PROVINCE_WARD_NO_DIVIDED": {"tinhthainguyen": {"xaconminh": ["a_b_c"]}},
        "DICT_PROVINCE_WARD_DIVIDED": {
            "tinhthainguyen": {
                "a_b_d": [
                    {"newWardKey": "xanari", "isDefaultNewWard": False},
                    {"newWardKey": "xaconminh", "isDefaultNewWard": True},
                ]
            }
        },
    }
    assert tool.targets_of(converter) == {
        "a_b_c": [("tinhthainguyen", "xaconminh")],
        "a_b_d": [("tinhthainguyen", "xaconminh"), ("tinhthainguyen", "xanari")],
    }


def test_only_vanished_districts_become_earlier_names() -> None:
    legacy: dict[str, Any] = {
        "DICT_PROVINCE_DISTRICT": {
            "tinhcaobang": {
                "huyentrungkhanh": {"districtShort": "Trùng Khánh"},
                "huyenquanghoa": {"districtShort": "Quảng Hòa"},
            }
        },
        "DICT_PROVINCE_DISTRICT_DIVIDED": {
            "tinhcaobang": {
                "huyentralinh": {
                    "dividedDistrictKeywords": ["huyentralinh", "tralinh"],
                    "districts": {"huyentrungkhanh": {}, "huyenquanghoa": {}},
                },
                "huyenquanghoa": {
                    "dividedDistrictKeywords": ["quanghoa"],
                    "districts": {"huyentrungkhanh": {}},
                },
            }
        },
    }
    assert tool.vanished_districts(legacy) == {
        ("tinhcaobang", "huyentrungkhanh"): ["huyentralinh", "tralinh"],
        ("tinhcaobang", "huyenquanghoa"): ["huyentralinh", "tralinh"],
    }


def _source_row(**changes: str | None) -> dict[str, str | None]:
    return {
        "province": "Tỉnh Bắc Kạn",
        "district": "Huyện Na Rì",
        "ward": "Xã Côn Minh",
        "provinceKey": "tinhbackan",
        "districtKey": "huyennari",
        "wardKey": "xaconminh",
        "provinceAlias": None,
        "districtAlias": None,
        "wardAlias": None,
    } | changes


def test_old_units_carry_their_codes() -> None:
    rows = [_source_row(), _source_row(ward="Xã Văn Lang", wardKey="xavanlang")]
    targets = {
        "tinhbackan_huyennari_xaconminh": [("tinhthainguyen", "xaconminh")],
        "tinhbackan_huyennari_xavanlang": [
            ("tinhthainguyen", "xanari"),
            ("tinhthainguyen", "xaconminh"),
        ],
    }
    assert tool.old_units(rows, targets, CODES, {}) == [
        OldUnit("Tỉnh Bắc Kạn", "", "", "baccan", "19"),
        OldUnit("Tỉnh Bắc Kạn", "Huyện Na Rì", "", "", ""),
        OldUnit("Tỉnh Bắc Kạn", "Huyện Na Rì", "Xã Côn Minh", "", "02185"),
        OldUnit("Tỉnh Bắc Kạn", "Huyện Na Rì", "Xã Văn Lang", "", "02155 02185"),
    ]


def test_an_island_district_without_communes_carries_its_own_code() -> None:
    row = _source_row(ward=None, wardKey=None)
    targets = {"tinhbackan_huyennari_": [("tinhthainguyen", "xanari")]}
    assert OldUnit("Tỉnh Bắc Kạn", "Huyện Na Rì", "", "", "02155") in tool.old_units(
        [row], targets, CODES, {}
    )


def test_a_unit_that_leads_nowhere_stops_the_tool() -> None:
    with pytest.raises(KeyError):
        tool.old_units([_source_row()], {}, CODES, {})


def test_files_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    decomposed = "Xa\u0303"
    for name in ("a.csv", "b.csv"):
        tool.write_csv(tmp_path / name, ("code", "name"), [("01", decomposed)])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_bytes() == "code,name\n01,Xã\n".encode()
