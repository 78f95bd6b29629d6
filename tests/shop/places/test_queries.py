"""Places on both databases: pick lists, checked pairs, candidates for real old addresses."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.demo.seed_rows import load_products
from shop.places import queries
from shop.places.rules import Reason, UnknownCommune, UnknownProvince


@pytest.fixture
def reader(database: Database) -> Iterator[Session]:
    with database.read() as session:
        yield session


def test_pick_lists_are_in_the_order_of_names(reader: Session) -> None:
    provinces = [province.name for province in queries.list_provinces(reader)]
    assert len(provinces) == 34
    assert provinces[:3] == ["Tỉnh An Giang", "Tỉnh Bắc Ninh", "Tỉnh Cà Mau"]
    communes = queries.list_communes(reader, "19")
    assert [commune.name for commune in communes][:2] == ["Xã An Khánh", "Xã Ba Bể"]
    assert queries.list_communes(reader, "00") == []


def test_a_province_is_found_by_its_slug(reader: Session) -> None:
    found = queries.province_by_slug(reader, "thai-nguyen")
    assert found is not None
    assert found.code == "19"
    assert queries.province_by_slug(reader, "bac-kan") is None


def test_a_chosen_pair_is_checked(reader: Session) -> None:
    assert queries.get_commune(reader, "19", "02185").name == "Xã Côn Minh"


@pytest.mark.parametrize("code", ["", "1", "99", "19\x00", "Thái Nguyên", "9" * 10_000])
def test_an_unknown_province_is_refused_beside_its_field(reader: Session, code: str) -> None:
    with pytest.raises(UnknownProvince) as refusal:
        queries.get_commune(reader, code, "02185")
    assert refusal.value.field == "province_code"


@pytest.mark.parametrize("code", ["", "00000", "00004", "2185", "02185\x00"])
def test_a_commune_elsewhere_is_refused_beside_its_field(reader: Session, code: str) -> None:
    with pytest.raises(UnknownCommune) as refusal:
        queries.get_commune(reader, "19", code)
    assert refusal.value.field == "commune_code"


def test_names_of_many_pairs_take_two_statements(reader: Session) -> None:
    statements: list[str] = []
    bind = reader.connection()
    event.listen(bind, "before_cursor_execute", lambda *args: statements.append(args[2]))
    pairs = [("19", "02185"), ("19", None), ("01", "00004")]
    assert queries.place_names(reader, pairs) == {
        ("19", "02185"): "Xã Côn Minh, Tỉnh Thái Nguyên",
        ("19", None): "Tỉnh Thái Nguyên",
        ("01", "00004"): "Phường Ba Đình, Thành phố Hà Nội",
    }
    assert len(statements) == 2


def _labels(reader: Session, text: str) -> list[str]:
    return [match.label for match in queries.find_places(reader, text)]


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        ("Na Rì", "Xã Na Rì, Tỉnh Thái Nguyên", Reason.CURRENT),
        ("Bắc Kạn", "Tỉnh Thái Nguyên", Reason.OLD_PROVINCE),
        (
            "xã Côn Minh, huyện Na Rì, tỉnh Bắc Kạn",
            "Xã Côn Minh, Tỉnh Thái Nguyên",
            Reason.OLD_COMMUNE,
        ),
        (
            "xã Yến Dương, huyện Ba Bể, Bắc Kạn",
            "Xã Thượng Minh, Tỉnh Thái Nguyên",
            Reason.OLD_COMMUNE,
        ),
        (
            "12 Nguyễn Trãi, P. Bến Thành, Q1, TPHCM",
            "Phường Bến Thành, Thành phố Hồ Chí Minh",
            Reason.OLD_COMMUNE,
        ),
        (
            "phường 4, quận 3",
            "Phường Bàn Cờ, Thành phố Hồ Chí Minh",
            Reason.DIVIDED_COMMUNE,
        ),
        (
            "xã Đồng Phúc, huyện Yên Dũng",
            "Xã Đồng Việt, Tỉnh Bắc Ninh",
            Reason.OLD_COMMUNE,
        ),
        ("Thừa Thiên Huế", "Thành phố Huế", Reason.OLD_PROVINCE),
        ("Lý Sơn", "Đặc khu Lý Sơn, Tỉnh Quảng Ngãi", Reason.CURRENT),
        ("con mi", "Xã Côn Minh, Tỉnh Thái Nguyên", Reason.CURRENT),
        (
            "thị trấn Chũ, Lục Ngạn, Bắc Giang",
            "Phường Chũ, Tỉnh Bắc Ninh",
            Reason.CURRENT,
        ),
    ],
)
def test_old_names_lead_to_units_in_force(
    reader: Session, text: str, label: str, reason: Reason
) -> None:
    first = queries.find_places(reader, text)[0]
    assert (first.label, first.reason) == (label, reason)


def test_ambiguous_names_stay_ambiguous(reader: Session) -> None:
    assert len(_labels(reader, "An Phú")) > 5
    assert _labels(reader, "xã Không Có, huyện Na Rì") == _labels(reader, "huyện Na Rì")


@pytest.mark.parametrize(
    "text", ["", "1", "zzzz", "%", "_", "\x00", "';--", "x" * 100_000, "１２３", "á" * 300]
)
def test_nonsense_finds_nothing_and_breaks_nothing(reader: Session, text: str) -> None:
    assert queries.find_places(reader, text) == []


def test_every_real_address_leads_to_the_commune_checked_by_hand(reader: Session) -> None:
    """109 addresses with old units, as the sources print them."""
    judged = 0
    for product in load_products(with_alcohol=True):
        found = queries.find_places(reader, product.place_as_printed)
        assert found, product.place_as_printed
        if product.commune_code:
            judged += 1
            assert found[0].commune_code == product.commune_code, product.place_as_printed
        assert product.province_code in {match.province_code for match in found}
    assert judged == 109
