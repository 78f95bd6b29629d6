"""One deliberate fault for every code, named with its value, the reason and the way to mend."""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.marketplaces import registry
from shop.marketplaces.rules import words
from shop.marketplaces.rules.codes import CODES
from shop.marketplaces.rules.facts import (
    AttributeFacts,
    CategoryFacts,
    Choice,
    ProductFacts,
    TemplateFacts,
)
from shop.marketplaces.rules.pricing import PriceRule
from shop.marketplaces.rules.profile import Limit, ProfileFault, WordRule
from shop.marketplaces.rules.readiness import (
    Finding,
    assess,
    channel_findings,
    is_reachable,
    make_finding,
)
from shop.marketplaces.rules.sheet_layout import Delivery
from tests.shop.marketplaces.facts import (
    DAY,
    FOOD_SAFETY,
    OCOP,
    PRODUCT,
    VARIANT,
    assess_one,
    make_desk,
    photo,
    product,
    profile,
    variant,
)

LONG = "Miến dong " + "rất dài " * 20


@dataclass(frozen=True)
class Fault:
    """A sound product with one thing wrong, and what the report must say of it."""

    change: dict[str, Any] = field(default_factory=dict)
    severity: str = "warn"
    value: str = ""
    channel: str = "shopee"
    choice: Choice | None = None
    others: tuple[ProductFacts, ...] = ()
    offered_elsewhere: dict[int, int] = field(default_factory=dict)
    template: TemplateFacts | None = None


def own(title: str) -> Choice:
    return Choice(title=title)


def two(**over: Any) -> tuple[Any, ...]:
    return (VARIANT, variant(**({"id": 2, "sku": "TH-1000", "label": "Gói 1 kg"} | over)))


TEMPLATE = TemplateFacts(
    uploaded_on=date(2026, 11, 1),
    categories={"100629": CategoryFacts("100629", "Thực phẩm", ("100010",), (7, 15))},
    deliveries=(
        Delivery("5001", "Nhanh", True, "certain", "mẫu của gian hàng"),
        Delivery("5012", "Trong Ngày", False, "certain", "mẫu của gian hàng", 50_000),
    ),
)


def chosen(**over: Any) -> Choice:
    """Everything that the template demands, but for what is changed."""
    whole: dict[str, Any] = {
        "category_id": "100629",
        "attributes": {"100010": "Việt Nam"},
        "deliveries": ("5001",),
    }
    return Choice(**(whole | over))


EXPIRED = replace(FOOD_SAFETY, expires_on=date(2026, 1, 5))
ENDING = replace(FOOD_SAFETY, expires_on=date(2026, 12, 1))
LAPSED = replace(OCOP, issued_on=date(2021, 5, 1), expires_on=date(2024, 5, 1))

