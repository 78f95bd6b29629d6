"""Two languages by address, by setting in workspaces; and who we say we are, whatever Host says."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from shop.web.assets import public_url
from shop.web.i18n import show_date, show_datetime, show_time


@pytest.mark.parametrize(
    ("path", "lang"),
    [
        ("/dang-nhap", "vi"),
        ("/en/dang-nhap", "en"),
        ("/", "vi"),
        ("/en/", "en"),
        ("/en", "en"),
        ("/khong-co", "vi"),
        ("/en/khong-co", "en"),
    ],
)
def test_address_decides_the_language(client: FlaskClient, path: str, lang: str) -> None:
    assert f'<html lang="{lang}"' in client.get(path).get_data(as_text=True)


def test_english_pages_lead_to_english_pages(client: FlaskClient) -> None:
    body = client.get("/en/dang-nhap").get_data(as_text=True)
    assert 'href="/en/san-pham"' in body
    assert 'action="/en/dang-nhap"' in body
    assert 'href="/dang-nhap"' in body, "the switch"
    assert "/en/static" not in body
    assert "/en/en" not in body


def test_prefix_is_a_whole_segment(client: FlaskClient) -> None:
    assert client.get("/enx").status_code == 404
    assert client.get("/enthu/mo").status_code == 404
    assert client.get("/en/en/thu/mo").status_code == 404
    assert client.get("/en/thu/mo").status_code == 200


def test_both_languages_point_at_each_other(client: FlaskClient) -> None:
    for path in ("/dang-nhap?a=1", "/en/dang-nhap?a=1"):
        body = client.get(path).get_data(as_text=True)
        assert 'hreflang="vi" href="http://localhost/dang-nhap?a=1"' in body
        assert 'hreflang="en" href="http://localhost/en/dang-nhap?a=1"' in body


def test_signed_link_key_is_in_no_address_of_the_page(client: FlaskClient) -> None:
    assert "k=secret" not in client.get("/thu/trang?k=secret").get_data(as_text=True)


@pytest.mark.parametrize(
    "host",
    ["evil.test", "localhost.evil.test", "evil.test:80", "localhost@evil.test", "", "[::1", "a b"],
)
def test_unknown_host_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/dang-nhap", headers={"Host": host})
    assert answer.status_code == 400
    assert host == "" or host not in answer.get_data(as_text=True)


def test_forwarded_headers_are_not_believed(client: FlaskClient) -> None:
    headers = {
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.test;for=203.0.113.9",
        "X-Original-URL": "/can-bo",
        "X-HTTP-Method-Override": "DELETE",
    }
    assert "evil" not in client.get("/dang-nhap", headers=headers).get_data(as_text=True)
    answer = client.get("/thu/mo", headers=headers).json
    assert answer is not None
    assert answer["ip"] == "127.0.0.1"


def test_one_trusted_proxy_tells_the_address_but_never_the_host(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(trusted_proxies=1)

    @app.before_request
    def tell() -> str | None:
        from flask import request

        return f"{request.remote_addr} {request.host} {request.scheme}"

    headers = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Proto": "https",
    }
    answer = app.test_client().get("/dang-ky", headers=headers)
    assert answer.get_data(as_text=True) == "203.0.113.9 localhost https"


def test_outside_addresses_come_from_the_setting_in_no_language(app: Flask) -> None:
    with app.test_request_context("/x", environ_overrides={"SCRIPT_NAME": "/en"}):
        assert url_for("accounts.sign_in") == "/en/dang-nhap"
        assert public_url("accounts.sign_in", a="1") == "http://localhost/dang-nhap?a=1"


def test_times_are_vietnam_s() -> None:
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    assert show_date(late) == "22/11/2026"
    assert show_date(date(2026, 11, 22)) == "22/11/2026"
    assert show_time(late) == "00:30"
    assert show_datetime(late) == "00:30, Chủ Nhật 22/11/2026"
    assert show_datetime(None) == show_date(None) == ""
