"""Headers of every answer: the content policy matches the page, nothing private is kept."""

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories.accounts import make_person

SignIn = Callable[..., FlaskClient]


def test_policy_allows_exactly_the_inline_block_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/dang-nhap")
    body = answer.get_data(as_text=True)
    blocks = re.findall(r"<style>(.*?)</style>", body, re.DOTALL)
    assert len(blocks) == 1
    digest = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'none'" in policy
    for directive in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in policy


@pytest.mark.parametrize(
    "path", ["/", "/dang-nhap", "/dang-ky", "/en/dang-nhap", "/khong-co", "/thu/loi/bug"]
)
def test_pages_hold_no_inline_script_style_or_handler(client: FlaskClient, path: str) -> None:
    body = client.get(path).get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/ld\+json)", body)
    assert not re.search(r"\sstyle=", body)
    assert not re.search(r"\son[a-z]+=", body)
    for address in re.findall(r'(?:src|href|action)="([^"#]*)"', body):
        outside = address.startswith(("http://", "https://", "//"))
        assert not outside or address.startswith("http://localhost"), address


@pytest.mark.parametrize(
    "path", ["/dang-nhap", "/khong-co", "/thu/loi/bug", "/healthz", "/thu/quen"]
)
def test_every_answer_carries_the_safe_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Content-Security-Policy" in headers
    assert "Strict-Transport-Security" not in headers, "only where people come by https"


def test_https_makes_cookies_and_transport_strict(
    make_app: Callable[..., Flask], db: Session
) -> None:
    person = make_person(db)
    db.commit()
    app = make_app(public_url="https://cho.test", app_env="testing")
    client = app.test_client()
    base = "https://cho.test"
    page = client.get("/dang-nhap", base_url=base)
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    token = page.get_data(as_text=True).split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "login": person.email, "password": "chophien-demo"}
    answer = client.post("/dang-nhap", data=data, base_url=base)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-phien=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_private_pages_are_never_stored_public_ones_may_be(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    assert client.get("/thu/trang").headers["Cache-Control"].startswith("public")
    assert "no-store" in client.get("/thu/loi/not-found").headers["Cache-Control"]
    assert "no-store" in client.get("/tai-khoan").headers["Cache-Control"]
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    for path in ("/thu/trang", "/tai-khoan", "/thu/mo"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store", path


def test_trace_is_not_answered(client: FlaskClient) -> None:
    assert client.open("/thu/mo", method="TRACE").status_code == 405