FAULTS: dict[str, Fault] = {
    "PRODUCT_NOT_PUBLISHED": Fault({"state": "submitted"}, "refuse", "Miến dong Tài Hoan"),
    "PRODUCT_FAULT": Fault({"subgroup": "Z9"}, "refuse", "KeyError"),
    "TITLE_EMPTY": Fault({"name": "\u200b", "net_content": "", "variants": ()}, "refuse"),
    "TITLE_SHORT": Fault(choice=own("Miến 1kg"), value="Miến 1kg"),
    "TITLE_LONG": Fault(choice=own(LONG), value=LONG.strip()[:119]),
    "TITLE_ALLCAPS": Fault(choice=own("MIẾN DONG TÀI HOAN 500 g"), value="MIẾN DONG"),
    "TITLE_REPEAT": Fault(choice=own("Miến dong miến ngon miến dai 500 g"), value="mien"),
    "TITLE_SYMBOL": Fault(choice=own("Miến dong | Tài Hoan 500 g"), value="|"),
    "TITLE_EMOJI": Fault(choice=own("Miến dong 😋 Tài Hoan 500 g"), value="😋"),
    "TITLE_NO_NETQTY": Fault(choice=own("Miến dong Tài Hoan"), value="Miến dong Tài Hoan"),
    "TITLE_CLEANED": Fault({"name": "Miến dong siêu rẻ Tài Hoan"}, value="siêu rẻ"),
    "DESC_EMPTY": Fault({"summary": "", "story": " "}, "refuse"),
    "DESC_SHORT": Fault(
        {"summary": "Ngon.", "story": "", "net_content": "", "variants": (variant(net_weight_g=0),)}
        | dict.fromkeys(("usage", "origin", "storage", "ingredients"), "")
        | {"shelf_life_days": None, "papers": (FOOD_SAFETY,)}
    ),
    "DESC_LONG": Fault({"story": "Kể chuyện. " * 400}),
    "DESC_HTML": Fault({"story": "Làm <b>tay</b>"}, value="<b>"),
    "TEXT_OVER_CELL": Fault({"ingredients": "x" * 32_768}, "refuse", "mô tả"),
    "WORDS_CONTACT": Fault({"story": "Gọi 0912 345 678 nhé"}, value="0912 345 678"),
    "WORDS_URL": Fault({"story": "Xem https://example.vn/x"}, value="https://example.vn/x"),
    "WORDS_OTHER_MARKET": Fault({"story": "Có bán trên LAZADA"}, value="lazada"),
    "WORDS_PROMO": Fault({"story": "Đang khuyến mãi"}, value="khuyến mãi"),
    "WORDS_SUPERLATIVE": Fault({"story": "Ngon nhất vùng"}, value="Ngon nhất"),
    "WORDS_HEALTH": Fault({"story": "Giúp điều trị ho"}, value="điều trị"),
    "HASHTAG_MANY": Fault(
        {"story": " ".join(f"#the{number}" for number in range(19))}, "refuse", "19"
    ),
    "IMG_NONE": Fault({"photos": ()}, "refuse"),
    "IMG_FEW": Fault({"photos": (photo(),)}, value="1"),
    "IMG_MANY": Fault({"photos": tuple(photo(n) for n in range(10))}, "info", "10"),
    "IMG_SMALL": Fault({"photos": (photo(width=400, height=400),)}, value="1 (400×400)"),
    "IMG_BIG": Fault(
        {"photos": (photo(width=6000, height=6000),)}, "refuse", "1 (6000×6000)", "lazada"
    ),
    "IMG_BYTES": Fault({"photos": (photo(size=4_000_000),)}, "refuse", "1 (", "lazada"),
    "IMG_RATIO": Fault({"photos": (photo(width=1200, height=800),)}, value="1 (1200×800)"),
    "IMG_FORMAT": Fault({"photos": (photo(format="WEBP"),)}, "refuse", "WEBP"),
    "IMG_CORRUPT": Fault({"photos": (photo(1), photo(2, size=None))}, value="000000000000"),
    "IMG_DUP": Fault(others=(product(id=8, variants=(variant(sku="B"),)),), value="0000"),
    "IMG_NEAR_DUP": Fault(
        {"photos": (photo(1, looks=(0b1111 << 60,)), photo(2), photo(3))},
        value="0000",
        others=(
            product(
                id=8, variants=(variant(sku="B"),), photos=(photo(9, looks=(0b1111 << 60 | 0x7F,)),)
            ),
        ),
    ),
    "IMG_ILLUSTRATION": Fault({"photos": (photo(is_illustration=True),)}, value="1"),
    "IMG_NO_RIGHT": Fault({"photos": (photo(1), photo(2, has_right_to_use=False))}, value="1"),
    "VARIANT_NONE": Fault({"variants": ()}, "refuse"),
    "PRICE_MISSING": Fault({"variants": (variant(price_vnd=0),)}, "refuse", "TH-500"),
    "PRICE_FRACTION": Fault({"variants": (variant(price_vnd=65_000.5),)}, "refuse", "65000.5"),
    "PRICE_STEP": Fault(channel="stepped", severity="refuse", value="65.000"),
    "PRICE_MIN": Fault({"variants": (variant(price_vnd=999),)}, value="999"),
    "PRICE_MAX": Fault(channel="capped", severity="refuse", value="65.000"),
    "PRICE_SPREAD": Fault({"variants": two(price_vnd=400_000)}, value="65.000"),
    "PRICE_BELOW_FLOOR": Fault(
        choice=Choice(price=PriceRule(80), price_floor_vnd=60_000),
        severity="refuse",
        value="52.000",
    ),
    "PRICE_ILLUSTRATIVE": Fault({"is_demo": True}, value="65.000"),
    "STOCK_ZERO": Fault({"variants": (variant(available=0),)}, value="TH-500"),
    "STOCK_OVERSOLD": Fault(offered_elsewhere={1: 20}, value="TH-500"),
    "WEIGHT_MISSING": Fault({"variants": (variant(packed_weight_g=0),)}, "refuse", "TH-500"),
    "WEIGHT_RANGE": Fault({"variants": (variant(packed_weight_g=450),)}, "refuse", "TH-500"),
    "WEIGHT_LIMIT": Fault(
        {"variants": (variant(packed_weight_g=120_000),)}, "refuse", "TH-500", "tiki"
    ),
    "DIMS_MISSING": Fault({"variants": (variant(height_mm=None),)}, value="TH-500"),
    "VOLUMETRIC": Fault({"variants": (variant(length_mm=900, width_mm=500),)}, value="TH-500"),
    "SKU_MISSING": Fault({"variants": (variant(sku=" "),)}, "refuse", "Gói 500 g"),
    "SKU_DUP": Fault({"variants": two(sku="TH-500")}, "refuse", "TH-500"),
    "SKU_CHARS": Fault({"variants": (variant(sku="MIẾN-1"),)}, value="MIẾN-1"),
    "SKU_LONG": Fault({"variants": (variant(sku="S" * 101),)}, "refuse", "S" * 101),
    "OPTION_LONG": Fault({"variants": two(label="Hộp quà Tết mười gói lớn")}, value="Hộp quà"),
    "OPTION_DUP": Fault({"variants": two(label="Gói 500 g")}, "refuse", "Gói 500 g"),
    "AXES_MANY": Fault(
        {"variants": two(label="Cay / Hộp / 1 kg")[1:] + two(id=3, label="Mặn / Hộp / 2 kg")[1:]},
        "refuse",
        "Cay / Hộp / 1 kg",
    ),
    "VARIANT_GAP": Fault(
        {
            "variants": (
                variant(label="Cay / 500 g"),
                variant(id=2, sku="B", label="Mặn / 1 kg"),
            )
        },
        value="Cay / 1 kg",
    ),
    "VARIANTS_MANY": Fault(
        {"variants": tuple(variant(id=n, sku=f"S{n}", label=f"Gói {n}") for n in range(51))},
        "refuse",
        "51",
    ),
    "DOC_MISSING": Fault({"papers": (OCOP,)}, value="An toàn thực phẩm"),
    "DOC_EXPIRED": Fault({"papers": (EXPIRED,)}, value="An toàn thực phẩm, 05/01/2026"),
    "DOC_EXPIRING": Fault({"papers": (ENDING,)}, value="An toàn thực phẩm, 01/12/2026"),
    "DOC_NO_SCAN": Fault(
        {"papers": (replace(FOOD_SAFETY, scan_sha=None),)},
        value="An toàn thực phẩm",
        channel="voso",
    ),
    "CATEGORY_MISSING": Fault(template=TEMPLATE, severity="refuse", value="ps_category"),
    "CATEGORY_UNKNOWN": Fault(
        template=TEMPLATE, choice=chosen(category_id="9"), severity="refuse", value="9"
    ),
    "ATTR_VALUE": Fault(
        template=replace(
            TEMPLATE, attributes=(AttributeFacts("100010", "Xuất xứ", allowed=("Việt Nam",)),)
        ),
        choice=chosen(attributes={"100010": "Lào"}),
        severity="refuse",
        value="Lào",
    ),
    "ATTR_REQUIRED": Fault(
        template=TEMPLATE, choice=chosen(attributes={}), severity="refuse", value="100010"
    ),
    "SHIP_NONE": Fault(template=TEMPLATE, choice=chosen(deliveries=()), severity="refuse"),
    "SHIP_PRICE_LIMIT": Fault(
        template=TEMPLATE,
        choice=chosen(deliveries=("5012",)),
        severity="refuse",
        value="Trong Ngày",
    ),
    "PREORDER_RANGE": Fault(
        template=TEMPLATE, choice=chosen(handling_days=30), severity="refuse", value="30"
    ),
    "PREORDER_DELIVERY": Fault(
        choice=chosen(deliveries=("5000",), handling_days=9), severity="refuse", value="Hỏa Tốc"
    ),
    "DOC_REGULATED": Fault({"regulated_class": "alcohol"}, value="Rượu"),
    "OCOP_EXPIRED": Fault({"papers": (FOOD_SAFETY, LAPSED)}, value="01/05/2024"),
    "OCOP_CLAIM_UNPROVEN": Fault({"story": "Miến OCOP 5 sao"}, "refuse", "OCOP 5 sao"),
    "OCOP_ILLUSTRATION": Fault(
        {"papers": (FOOD_SAFETY, replace(OCOP, is_illustration=True))}, value="4 sao"
    ),
    "TRACE_MISSING": Fault({"trace_code": ""}, "info"),
    "LABEL_INGREDIENTS": Fault({"ingredients": ""}),
    "LABEL_EXPIRY": Fault({"shelf_life_days": None}),
    "LABEL_STORAGE": Fault({"storage": ""}),
    "LABEL_ORIGIN": Fault({"origin": ""}),
}

