"""Forged requests: the token in the form, and what the browser says of where it came from."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import csrf
from tests.factories.accounts import make_person

SAME = {"Sec-Fetch-Site": "same-origin"}
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def token(client: FlaskClient) -> str:
    return csrf(client)


@pytest.mark.parametrize("presented", [None, "", "x", "a" * 40, "é", "\ud83d\ude00", "a" * 5000])
def test_missing_or_wrong_token_is_refused(client: FlaskClient, presented: str | None) -> None:
    data = {} if presented is None else {"csrf_token": presented.encode("utf-8", "replace")}
    answer = client.post("/thu/mo", data=data, headers=SAME)
    assert answer.status_code == 403
    assert "tải lại" in answer.get_data(as_text=True)


def test_right_token_passes_in_field_or_header(client: FlaskClient, token: str) -> None:
    assert client.post("/thu/mo", data={"csrf_token": token}, headers=SAME).status_code == 200
    answer = client.post("/thu/mo", headers=SAME | {"X-CSRF-Token": token})
    assert answer.status_code == 200
    answer = client.post("/thu/mo?csrf_token=" + token, headers=SAME)
    assert answer.status_code == 403, "an address is no form"


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "x"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://localhost.evil.test"}, False),
        ({"Origin": "http://evil.test/localhost"}, False),
        ({"Origin": "http://localhost@evil.test"}, False),
        ({"Origin": "http://[x"}, False),
        ({}, True),
    ],
)
def test_other_sites_are_refused_even_with_the_token(
    client: FlaskClient, token: str, headers: dict[str, str], passes: bool
) -> None:
    answer = client.post("/thu/mo", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == (200 if passes else 403)


def test_token_of_one_person_is_no_use_to_another(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignIn, token: str
) -> None:
    one, two = make_person(db), make_person(db)
    db.commit()
    signed_in(one.email)
    mine = csrf(client)
    assert mine != token
    assert client.post("/thu/mo", data={"csrf_token": mine}, headers=SAME).status_code == 200
    assert client.post("/thu/mo", data={"csrf_token": token}, headers=SAME).status_code == 403
    other = app.test_client()
    answer = other.post(
        "/dang-nhap",
        data={"csrf_token": token, "login": two.email, "password": "chophien-demo"},
        headers=SAME,
    )
    assert answer.status_code == 303
    assert other.post("/thu/mo", data={"csrf_token": mine}, headers=SAME).status_code == 403
    assert csrf(other) != mine


def test_signing_in_is_guarded_too(client: FlaskClient, db: Session) -> None:
    person = make_person(db)
    db.commit()
    data = {"login": person.email, "password": "chophien-demo"}
    assert client.post("/dang-nhap", data=data, headers=SAME).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_changing_method_is_guarded(client: FlaskClient, method: str) -> None:
    answer = client.open("/thu/mo", method=method, headers=SAME)
    assert answer.status_code in {403, 405}


def test_anonymous_token_is_the_same_for_all_so_that_pages_can_be_cached(
    client: FlaskClient, app: Flask, token: str
) -> None:
    answer = app.test_client().get("/dang-nhap")
    assert token in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
