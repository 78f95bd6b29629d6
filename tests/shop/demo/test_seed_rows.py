"""The real rows parse, and what they leave open stays open."""

import csv
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shop.demo import seed_rows
from shop.demo.seed_rows import PartialDate, SeedCampaign, SeedProduct, Validity, add_months

TODAY = date(2026, 11, 22)


def _row(**changes: str) -> dict[str, str]:
    with (seed_rows.DATA / "ocop_products.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file)) | changes


def test_all_rows_parse() -> None:
    products = seed_rows.load_products(with_alcohol=True)
    assert len(products) == len({product.sku_hint for product in products}) == 260
    assert len(seed_rows.load_clubs()) == 14
    assert len(seed_rows.load_campaigns()) == 14


def test_counts_agree_with_the_description_of_the_data() -> None:
    products = seed_rows.load_products(with_alcohol=True)
    assert Counter(product.ocop_group for product in products) == {
        "food": 202,
        "handicraft": 23,
        "medicinal": 18,
        "beverage": 12,
        "tourism": 4,
        "ornamental": 1,
    }
    assert Counter(product.stars for product in products) == {3: 101, 4: 90, 5: 36, None: 33}
    assert sum(product.recognised_on is not None for product in products) == 129
    assert sum(bool(product.season_months) for product in products) == 16


def test_alcohol_is_off_unless_asked_for() -> None:
    assert len(seed_rows.load_products()) == 250
    assert not any(product.is_alcohol for product in seed_rows.load_products())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-10-15", date(2025, 10, 15), date(2025, 10, 15)),
    ],
)
def test_partial_dates(text: str, first: date, last: date) -> None:
    parsed = PartialDate.parse(text)
    assert (parsed.first, parsed.last) == (first, last)
    assert parsed.is_exact is (first == last)


@pytest.mark.parametrize("text", ["", "21", "2021-13", "2021-02-30", "2021-1", "15/10/2025", "x"])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("recognised_on", "note", "first_end", "last_end"),
    [
        ("2021", "", date(2024, 1, 1), date(2024, 12, 31)),
        ("2023-04", "", date(2026, 4, 1), date(2026, 4, 30)),
        ("2025-10-15", "", date(2028, 10, 15), date(2028, 10, 15)),
        (
            "2021-01-28",
            "council scoring of 2021-01-28; decision date not named",
            date(2024, 1, 28),
            date(2025, 1, 28),
        ),
        ("2024-11-05", "central council meeting date", date(2027, 11, 5), date(2028, 11, 5)),
        (
            "2021",
            "Decision 4261/QĐ-UBND, round 2 of 2021",
            date(2024, 1, 1),
            date(2025, 12, 31),
        ),
        (
            "2023",
            "first round of 2022, announced July 2023",
            date(2026, 1, 1),
            date(2026, 12, 31),
        ),
    ],
)
def test_a_certificate_ends_within_a_window(
    recognised_on: str, note: str, first_end: date, last_end: date
) -> None:
    product = SeedProduct.model_validate(_row(recognised_on=recognised_on, note=note))
    assert product.validity == Validity(first_end=first_end, last_end=last_end)


@pytest.mark.parametrize(
    ("recognised_on", "stars", "state"),
    [
        ("2021", "5", "lapsed"),
        ("2023", "5", "unknown"),
        ("2023-11-22", "5", "unknown"),
        ("2023-11-21", "5", "lapsed"),
        ("2023-11-23", "5", "valid"),
        ("2024", "4", "valid"),
        ("", "4", "unknown"),
        ("2025", "", "unknown"),
    ],
)
def test_stars_are_judged_conservatively(recognised_on: str, stars: str, state: str) -> None:
    product = SeedProduct.model_validate(_row(recognised_on=recognised_on, stars=stars, note=""))
    assert product.recognition(TODAY) == state


def test_the_famous_vermicelli_has_run_out() -> None:
    first = seed_rows.load_products()[0]
    assert first.name_vi == "Miến dong Tài Hoan"
    assert first.stars == 5
    assert first.recognition(TODAY) == "lapsed"
    assert first.place == "Xã Côn Minh, Tỉnh Thái Nguyên"