OF_CHANNELS = {
    "CHANNEL_CLOSED": ("voso", "https://chophien.vn"),
    "TEMPLATE_MISSING": ("shopee", "https://chophien.vn"),
    "IMG_BORDER_TEXT": ("zalo", "https://chophien.vn"),
    "BRAND_MISSING": ("lazada", "https://chophien.vn"),
    "IMG_URL_PUBLIC": ("shopee", "http://127.0.0.1:8000"),
    "WEIGHT_UNIT": ("shopee", "https://chophien.vn"),
}


def findings_of(fault: Fault) -> tuple[Finding, ...]:
    limits = {
        "capped": {"price_max_vnd": Limit(50_000, "certain", "test")},
        "stepped": {"price_step_vnd": Limit(10_000, "certain", "test")},
    }.get(fault.channel, {})
    used = profile("shopee" if limits else fault.channel)
    used = replace(used, limits=replace(used.limits, **limits))
    changed = product(**fault.change)
    desk = make_desk(
        changed,
        *fault.others,
        choices={changed.id: fault.choice} if fault.choice else {},
        offered_elsewhere=fault.offered_elsewhere,
    )
    desk = replace(desk, template=fault.template)
    return assess(used, desk, registry.market_words())[0].findings


def test_every_code_has_its_fault() -> None:
    assert set(FAULTS) | set(OF_CHANNELS) | set(OF_TEMPLATES) == set(CODES)


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_fault_is_named_with_its_fix(code: str) -> None:
    fault = FAULTS[code]
    found = [finding for finding in findings_of(fault) if finding.code == code]
    assert found, f"{code} not in {[f.code for f in findings_of(fault)]}"
    finding = found[0]
    assert finding.severity == fault.severity
    assert fault.value in finding.value
    assert finding.source, "a finding says where its rule comes from"
    assert finding.path.startswith("/ban-hang/")
    for sentence in (finding.why % finding.params, finding.fix % finding.params):
        assert len(sentence) > 10
        assert "%(" not in sentence


