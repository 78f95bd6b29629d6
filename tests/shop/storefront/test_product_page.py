"""What a buyer sees beyond name and price: delivery, scans, neighbours, data for robots."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.catalogue.models import Certificate
from shop.catalogue.pictures import scan_name
from shop.checkout.rules import Home, Terms, estimate
from shop.core.db import Database
from tests.conftest import post
from tests.factories.catalogue import (
    make_certificate,
    make_producer,
    make_product,
    make_variant,
    variant_of,
)
from tests.factories.checkout import make_terms
from tests.factories.stock import make_stock

NOW = datetime.now(UTC)


def json_ld(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in found]


def shown_delivery(page: str) -> str:
    found = re.search(r'<section class="deliver".*?</p>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


# Delivery.


@pytest.mark.parametrize(
    ("origin", "target", "pieces", "expected"),
    [
        ("19", "19", [(550, 65_000)], (18_000, 18_000, 1, 3)),
        ("19", "01", [(550, 65_000), (1_200, 120_000)], (25_000, 33_000, 2, 4)),
        ("19", "96", [(63_000, 1)], (485_000, 485_000, 3, 6)),
    ],
)
def test_an_estimate_is_what_checkout_asks(
    origin: str,
    target: str,
    pieces: list[tuple[int, int]],
    expected: tuple[int, int, int, int],
) -> None:
    made = estimate(Terms(Home(origin)), [target], pieces)
    assert made is not None
    assert (made.low_vnd, made.high_vnd, made.first_day, made.last_day) == expected


def test_an_estimate_covers_every_zone_it_is_asked_for() -> None:
    made = estimate(Terms(Home("19")), ["19", "01", "96"], [(900, 1)])
    assert made is not None
    assert (made.low_vnd, made.high_vnd) == (18_000, 32_000)
    assert (made.first_day, made.last_day) == (1, 6)


def test_the_chosen_province_is_remembered_and_free_is_free(
    client: FlaskClient, database: Database
) -> None:
    with database.transaction() as db:
        product = make_product(db)
        slug, producer = product.slug, product.producer_id
        other = make_product(db).slug
    assert "18.000 ₫ – 32.000 ₫" in shown_delivery(client.get(f"/san-pham/{slug}").text)
    answer = post(client, f"/san-pham/{slug}/giao-den", {"province_code": "01"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/san-pham/{slug}#giao-hang")
    for page in (f"/san-pham/{slug}", f"/san-pham/{other}"):
        told = shown_delivery(client.get(page).text)
        assert "Giao đến Hà Nội: 25.000 ₫ , khoảng 2–4 ngày" in told, told
    with database.transaction() as db:
        make_terms(db, producer, free_from_vnd=60_000)
    assert "miễn phí" in shown_delivery(client.get(f"/san-pham/{slug}").text)
    assert "25.000 ₫" in shown_delivery(client.get(f"/san-pham/{other}").text)
    post(client, f"/san-pham/{slug}/giao-den", {"province_code": ""})
    assert "Giao toàn quốc" in shown_delivery(client.get(f"/san-pham/{other}").text)


@pytest.mark.parametrize("code", ["99", "\0", "0", "9" * 40, "hà nội", "<b>"])
def test_an_unknown_province_chooses_none(client: FlaskClient, db: Session, code: str) -> None:
    slug = make_product(db).slug
    db.commit()
    assert post(client, f"/san-pham/{slug}/giao-den", {"province_code": code}).status_code == 303
    assert client.get_cookie("giao") is None
    client.set_cookie("giao", code.replace("\0", "x"))
    assert "Giao toàn quốc" in client.get(f"/san-pham/{slug}").text
    assert post(client, "/san-pham/KHÔNG/giao-den", {"province_code": "01"}).status_code == 404


def test_a_service_is_not_sent(client: FlaskClient, db: Session) -> None:
    slug = make_product(db, subgroup="T", is_service=True).slug
    db.commit()
    page = client.get(f"/san-pham/{slug}").text
    assert 'class="deliver"' not in page
    made = json_ld(page)[0]
    assert made["@type"] == "Service"
    assert made["provider"]["@type"] == "Organization"
    assert "shippingDetails" not in made["offers"]


# Papers.


def test_a_scan_is_public_while_its_paper_holds(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    sha = "a" * 64
    app.extensions["house"].storage.put_as(scan_name(sha), b"scan")
    with database.transaction() as db:
        product = make_product(db)
        paper = make_certificate(db, product, scan_sha=sha).id
        waiting = make_certificate(db, product, scan_sha=sha, state="submitted").id
        draft = make_certificate(db, make_product(db, published=False), scan_sha=sha).id
        slug = product.slug
    address = f"/giay-chung-nhan/{paper}.jpg"
    assert address in client.get(f"/san-pham/{slug}").text
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.data == b"scan"
    etag = answer.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    for hidden in (waiting, draft, 99_999, 2**31, 2**70):
        assert client.get(f"/giay-chung-nhan/{hidden}.jpg").status_code == 404
    with database.transaction() as db:
        db.execute(update(Certificate).values(expires_on=date(2025, 12, 1)))
    assert client.get(address).status_code == 404
    assert address not in client.get(f"/san-pham/{slug}").text


# Sizes, neighbours.


def test_the_first_size_that_can_be_bought_is_chosen(client: FlaskClient, db: Session) -> None:
    product = make_product(db)
    second = make_variant(db, product, label="Gói 1 kg", position=1)
    make_stock(db, second.id, 4)
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    first = variant_of(db, product).id
    assert re.search(rf'value="{first}" required disabled', page)
    assert re.search(rf'value="{second.id}" required checked', page)
    assert "13.000\xa0₫/100 g" in page


def test_neighbours_are_of_the_same_commune_and_other_makers(
    client: FlaskClient, db: Session
) -> None:
    maker = make_producer(db)
    product = make_product(db, producer=maker, name="Miến dong")
    make_product(db, producer=maker, name="Cùng nhà")
    make_product(db, producer=make_producer(db), name="Cùng xã")
    make_product(db, producer=make_producer(db), name="Chưa duyệt", published=False)
    make_product(db, producer=make_producer(db, commune_code=None), name="Không rõ xã")
    make_product(db, producer=make_producer(db, province_code="01"), name="Tỉnh khác")
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    names = re.findall(r'class="card-name"><a href="[^"]*">([^<]*)</a>', page)
    assert names == ["Cùng nhà", "Cùng xã"]


# Data for robots.


def test_data_for_robots_is_complete(client: FlaskClient, db: Session) -> None:
    product = make_product(db, name="Miến dong", stars=4)
    make_stock(db, variant_of(db, product).id, 3)
    db.commit()
    made, crumbs = json_ld(client.get(f"/san-pham/{product.slug}").text)
    assert {
        *("@context", "@type", "name", "description", "url", "image", "brand", "manufacturer"),
        *("category", "countryOfOrigin", "sku", "offers"),
    } <= set(made)
    offer = made["offers"]
    assert {
        *("@type", "name", "sku", "url", "price", "priceCurrency", "availability"),
        *("itemCondition", "seller", "shippingDetails"),
    } <= set(offer)
    shipping = offer["shippingDetails"]
    assert shipping["shippingDestination"]["addressCountry"] == "VN"
    assert shipping["shippingRate"] == {
        "@type": "MonetaryAmount",
        "maxValue": 32_000,
        "currency": "VND",
    }
    assert shipping["deliveryTime"]["transitTime"]["maxValue"] == 6
    assert made["manufacturer"]["url"].startswith("http://localhost/nha-san-xuat/")
    assert crumbs["@type"] == "BreadcrumbList"
    assert all(item["item"].startswith("http://localhost/") for item in crumbs["itemListElement"])


def test_a_producers_data_names_what_was_checked(client: FlaskClient, db: Session) -> None:
    producer = make_producer(db, story="Làm miến từ 1990.")
    db.commit()
    made = json_ld(client.get(f"/nha-san-xuat/{producer.slug}").text)[0]
    assert made["@type"] == "Organization"
    assert made["description"] == "Làm miến từ 1990."
    assert made["address"]["addressCountry"] == "VN"
    assert "sameAs" not in made


def test_words_to_pass_on(client: FlaskClient, db: Session) -> None:
    product = make_product(db, name="Miến “ngon” & dai")
    db.commit()
    page = client.get(f"/san-pham/{product.slug}").text
    address = f"http://localhost/san-pham/{product.slug}"
    assert f"trên Chợ Phiên: {address}</textarea>" in page
    assert 'href="https://www.facebook.com/sharer/sharer.php?u=http%3A%2F%2Flocalhost' in page
    assert "Miến “ngon” &amp; dai" in page
