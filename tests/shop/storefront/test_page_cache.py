"""Whole pages in memory: for whom, how long, and what ends them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response, session
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from shop.catalogue.services import bump_version
from shop.web import page_cache
from shop.web.page_cache import page_ends_at
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product

WALL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class House:
    """A tiny application behind the cache, with clocks and a version that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.version = 1
        self.version_reads = 0
        self.is_broken = False
        self.rendered = 0
        self.ends: datetime | None = None
        app = self.app = Flask("house")
        app.secret_key = "x" * 32
        for view in (self.page, self.counts, self.missing, self.cookie, self.stream):
            app.add_url_rule(f"/{view.__name__}", view_func=view)
        page_cache.init_app(
            app,
            seconds=30,
            read_version=self.read_version,
            now=lambda: WALL + timedelta(seconds=self.seconds),
            clock=lambda: self.seconds,
        )
        self.client = app.test_client(use_cookies=False)

    def read_version(self) -> int:
        self.version_reads += 1
        if self.is_broken:
            raise RuntimeError("no database")
        return self.version

    def page(self) -> str:
        self.rendered += 1
        page_ends_at(self.ends)
        return f"page {self.rendered}"

    def counts(self) -> str:
        self.rendered += 1
        return f"never kept {self.rendered}"

    def missing(self) -> tuple[str, int]:
        page_ends_at()
        self.rendered += 1
        return "no", 404

    def cookie(self) -> str:
        page_ends_at()
        session["x"] = 1
        self.rendered += 1
        return "cookie"

    def stream(self) -> Response:
        page_ends_at()
        self.rendered += 1
        return Response(iter((b"a", b"b")))


@pytest.fixture
def small() -> House:
    return House()


def test_second_visitor_gets_the_kept_page(small: House) -> None:
    first = small.client.get("/page")
    second = small.client.get("/page")
    assert first.text == second.text == "page 1"
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" in second.headers["Vary"]
    assert small.client.get("/page?x=1").text == "page 2"
    assert small.client.get("/page", base_url="http://other").text == "page 3"


def test_an_answer_that_is_not_kept_still_answers_304(kept: Flask, db: Session) -> None:
    client = kept.test_client(use_cookies=False)
    first = client.get("/lich/cong-khai.ics")
    again = client.get("/lich/cong-khai.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.data == b""


def test_a_new_version_shows_at_once(small: House) -> None:
    assert small.client.get("/page").text == "page 1"
    assert small.client.get("/page").text == "page 1"
    small.version = 2
    assert small.client.get("/page").text == "page 2"
    assert small.version_reads == 3


def test_a_page_lives_thirty_seconds_at_most(small: House) -> None:
    small.client.get("/page")
    small.seconds = 29.9
    assert small.client.get("/page").text == "page 1"
    small.seconds = 30
    assert small.client.get("/page").text == "page 2"


def test_a_page_ends_with_what_it_shows(small: House) -> None:
    small.ends = WALL + timedelta(seconds=5)
    small.client.get("/page")
    small.seconds = 4.9
    assert small.client.get("/page").text == "page 1"
    small.seconds = 5
    assert small.client.get("/page").text == "page 2"
    small.seconds = 6
    assert small.client.get("/page").text == "page 3", "already over when drawn: not kept"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "phien=abc"},
        {"Cookie": "gio=1"},
        {"Authorization": "Bearer x"},
        {"HX-Request": "true"},
        {"Range": "bytes=0-1"},
    ],
)
def test_who_is_never_served_from_memory(small: House, headers: dict[str, str]) -> None:
    small.client.get("/page")
    assert small.client.get("/page", headers=headers).text != "page 1"
    assert small.client.get("/page").text == "page 1"


@pytest.mark.parametrize("address", ["/counts", "/missing", "/cookie", "/stream"])
def test_what_is_never_kept(small: House, address: str) -> None:
    small.client.get(address)
    small.client.get(address)
    assert small.rendered == 2


