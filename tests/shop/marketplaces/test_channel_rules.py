"""Staff lay data of their own over a channel's profile: seen by all staff, changed by a few."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.catalogue.rules.reference import Entry
from shop.core.db import Database
from shop.marketplaces import registry
from shop.marketplaces.rules.overrides import KIND, LIMIT_LABELS, lay_over, names_of
from shop.marketplaces.rules.profile import Limits, ProfileFault
from tests.conftest import post
from tests.factories.accounts import make_staff
from tests.shop.marketplaces.facts import assess_one, profile

SURE = {"certainty": "certain", "source": "thông báo của sàn 01/11/2026"}
PAGE = "/can-bo/kenh-ban/shopee/limit.title_max"


def entry(name: str, revision: int = 1, **data: Any) -> Entry:
    return Entry(KIND, f"shopee.{name}", SURE | data, revision=revision)


def test_every_limit_can_be_named() -> None:
    assert set(LIMIT_LABELS) == set(Limits.__dataclass_fields__)


def test_what_is_laid_over_counts_and_moves_the_version() -> None:
    shopee = registry.shipped_profiles()["shopee"]
    changed = lay_over(
        shopee,
        [
            entry("limit.title_max", 3, value=80),
            entry("limit.price_spread", value=None),
            entry("words.promo", is_used=True, more=["gia truyền"], fewer=["HOT"]),
            entry("unit", value="kg"),
            entry(
                "delivery",
                ways=[{"id": "7", "label": "Xe ôm", "takes_preorder": True, "price_max_vnd": None}],
            ),
            entry("papers.food", kinds=["vietgap"]),
            entry("papers.class-alcohol", kinds=[]),
            entry("life", state="unknown", as_of="2026-11-01", note="Đang hỏi lại."),
        ],
    )
    assert changed.limits.title_max is not None
    assert (changed.limits.title_max.value, changed.limits.title_max.severity) == (80, "refuse")
    assert changed.limits.price_spread is None
    assert changed.words["promo"].fewer == ("hot",)
    assert changed.sheet_weight.value == "kg"
    assert "weight_kg" in {column.value for column in changed.columns}
    assert [way.label for way in changed.deliveries] == ["Xe ôm"]
    assert {rule.kind for rule in changed.papers if rule.group == "food"} == {"vietgap"}
    assert "class:alcohol" not in {rule.group for rule in changed.papers}
    assert not changed.is_active
    assert changed.version == f"{shopee.version}+10"
    back = lay_over(shopee, [Entry(KIND, "shopee.unit", {"is_withdrawn": True}, revision=2)])
    assert back.sheet_weight == shopee.sheet_weight


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("limit.title_max", {"value": 0}),
        ("limit.title_max", {"value": 5, "source": ""}),
        ("limit.photos_max", {"value": None}),
        ("limit.nothing", {"value": 5}),
        ("unit", {"value": "lb"}),
        ("words.nothing", {"is_used": True, "more": [], "fewer": []}),
        ("papers.food", {"kinds": ["nothing"]}),
        ("papers.nothing", {"kinds": []}),
        ("life", {"state": "open", "as_of": "2026-11-01", "note": ""}),
        ("life", {"state": "active", "as_of": "soon", "note": ""}),
        ("nothing", {}),
        ("delivery", {"ways": [{}]}),
    ],
)
def test_data_that_make_no_rule_are_refused(name: str, data: dict[str, Any]) -> None:
    with pytest.raises(ProfileFault):
        lay_over(registry.shipped_profiles()["shopee"], [entry(name, **data)])


def test_staff_change_a_limit_and_every_listing_is_judged_by_it(
    database: Database, db: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    make_staff(db, email="all@channels.test")
    make_staff(db, "19", email="near@channels.test")
    db.commit()
    staff = signed_in("all@channels.test")
    data = {"revision": "0", "value": "20", "why": "sàn đổi mức", **SURE}
    assert assess_one().findings == ()
    assert post(staff, PAGE, data).status_code == 303
    assert post(staff, PAGE, data).status_code == 409, "somebody else's revision came first"
    (found,) = assess_one().findings
    assert (found.code, found.severity, found.source) == ("TITLE_LONG", "refuse", SURE["source"])
    assert profile().edition == 1
    page = staff.get(PAGE).get_data(as_text=True)
    assert "sàn đổi mức" in page
    assert "thông báo của sàn" in staff.get("/can-bo/kenh-ban/shopee").get_data(as_text=True)
    again = {"revision": "1", "is_withdrawn": "y", "why": "nhầm"}
    assert post(staff, PAGE, again).status_code == 303
    assert assess_one().findings == ()
    assert profile().edition == 2

    for over in (
        {"value": "0"},
        {"value": str(2**31)},
        {"value": "9" * 40},
        {"value": "mười"},
        {"source": ""},
        {"source": "x" * 300},
        {"certainty": "surely"},
        {"why": ""},
        {"why": "\x00"},
    ):
        answer = post(staff, PAGE, data | {"revision": "2"} | over)
        assert answer.status_code == 422, over
    assert profile().edition == 2

    near = signed_in("near@channels.test")
    assert near.get(PAGE).status_code == 200
    assert post(near, PAGE, data | {"revision": "2"}).status_code == 403


def test_every_rule_of_every_channel_has_its_page(
    db: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    make_staff(db, email="all@channels.test")
    db.commit()
    staff = signed_in("all@channels.test")
    for slug in ("shopee", "sendo"):
        body = staff.get(f"/can-bo/kenh-ban/{slug}").get_data(as_text=True)
        for name in names_of(profile(slug)):
            assert f'data-rule="{name}"' in body
    for name in (
        "life",
        "unit",
        "words.promo",
        "delivery",
        "papers.class-alcohol",
        "limit.sku_max",
    ):
        assert staff.get(f"/can-bo/kenh-ban/shopee/{name}").status_code == 200
    listed = staff.get("/can-bo/kenh-ban").get_data(as_text=True)
    assert all(f'data-channel="{slug}"' in listed for slug in registry.all_profiles())
    for path in ("khong-co", "khong-co/life", "shopee/limit.khong", "shopee/..", "sendo/delivery"):
        assert staff.get(f"/can-bo/kenh-ban/{path}").status_code in {404, 308}, path
    ways = {"revision": "0", "ways": "5001 | Nhanh | có | 20.000.000", "why": "xem mẫu", **SURE}
    assert post(staff, "/can-bo/kenh-ban/shopee/delivery", ways).status_code == 303
    assert profile().deliveries[0].price_max_vnd == 20_000_000
    wrong = ways | {"revision": "1", "ways": "5001"}
    assert post(staff, "/can-bo/kenh-ban/shopee/delivery", wrong).status_code == 422
    paper = {"revision": "0", "kinds": ["food_safety"], "why": "sàn đòi", **SURE}
    assert post(staff, "/can-bo/kenh-ban/shopee/papers.food", paper).status_code == 303
    life = {"revision": "0", "state": "declining", "as_of": "2026-11-01", "why": "báo", **SURE}
    assert post(staff, "/can-bo/kenh-ban/shopee/life", life).status_code == 303
    assert not profile().is_active
