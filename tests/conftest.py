"""Fixtures: a fresh, migrated database for every test, on SQLite and on PostgreSQL.

The schema is migrated once per engine; each test gets a copy (a file copy on SQLite, a template
copy on PostgreSQL), so tests commit for real and never meet each other's rows.
``--engines sqlite`` (or ``postgresql``) narrows the run.
"""

import gc
import itertools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.orm import Session

import wsgi
from config import Settings
from shop.catalogue.rules.reference import use_source
from shop.core import schema
from shop.core.db import Database
from shop.notifications.services import use_channels
from tests import postgres
from tests.soundness import assert_sound

hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")  # a busy machine is no fault of the code

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
"""Ten in the morning of Sunday 22 November 2026 in Vietnam."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", default="sqlite,postgresql", help="databases to test on")


def pytest_collection_finish() -> None:
    """Leave what all tests share out of every later collection.

    An application for each test is much garbage in circles; looking through everything that was
    imported again and again was a third of the run.
    """
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        names = metafunc.config.getoption("--engines").split(",")
        metafunc.parametrize("engine_name", names, scope="session")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """A running cluster with a migrated template database."""
    try:
        running = postgres.cluster()
        with running as admin:
            _administer(admin, "CREATE DATABASE template_phien")
            template = Database(
                make_url(admin).set(database="template_phien").render_as_string(hide_password=False)
            )
            schema.upgrade(template)
            template.dispose()
            yield admin
    except postgres.NoPostgres as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


def _administer(address: URL | str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


_numbers = itertools.count(1)
_rounds = itertools.count(1)


class _Templates(BytecodeCache):
    """Compiled templates of this process: an application for each test need not compile its own."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_templates = _Templates()


def _forget_what_stays() -> None:
    """Now and then, between two tests, leave out of every later collection what came to stay since:
    statements and pages that are kept compiled, the runner's own reports.

    Looked through at the end of each test with an application, they cost more than the test.
    """
    if next(_rounds) % 16 == 0:
        gc.collect()
        gc.freeze()


@pytest.fixture
def database(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A fresh, migrated, empty database (places are filled in)."""
    _forget_what_stays()
    if engine_name == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        made = Database(f"sqlite:///{path}")
        yield from _watched(made, request)
        return
    admin = make_url(request.getfixturevalue("postgres_cluster"))
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _administer(admin, f"CREATE DATABASE {name} TEMPLATE template_phien STRATEGY FILE_COPY")
    made = Database(admin.set(database=name).render_as_string(hide_password=False))
    try:
        yield from _watched(made, request)
    finally:
        _administer(admin, f"DROP DATABASE {name} WITH (FORCE)")


def _watched(made: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Hand the database to the test; where several wrote at once, everything must hold after it.

    Threads are seen at their transactions, processes by the module that starts them. A negative
    control (marker ``control``) is there to break something.
    """
    threads: set[int] = set()

    def note(_connection: Connection) -> None:
        threads.add(threading.get_ident())

    event.listen(Engine, "begin", note)
    yield made
    event.remove(Engine, "begin", note)
    starts = any(hasattr(request.module, name) for name in ("subprocess", "run_together"))
    is_race = len(threads) > 2 or starts
    try:
        if is_race and request.node.get_closest_marker("control") is None:
            assert_sound(made)
    finally:
        made.dispose()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A write session. Commit it before asking the client: on SQLite it holds the write lock."""
    with database.write() as session:
        yield session


@pytest.fixture(autouse=True)
def _no_mail() -> None:
    """Channels belong to the process: what the test before switched on is off again."""
    use_channels(is_development=False)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_app(database: Database, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make applications on the test's database with other settings."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        values: dict[str, Any] = {
            "app_env": "testing",
            "database_url": database.url.render_as_string(hide_password=False),
            "media_dir": tmp_path / "media",
            "public_url": "http://localhost",
            "rate_limits": False,
            "page_cache_seconds": 0,
            "log_format": "console",
        }
        app = wsgi.create_app(Settings(**(values | settings)))
        app.jinja_env.bytecode_cache = _templates
        made.append(app)
        return app

    yield make
    use_source(None)
    gc.collect()  # a session that a request left behind gives its connection back before the end
    for app in made:
        app.extensions["house"].database.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf(client: FlaskClient, page: str = "/dang-nhap") -> str:
    """The token a browser would find in a form of ``page``."""
    body = client.get(page).get_data(as_text=True)
    return body.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **kw: Any) -> Any:
    """Post a form as a browser would: with its token, from the same site."""
    headers = {"Sec-Fetch-Site": "same-origin"} | kw.pop("headers", {})
    fields = {"csrf_token": csrf(client), **(data or {})}
    answer = client.post(path, data=fields, headers=headers, **kw)
    answer.request.environ["wsgi.input"].close()  # a large upload is a temporary file
    return answer


@pytest.fixture
def signed_in(client: FlaskClient) -> Callable[..., FlaskClient]:
    """Sign a person in through the real form and hand back the client."""

    def sign_in(login: str, password: str = "chophien-demo") -> FlaskClient:
        answer = post(client, "/dang-nhap", {"login": login, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return client

    return sign_in
