"""One table from kinds to statuses; a bug is a calm page with a number and no secrets."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shop.core import errors
from shop.web.errors import STATUS, status_of
from tests.factories.accounts import make_person


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("not-found", 404, "Không tìm thấy"),
        ("not-allowed", 403, "không có quyền"),
        ("invalid", 422, "chưa hợp lệ"),
        ("conflict", 409, "Chỉ còn 3 hộp."),
        ("unavailable", 503, "thử lại"),
        ("busy", 503, "thử lại"),
        ("bug", 500, "Chưa có gì bị ghi dở dang"),
    ],
)
def test_each_kind_has_its_status_and_says_what_to_do(
    client: FlaskClient, kind: str, status: int, words: str
) -> None:
    answer = client.get(f"/thu/loi/{kind}")
    body = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in body
    assert "hunter2" not in body
    assert "Traceback" not in body
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
    machine = client.get(f"/api/v1/loi/{kind}")
    assert machine.status_code == status
    assert machine.content_type == "application/problem+json"
    assert machine.json is not None
    assert machine.json["status"] == status
    assert words in machine.json["detail"]


def test_every_kind_is_in_the_table() -> None:
    kinds = set(errors.DomainError.__subclasses__())
    assert {kind for kind in kinds if kind.__module__ == "shop.core.errors"} == set(STATUS)
    assert status_of(errors.NotFound()) == 404


def test_bug_has_a_number_that_leads_to_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        body = client.get("/thu/loi/bug").get_data(as_text=True)
    found = re.search(r"<code>([0-9A-Z]{8})</code>", body)
    assert found is not None
    assert found[1] in caplog.text
    assert "hunter2" in caplog.text


def test_database_that_is_gone_is_a_calm_503_for_the_signed_in_too(
    client: FlaskClient,
    db: Session,
    signed_in: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)

    def gone(*_args: Any, **_kwargs: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("hunter2"))

    monkeypatch.setattr("shop.accounts.queries.actor_of", gone)
    for path in ("/tai-khoan", "/thu/trang", "/thu/nguoi"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "5"
        assert "hunter2" not in answer.get_data(as_text=True)


def test_plain_domain_error_is_never_a_hole(client: FlaskClient) -> None:
    answer = client.get("/thu/loi/plain")
    assert answer.status_code == 422
    assert "Vui lòng thử lại" in answer.get_data(as_text=True)


def test_unknown_page_and_method(client: FlaskClient) -> None:
    assert client.get("/khong-co").status_code == 404
    answer = client.put("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert client.get("/api/v1/khong-co").content_type == "application/problem+json"


@pytest.mark.parametrize("number", ["2147483648", "9" * 30, "-1", "1.5", "%00", "٣"])
def test_number_no_database_holds_is_no_address(client: FlaskClient, number: str) -> None:
    assert client.get(f"/thu/so/{number}").status_code == 404


def test_largest_number_is_an_address(client: FlaskClient) -> None:
    assert client.get("/thu/so/2147483647").data == b"2147483647"


@pytest.mark.parametrize("path", ["/%ff%fe", "/%00", "/" + "x" * 8000, "/..%2f..%2fetc/passwd"])
def test_odd_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {308, 400, 404}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded", b"%ff=%fe&csrf_token=%00"),
        ("application/json", b"{"),
        ("", b"\x00"),
        ("text/plain; charset=nonsense", b"x"),
    ],
)
def test_odd_bodies_are_refused(client: FlaskClient, content_type: str, body: bytes) -> None:
    answer = client.post("/dang-nhap", data=body, content_type=content_type)
    assert 400 <= answer.status_code < 500


def test_big_bodies_are_refused(client: FlaskClient) -> None:
    assert client.post("/dang-nhap", data={"login": "x" * 1_000_000}).status_code == 413
    many = "&".join(f"a{n}=1" for n in range(2000))
    answer = client.post("/dang-nhap", data=many, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500
    assert client.post("/dang-nhap", data=b"x" * 13_000_000).status_code == 413
