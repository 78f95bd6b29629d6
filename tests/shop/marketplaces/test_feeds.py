"""The feeds as Google and Meta read them."""

import csv
import io
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.storage import Storage
from shop.marketplaces import registry
from shop.marketplaces.services.feeds import GOOGLE, feed_items
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.marketplaces import make_goods, make_listing


def goods(db: Session, app: Flask, **over: Any) -> Product:
    storage: Storage = app.extensions["house"].storage
    return make_goods(db, storage, producer=make_producer(db, name="HTX Tài Hoan"), **over)


def google(client: FlaskClient) -> list[dict[str, list[str]]]:
    answer = client.get("/feed/google.xml")
    assert answer.status_code == 200
    found = []
    for item in ElementTree.fromstring(answer.data).iter("item"):  # noqa: S314 - our own
        values: dict[str, list[str]] = {}
        for element in item:
            key = element.tag.removeprefix(f"{{{GOOGLE}}}")
            values.setdefault(key, []).append(element.text or "")
        found.append(values)
    return found


def test_both_feeds_hold_the_published_goods_with_stable_ids(
    db: Session, app: Flask, client: FlaskClient
) -> None:
    product = goods(db, app, name="Miến <dong> & rau")
    variant = variant_of(db, product)
    make_product(db, published=False, name="Chưa duyệt")
    db.commit()
    (item,) = google(client)
    assert item["id"] == [f"CP{variant.id}"]
    assert item["title"][0].startswith("Miến <dong> & rau")
    assert item["price"] == [f"{variant.price_vnd} VND"]
    assert item["availability"] == ["in_stock"]
    assert len(item["additional_image_link"]) == 2
    assert item["link"][0].endswith(f"/san-pham/{product.slug}")
    assert "sao" not in item["title"][0]
    assert "OCOP" not in item["description"][0]

    answer = client.get("/feed/meta.csv")
    assert not answer.data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert (row["id"], row["availability"]) == (f"CP{variant.id}", "in stock")
    assert row["condition"] == "new"


def test_an_unchanged_feed_is_not_sent_again(
    db: Session, database: Database, app: Flask, client: FlaskClient
) -> None:
    product = goods(db, app)
    db.commit()
    for name in ("google.xml", "meta.csv"):
        tag = client.get(f"/feed/{name}").headers["ETag"]
        again = client.get(f"/feed/{name}", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
    make_listing(db, product, "google", price_percent=110)
    db.commit()
    changed = client.get("/feed/google.xml", headers={"If-None-Match": tag})
    assert changed.status_code == 200


def test_what_is_left_out_or_refused_never_blocks_the_rest(
    db: Session, app: Flask, client: FlaskClient, make_app: Callable[..., Flask]
) -> None:
    sound = goods(db, app)
    hidden, broken = goods(db, app, name="Ẩn"), goods(db, app, name="Không giá")
    make_listing(db, hidden, "google", is_included=False)
    variant_of(db, broken).is_active = False
    db.commit()
    assert [item["id"] for item in google(client)] == [[f"CP{variant_of(db, sound).id}"]]
    assert client.get("/feed/other.xml").status_code == 404


def test_statements_stay_the_same_for_more_producers(
    db: Session, app: Flask, database: Database, count_statements: Callable[..., Any]
) -> None:
    storage: Storage = app.extensions["house"].storage
    counts = []
    for number in (1, 4):
        for _ in range(number):
            goods(db, app)
        db.commit()
        with database.read() as reading, count_statements(database) as sent:
            items = feed_items(
                reading,
                storage,
                profile=registry.profile_called("google"),
                day=today_vn(clock.now()),
                public_url="https://chophien.vn",
            )
        counts.append((len(items), len(sent)))
    assert [count for count, _sent in counts] == [1, 5]
    assert counts[0][1] == counts[1][1]
