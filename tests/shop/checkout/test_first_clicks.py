"""First clicks: two at the same moment open one basket, two taps on one form add once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.checkout import services
from shop.checkout.models import Basket, BasketLine
from shop.core.db import Database
from tests.at_once import at_once
from tests.factories.accounts import make_person
from tests.shop.checkout.test_routes import hidden, make_goods, post

CLICKS = 4


def slug_of(database: Database, variant: Variant) -> str:
    with database.read() as db:
        return db.get_one(Product, variant.product_id).slug


def test_one_basket(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        person = make_person(db).id
    start = threading.Barrier(CLICKS)

    def open_one(number: int) -> int:
        start.wait()
        with database.transaction() as db:
            basket = services.open_basket(
                db, token_hash="", new_token_hash=f"{number:064}", person_id=person, now=now
            )
            return basket.id

    with ThreadPoolExecutor(CLICKS) as pool:
        opened = set(pool.map(open_one, range(CLICKS)))
    assert len(opened) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).where(Basket.person_id == person)) == 1


def in_basket(database: Database) -> list[int]:
    with database.read() as db:
        return list(db.scalars(select(BasketLine.quantity)))


def test_two_taps_on_one_form_add_once_and_a_wish_for_more_adds(
    client: FlaskClient, database: Database
) -> None:
    """What the page was sent with is one submission; a new page, another number, a later press and
    a form without a key are each a wish of their own."""
    variant = make_goods(database)
    page = f"/san-pham/{slug_of(database, variant)}"
    wish = {"variant_id": variant.id, "quantity": 1}
    first = wish | {"submit_key": hidden(client.get(page).get_data(as_text=True), "submit_key")}
    for _ in range(2):
        answer = post(client, "/gio-hang", first)
        assert answer.status_code == 303
    assert in_basket(database) == [1]
    assert "Lần bấm trước đã được tính" in client.get("/gio-hang").get_data(as_text=True)
    post(client, "/gio-hang", first | {"quantity": 2})
    assert in_basket(database) == [3], "another number is another wish"
    again = hidden(client.get(page).get_data(as_text=True), "submit_key")
    assert again != first["submit_key"]
    post(client, "/gio-hang", wish | {"submit_key": again})
    assert in_basket(database) == [4], "a page opened anew"
    with database.transaction() as db:
        db.scalars(select(BasketLine)).one().added_at -= timedelta(minutes=2)
    post(client, "/gio-hang", wish | {"submit_key": again})
    assert in_basket(database) == [5], "back on the page two minutes later"
    post(client, "/gio-hang", wish)
    assert in_basket(database) == [6]


def test_the_page_kept_for_strangers_is_the_same_for_all(app: Flask, database: Database) -> None:
    page = f"/san-pham/{slug_of(database, make_goods(database))}"
    shown = [app.test_client().get(page) for _ in range(2)]
    assert len({answer.get_etag() for answer in shown}) == 1


def test_taps_at_one_moment_count_once(database: Database, now: datetime) -> None:
    """The statement that adds judges: with keys once, without (its control) every time."""
    variant = make_goods(database)
    with database.transaction() as db:
        basket = services.open_basket(
            db, token_hash="", new_token_hash="0" * 64, person_id=None, now=now
        ).id

    def tap(key: str) -> Callable[[Session], Any]:
        def act(db: Session) -> None:
            services.add_to_basket(
                db,
                basket=db.get_one(Basket, basket),
                variant_id=variant.id,
                quantity=1,
                submit_key=key,
                now=now,
            )

        return act

    assert at_once(database, [tap("one form of a page")] * CLICKS) == ["done"] * CLICKS
    assert in_basket(database) == [1]
    assert at_once(database, [tap("")] * CLICKS) == ["done"] * CLICKS
    assert in_basket(database) == [1 + CLICKS]
