"""The feeds as Google and Meta read them."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core import clock, jobs
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.storage import Storage
from shop.marketplaces import registry
from shop.marketplaces.models import KeptFeed
from shop.marketplaces.services.feeds import GOOGLE, feed_items
from tests.factories.catalogue import make_producer, make_product, make_variant, variant_of
from tests.factories.marketplaces import make_goods, make_listing, parcel


def goods(db: Session, app: Flask, **over: Any) -> Product:
    storage: Storage = app.extensions["house"].storage
    return make_goods(db, storage, producer=make_producer(db, name="HTX Tài Hoan"), **over)


def google(client: FlaskClient) -> list[dict[str, list[str]]]:
    with client.get("/feed/google.xml") as answer:
        assert answer.status_code == 200
        feed = answer.data
    found = []
    for item in ElementTree.fromstring(feed).iter("item"):  # noqa: S314 - our own
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


def test_a_kept_feed_is_fetched_without_judging_goods_again(
    db: Session, app: Flask, database: Database, client: FlaskClient, count_statements: Any
) -> None:
    product = goods(db, app)
    db.commit()
    written = {name: client.get(f"/feed/{name}").data for name in ("google.xml", "meta.csv")}
    now, served = clock.now(), app.extensions["house"].database
    jobs.run_once("marketplaces.feeds", served, now)
    for name, body in written.items():
        with count_statements(served) as sent, client.get(f"/feed/{name}") as kept:
            assert (kept.status_code, kept.data) == (200, body)
            assert kept.mimetype in {"application/rss+xml", "text/csv"}
        assert len([one for one in sent if "FROM" in one]) <= 2, sent
        asked = {"If-None-Match": kept.headers["ETag"]}
        with client.get(f"/feed/{name}", headers=asked) as again:
            assert (again.status_code, again.data) == (304, b"")

    with database.read() as reading:
        files = {reading.get_one(KeptFeed, name).stored_name for name in written}
    make_listing(db, product, "google", price_percent=110)
    db.commit()
    jobs.run_once("marketplaces.feeds", app.extensions["house"].database, now)
    with client.get("/feed/google.xml") as dearer:
        assert dearer.data != written["google.xml"], "its choices moved"
    with client.get("/feed/meta.csv") as same:
        assert same.data == written["meta.csv"]
    storage: Storage = app.extensions["house"].storage
    with database.read() as reading:
        kept_now = {reading.get_one(KeptFeed, name).stored_name for name in written}
    assert [storage.has(name) for name in sorted(files - kept_now)] == [False], "no heap of files"


def test_a_kept_feed_that_is_stale_or_lost_is_written_anew(
    db: Session, app: Flask, database: Database, client: FlaskClient
) -> None:
    product = goods(db, app)
    db.commit()
    now = clock.now()
    jobs.run_once("marketplaces.feeds", app.extensions["house"].database, now)
    make_listing(db, product, "google", is_included=False)
    db.commit()
    assert len(google(client)) == 1, "minutes old is good enough"
    db.execute(update(KeptFeed).values(checked_at=now - timedelta(minutes=16)))
    db.commit()
    assert google(client) == [], "nobody keeps the clock"
    db.execute(update(KeptFeed).values(checked_at=now, day=today_vn(now) - timedelta(days=1)))
    db.commit()
    assert google(client) == [], "stars and lots are judged by the day"
    db.execute(update(KeptFeed).values(day=today_vn(now)))
    kept = db.get_one(KeptFeed, "google.xml")
    app.extensions["house"].storage.delete(kept.stored_name)
    db.commit()
    assert google(client) == [], "a lost file is no error"


def test_each_size_is_called_by_its_own_amount(
    db: Session, app: Flask, client: FlaskClient
) -> None:
    product = goods(db, app, name="Miến dong")
    variant_of(db, product).net_weight_g = 500
    parcel(make_variant(db, product, label="Gói 1 kg", net_weight_g=1000, packed_weight_g=1100))
    db.commit()
    assert [item["title"] for item in google(client)] == [["Miến dong 500 g"], ["Miến dong 1 kg"]]