@pytest.mark.parametrize("code", sorted(OF_CHANNELS))
def test_a_channel_says_what_holds_for_all_products(code: str) -> None:
    channel, url = OF_CHANNELS[code]
    found = {finding.code: finding for finding in channel_findings(profile(channel), url)}
    assert found[code].severity == ("info" if code == "IMG_BORDER_TEXT" else "warn")
    assert found[code].source
    assert "%(" not in found[code].why % found[code].params


OF_TEMPLATES: dict[str, tuple[TemplateFacts, str, str]] = {
    "TEMPLATE_STALE": (replace(TEMPLATE, uploaded_on=date(2026, 9, 1)), "warn", "01/09/2026"),
    "TEMPLATE_OTHER_SHOP": (
        replace(TEMPLATE, shop_id="77", expected_shop_id="12"),
        "refuse",
        "77",
    ),
    "TEMPLATE_UNKNOWN_REQUIRED": (
        replace(TEMPLATE, unknown_required=("ps_new_thing",)),
        "refuse",
        "ps_new_thing",
    ),
    "WEIGHT_UNIT_CONFLICT": (replace(TEMPLATE, weight_unit="kg"), "warn", "kg"),
}


@pytest.mark.parametrize("code", sorted(OF_TEMPLATES))
def test_the_sellers_own_template_is_judged(code: str) -> None:
    template, severity, value = OF_TEMPLATES[code]
    found = {
        finding.code: finding
        for finding in channel_findings(profile(), "https://chophien.vn", template, DAY)
    }
    assert (found[code].severity, found[code].value) == (severity, value)
    assert "%(" not in found[code].why % found[code].params
    assert not {"TEMPLATE_MISSING", "CATEGORY_MISSING"} & set(found)
    assert code not in {f.code for f in channel_findings(profile(), "x", TEMPLATE, DAY)}


