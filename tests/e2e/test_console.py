"""The console on a phone without a network: presses show, outlive a reload, arrive once."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from livestream.clubs.services import managers_of
from livestream.onair.models import LivePress
from shop.accounts.models import Person
from shop.core.db import Database
from tests.e2e.conftest import PHONE
from tests.livestream.onair.test_pressing import LATER, on_air

pytestmark = pytest.mark.browser


@pytest.fixture
def origin(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose evening is six days ahead of the phone's clock."""
    began = time.monotonic()
    monkeypatch.setattr(
        "shop.core.clock.now", lambda: LATER + timedelta(seconds=time.monotonic() - began)
    )
    server = make_server("127.0.0.1", 0, make_app(service_worker=True), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_presses_without_a_network(database: Database, origin: str, browser: Browser) -> None:
    with database.transaction() as db:
        live, _items = on_air(db)
        here = f"{origin}/clb/phien/{live.public_id}/len-song"
        login = db.get_one(Person, managers_of(db, live.club_id)[0]).email or ""
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
    page = context.new_page()
    page.goto(f"{origin}/dang-nhap")
    page.fill("[name=login]", login)
    page.fill("[name=password]", "chophien-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    page.goto(here)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    current = page.locator('[data-card="now"] [data-f="code"]')
    following = page.locator('[data-of="next"] button')
    following.click()
    expect(current).to_have_text("A1")
    expect(page.locator("[data-net]")).to_have_attribute("data-waiting", "0")
    context.set_offline(True)
    following.click()
    expect(current).to_have_text("A2")
    page.reload()
    expect(current).to_have_text("A2")
    expect(page.locator("[data-net]")).to_have_attribute("data-waiting", "1")
    context.set_offline(False)
    expect(page.locator("[data-net]")).to_have_attribute("data-waiting", "0", timeout=20_000)
    context.close()
    with database.read() as db:
        kept = db.execute(select(LivePress.kind, LivePress.happened_at).order_by(LivePress.id))
        rows = kept.all()
    assert [row.kind for row in rows] == ["show", "show"]
    assert LATER <= rows[0].happened_at < rows[1].happened_at
