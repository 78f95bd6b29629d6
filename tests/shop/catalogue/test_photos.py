"""Pictures of a product at its maker's desk: many at once, ordered, described, made smaller."""

import io
import sys
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageFilter
from sqlalchemy import select

from shop.catalogue import picture_worker, pictures, queries, rules
from shop.catalogue.models import ProductPhoto
from shop.core import clock, jobs, tasks
from shop.core.db import Database
from shop.core.storage import Storage
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_photo, make_producer, make_product
from tests.shop.catalogue.test_desk_routes import sign_in

LETTERS = "abcd"


def photo(seed: int = 30, size: tuple[int, int] = (1000, 750), blur: int = 0) -> Image.Image:
    """A grainy picture with edges; blurred when asked."""
    small = Image.effect_noise((size[0] // 12, size[1] // 12), seed).convert("RGB")
    picture = small.resize(size, Image.Resampling.NEAREST)
    return picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    out.seek(0)
    return out


@pytest.fixture
def desk(app: Flask, database: Database) -> tuple[FlaskClient, int]:
    """The client of a maker, and the id of a draft with four pictures a, b, c, d."""
    with database.write() as db:
        maker = make_person(db)
        product = make_product(
            db, producer=make_producer(db, owner_id=maker.id), published=False, photo=False
        )
        for place, letter in enumerate(LETTERS):
            make_photo(db, product, sha=letter * 64, position=place)
        db.commit()
    return sign_in(app, maker.email), product.id


def order(database: Database, product_id: int) -> str:
    with database.read() as db:
        return "".join(one.sha[0] for one in queries.photos_of(db, product_id))


@pytest.mark.parametrize(
    ("sha", "to", "expected"),
    [
        ("a", 1, "bacd"),
        ("d", 2, "abdc"),
        ("c", 0, "cabd"),
        ("a", 3, "bcda"),
        ("b", 99, "acdb"),
        ("b", 1, "abcd"),
    ],
)
def test_a_picture_goes_where_it_is_put(
    desk: tuple[FlaskClient, int], database: Database, sha: str, to: int, expected: str
) -> None:
    client, ident = desk
    at = f"/ban-hang/san-pham/{ident}/anh/{sha * 64}/vi-tri"
    answer = post(client, at, {"to": str(to)})
    assert answer.status_code == 303
    assert order(database, ident) == expected
    page = client.get(answer.location).get_data(as_text=True)
    assert f"Ảnh đang ở vị trí {min(to, 3) + 1} trên 4." in page


@pytest.mark.parametrize("to", ["", "-1", "x", "101", "9" * 30, "\x00"])
def test_a_place_that_is_none_is_refused(
    desk: tuple[FlaskClient, int], database: Database, to: str
) -> None:
    client, ident = desk
    answer = post(client, f"/ban-hang/san-pham/{ident}/anh/{'a' * 64}/vi-tri", {"to": to})
    assert answer.status_code == 422
    assert order(database, ident) == LETTERS
    assert post(client, f"/ban-hang/san-pham/{ident}/anh/x/vi-tri", {"to": "1"}).status_code == 404


def test_moving_a_picture_of_a_published_product_waits_for_staff(
    app: Flask, database: Database
) -> None:
    with database.write() as db:
        maker = make_person(db)
        product = make_product(db, producer=make_producer(db, owner_id=maker.id), photo=False)
        for place, letter in enumerate(LETTERS):
            make_photo(db, product, sha=letter * 64, position=place)
        db.commit()
    client = sign_in(app, maker.email)
    at = f"/ban-hang/san-pham/{product.id}/anh/{'d' * 64}/vi-tri"
    assert post(client, at, {"to": "0"}).status_code == 303
    assert order(database, product.id) == LETTERS
    with database.read() as db:
        draft = queries.draft_of(db, product.id)
        assert "".join(one.sha[0] for one in draft.photos) == "dabc"


def test_several_files_of_one_form_are_judged_one_by_one(
    desk: tuple[FlaskClient, int], database: Database
) -> None:
    client, ident = desk
    files = [
        (encoded(photo(20)), "một.jpg"),
        (io.BytesIO(b"<svg/>"), "hai.svg"),
        (encoded(photo(60), "PNG"), "ba.png"),
    ]
    sent = {"photo": files, "has_right_to_use": "y"}
    answer = post(client, f"/ban-hang/san-pham/{ident}/anh", sent)
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "hai.svg: Tệp này không phải ảnh" in page
    assert "Đã thêm 2 ảnh." in page
    assert len(order(database, ident)) == 6


def test_more_files_than_a_product_holds(desk: tuple[FlaskClient, int], database: Database) -> None:
    client, ident = desk
    files = [(encoded(photo(n, (60, 40 + n))), f"{n}.jpg") for n in range(10, 20)]
    answer = post(client, f"/ban-hang/san-pham/{ident}/anh", {"photo": files})
    page = client.get(answer.location).get_data(as_text=True)
    assert page.count("tối đa 12 ảnh") == 2
    assert len(order(database, ident)) == 12


def test_the_page_s_script_gets_words_instead_of_pages(desk: tuple[FlaskClient, int]) -> None:
    client, ident = desk
    at, asks = f"/ban-hang/san-pham/{ident}/anh", {"Accept": "application/json"}
    good = post(client, at, {"photo": (encoded(photo()), "a.jpg")}, headers=asks)
    assert (good.status_code, good.json) == (200, {"said": "Đã thêm ảnh."})
    bad = post(client, at, {"photo": (io.BytesIO(b"GIF89a"), "a.gif")}, headers=asks)
    assert (bad.status_code, list(bad.json)) == (422, ["error"])
    none = post(client, at, {}, headers=asks)
    assert (none.status_code, none.json) == (422, {"error": "Vui lòng chọn một ảnh."})
    long = post(client, at, {"alt": "x" * 300, "photo": (encoded(photo()), "a.jpg")}, headers=asks)
    assert long.status_code == 422
    page = client.get(at).get_data(as_text=True)
    assert "(5/12)" in page


def test_words_of_a_picture_in_both_languages(
    desk: tuple[FlaskClient, int], database: Database
) -> None:
    client, ident = desk
    at = f"/ban-hang/san-pham/{ident}/anh/{'b' * 64}"
    words = {"alt": "Miến trên giàn phơi", "alt_en": "Noodles on the rack", "is_cover": "y"}
    assert post(client, at, words).status_code == 303
    assert order(database, ident) == "bacd"
    with database.read() as db:
        row = db.scalars(select(ProductPhoto).filter_by(product_id=ident, position=0)).one()
        assert (row.alt, row.alt_en) == ("Miến trên giàn phơi", "Noodles on the rack")
        assert not row.has_right_to_use


def test_an_undescribed_picture_gets_a_suggestion_and_a_remark(
    desk: tuple[FlaskClient, int],
) -> None:
    client, ident = desk
    at = f"/ban-hang/san-pham/{ident}/anh"
    post(client, at, {"photo": (encoded(photo(5, (400, 300), blur=6)), "a.jpg")})
    page = client.get(at).get_data(as_text=True)
    assert 'data-finding="photo_without_alt"' in page
    assert 'data-finding="photo_small"' in page
    assert 'data-finding="photo_blurry"' in page
    assert ", ảnh 5" in page


def test_blur_is_told_from_sharp() -> None:
    sharp = picture_worker.convert(encoded(photo()).getvalue()).sharpness
    blurred = picture_worker.convert(encoded(photo(blur=8)).getvalue()).sharpness
    assert blurred < rules.MIN_SHARPNESS < sharp


def test_avif_comes_later_and_webp_stands_in(
    app: Flask, desk: tuple[FlaskClient, int], database: Database
) -> None:
    client, ident = desk
    at = f"/ban-hang/san-pham/{ident}/anh"
    assert post(client, at, {"photo": (encoded(photo(40)), "a.jpg")}).status_code == 303
    with database.read() as db:
        sha = queries.photos_of(db, ident)[-1].sha
    with client.get(f"/media/{sha}-640.avif") as meanwhile:
        assert (meanwhile.status_code, meanwhile.mimetype) == (200, "image/webp")
        assert meanwhile.headers["Cache-Control"] == "public, max-age=86400"
    used = app.extensions["house"].database
    assert tasks.run_next(used, clock.now())
    storage = app.extensions["house"].storage
    for size in pictures.SIZES:
        content = storage.read(f"{sha}-{size}.avif")
        with Image.open(io.BytesIO(content), formats=("AVIF",)) as made:
            assert max(made.size) == min(size, 1000)
        assert len(content) < len(storage.read(f"{sha}-{size}.webp"))
    with client.get(f"/media/{sha}-640.avif") as final:
        assert final.mimetype == "image/avif"
        assert "immutable" in final.headers["Cache-Control"]
    assert client.get(f"/media/{'0' * 64}-640.avif").status_code == 404
    assert client.get(f"/media/{sha}-640.exe").status_code == 404


def test_pictures_that_came_otherwise_are_asked_for_once(
    app: Flask, desk: tuple[FlaskClient, int], database: Database
) -> None:
    used = app.extensions["house"].database
    for _ in range(2):
        jobs.run_once("pictures.avif", used, clock.now())
    with database.read() as db:
        keys = set(db.scalars(select(tasks.Task.key)))
    assert keys == {f"catalogue.avif:{letter * 64}" for letter in LETTERS}
    assert tasks.run_next(used, clock.now())
    with database.read() as db:
        done = db.scalars(select(tasks.Task).filter_by(state="done")).one()
        assert done.result == {"missing": True}


@pytest.fixture
def no_heif(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if pillow-heif were not installed."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)


def heic(size: tuple[int, int] = (1600, 1200), **options: Any) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    return encoded(photo(size=size), "HEIF", **options).getvalue()


def test_heic_becomes_the_same_plain_files(tmp_path: Any) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (21.0, 1.0, 2.0)
    storage = Storage(tmp_path)
    picture = pictures.store_picture(storage, heic(exif=exif.tobytes()))
    assert (picture.width, picture.height) == (1200, 900)
    for path in tmp_path.rglob("*.*"):
        assert b"Secret" not in path.read_bytes()
    assert len(list(tmp_path.rglob("*.*"))) == 6


def test_a_turned_heic_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = picture_worker.convert(heic((800, 400), exif=exif.tobytes()))
    assert (made.width, made.height) == (400, 800)


def test_a_large_heic_keeps_within_its_limits(tmp_path: Any) -> None:
    assert pictures.store_picture(Storage(tmp_path), heic((4032, 3024))).width == 1200
    with pytest.raises(pictures.PictureRefused) as refusal:
        pictures.store_picture(Storage(tmp_path), heic()[:4000])
    assert refusal.value.code == "damaged"


@pytest.mark.usefixtures("no_heif")
def test_without_the_extra_people_are_told_what_to_do() -> None:
    with pytest.raises(picture_worker.Refused) as refusal:
        picture_worker.convert(b"\0\0\0\x18ftypheic" + b"\0" * 400)
    assert refusal.value.args == ("heic",)
    assert "Tương thích nhất" in str(pictures.PictureRefused("heic"))