def test_not_modified(small: House) -> None:
    etag = small.client.get("/page").headers["ETag"]
    again = small.client.get("/page", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == etag
    assert small.client.get("/page", headers={"If-None-Match": '"other"'}).status_code == 200


def test_first_conditional_request_still_fills_the_cache(small: House) -> None:
    etag = small.client.get("/page").headers["ETag"]
    small.version, small.seconds = 2, 2
    small.rendered = 0
    assert small.client.get("/page", headers={"If-None-Match": etag}).status_code == 304
    assert small.client.get("/page").text == "page 1"
    assert small.rendered == 1


def test_head_comes_from_the_kept_page(small: House) -> None:
    length = small.client.get("/page").headers["Content-Length"]
    answer = small.client.head("/page")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == length
    assert small.rendered == 1


def test_without_a_database_it_passes_by(small: House) -> None:
    small.is_broken = True
    assert small.client.get("/page").text == "page 1"
    assert small.client.get("/page").text == "page 2"


def test_memory_is_bounded(small: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "MAX_PAGES", 3)
    for number in range(5):
        small.client.get(f"/page?n={number}")
    assert small.client.get("/page?n=4").text == "page 5"
    assert small.client.get("/page?n=0").text == "page 6"
    monkeypatch.setattr(page_cache, "MAX_BYTES", 1)
    assert small.client.get("/page?n=9").text == "page 7"
    assert small.client.get("/page?n=9").text == "page 8"
    monkeypatch.setattr(page_cache, "MAX_PAGE_BYTES", 1)
    assert small.client.get("/page?n=10").status_code == 200


# In the real application.


@pytest.fixture
def kept(make_app: Callable[..., Flask]) -> Flask:
    return make_app(page_cache_seconds=30)


def test_anonymous_pages_open_no_session(kept: Flask, db: Session) -> None:
    product = make_product(db, name="Miến dong")
    db.commit()
    client = kept.test_client(use_cookies=False)
    for address in ("/", "/san-pham", f"/san-pham/{product.slug}", "/en/san-pham"):
        first = client.get(address)
        assert "Set-Cookie" not in first.headers
        sent: list[Any] = []
        engine = kept.extensions["house"].database.engine
        event.listen(engine, "before_cursor_execute", lambda *a, sent=sent: sent.append(a[2]))
        second = client.get(address)
        assert second.data == first.data
        assert all("catalogue_version" in statement for statement in sent), sent
    assert client.get("/en/san-pham").data != client.get("/san-pham").data


def test_security_headers_are_kept_too(kept: Flask, db: Session) -> None:
    client = kept.test_client(use_cookies=False)
    first, second = client.get("/"), client.get("/")
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert first.headers[name] == second.headers[name]


def test_a_change_in_the_catalogue_shows(kept: Flask, db: Session) -> None:
    product = make_product(db, name="Miến dong")
    db.commit()
    client = kept.test_client(use_cookies=False)
    assert "Miến dong" in client.get("/san-pham").text
    product.name = "Miến dong mới"
    make_product(db, name="Hàng mới")
    bump_version(db)
    db.commit()
    assert "Hàng mới" in client.get("/san-pham").text


def test_signed_in_people_never_get_a_kept_page(kept: Flask, db: Session) -> None:
    person = make_person(db, name="Nông Thị Hà")
    db.commit()
    anonymous = kept.test_client(use_cookies=False)
    assert "Nông Thị Hà" not in anonymous.get("/").text
    client: FlaskClient = kept.test_client()
    answer = post(client, "/dang-nhap", {"login": person.email, "password": "chophien-demo"})
    assert answer.status_code == 303
    mine = client.get("/")
    assert "Nông Thị Hà" in mine.text
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "Nông Thị Hà" not in anonymous.get("/").text


def test_off_by_setting(make_app: Callable[..., Flask]) -> None:
    app = make_app(page_cache_seconds=0)
    assert not isinstance(app.wsgi_app, page_cache.PageCache)
