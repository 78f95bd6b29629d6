"""The six guards: each lets the right ones in and nobody else; a route without is closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.accounts import services
from shop.web import access
from shop.web.access import public, signed_in
from tests.conftest import post
from tests.factories.accounts import make_admin, make_member, make_person, make_staff

SignIn = Callable[..., FlaskClient]
MAKE: dict[str, Callable[[Session], Any]] = {
    "person": make_person,
    "producer": lambda db: make_member(db, "producer", 1),
    "club": lambda db: make_member(db, "club", 1, "host"),
    "staff": lambda db: make_staff(db, "19"),
    "admin": make_admin,
}


def test_public_is_open_and_knows_the_signed_in(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    assert client.get("/thu/mo").json == {"ip": "127.0.0.1", "signed_in": False}
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    answer = client.get("/thu/mo").json
    assert answer is not None
    assert answer["signed_in"]


def test_signed_in_sends_visitors_to_sign_in_and_refuses_their_posts(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    answer = client.get("/thu/nguoi?a=1&b=2")
    assert (answer.status_code, answer.location) == (
        303,
        "/dang-nhap?tiep=/thu/nguoi?a%3D1%26b%3D2",
    )
    assert client.head("/thu/nguoi").status_code == 303
    assert post(client, "/thu/nguoi").status_code == 403
    person = make_person(db, name="Hà")
    db.commit()
    signed_in(person.email)
    assert client.get("/thu/nguoi").get_data(as_text=True) == "Hà"
    assert post(client, "/thu/nguoi").status_code == 200


def test_very_long_address_is_not_carried_along(client: FlaskClient) -> None:
    assert client.get("/thu/nguoi?a=" + "x" * 5000).location == "/dang-nhap?tiep="


@pytest.mark.parametrize("who", MAKE)
def test_roles_open_their_doors_only(
    client: FlaskClient, db: Session, signed_in: SignIn, who: str
) -> None:
    person = MAKE[who](db)
    db.commit()
    signed_in(person.email)
    opened = {
        name
        for name in ("producer", "club", "staff", "admin")
        if client.get(f"/thu/vai/{name}").status_code == 200
    }
    assert (
        opened
        == {
            "person": set(),
            "producer": {"producer"},
            "club": {"club"},
            "staff": {"staff"},
            "admin": {"staff", "admin"},
        }[who]
    )
    both = client.get("/thu/hai-vai").status_code
    assert both == (200 if who in {"producer", "club"} else 403)


def test_visitors_with_a_role_to_prove_are_sent_to_sign_in(client: FlaskClient) -> None:
    for name in ("producer", "club", "staff", "admin"):
        assert client.get(f"/thu/vai/{name}").status_code == 303


def test_signed_link_opens_one_thing_for_one_purpose(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        key, other = access.sign("trial", "A1"), access.sign("other", "A1")
    assert key != other
    answer = client.get(f"/thu/lien-ket/A1?k={key}")
    assert answer.json == {"code": "A1", "by_link": True}
    for address in (
        "/thu/lien-ket/A1",
        "/thu/lien-ket/A1?k=",
        f"/thu/lien-ket/A1?k={other}",
        f"/thu/lien-ket/A2?k={key}",
        f"/thu/lien-ket/A1?k={key}x",
        f"/thu/lien-ket/A1?k={key[:-1]}",
        f"/thu/lien-ket/A1?k={key.swapcase()}",
        "/thu/lien-ket/A1?k=%ED%A0%80",
        f"/thu/lien-ket-khac/A1?k={key}",
    ):
        assert client.get(address).status_code == 404, address


def test_signed_link_lets_a_signed_in_person_to_the_view_s_own_judgement(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    assert client.get("/thu/lien-ket/A1").json == {"code": "A1", "by_link": False}


def test_link_of_another_installation_does_not_open(
    client: FlaskClient, make_app: Callable[..., Flask]
) -> None:
    other = make_app(secret_key="another secret of at least thirty-two bytes")
    with other.app_context():
        key = access.sign("trial", "A1")
    assert client.get(f"/thu/lien-ket/A1?k={key}").status_code == 404


def test_webhook_needs_no_token_and_takes_no_big_body(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://provider.test"}
    assert client.post("/thu/webhook", data=b"x" * 1000, headers=headers).data == b"1000"
    answer = client.post("/thu/webhook", data=b"x" * (access.MAX_WEBHOOK_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "x" * 5000,
        "Bearer \u00e9",
    ],
)
def test_api_refuses_all_but_a_known_token(client: FlaskClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = client.get("/api/v1/thu", headers=headers)
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_api_takes_the_scope_and_nothing_less(
    client: FlaskClient, db: Session, now: datetime
) -> None:
    person = make_person(db, name="Kho")
    tokens = {
        scope: services.create_api_token(
            db, person_id=person.id, label=scope, scopes=[scope], days=3650, now=now
        )
        for scope in ("read", "write")
    }
    db.commit()
    for method in (client.get, client.post):
        answer = method("/api/v1/thu", headers={"Authorization": f"bearer {tokens['write']}"})
        assert answer.get_data(as_text=True) == "Kho"
        answer = method("/api/v1/thu", headers={"Authorization": f"Bearer {tokens['read']}"})
        assert answer.status_code == 403


def test_route_without_a_guard_is_closed_for_everyone(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    assert client.get("/thu/quen").status_code == 403
    admin = make_admin(db)
    db.commit()
    signed_in(admin.email)
    assert client.get("/thu/quen").status_code == 403
    assert post(client, "/thu/quen").status_code == 403


def test_two_guards_on_one_route_stop_the_start() -> None:
    with pytest.raises(ValueError, match="two guards"):

        @public
        @signed_in
        def view() -> str:
            return ""


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "e30.aaaa.bbbb", "%00", "a" * 4000, '{"_user_id": "1"}', "eyJfdXNlcl9pZCI6IjEifQ"],
)
def test_made_up_cookies_are_nobody(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("phien", cookie)
    answer = client.get("/thu/mo").json
    assert answer is not None
    assert not answer["signed_in"]


def test_made_up_user_in_a_rightly_signed_cookie_is_nobody(client: FlaskClient) -> None:
    for value in ("1", 1, None, ["1"], "x" * 1000, {"a": 1}):
        with client.session_transaction() as session:
            session["_user_id"] = value
        answer = client.get("/thu/mo").json
        assert answer is not None
        assert not answer["signed_in"], value
