"""Every form of the application, as each kind of person, fed with what nobody means.

Nothing may end in a 5xx, bring markup back unescaped, or leave the database against an invariant.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

import wsgi
from config import Settings
from tests.conftest import csrf, post
from tests.e2e.hostile import Answer, FoundForm, Walker
from tests.story.server import ROOT

SECONDS = 50.0
"""How long forms are attacked thoroughly; what is left then gets one bad body each."""
FEWEST_FORMS = 60
PEOPLE = ("guest", "producer", "club", "staff", "admin", "buyer")
STARTS = (
    "/",
    "/san-pham",
    "/dat-hang",
    "/tra-cuu-don",
    "/t",
    "/dang-nhap",
    "/dang-ky",
    "/tai-khoan",
    "/ban-hang",
    "/ban-hang/dang-ky",
    "/clb",
    "/clb/dang-ky",
    "/can-bo",
)
HARMFUL = ("dang-xuat", "/khoa", "pham-vi", "/bo", "quyet-dinh", "mat-khau", "xac-thuc", "ket-thuc")
"""Forms that end what others need (a sign-in, a membership): they come last."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on SQLite with the small demo."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = {
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder}/site.db",
        "MEDIA_DIR": str(folder / "media"),
        "PUBLIC_URL": "http://localhost",
        "RATE_LIMITS": "false",
        "LOG_FORMAT": "console",
    }
    environment = {**os.environ, **settings}
    for command in (
        ["flask", "--app", "wsgi", "db", "upgrade"],
        ["tests.e2e.small_demo"],
    ):
        subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    app = wsgi.create_app(
        Settings(**{name.lower(): value for name, value in settings.items()})  # type: ignore[arg-type]
    )
    yield app
    app.extensions["house"].database.dispose()


def sender(client: FlaskClient) -> Callable[[str, str, bytes, str], Answer]:
    """How the walker reaches the application: by the test client, as a browser of this site."""

    def send(method: str, address: str, body: bytes, kind: str) -> Answer:
        path, _, query = address.partition("?")
        answer = client.open(
            path,
            query_string=query,
            method=method,
            data=body or None,
            content_type=kind or None,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        found = Answer(answer.status_code, answer.get_data(), dict(answer.headers.items()))
        answer.close()
        return found

    return send


def patterns(app: Flask) -> Callable[[str], str]:
    """The route behind an address, whatever its method; English counts as the same."""
    routes = app.url_map.bind("localhost")

    def pattern(address: str) -> str:
        path = urlsplit(address).path
        path = path[3:] or "/" if path == "/en" or path.startswith("/en/") else path
        for method in ("GET", "POST"):
            try:
                return str(routes.match(path, method=method)[0])
            except RequestRedirect:
                return "redirect"
            except HTTPException:
                continue
        return "unknown"

    return pattern


def enter(client: FlaskClient, person: str) -> None:
    """Sign in, unless the person is a guest; and put something into the basket."""
    if person != "guest":
        fields = {"login": f"{person}@demo.test", "password": "chophien-demo"}
        assert post(client, "/dang-nhap", fields).status_code == 303
    for variant_id in range(1, 6):
        post(client, "/gio-hang", {"variant_id": str(variant_id), "quantity": "1"})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/tai-khoan").status_code == 200


@pytest.mark.slow
def test_no_form_breaks(site: Flask) -> None:
    chance, known, tried = random.Random(7), set[str](), 0
    troubles: list[str] = []
    for person in PEOPLE:
        client, until = site.test_client(), SECONDS / len(PEOPLE)
        enter(client, person)
        walker = Walker(sender(client), patterns(site), per_pattern=1)
        walker.walk(list(STARTS), limit=120)
        fresh = [(key, form) for key, form in walker.forms.items() if str(key) not in known]
        known |= {str(key) for key, _form in fresh}
        chance.shuffle(fresh)
        fresh.sort(key=lambda found: is_harmful(found[1]))
        begun = time.monotonic()
        for _key, form in fresh:
            if time.monotonic() - begun > until:
                walker.attack(form, per_field=0, whole=1)
            else:
                walker.attack(form, per_field=2, whole=12)
            tried += 1
            if person != "guest" and is_harmful(form) and not is_signed_in(client):
                break
        troubles += [f"{person}: {trouble}" for trouble in walker.troubles]
    assert not troubles, "\n".join(troubles)
    assert tried >= FEWEST_FORMS
    assert broken_invariants(site) == []
    assert csrf(site.test_client())


def is_harmful(form: FoundForm) -> bool:
    return any(word in form.action for word in HARMFUL)


def broken_invariants(app: Flask) -> list[str]:
    """Names of the invariants that a row offends."""
    with app.extensions["house"].database.read() as db:
        statements: dict[str, str] = app.extensions["invariants"]
        return [name for name, sql in statements.items() if db.execute(text(sql)).first()]
