"""Pages of pre-orders over HTTP: who sees what, what is refused, hostile input."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.clock import today_vn
from shop.core.db import Database
from shop.orders.models import Order
from shop.preorders import services
from shop.preorders.models import Harvest, ShipWindow
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.payments import make_payee_account
from tests.factories.preorders import make_preorder, make_window_plan
from tests.factories.stock import make_stock

REAL_NOW = datetime.now(UTC)
TODAY = today_vn(REAL_NOW)
KEY = "k" * 20

PLACE = {
    "submit_key": KEY,
    "quantity": "2",
    "full_name": "Lò Thị Mai",
    "phone": "0912 345 678",
    "province_code": "19",
    "commune_code": "02185",
    "street": "Thôn Chè Cọ",
    "rest_by": "transfer",
}


def days(**over: int) -> dict[str, str]:
    values = {"from_on": 10, "to_on": 15, "closes_on": 5} | over
    return {name: (TODAY + timedelta(days=ahead)).isoformat() for name, ahead in values.items()}


def season(size: int, **over: str) -> dict[str, str]:
    return {
        "submit_key": KEY,
        "variant_id": str(size),
        "season": "Vụ hồng",
        "expected_units": "100",
        "held_back_percent": "10",
        "outlook": "Mưa đá thì ít.",
        "capacity": "20",
        "price_vnd": "50.000",
        "per_buyer": "",
        "deposit_kind": "percent",
        "deposit_amount": "30",
        **days(),
        **over,
    }


@pytest.fixture
def shop(database: Database) -> dict[str, Any]:
    """A producer with a product, an account to be paid to, and somebody else."""
    with database.transaction() as db:
        producer = make_producer(db)
        product = make_product(db, producer=producer)
        make_payee_account(db, producer.id, now=REAL_NOW)
        return {
            "producer": producer.id,
            "slug": product.slug,
            "variant": variant_of(db, product).id,
            "owner": make_member(db, "producer", producer.id).email,
            "other": make_member(db, "producer", make_producer(db).id).email,
            "buyer": make_person(db).email,
        }


@pytest.fixture
def window(database: Database, shop: dict[str, Any]) -> str:
    """An open window of the real present."""
    mine = frozenset({shop["producer"]})
    with database.transaction() as db:
        opened = services.open_season(
            db,
            variant_id=shop["variant"],
            harvest=services.HarvestPlan("Vụ hồng", 100, 10, "Mưa đá thì ít."),
            window=make_window_plan(
                from_on=TODAY + timedelta(days=10),
                to_on=TODAY + timedelta(days=15),
                closes_on=TODAY + timedelta(days=5),
            ),
            submit_key="w" * 20,
            producer_ids=mine,
            actor_id=1,
            now=REAL_NOW,
        )
        return opened.code


def offers_of(client: FlaskClient, slug: str) -> list[dict[str, Any]]:
    page = client.get(f"/san-pham/{slug}").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    found = json.loads(block[1])["offers"]
    return found if isinstance(found, list) else [found]


def test_search_engines_are_told_what_can_be_ordered_ahead(
    client: FlaskClient, database: Database, shop: dict[str, Any], window: str
) -> None:
    [ahead] = offers_of(client, shop["slug"])
    assert ahead["availability"] == "https://schema.org/PreOrder"
    assert ahead["availabilityStarts"] == (TODAY + timedelta(days=10)).isoformat()
    assert ahead["url"].endswith(f"/dat-truoc/{window}")
    assert ahead["seller"]["@type"] == "Organization"
    with database.transaction() as db:
        make_stock(db, shop["variant"], 3)
    now, then = offers_of(client, shop["slug"])
    assert now["availability"] == "https://schema.org/InStock"
    assert then == ahead
    with database.transaction() as db:
        db.scalars(select(ShipWindow)).one().closes_on = TODAY - timedelta(days=1)
    assert [one["availability"] for one in offers_of(client, shop["slug"])] == [now["availability"]]


def test_opened_ordered_and_looked_after(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    signed_in: Callable[..., FlaskClient],
) -> None:
    desk = signed_in(shop["owner"])
    first = post(desk, "/ban-hang/dat-truoc/mo", season(shop["variant"]))
    assert first.status_code == 303
    again = post(desk, "/ban-hang/dat-truoc/mo", season(shop["variant"]))
    assert again.headers["Location"] == first.headers["Location"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Harvest)) == 1
        code = db.scalars(select(ShipWindow.code)).one()
    assert f"/dat-truoc/{code}" in client.get(f"/san-pham/{shop['slug']}").text
    assert f"/dat-truoc/{code}" in client.get("/dat-truoc").text
    assert "30%" in client.get(f"/en/dat-truoc/{code}").text
    counted = post(client, f"/dat-truoc/{code}", PLACE | {"lam": "tinh"}).text
    assert 'data-deposit="30000"' in counted
    total = re.search(r'name="expected_total"[^>]*value="(\d+)"', counted)
    assert total is not None
    answer = post(client, f"/dat-truoc/{code}", PLACE | {"expected_total": total[1]})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert 'data-amount="30000"' in page, "the transfer asks for the deposit alone"
    assert 'data-preorder="held"' in page
    twice = post(client, f"/dat-truoc/{code}", PLACE)
    assert twice.headers["Location"] == answer.headers["Location"]
    with database.read() as db:
        assert db.scalars(select(ShipWindow.taken)).one() == 2
    shown = desk.get(f"/ban-hang/dat-truoc/{code}").text
    assert "data-taken>2<" in shown.replace(" ", "")


def test_a_change_seen_too_late_is_told_and_nothing_is_taken(
    client: FlaskClient, database: Database, window: str
) -> None:
    answer = post(client, f"/dat-truoc/{window}", PLACE | {"expected_total": "1"})
    assert answer.status_code == 409
    assert "Lò Thị Mai" in answer.text, "what was typed is kept"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Order)) == 0
        assert db.scalars(select(ShipWindow.taken)).one() == 0


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"quantity": "11"}, 409),
        ({"quantity": "0"}, 422),
        ({"quantity": "99999999999999"}, 422),
        ({"quantity": "-1"}, 422),
        ({"quantity": "2.5"}, 422),
        ({"phone": "12"}, 422),
        ({"rest_by": "gold"}, 422),
        ({"rest_by": ""}, 422),
        ({"submit_key": ""}, 422),
        ({"submit_key": "x\x00" * 12}, 422),
        ({"full_name": "L\u00f2\x00" + "a" * 1_000_000}, 413),
        ({"commune_code": "99999"}, 422),
        ({"province_code": "zz"}, 422),
        ({"street": "Tho\u0302n Che\u0300 Co\u0323"}, 303),
    ],
)
def test_hostile_places(
    client: FlaskClient, database: Database, window: str, change: dict[str, str], status: int
) -> None:
    answer = post(client, f"/dat-truoc/{window}", PLACE | change)
    assert answer.status_code == status
    with database.read() as db:
        made = db.scalar(select(func.count()).select_from(Order))
        assert made == (1 if status == 303 else 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"expected_units": "3000000000"}, 422),
        ({"held_back_percent": "91"}, 422),
        ({"capacity": "91"}, 422),
        ({"price_vnd": "999"}, 422),
        ({"price_vnd": "99999999999999999999"}, 422),
        ({"deposit_amount": "101"}, 422),
        ({"deposit_kind": "gold"}, 422),
        ({"from_on": "2026-13-45"}, 422),
        ({"from_on": "1999-01-01"}, 422),
        ({"to_on": "9999-12-31"}, 422),
        ({"variant_id": "999999"}, 422),
        ({"season": "\x00"}, 422),
        ({"season": "a" * 1_000_000}, 413),
        ({"deposit_kind": "none", "deposit_amount": "7"}, 303),
    ],
)
def test_hostile_harvests(
    database: Database,
    shop: dict[str, Any],
    signed_in: Callable[..., FlaskClient],
    change: dict[str, str],
    status: int,
) -> None:
    desk = signed_in(shop["owner"])
    answer = post(desk, "/ban-hang/dat-truoc/mo", season(shop["variant"], **change))
    assert answer.status_code == status
    with database.read() as db:
        made = db.scalar(select(func.count()).select_from(Harvest))
        assert made == (1 if status == 303 else 0), "nothing half done"


def test_another_producer_sees_and_changes_nothing(
    database: Database,
    shop: dict[str, Any],
    window: str,
    signed_in: Callable[..., FlaskClient],
) -> None:
    with database.read() as db:
        harvest = db.scalars(select(Harvest.id)).one()
    other = signed_in(shop["other"])
    terms = {**days(), "capacity": "5", "price_vnd": "1000", "deposit_kind": "none"}
    assert other.get(f"/ban-hang/dat-truoc/{window}").status_code == 404
    assert other.get(f"/ban-hang/dat-truoc/vu/{harvest}").status_code == 404
    moves = {**days(from_on=20, to_on=25), "reason": "weather", "seen_moves": "0"}
    for path, fields in (
        (f"/ban-hang/dat-truoc/{window}/sua", terms),
        (f"/ban-hang/dat-truoc/{window}/doi", moves),
        (f"/ban-hang/dat-truoc/{window}/huy", {"reason": "weather"}),
        (f"/ban-hang/dat-truoc/{window}/hang-ve", {}),
        (f"/ban-hang/dat-truoc/vu/{harvest}/dot", {**terms, **days(), "submit_key": KEY}),
        (
            f"/ban-hang/dat-truoc/vu/{harvest}",
            {"season": "x", "expected_units": "9", "held_back_percent": "0"},
        ),
    ):
        assert post(other, path, fields).status_code == 404, path
    assert post(other, "/ban-hang/dat-truoc/mo", season(shop["variant"])).status_code == 422
    with database.read() as db:
        assert db.scalars(select(ShipWindow.state)).all() == ["open"]
        assert db.scalars(select(ShipWindow.moves)).all() == [0]


def test_a_moved_window_is_answered_by_its_buyer_alone(
    client: FlaskClient,
    database: Database,
    shop: dict[str, Any],
    window: str,
    signed_in: Callable[..., FlaskClient],
) -> None:
    with database.transaction() as db:
        view = db.scalars(select(ShipWindow)).one()
        order = make_preorder(db, window=view, now=REAL_NOW).code
    desk = signed_in(shop["owner"])
    moves = {**days(from_on=20, to_on=25), "reason": "weather", "seen_moves": "0"}
    assert post(desk, f"/ban-hang/dat-truoc/{window}/doi", moves).status_code == 303
    assert post(desk, f"/ban-hang/dat-truoc/{window}/doi", moves).status_code == 303
    wrong = moves | {"to_on": days(to_on=30)["to_on"]}
    assert post(desk, f"/ban-hang/dat-truoc/{window}/doi", wrong).status_code == 409
    assert post(client, f"/don-hang/{order}/giu-cho", {}).status_code == 404
    stranger = signed_in(shop["buyer"])
    assert post(stranger, f"/don-hang/{order}/giu-cho", {}).status_code == 404
    desk = signed_in(shop["owner"])
    ended = post(desk, f"/ban-hang/dat-truoc/{window}/huy", {"reason": "pests"})
    assert ended.status_code == 303
    assert client.get(f"/dat-truoc/{window}").status_code == 200, "the page says that it is over"
    assert post(client, f"/dat-truoc/{window}", PLACE).status_code == 409
