"""What the catalogue decides, as tables and properties."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue import rules
from shop.demo.labels import label_for
from shop.demo.seed_rows import load_products

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_groups_and_subgroups_are_those_of_the_data() -> None:
    assert len(rules.GROUPS) == 6
    for product in load_products(with_alcohol=True):
        assert rules.group_of(product.ocop_subgroup).code == product.ocop_group
        assert product.regulated_class in rules.REGULATED_CLASSES
    for sub in rules.SUBGROUPS.values():
        assert sub.label
        assert sub.label_en
        assert sub.group in rules.GROUPS


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("11-2", [1, 2, 11, 12]),
        ("5-7", [5, 6, 7]),
        ("6-6", [6]),
        ("12-1", [1, 12]),
        ("1-12", []),
        ("", []),
    ],
)
def test_seasons_wrap_the_year(text: str, months: list[int]) -> None:
    assert rules.season_months(rules.parse_season(text)) == months


@pytest.mark.parametrize("text", ["0-3", "13-1", "5", "a-b", "5-", "1-2-3"])
def test_nonsense_is_no_season(text: str) -> None:
    with pytest.raises(ValueError, match="season"):
        rules.parse_season(text)


@given(st.sets(st.integers(1, 12), max_size=11))
def test_masks_months_and_spans_say_the_same(months: set[int]) -> None:
    mask = rules.season_mask(months)
    assert set(rules.season_months(mask)) == months
    spans = rules.season_spans(mask)
    told = {
        m
        for first, last in spans
        for m in rules.season_months(rules.parse_season(f"{first}-{last}"))
    }
    assert told == months
    assert all(rules.is_in_season(mask, month) == (month in months) for month in range(1, 13))


def test_all_year_is_no_season() -> None:
    assert rules.season_mask(range(1, 13)) == 0
    assert rules.season_spans(0) == []
    with pytest.raises(ValueError, match="month"):
        rules.season_mask([13])


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (date(2023, 11, 22), date(2026, 11, 22)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2021, 9, 30), date(2024, 9, 30)),
        (date(2023, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_recognition_lasts_36_months(issued: date, ends: date) -> None:
    assert rules.default_expiry(issued) == ends


PAPER = rules.Paper("ocop", "verified", date(2025, 3, 1), date(2028, 3, 1), 4)


@pytest.mark.parametrize(
    ("change", "is_valid"),
    [
        ({}, True),
        ({"expires_on": TODAY}, True),
        ({"expires_on": TODAY - timedelta(days=1)}, False),
        ({"issued_on": TODAY}, True),
        ({"issued_on": TODAY + timedelta(days=1)}, False),
        *(({"state": state}, False) for state in rules.CERTIFICATE_STEPS if state != "verified"),
    ],
)
def test_only_a_verified_unexpired_paper_counts(change: dict[str, object], is_valid: bool) -> None:
    paper = replace(PAPER, **change)  # type: ignore[arg-type]
    assert rules.is_valid(paper, TODAY) is is_valid
    counted = rules.valid_stars([paper], TODAY)
    assert (counted is not None) is is_valid


def test_stars_are_the_highest_that_count() -> None:
    old = replace(PAPER, stars=5, expires_on=TODAY - timedelta(days=1))
    other = replace(PAPER, stars=3, expires_on=date(2029, 1, 1))
    gap = replace(PAPER, kind="vietgap", stars=None)
    assert rules.valid_stars([old, other, PAPER, gap], TODAY) == rules.ValidStars(
        4, date(2028, 3, 1)
    )
    assert rules.valid_stars([], TODAY) is None


@given(DAYS, DAYS)
def test_reminders_come_at_90_60_30_days_and_never_after_the_end(end: date, today: date) -> None:
    left = (end - today).days
    due = rules.due_reminder(end, today)
    if left < 0 or left > 90:
        assert due is None
    else:
        assert due == (30 if left <= 30 else 60 if left <= 60 else 90)


STATE = rules.ProductState(
    subgroup="F32",
    regulated_class="none",
    facts={
        "name": "Miến dong",
        "summary": "Sợi dai.",
        "ingredients": "bột dong riềng",
        "net_content": "500 g",
        "storage": "Nơi khô ráo.",
        "usage": "Nấu.",
        "origin": "Việt Nam",
        "shelf_life_days": 365,
    },
    active_variants=1,
    photos=1,
    photos_with_right=1,
    producer_state="verified",
)


def found(state: rules.ProductState) -> list[str]:
    return [finding.code for finding in rules.findings(state)]


def test_a_complete_product_has_nothing_to_mend() -> None:
    assert found(STATE) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"active_variants": 0}, ["missing_variant"]),
        ({"photos": 0, "photos_with_right": 0}, ["missing_photo"]),
        ({"photos_with_right": 0}, ["photo_without_right"]),
        ({"producer_state": "submitted"}, ["producer_not_verified"]),
        ({"regulated_class": "supplement"}, ["missing_warnings"]),
        (
            {"facts": {}},
            [
                "missing_summary",
                *(f"missing_{fact}" for fact in rules.demanded_facts("F32", "none")),
            ],
        ),
        ({"facts": {"origin": "VN", "summary": "x"}, "subgroup": "T"}, []),
        (
            {"facts": {"origin": "VN", "summary": "x"}, "subgroup": "H2"},
            ["missing_ingredients", "missing_usage"],
        ),
        (
            {"facts": {"summary": "x", "net_content": "1 kg"}, "subgroup": "F11"},
            ["missing_storage", "missing_origin"],
        ),
    ],
)
def test_findings_name_what_is_missing(change: dict[str, object], codes: list[str]) -> None:
    assert found(replace(STATE, **change)) == codes  # type: ignore[arg-type]


def test_every_finding_says_where_and_what() -> None:
    empty = replace(
        STATE,
        facts={},
        active_variants=0,
        photos=0,
        producer_state="draft",
        regulated_class="alcohol",
    )
    for finding in rules.findings(empty):
        assert finding.is_blocking or finding.source
        assert finding.text % finding.params
        assert finding.step in {"facts", "label", "story", "variants", "photos", "review"}


CLAIMS = [
    ("Sản phẩm OCOP 5 sao", ["claims_stars", "claims_ocop"]),
    ("đạt năm sao cấp quốc gia", ["claims_stars"]),
    ("Ngon ★★★★", ["claims_stars"]),
    ("a five-star taste", []),
    ("5-star OCOP", ["claims_stars", "claims_ocop"]),
    ("đang làm hồ sơ OCOP", ["claims_ocop"]),
    ("Hoa hồi bảy cánh như sao", []),
    ("Chữa đau dạ dày", ["claims_healing"]),
    ("hỗ trợ ĐIỀU TRỊ ung thư", ["claims_healing"]),
    ("Bài thuốc quý của người Dao", ["claims_healing"]),
    ("Chưa qua tẩy trắng, chứa nhiều chất xơ, vị chua dịu", []),
    ("Không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh.", []),
    ("Rau không phun thuốc trừ sâu, không dùng thuốc bảo vệ thực vật", []),
    ("Miến ngon nhất vùng", ["claims_best"]),
    ("Thương hiệu số 1 Việt Nam", ["claims_best"]),
    ("chất lượng hàng đầu", ["claims_best"]),
    ("the best honey", ["claims_best"]),
    ("Phơi ít nhất ba nắng, thứ nhất là rửa, hợp nhất với nhau; nhất định phải khô", []),
    ("Nhà số 12, tổ 1", []),
]


@pytest.mark.parametrize(("text", "codes"), CLAIMS)
def test_claims_are_pointed_out_with_their_rule_but_never_block(
    text: str, codes: list[str]
) -> None:
    state = replace(STATE, facts={**STATE.facts, "story": text})
    findings = rules.findings(state)
    assert [finding.code for finding in findings] == codes
    assert rules.blocking(findings) == []
    for finding in findings:
        assert finding.source
        assert (finding.step, finding.field) == ("story", "story")


@pytest.mark.parametrize(
    ("name", "valid", "blocks"),
    [
        ("Miến dong OCOP 4 sao", None, True),
        ("Miến dong 4 sao OCOP", 3, True),
        ("Miến dong OCOP bốn sao", 4, False),
        ("Miến dong OCOP", None, False),
        ("Homestay 4 sao", None, False),
        ("OCOP là chương trình mỗi xã một sản phẩm, còn đây là homestay 4 sao", None, False),
    ],
)
def test_an_ocop_rank_in_the_name_needs_its_paper(
    name: str, valid: int | None, blocks: bool
) -> None:
    state = replace(STATE, facts={**STATE.facts, "name": name}, valid_stars=valid)
    codes = [finding.code for finding in rules.blocking(rules.findings(state))]
    assert codes == (["claims_ocop_rank"] if blocks else [])


def test_claims_cost_one_pass_over_hostile_text() -> None:
    for piece in ("a", "không ", "số ", "★", "ngon ", "OCOP 5 sao "):
        rules.claim_warnings({"story": piece * (200_000 // len(piece))})


@pytest.mark.parametrize(
    ("over", "facts", "codes"),
    [
        ({"subgroup": "B11"}, {}, ["class_unusual"]),
        ({"subgroup": "D1"}, {}, ["class_unusual"]),
        (
            {"subgroup": "B11", "regulated_class": "alcohol"},
            {"warnings": "Uống có chừng mực."},
            ["alcohol_strength", "alcohol_age"],
        ),
        (
            {"subgroup": "B11", "regulated_class": "alcohol"},
            {"warnings": "Không bán cho người dưới 18 tuổi.", "net_content": "500 ml, 30 % vol"},
            [],
        ),
        (
            {"subgroup": "D1", "regulated_class": "supplement"},
            {"warnings": "Để xa tầm tay trẻ em."},
            ["supplement_words"],
        ),
        ({"has_address": False}, {}, ["maker_without_address"]),
    ],
)
def test_labels_are_advised_upon_but_not_refused(
    over: dict[str, Any], facts: dict[str, str], codes: list[str]
) -> None:
    state = replace(STATE, **over, facts={**STATE.facts, **facts})
    findings = rules.label_advice(state)
    assert [finding.code for finding in findings] == codes
    assert rules.blocking(findings) == []
    assert all(finding.source for finding in findings)


@pytest.mark.parametrize("product", load_products(with_alcohol=False), ids=lambda p: p.sku_hint)
def test_demo_labels_are_complete_for_their_class(product: object) -> None:
    label = label_for(product)  # type: ignore[arg-type]
    state = replace(
        STATE,
        subgroup=product.ocop_subgroup,  # type: ignore[attr-defined]
        regulated_class=product.regulated_class,  # type: ignore[attr-defined]
        facts=vars(label),
    )
    assert rules.missing_facts(state) == []


@pytest.mark.parametrize(
    ("gtin", "fault"),
    [
        ("8931234567897", None),
        ("893123456789", "check"),
        ("8931234567890", "check"),
        ("96385074", None),
        ("18931234567894", None),
        ("2012345678903", "restricted"),
        ("9780306406157", "restricted"),
        ("9521234567899", "restricted"),
        ("00000000", "check"),
        ("893123456789a", "shape"),
        ("８９３１２３４５６７８９７", "shape"),
        ("123", "shape"),
        ("", "shape"),
    ],
)
def test_a_declared_gtin_must_at_least_be_possible(gtin: str, fault: str | None) -> None:
    assert rules.gtin_fault(gtin) == fault


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_wrong_digit_is_noticed(body: str) -> None:
    right = body + str(rules.check_digit(body))
    for index in range(13):
        wrong = right[:index] + str((int(right[index]) + 1) % 10) + right[index + 1 :]
        assert rules.gtin_fault(wrong) == "check"


@pytest.mark.parametrize(
    "steps",
    [rules.PRODUCER_STEPS, rules.PRODUCT_STEPS, rules.REVISION_STEPS, rules.CERTIFICATE_STEPS],
)
def test_state_tables_lead_only_to_known_states(steps: dict[str, frozenset[str]]) -> None:
    assert {wanted for allowed in steps.values() for wanted in allowed} <= set(steps)
    for current in steps:
        for wanted in steps:
            if wanted in steps[current]:
                rules.require_step(steps, current, wanted)
            else:
                with pytest.raises(rules.WrongStep):
                    rules.require_step(steps, current, wanted)
