"""The data files: complete, consistent with each other and with the real product list."""

import csv
import unicodedata
from collections import Counter

import pytest

from shop.demo.seed_rows import load_products
from shop.places import seed
from shop.places.models import Commune, OldPlace, Province
from shop.places.rules import Level


def test_there_are_34_provinces_and_3321_communes() -> None:
    provinces = list(seed.province_rows())
    communes = list(seed.commune_rows())
    assert len({row["code"] for row in provinces}) == len(provinces) == 34
    assert len({row["slug"] for row in provinces}) == 34
    assert len({row["code"] for row in communes}) == len(communes) == 3321
    kinds = Counter(row["kind"] for row in communes)
    assert kinds == {"xa": 2621, "phuong": 687, "dac_khu": 13}
    assert {row["province_code"] for row in communes} == {row["code"] for row in provinces}


def test_codes_are_text_with_leading_zeros() -> None:
    assert {len(str(row["code"])) for row in seed.province_rows()} == {2}
    assert {len(str(row["code"])) for row in seed.commune_rows()} == {5}
    assert next(seed.province_rows())["code"] == "01"


def test_every_product_code_of_the_real_list_exists_with_that_name() -> None:
    provinces = {row["code"]: row["name"] for row in seed.province_rows()}
    communes = {row["code"]: row for row in seed.commune_rows()}
    for product in load_products(with_alcohol=True):
        assert provinces[product.province_code] == product.province_name
        if product.commune_code:
            commune = communes[product.commune_code]
            assert commune["name"] == product.commune_name
            assert commune["province_code"] == product.province_code


def test_old_places_lead_to_units_in_force() -> None:
    provinces = {row["code"] for row in seed.province_rows()}
    province_of = {row["code"]: row["province_code"] for row in seed.commune_rows()}
    reached = set()
    for row in seed.old_place_rows():
        assert row["province_code"] in provinces
        if row["level"] == Level.PROVINCE:
            assert row["commune_code"] is None
        else:
            assert province_of[row["commune_code"]] == row["province_code"]
            reached.add(row["commune_code"])
    assert reached == set(province_of), "every commune came from somewhere"


def test_all_old_units_are_there() -> None:
    rows = list(seed.old_place_rows())
    labels = {lv: {str(r["label"]) for r in rows if r["level"] == lv} for lv in Level}
    assert {level.value: len(found) for level, found in labels.items()} == {
        "province": 63,
        "district": 696,
        "commune": 10_035,
    }
    depth = {Level.PROVINCE: 0, Level.DISTRICT: 1, Level.COMMUNE: 2}
    assert all(label.count(", ") == depth[lv] for lv, found in labels.items() for label in found)


def test_a_divided_commune_has_a_row_for_each_part() -> None:
    label = "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội"
    whole = [row["commune_code"] for row in seed.old_place_rows() if row["label"] == label]
    assert whole == ["00097"]
    label = "Phường 4, Quận 3, Thành phố Hồ Chí Minh"
    parts = [row["commune_code"] for row in seed.old_place_rows() if row["label"] == label]
    assert parts == ["27154", "27139"]


@pytest.mark.parametrize(
    ("rows", "model"),
    [
        (seed.province_rows, Province),
        (seed.commune_rows, Commune),
        (seed.old_place_rows, OldPlace),
    ],
)
def test_rows_fit_the_columns(rows: object, model: type) -> None:
    columns = model.__table__.columns  # type: ignore[attr-defined]
    for row in rows():  # type: ignore[operator]
        assert set(row) == {column.name for column in columns} - {"id"}
        for name, value in row.items():
            if value is None:
                assert columns[name].nullable
            else:
                assert 0 < len(value) <= (columns[name].type.length or 10)


@pytest.mark.parametrize("name", ["provinces.csv", "communes.csv", "old_places.csv"])
def test_files_are_sorted_nfc_and_unix(name: str) -> None:
    raw = (seed.DATA / name).read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    rows = [tuple(row) for row in csv.reader(text.splitlines())][1:]
    assert rows == sorted(rows)
    assert len(set(rows)) == len(rows)


def test_source_and_licence_stand_beside_the_data() -> None:
    note = (seed.DATA / "README.md").read_text(encoding="utf-8")
    assert "vietnamadminunits 1.0.4" in note
    assert "Permission is hereby granted" in note