def test_a_listing_that_meets_its_template_has_nothing_found() -> None:
    desk = replace(make_desk(choices={PRODUCT.id: chosen(handling_days=9)}), template=TEMPLATE)
    (assessed,) = assess(profile(), desk, registry.market_words())
    assert assessed.findings == ()
    assert not channel_findings(profile("tiktok"), "https://chophien.vn", TEMPLATE, DAY)[1:]


def test_staff_may_add_words_and_let_others_pass() -> None:
    rule = WordRule("certain", "công văn 12", more=("gia truyền",), fewer=("khuyến mãi",))
    used = replace(profile(), words={**profile().words, "promo": rule})
    desk = make_desk(product(story="Gia truyền ba đời, đang khuyến mãi."))
    (assessed,) = assess(used, desk, registry.market_words())
    (found,) = assessed.findings
    assert (found.code, found.value, found.severity) == ("WORDS_PROMO", "gia truyền", "refuse")


@pytest.mark.parametrize("channel", sorted(registry.all_profiles()))
def test_a_sound_product_has_nothing_found(channel: str) -> None:
    assessed = assess_one(channel=channel)
    assert assessed.findings == ()
    assert assessed.status == "ready"


def test_what_nobody_verified_never_refuses() -> None:
    finding = make_finding(
        "WORDS_PROMO",
        "sale",
        channel="shopee",
        product_id=1,
        certainty="uncertain",
        severity="refuse",
    )
    assert finding.severity == "warn"
    assert Limit(5, "uncertain", "x").severity == "warn"
    for fault in FAULTS.values():
        for found in findings_of(fault):
            assert not (found.severity == "refuse" and found.certainty == "uncertain")
    for broken in (
        lambda: Limit(0, "certain", "x"),
        lambda: Limit(1, "certain", ""),
    ):
        with pytest.raises(ProfileFault):
            broken()


def test_an_excluded_product_is_neither_ready_nor_blocked() -> None:
    assessed = assess_one(product(state="draft"), choice=Choice(is_included=False))
    assert assessed.status == "excluded"


def test_words_typed_into_the_title_are_mended_there() -> None:
    typed = assess_one(choice=own("Miến dong khuyến mãi 500 g")).findings
    assert [finding.path for finding in typed] == ["/ban-hang/kenh-ban/shopee/7#title"]
    told = assess_one(product(story="Đang khuyến mãi")).findings
    assert [finding.path for finding in told] == ["/ban-hang/san-pham/7/chuyen-va-mua#story"]


