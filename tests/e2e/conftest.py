"""One server with a small demo and one chromium for all browser tests of a run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import wsgi
from config import Settings
from tests.e2e import places, preparing
from tests.e2e.watching import Watch
from tests.story.server import ROOT, Server

TIMEOUT_MS = 20_000
PHONE, LAPTOP = (360, 740), (1280, 860)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a browser share a server, so that they belong on one worker; those that walk the
    whole prepared site come first, before others change what is on it."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: "site" not in getattr(item, "fixturenames", ()))


@dataclass
class Site:
    """The running application, what was prepared in it, and its pages."""

    server: Server
    made: preparing.Made
    places: list[places.Place]
    endpoints: dict[str, str]
    """Endpoint -> rule of every page there should be."""

    @property
    def url(self) -> str:
        """The origin."""
        return self.server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    found = shutil.which("chromium")
    if found is None:
        message = "chromium is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a dozen products, lots, clubs and sessions."""
    folder: Path = tmp_path_factory.mktemp("site")
    made = Server(folder, f"sqlite:///{folder}/site.db", RATE_LIMITS="false")
    made.flask("db", "upgrade")
    subprocess.run(
        [sys.executable, "-m", "tests.e2e.small_demo"],
        cwd=ROOT,
        env=made.environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with made.running():
        yield made


@pytest.fixture(scope="session")
def site(server: Server) -> Iterator[Site]:
    """The server after people ordered, applied and exported."""
    app: Flask = wsgi.create_app(Settings(app_env="testing", database_url="sqlite://"))
    made = preparing.prepare(server.url)
    yield Site(server, made, places.find_places(app, server.url, made), places.page_endpoints(app))
    app.extensions["house"].database.dispose()


@dataclass
class Tab:
    """A page in a context of its own, and what it complained about."""

    page: Page
    watch: Watch
    origin: str

    def open(self, path: str) -> Page:
        """Go to an address of the site; it must answer 200."""
        answer = self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self.page

    def sign_in(self, login: str) -> None:
        """Through the form."""
        self.open("/dang-nhap")
        self.page.fill('main [name="login"]', login)
        self.page.fill('main [name="password"]', "chophien-demo")
        self.page.press('main [name="password"]', "Enter")
        self.page.wait_for_url(lambda url: "/dang-nhap" not in url)


@pytest.fixture
def open_tab(browser: Browser, server: Server) -> Iterator[Callable[..., Tab]]:
    """Open tabs: ``login``, ``size``, and options of playwright's context."""
    contexts: list[BrowserContext] = []

    def open_one(login: str | None = None, size: tuple[int, int] = PHONE, **options: object) -> Tab:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        tab = Tab(page, Watch(page, server.url), server.url)
        if login:
            tab.sign_in(login)
        return tab

    yield open_one
    for context in contexts:
        context.close()
