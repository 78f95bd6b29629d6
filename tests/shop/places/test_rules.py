"""Typed names are cut, compared and ranked; nothing is decided alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.places import rules
from shop.places.rules import Kind, Level, Reason, Unit


@pytest.mark.parametrize(
    ("official", "kind", "name"),
    [
        ("Xã Côn Minh", Kind.COMMUNE, "Côn Minh"),
        ("Phường Bắc Kạn", Kind.WARD, "Bắc Kạn"),
        ("Đặc khu Lý Sơn", Kind.ZONE, "Lý Sơn"),
        ("Tỉnh Thái Nguyên", Kind.PROVINCE, "Thái Nguyên"),
        ("Thành phố Hà Nội", Kind.CITY, "Hà Nội"),
        ("Huyện Na Rì", None, "Na Rì"),
        ("Thị xã Kỳ Anh", None, "Kỳ Anh"),
        ("Xã Xã Xã", Kind.COMMUNE, "Xã Xã"),
        ("Quan Hóa", None, "Quan Hóa"),
    ],
)
def test_official_names_are_split(official: str, kind: Kind | None, name: str) -> None:
    assert rules.split_name(official) == (kind, name)
    assert rules.short_name(official) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thủy Nguyên", "thuỷ nguyên"),
        ("Mỹ Tho", "Mĩ Tho"),
        ("Ea H'leo", "EA HLEO"),
        ("M’Đrắk", "M'Đrắk"),
        ("Kon Tum", "Kontum"),
        ("Đắk Lắk", "dak lak"),
        ("Văn Miếu - Quốc Tử Giám", "Văn Miếu Quốc Tử Giám"),
        ("Hoà Bình", "Hòa Bình"),
        ("01", "1"),
        ("Bắc Kạn", "Bắc Kạn"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert rules.squeeze(one) == rules.squeeze(other) != ""


@pytest.mark.parametrize(
    ("text", "key", "levels"),
    [
        ("xã Côn Minh", "conminh", {Level.COMMUNE}),
        ("X. Côn Minh", "conminh", {Level.COMMUNE}),
        ("huyện Na Rì", "nari", {Level.DISTRICT}),
        ("thị xã Kỳ Anh", "kianh", {Level.DISTRICT}),
        ("TP. Huế", "hue", {Level.PROVINCE, Level.DISTRICT}),
        ("TPHCM", "hcm", {Level.PROVINCE, Level.DISTRICT}),
        ("Q1", "1", {Level.DISTRICT}),
        ("phường 04", "4", {Level.COMMUNE}),
        ("Na Rì", "nari", set()),
    ],
)
def test_words_in_front_announce_the_level(text: str, key: str, levels: set[Level]) -> None:
    found = [span.levels for span in rules.read_text(text).spans if span.key == key]
    assert found == [levels]


def test_a_house_number_is_no_name() -> None:
    assert "12" not in rules.read_text("12 Nguyễn Trãi").keys


def test_names_do_not_cross_commas_but_hyphens() -> None:
    assert "conminhnari" not in rules.read_text("Côn Minh, Na Rì").keys
    assert "bariavungtau" in rules.read_text("Bà Rịa - Vũng Tàu").keys


@given(st.text(max_size=400))
def test_any_text_is_read_within_bounds(text: str) -> None:
    typed = rules.read_text(text)
    assert len(typed.text) <= rules.MAX_TEXT
    assert len(typed.spans) <= rules.MAX_WORDS * rules.MAX_NAME_WORDS
    assert all(key.isascii() and key.isalnum() for key in typed.keys)
    assert rules.rank(typed, []) == []


@pytest.mark.parametrize("text", ["", "   ", ",;|", "1", "a", "'''"])
def test_text_without_a_name_has_no_prefix(text: str) -> None:
    assert rules.read_text(text).prefix == ""


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("con mi", "conmi"), ("xã Con Mi", "conmi"), ("một hai ba bốn năm sáu bảy", "")],
)
def test_a_beginning_is_taken_without_its_unit_word(text: str, prefix: str) -> None:
    assert rules.read_text(text).prefix == prefix


def _old(label: str, commune: str | None, *, province: str = "19", key: str = "") -> Unit:
    names = label.split(", ")
    level = {1: Level.PROVINCE, 2: Level.DISTRICT, 3: Level.COMMUNE}[len(names)]
    return Unit(key or rules.place_key(names[0]), level, label, province, commune, False)


def _current(label: str, commune: str, *, province: str = "19") -> Unit:
    key = rules.place_key(label.split(", ")[0])
    return Unit(key, Level.COMMUNE, label, province, commune, True)


NA_RI = [
    _old("Tỉnh Bắc Kạn", None),
    _old("Huyện Na Rì, Tỉnh Bắc Kạn", "02155"),
    _old("Huyện Na Rì, Tỉnh Bắc Kạn", "02185"),
    _old("Xã Côn Minh, Huyện Na Rì, Tỉnh Bắc Kạn", "02185"),
    _current("Xã Côn Minh, Tỉnh Thái Nguyên", "02185"),
    _current("Xã Na Rì, Tỉnh Thái Nguyên", "02155"),
    _old("Xã Côn Minh, Huyện Khác, Tỉnh Khác", "99999", province="99"),
]


def _codes(text: str, units: list[Unit]) -> list[tuple[str | None, Reason]]:
    found = rules.rank(rules.read_text(text), units)
    return [(candidate.commune_code, candidate.reason) for candidate in found]


@pytest.mark.parametrize(
    "text",
    [
        "xã Côn Minh, huyện Na Rì, tỉnh Bắc Kạn",
        "con minh na ri bac kan",
        "thôn Chè Cọ, Côn Minh, Na Rì, Bắc Kạn",
        "tỉnh Bắc Kạn, huyện Na Rì, xã Côn Minh",
    ],
)
def test_a_full_old_address_has_one_candidate(text: str) -> None:
    assert _codes(text, NA_RI) == [("02185", Reason.OLD_COMMUNE)]


def test_a_district_brings_its_communes_and_its_namesake_first() -> None:
    assert _codes("Na Rì", NA_RI) == [("02155", Reason.CURRENT), ("02185", Reason.OLD_DISTRICT)]
    announced = _codes("huyện Na Rì", NA_RI)
    assert announced[0] == ("02155", Reason.OLD_DISTRICT)


def test_an_old_province_leads_to_a_province_only() -> None:
    assert _codes("Bắc Kạn", NA_RI) == [(None, Reason.OLD_PROVINCE)]


def test_old_commune_with_the_new_province_is_understood() -> None:
    units = [*NA_RI, Unit("thainguien", Level.PROVINCE, "Tỉnh Thái Nguyên", "19", None, True)]
    assert _codes("Côn Minh, Thái Nguyên", units)[0][0] == "02185"


def test_a_divided_commune_offers_every_part_in_order() -> None:
    label = "Phường 4, Quận 3, Thành phố Hồ Chí Minh"
    units = [_old(label, "27154", province="79"), _old(label, "27139", province="79")]
    assert _codes("P4", units) == [
        ("27154", Reason.DIVIDED_COMMUNE),
        ("27139", Reason.DIVIDED_COMMUNE),
    ]


def test_numbers_keep_to_their_level() -> None:
    units = [
        _old("Phường 4, Quận 3, Thành phố Hồ Chí Minh", "27154", province="79"),
        _old("Phường 3, Quận 4, Thành phố Hồ Chí Minh", "27286", province="79"),
        _old("Quận 3, Thành phố Hồ Chí Minh", "27154", province="79"),
        _old("Quận 4, Thành phố Hồ Chí Minh", "27286", province="79"),
    ]
    assert _codes("phường 4, quận 3", units) == [("27154", Reason.OLD_COMMUNE)]


def test_a_named_commune_comes_before_a_district_that_had_it_earlier() -> None:
    units = [
        _old("Tỉnh Bắc Giang", None, province="24"),
        _old("Huyện Lục Ngạn, Tỉnh Bắc Giang", "07582", province="24"),
        _current("Phường Chũ, Tỉnh Bắc Ninh", "07525", province="24"),
    ]
    codes = [code for code, _reason in _codes("thị trấn Chũ, Lục Ngạn, Bắc Giang", units)]
    assert codes == ["07525", "07582"]


def test_accents_break_a_tie() -> None:
    units = [
        _current("Xã Thanh An, Thành phố Hồ Chí Minh", "25807", province="79"),
        _current("Xã Thạnh An, Thành phố Hồ Chí Minh", "27676", province="79"),
    ]
    assert _codes("Thạnh An", units)[0][0] == "27676"
    assert _codes("Thanh An", units)[0][0] == "25807"
    assert len(_codes("thanh an", units)) == 2


def test_a_name_from_before_an_earlier_merger_says_so() -> None:
    units = [_old("Thành phố Bắc Giang, Tỉnh Bắc Giang", "07681", province="24", key="iendung")]
    assert _codes("Yên Dũng", units) == [("07681", Reason.EARLIER_NAME)]


def test_half_typed_names_come_shortest_first() -> None:
    units = [
        _current("Xã Hòa An Đông, Tỉnh Cao Bằng", "2"),
        _old("Xã Hòa, Huyện Khác, Tỉnh Khác", "3"),
        _current("Xã Hòa An, Tỉnh Cao Bằng", "1"),
    ]
    found = rules.complete(rules.read_text("hoa"), units)
    assert [candidate.commune_code for candidate in found] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "digits", "is_code"),
    [
        ("19", 2, True),
        ("02185", 5, True),
        ("2185", 5, False),
        ("", 2, False),
        ("1a", 2, False),
        ("١٩", 2, False),
        ("1\x00", 2, False),
    ],
)
def test_only_digits_are_codes(text: str, digits: int, is_code: bool) -> None:
    assert rules.is_code(text, digits) is is_code


def test_every_reason_has_its_sentence() -> None:
    assert set(rules.REASON_TEXT) == set(Reason)
    assert all((text % {"old": "X"}).strip() for text in rules.REASON_TEXT.values())