def test_one_bad_product_never_blocks_the_others() -> None:
    bad = product(id=8, subgroup="nothing", variants=(variant(id=3, sku="X"),), photos=())
    desk = make_desk(bad, PRODUCT)
    verdicts = assess(profile(), desk, registry.market_words())
    assert [item.status for item in verdicts] == ["blocked", "ready"]


def test_titles_are_counted_in_nfc() -> None:
    title = "Miến dong " + "ế" * 100
    for form in ("NFC", "NFD"):
        assessed = assess_one(choice=Choice(title=unicodedata.normalize(form, title)))
        found = {finding.code: finding for finding in assessed.findings}
        assert found["TITLE_LONG"].params["count"] == 110
        assert found["TITLE_LONG"].params["over"] == 10


def test_stars_that_a_certificate_backs_may_be_named() -> None:
    assert words.unproven_stars("OCOP 4 sao, bốn sao, ★★★★", 4) == []
    assert words.unproven_stars("OCOP 4 sao", None) == ["OCOP 4 sao"]
    assert words.unproven_stars("đạt năm sao", 4) == ["năm sao"]
    assert words.unproven_stars("vì sao, 4 saophia, 2024", None) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://chophien.vn",
        "https://localhost",
        "https://127.0.0.1",
        "https://10.0.0.3",
        "https://[::1]",
        "https://shop.local",
        "https://shop.test",
        "https://intranet",
        "",
    ],
)
def test_private_addresses_are_not_reachable(url: str) -> None:
    assert not is_reachable(url)
    assert is_reachable("https://chophien.vn")
    assert is_reachable("https://8.8.8.8")


@given(
    st.text(max_size=300), st.text(max_size=300), st.integers(-5, 10**12), st.integers(-5, 10**9)
)
def test_any_text_and_number_gets_a_verdict(
    title: str, story: str, price: int, weight: int
) -> None:
    changed = product(story=story, variants=(variant(price_vnd=price, packed_weight_g=weight),))
    assessed = assess_one(changed, choice=Choice(title=title))
    assert "PRODUCT_FAULT" not in [finding.code for finding in assessed.findings]
    for finding in assessed.findings:
        assert finding.why % finding.params
        assert finding.fix % finding.params
        assert len(finding.value) <= 120


def test_a_megabyte_is_judged_in_a_moment() -> None:
    for text in (
        "a" * 1_000_000,
        "0" * 1_000_000,
        "<" * 500_000,
        "a." * 500_000,
        "giảm " * 200_000,
    ):
        assessed = assess_one(product(story=text))
        assert "TEXT_OVER_CELL" in [finding.code for finding in assessed.findings]


def test_a_missing_template_leads_to_where_one_is_uploaded() -> None:
    found = {one.code: one.path for one in channel_findings(profile("tiktok"), "https://a.vn")}
    assert found["TEMPLATE_MISSING"] == found["CATEGORY_MISSING"] == "/ban-hang/mau-kenh"


def test_a_size_without_stock_leads_to_where_units_are_added() -> None:
    found = [one for one in findings_of(FAULTS["STOCK_ZERO"]) if one.code == "STOCK_ZERO"]
    assert found[0].path == "/ban-hang/kho/1#quantity"


def test_what_sellers_only_tell_each_other_is_never_called_sure() -> None:
    about = {one.code: one for one in channel_findings(profile("voso"), "https://chophien.vn")}
    assert about["IMG_BORDER_TEXT"].certainty == "uncertain"
    for code in CODES.values():
        made = make_finding(code.slug, channel="shopee", product_id=None)
        assert (made.certainty, made.severity) in {("certain", "refuse"), ("uncertain", "warn")}
        assert ("người bán" in code.source) == (made.certainty == "uncertain"), code.slug


@pytest.mark.parametrize("channel", ["google", "meta"])
def test_a_feed_leads_here_so_it_sells_nothing_twice(channel: str) -> None:
    found = assess_one(PRODUCT, channel=channel, offered_elsewhere={1: 20})
    assert "STOCK_OVERSOLD" not in {one.code for one in found.findings}