def test_rows_by_state_today() -> None:
    products = seed_rows.load_products(with_alcohol=True)
    assert Counter(product.recognition(TODAY) for product in products) == {
        "unknown": 144,
        "lapsed": 78,
        "valid": 38,
    }


@given(st.dates(date(2015, 1, 1), date(2030, 12, 31)), st.integers(0, 2000))
def test_a_state_never_goes_back(recognised: date, days: int) -> None:
    product = SeedProduct.model_validate(_row(recognised_on=f"{recognised.year}", note=""))
    order = ["valid", "unknown", "lapsed"]
    later = date.fromordinal(recognised.toordinal() + days)
    assert order.index(product.recognition(later)) >= order.index(product.recognition(recognised))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2021, 12, 31), 2, date(2022, 2, 28)),
        (date(2021, 1, 1), 36, date(2024, 1, 1)),
    ],
)
def test_months_are_added_within_the_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@pytest.mark.parametrize(
    ("text", "months", "mask"),
    [
        ("11-2", (11, 12, 1, 2), 0b110000000011),
        ("6-7", (6, 7), 0b000001100000),
        ("5-5", (5,), 0b000000010000),
        ("", (), 0),
    ],
)
def test_seasons_wrap_the_year(text: str, months: tuple[int, ...], mask: int) -> None:
    product = SeedProduct.model_validate(_row(season_months=text))
    assert product.season_months == months
    assert product.season_mask == mask


@pytest.mark.parametrize(
    "changes",
    [
        {"stars": "2"},
        {"stars": "five"},
        {"province_code": "1"},
        {"commune_code": ""},
        {"commune_code": "2185"},
        {"season_months": "13-2"},
        {"season_months": "summer"},
        {"recognised_on": "spring 2021"},
        {"sku_hint": "miến dong"},
        {"name_vi": ""},
        {"regulated_class": "medicine"},
        {"price_min_vnd": "10", "price_max_vnd": "5"},
        {"surprise": "x"},
    ],
)
def test_faulty_rows_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SeedProduct.model_validate(_row(**changes))


def test_services_and_young_makers_are_known() -> None:
    products = {product.sku_hint: product for product in seed_rows.load_products()}
    assert sum(product.is_service for product in products.values()) == 4
    assert products["TRA-NHU-CO"].is_youth_led
    assert products["BUP-BE-EM-GAI-XIN-MAN"].is_youth_led
    assert not products["MIEN-DONG-TAI-HOAN"].is_youth_led


def test_figures_of_campaigns_keep_their_operator() -> None:
    campaigns = {campaign.name: campaign for campaign in seed_rows.load_campaigns()}
    orchard = campaigns["Livestream sầu riêng Ea Knuếc"]
    assert orchard.result_figures["quantity_kg"].low == 60_000
    thanh_oai = campaigns["Phiên chợ điện tử Thanh Oai"].result_figures["duration_hours"]
    assert (thanh_oai.operator, thanh_oai.low, thanh_oai.high) == ("=", 1, 2)
    hai_phong = campaigns["Chợ phiên OCOP Hải Phòng"].result_figures
    assert (hai_phong["revenue_vnd"].operator, hai_phong["revenue_vnd"].low) == ("~", 750_000_000)
    luc_ngan = next(c for c in campaigns.values() if c.name.startswith("Lục Ngạn"))
    assert luc_ngan.starts_on is not None
    assert luc_ngan.ends_on is not None
    assert (luc_ngan.ends_on.last - luc_ngan.starts_on.first).days + 1 == 18


def test_a_faulty_figure_is_refused() -> None:
    campaign = seed_rows.load_campaigns()[0].model_dump(mode="json")
    with pytest.raises(ValidationError):
        SeedCampaign.model_validate(campaign | {"result_figures": "revenue about 5"})


def test_platforms_are_split() -> None:
    clubs = {club.name: club for club in seed_rows.load_clubs()}
    assert clubs["Tỉnh đoàn Phú Thọ"].platforms == ("Facebook", "TikTok")
    assert clubs["CLB Streamer Móng Cái"].platforms == ()
