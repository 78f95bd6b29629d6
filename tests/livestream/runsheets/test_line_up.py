"""The run sheet is where products get their price; the producer states the floor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.sessions.models import SessionItem
from livestream.sessions.queries import owner_key
from livestream.sessions.services import ItemWish, add_item
from livestream.sessions.services.drafting import BelowFloor
from shop.accounts.services import add_member
from shop.catalogue.services import bump_version
from shop.core import clock
from shop.core.db import Database
from shop.stock.services import drop_price_windows
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_club, make_session
from tests.factories.stock import make_stock

Login = Callable[[str], FlaskClient]


class Desk:
    """A club's proposal with one product, its manager, and the product's producer."""

    def __init__(self, database: Database, signed_in: Login, *, state: str = "proposed") -> None:
        now = clock.now()
        with database.transaction() as db:
            manager, owner = make_person(db), make_person(db)
            club = make_club(db, manager_id=manager.id)
            variants = [variant_of(db, make_product(db)) for _ in range(2)]
            for variant in variants:
                make_stock(db, variant.id, 20)
            live = make_session(
                db,
                club,
                items=[ItemWish(variants[0].id, 10, 30_000, 5)],
                starts_at=now + timedelta(minutes=10 if state == "live" else 3000),
                state=state,
                now=now,
            )
            item = db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)).one()
            add_member(
                db,
                person_id=owner.id,
                unit_kind="producer",
                unit_id=item.producer_id,
                role="owner",
                now=now,
            )
            self.public_id, self.slug, self.item_id = live.public_id, live.slug, item.id
            self.other_variant, self.usual = variants[1].id, variants[0].price_vnd
            logins = manager.email or "", owner.email or ""
        self.database, self.base = database, f"/clb/phien/{self.public_id}/bang-chay"
        self.sign_in, self.logins = signed_in, logins

    @property
    def club(self) -> FlaskClient:
        return self.sign_in(self.logins[0])

    @property
    def producer(self) -> FlaskClient:
        return self.sign_in(self.logins[1])

    def item(self) -> SessionItem:
        with self.database.read() as db:
            found = db.get_one(SessionItem, self.item_id)
            db.expunge(found)
            return found

    def price(self, **typed: Any) -> Any:
        return post(self.club, f"{self.base}/{self.item_id}/gia", typed)

    def answer(self, **typed: Any) -> Any:
        fields = {"answer": "agree", **typed}
        return post(self.producer, f"/ban-hang/phien/{self.item_id}", fields)


def test_the_producers_floor_holds_on_the_run_sheet(database: Database, signed_in: Login) -> None:
    desk = Desk(database, signed_in)
    too_high = desk.answer(floor_price_vnd="30.001")
    assert too_high.status_code == 422
    assert "30.001" in too_high.get_data(as_text=True), "what was typed is kept"
    assert desk.item().consent == "asked"
    assert desk.answer(floor_price_vnd="28.000").status_code == 303
    assert desk.item().floor_price_vnd == 28_000
    page = desk.club.get(f"{desk.base}/{desk.item_id}").get_data(as_text=True)
    assert "giá sàn 28.000" in page
    refused = desk.price(live_price_vnd="27.999", per_buyer="2")
    assert refused.status_code == 422
    assert "27.999" in refused.get_data(as_text=True)
    assert desk.item().live_price_vnd == 30_000
    deal = {"live_price_vnd": "28.000", "price_cap": "4", "per_buyer": "2", "set_aside": "5"}
    assert desk.price(**deal, price_from_minute="10", price_minutes="20").status_code == 303
    item = desk.item()
    assert (item.live_price_vnd, item.price_cap, item.per_buyer) == (28_000, 4, 2)
    assert (item.consent, item.minutes) == ("asked", 10), "asked anew; minutes are the sheet's"


def test_products_come_and_go_on_the_run_sheet(database: Database, signed_in: Login) -> None:
    desk = Desk(database, signed_in)
    found = desk.club.get(f"{desk.base}?tim=mien").get_data(as_text=True)
    assert f'action="{desk.base}/san-pham"' in found
    added = post(desk.club, f"{desk.base}/san-pham", {"variant_id": desk.other_variant})
    assert added.status_code == 303
    again = post(desk.club, f"{desk.base}/san-pham", {"variant_id": desk.other_variant})
    assert again.status_code == 422
    assert desk.price(action="remove").status_code == 303
    with database.read() as db:
        left = db.scalars(select(SessionItem.variant_id)).all()
    assert left == [desk.other_variant]
    for path in ("san-pham", f"{desk.item_id}/gia"):
        answer = post(desk.producer, f"{desk.base}/{path}", {"variant_id": desk.other_variant})
        assert answer.status_code in {403, 404}


@pytest.mark.parametrize("hostile", ["-1", "2147483648", "9" * 30, "\x00", "12,5", "x" * 100_000])
def test_hostile_terms_change_nothing(database: Database, signed_in: Login, hostile: str) -> None:
    desk = Desk(database, signed_in)
    for name in ("live_price_vnd", "price_cap", "per_buyer", "set_aside", "price_from_minute"):
        answer = desk.price(**{"live_price_vnd": "29.000", name: hostile})
        assert answer.status_code in {413, 422}, name
    assert desk.answer(floor_price_vnd=hostile).status_code in {413, 422}
    item = desk.item()
    assert (item.live_price_vnd, item.floor_price_vnd, item.consent) == (30_000, 1000, "asked")


def test_viewers_see_the_price_they_would_pay(database: Database, signed_in: Login) -> None:
    desk = Desk(database, signed_in, state="live")
    address = f"/phien-live/{desk.slug}"
    coming = desk.club.get(address).get_data(as_text=True)
    assert "data-live-price" in coming, "it begins with the session, in ten minutes"
    with database.transaction() as db:
        drop_price_windows(db, owner_key=owner_key(desk.item_id))
        bump_version(db)
    switched_off = desk.club.get(address).get_data(as_text=True)
    assert "data-live-price" not in switched_off
    assert "30.000" not in switched_off


def test_a_withdrawn_product_comes_back_above_its_floor(
    database: Database, signed_in: Login
) -> None:
    desk = Desk(database, signed_in)
    with database.transaction() as db:
        item = db.get_one(SessionItem, desk.item_id)
        item.floor_price_vnd, item.live_price_vnd = 29_000, None
        item.withdrawn_at = clock.now()
        wish = ItemWish(item.variant_id, live_price_vnd=28_000)
        db.flush()
        with pytest.raises(BelowFloor):
            add_item(db, public_id=desk.public_id, wish=wish, actor_id=1, now=clock.now())
