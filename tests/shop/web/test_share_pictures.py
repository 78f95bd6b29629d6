"""Share pictures: the right size and kind, drawn once for what they say."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from shop.catalogue.models import Certificate, ProductFacets
from shop.catalogue.services import bump_version
from shop.core.db import Database
from shop.core.storage import Storage
from shop.web import share_pictures
from shop.web.share_pictures import SIZE, ShareCard, draw, share_url, stored_picture
from tests.factories.catalogue import make_producer, make_product
from tests.factories.traceability import make_lot

CARD = ShareCard("Miến dong Tài Hoan", "HTX Tài Hoan", "Thái Nguyên", "65.000 ₫", stars=4)


def photo(colour: str = "red", size: tuple[int, int] = (1200, 800)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    "card",
    [
        CARD,
        replace(CARD, title="Chè " * 40, by="Hợp tác xã " * 20, place="Xã " * 40),
        replace(CARD, title="x" * 160, figure="1.250.000.000 ₫ – 3.500.000.000 ₫"),
        ShareCard("", ""),
        replace(
            CARD, label="Đang live", is_urgent=True, photo_note="Hình minh họa", note="Minh họa"
        ),
    ],
)
@pytest.mark.parametrize("picture", [None, photo(), photo(size=(300, 1200))])
def test_whatever_it_says_it_is_a_jpeg_of_the_size(card: ShareCard, picture: bytes | None) -> None:
    with Image.open(io.BytesIO(draw(card, picture))) as made:
        assert (made.format, made.size) == ("JPEG", SIZE)
        assert not made.getexif()


def test_the_photo_and_the_stars_are_seen() -> None:
    def at(raw: bytes, x: int, y: int) -> Any:
        with Image.open(io.BytesIO(raw)) as made:
            return made.convert("RGB").getpixel((x, y))

    red = draw(CARD, photo())
    assert at(red, 300, 300)[0] > 200
    assert at(red, 300, 300)[1] < 60
    with_stars, without = draw(CARD, None), draw(replace(CARD, stars=None), None)
    assert with_stars != without


def test_drawn_once_for_the_same_words(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    storage, drawn = Storage(tmp_path), []
    monkeypatch.setattr(share_pictures, "draw", lambda card, _photo: drawn.append(card) or b"jpeg")
    first = stored_picture(storage, CARD)
    assert stored_picture(storage, replace(CARD)) == first
    other = stored_picture(storage, replace(CARD, figure="66.000 ₫"))
    assert other != first
    assert len(drawn) == 2
    assert share_url("/a.jpg", CARD) != share_url("/a.jpg", replace(CARD, stars=None))


def og_image(page: str) -> str:
    found = re.search(r'<meta property="og:image" content="http://localhost([^"]+)"', page)
    assert found is not None
    return found[1]


def test_pages_name_their_pictures(app: Flask, client: FlaskClient, database: Database) -> None:
    now = datetime.now(UTC)
    with database.transaction() as db:
        producer = make_producer(db)
        product = make_product(db, producer=producer, stars=4, now=now)
        code = make_lot(db, product=product, released=True).code
        product_id, slug, maker = product.id, product.slug, producer.slug
    pages = [f"/san-pham/{slug}", f"/en/san-pham/{slug}", f"/nha-san-xuat/{maker}", f"/t/{code}"]
    addresses = [og_image(client.get(page).text) for page in pages]
    assert len(set(addresses)) == len(pages), "each says other words"
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert Image.open(io.BytesIO(answer.data)).size == SIZE
        etag = answer.headers["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        assert "max-age" in answer.headers["Cache-Control"]
    with database.transaction() as db:
        ended = update(Certificate).where(Certificate.product_id == product_id)
        db.execute(ended.values(expires_on=date(2025, 12, 1)))
        db.execute(update(ProductFacets).values(stars_until=date(2025, 12, 1)))
        bump_version(db)
    for page, before in zip(pages, addresses, strict=True):
        is_about_the_maker = page.startswith("/nha-san-xuat")
        after = og_image(client.get(page).text)
        assert (after == before) == is_about_the_maker, "the star is gone the minute it ends"
        etag = client.get(before).headers["ETag"].strip('"')
        assert etag[:12] == after.rpartition("=")[2], "the old address shows the new picture too"


def test_what_is_not_public_has_no_picture(client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        draft = make_product(db, published=False).slug
        hidden = make_producer(db, state="suspended").slug
    for address in (
        f"/san-pham/{draft}/anh-chia-se.jpg",
        "/san-pham/khong-co/anh-chia-se.jpg",
        f"/nha-san-xuat/{hidden}/anh-chia-se.jpg",
        "/t/KHONGCO123/anh-chia-se.jpg",
        "/phien-live/khong-co/anh-chia-se.jpg",
    ):
        assert client.get(address).status_code == 404, address
