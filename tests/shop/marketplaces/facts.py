"""Plain values for the tests of the rules: a product that no channel objects to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from shop.marketplaces import registry
from shop.marketplaces.rules.facts import (
    Choice,
    PaperFacts,
    PhotoFacts,
    ProducerFacts,
    ProductFacts,
    VariantFacts,
)
from shop.marketplaces.rules.likeness import copied_photos
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Assessed, Desk, assess

DAY = date(2026, 11, 22)
URL = "https://chophien.vn"

PRODUCER = ProducerFacts(
    id=1,
    slug="htx-tai-hoan",
    name="HTX Tài Hoan",
    place="thôn Chè Cọ, Xã Côn Minh, Tỉnh Thái Nguyên",
    phone="0912345678",
    contact="Nông Thị Hoan",
)
VARIANT = VariantFacts(
    id=1,
    sku="TH-500",
    label="Gói 500 g",
    price_vnd=65_000,
    packed_weight_g=550,
    net_weight_g=500,
    length_mm=200,
    width_mm=100,
    height_mm=80,
    available=20,
)
FOOD_SAFETY = PaperFacts(
    kind="food_safety",
    state="verified",
    issued_on=date(2025, 1, 5),
    expires_on=date(2028, 1, 5),
    number="17/2025/ATTP",
    issuer="Sở Công Thương",
    scan_sha="f" * 64,
    is_own=False,
)
OCOP = PaperFacts(
    kind="ocop",
    state="verified",
    issued_on=date(2025, 3, 1),
    expires_on=date(2028, 3, 1),
    stars=4,
    decision_no="345/QĐ-UBND",
    issuer="UBND tỉnh Thái Nguyên",
    scan_sha="e" * 64,
)


def photo(number: int = 1, **over: Any) -> PhotoFacts:
    values: dict[str, Any] = {
        "sha": f"{number:064x}",
        "width": 1200,
        "height": 1200,
        "size": 200_000,
    }
    return PhotoFacts(**(values | over))


PRODUCT = ProductFacts(
    id=7,
    slug="mien-dong-tai-hoan",
    name="Miến dong Tài Hoan",
    subgroup="F32",
    state="published",
    summary="Sợi miến dai, trong, làm từ củ dong riềng.",
    story="Củ dong được rửa, nghiền, lọc nhiều lần rồi tráng thành bánh và phơi nắng trên giàn.",
    ingredients="Bột dong riềng",
    net_content="500 g",
    storage="Để nơi khô ráo.",
    usage="Ngâm nước cho mềm rồi nấu.",
    origin="Xã Côn Minh, Thái Nguyên",
    shelf_life_days=365,
    variants=(VARIANT,),
    photos=(photo(1), photo(2), photo(3)),
    papers=(FOOD_SAFETY, OCOP),
    trace_code="ABCDE23456",
)


def product(**over: Any) -> ProductFacts:
    return replace(PRODUCT, **over)


def variant(**over: Any) -> VariantFacts:
    return replace(VARIANT, **over)


def make_desk(
    *products: ProductFacts,
    choices: dict[int, Choice] | None = None,
    offered_elsewhere: dict[int, int] | None = None,
    url: str = URL,
) -> Desk:
    return Desk(
        producer=PRODUCER,
        products=products or (PRODUCT,),
        choices=choices or {},
        offered_elsewhere=offered_elsewhere or {},
        day=DAY,
        public_url=url,
        copied_photos=copied_photos(products),
    )


def profile(slug: str = "shopee") -> Profile:
    return registry.profile_called(slug)


def assess_one(
    *products: ProductFacts, channel: str = "shopee", choice: Choice | None = None, **desk: Any
) -> Assessed:
    """The verdict on the first product."""
    wanted: Sequence[ProductFacts] = products or (PRODUCT,)
    choices = {wanted[0].id: choice} if choice else {}
    made = make_desk(*wanted, choices=choices, **desk)
    return assess(profile(channel), made, registry.market_words())[0]
