"""A code in an address credits the order, in the buyer's sight, without a cookie of its own."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.clubs.models import Club
from livestream.onair.models import LiveComment, OrderDraft
from livestream.results import services
from livestream.results.queries.sheets import result_sheet
from livestream.sessions.models import LiveSession
from livestream.sessions.services import ItemWish
from shop.catalogue.models import Variant
from shop.core.db import Database
from shop.orders.models import Order
from tests.conftest import post
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW, make_channel, make_club, make_host, make_session
from tests.factories.orders import make_order
from tests.factories.stock import make_stock
from tests.shop.checkout.test_routes import fields


def shared(database: Database) -> tuple[str, int, str]:
    """(code, variant, slug of the session)."""
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, 20)
        club = make_club(db, name="CLB Thử")
        host = make_host(db, club, name="Lan")
        live = make_session(
            db, club, hosts=[host], items=[ItemWish(variant.id, 10, None, 0)], state="confirmed"
        )
        ((code, _host),) = services.share_codes(db, live=live, now=NOW)
        ((again, _same),) = services.share_codes(db, live=live, now=NOW)
        assert again.code == code.code
        return code.code, variant.id, live.slug


def test_the_code_goes_from_address_to_order(client: FlaskClient, database: Database) -> None:
    code, variant_id, slug = shared(database)
    page = client.get(f"/phien-live/{slug}?gt={code}").get_data(as_text=True)
    assert f"?gt={code}" in page
    add: dict[str, Any] = {"variant_id": variant_id, "quantity": 2}
    post(client, "/gio-hang", {**add, "gt": "LA-MA"})
    assert "data-referred" not in client.get("/gio-hang").get_data(as_text=True)
    answer = post(client, "/gio-hang", {**add, "gt": code})
    names = {cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names <= {"gio", "phien"}, "the basket's and the message's, none of the code's own"
    basket = client.get("/gio-hang").get_data(as_text=True)
    assert "Lan" in basket
    assert "CLB Thử" in basket
    placed = post(client, "/dat-hang", fields(client))
    assert placed.status_code == 303
    with database.read() as db:
        assert [order.origin_code for order in db.scalars(select(Order))] == [code]
    post(client, "/gio-hang", add)
    assert "data-referred" not in client.get("/gio-hang").get_data(as_text=True), "one order's"
    post(client, "/gio-hang", {**add, "gt": code})
    post(client, "/gio-hang/gioi-thieu/bo")
    assert "data-referred" not in client.get("/gio-hang").get_data(as_text=True)


def test_credited_orders_are_counted_once_they_are_confirmed(database: Database) -> None:
    code, variant_id, _slug = shared(database)
    with database.transaction() as db:
        order = make_order(db, variant=db.get_one(Variant, variant_id), quantity=3)
        order.origin_code = code
        db.flush()
        live = db.scalars(select(LiveSession)).one()
        sheet = result_sheet(db, live)
        assert (sheet.pending_orders, sheet.items[0].shop.units) == (1, 0)
        order.state = "confirmed"
        db.flush()
        sheet = result_sheet(db, live)
        assert (sheet.pending_orders, sheet.items[0].shop.units) == (0, 3)


def test_orders_out_of_comments_are_counted_too(database: Database) -> None:
    _code, variant_id, _slug = shared(database)
    with database.transaction() as db:
        live = db.scalars(select(LiveSession)).one()
        order = make_order(db, variant=db.get_one(Variant, variant_id), quantity=2, confirmed=True)
        assert result_sheet(db, live).items[0].shop.units == 0
        said = LiveComment(
            session_id=live.id,
            channel_id=make_channel(db, db.scalars(select(Club)).one()).id,
            comment_key="1",
            author_key="a",
            reading="order",
            received_at=NOW,
        )
        db.add(said)
        db.flush()
        draft = OrderDraft(session_id=live.id, comment_id=said.id, state="placed", created_at=NOW)
        draft.group_id = order.group_id
        db.add(draft)
        db.flush()
        assert result_sheet(db, live).items[0].shop.units == 2
