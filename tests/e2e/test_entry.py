"""Sixty-second entries on a phone: few taps, nothing lost and nothing doubled without a network."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Tab
from tests.e2e.watching import accessibility, layout
from tests.story.browser import Browser
from tests.story.server import Server
from tests.story.world import photo, today

pytestmark = pytest.mark.browser

TEMPLATES = (
    ("harvest", "Đào củ", {"crop": "Củ dong riềng", "place": "Thôn Chè Cọ"}),
    ("processing", "Tráng phơi", {"step": "Tráng bánh, phơi, cắt sợi"}),
    ("packing", "Đóng túi", {"units": "240", "package": "Túi 500 g hàn kín"}),
)
MOST_TAPS = 12


class Finger:
    """Counts what the thumb does."""

    def __init__(self, page: Page, picture: Path) -> None:
        self.page, self.picture = page, picture
        self.taps = self.photos = 0

    def tap(self, selector: str, *, leads_on: bool = True) -> None:
        self.taps += 1
        if leads_on:
            with self.page.expect_navigation():
                self.page.click(selector)
        else:
            self.page.click(selector)

    def shoot(self) -> None:
        self.photos += 1
        self.page.set_input_files("#photos", self.picture)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo(words="ruộng dong"))
    return path


@pytest.fixture
def lot(server: Server) -> str:
    """A fresh lot of the demo producer's product, with three templates of it."""
    producer = Browser(server.url, who="producer")
    producer.sign_in("producer@demo.test")
    form = producer.get("/ban-hang/lo/moi").form(field="variant_id")
    number = f"T-{time.time_ns() % 10**9}"
    made = producer.submit(
        form, {"quantity": "240", "made_on": today().isoformat(), "lot_no": number}
    )
    code = made.url.rsplit("/", 1)[1]
    options = producer.get("/ban-hang/mau-ghi").soup.select("#san_pham option")
    product = next(one["value"] for one in options if one.get_text(strip=True) in made.text)
    if TEMPLATES[0][1] not in producer.get(f"/ban-hang/ghi?lo={code}").answer.text:
        for kind, title, facts in TEMPLATES:
            page = producer.get(f"/ban-hang/mau-ghi/moi?san_pham={product}&loai={kind}")
            producer.submit(page.form(field="title"), {"title": title, **facts})
    return code


def entries(page: Page, code: str) -> int:
    page.goto(re.sub(r"(https?://[^/]+).*", rf"\1/ban-hang/lo/{code}", page.url))
    return int(page.locator("main").get_attribute("data-entries") or 0)


def test_a_lot_is_recorded_with_twelve_taps_and_three_photos(
    open_tab: Callable[..., Tab], lot: str, picture: Path
) -> None:
    tab = open_tab("producer@demo.test", size=PHONE, has_touch=True)
    page = tab.open("/ban-hang")
    finger = Finger(page, picture)
    finger.tap('a[href$="/ban-hang/ghi"]')
    if page.input_value("#lo") != lot:
        finger.taps += 2
        with page.expect_navigation():
            page.select_option("#lo", lot)
    for _kind, title, _facts in TEMPLATES:
        finger.tap(f'.big-taps a:has-text("{title}")')
        finger.shoot()
        finger.tap("main form[data-queue] button[type=submit]")
        assert "Đã ghi vào nhật ký" in page.inner_text("main")
        assert page.input_value("#lo") == lot, "the next entry goes to the same lot"
    print(f"taps: {finger.taps}, photos: {finger.photos}")
    assert finger.taps <= MOST_TAPS
    assert finger.photos == 3
    assert entries(page, lot) == 3
    assert page.locator(".line img").count() == 3
    assert not tab.watch.take()


def test_entries_wait_on_the_phone_and_are_sent_once(
    open_tab: Callable[..., Tab], lot: str, picture: Path
) -> None:
    tab = open_tab("producer@demo.test", size=PHONE)
    page = tab.open(f"/ban-hang/ghi?lo={lot}")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller")
    form = f"/ghi/packing?lo={lot}"
    page.wait_for_function(
        """async part => (await (await caches.open('entry-forms')).keys())
             .some(request => request.url.includes(part))""",
        arg=form,
    )
    context = page.context
    context.set_offline(True)
    for number in (1, 2, 3):
        page.goto(f"{tab.origin}/ban-hang/ghi?lo={lot}")
        page.click(f'.big-taps a[href*="{form}"]')
        page.fill("#units", str(number))
        page.fill("#package", "Túi 500 g")
        page.fill("#happened_at", f"2026-0{number}-01T07:30")
        page.set_input_files("#photos", picture)
        page.click("main form[data-queue] button[type=submit]")
        expect(page.locator("[data-waiting] strong")).to_have_text(f"{number} việc chờ gửi")
    assert not layout(page) + accessibility(page)
    page.goto(f"{tab.origin}/san-pham")
    assert "Không có mạng" in page.inner_text("h1")
    page.goto(f"{tab.origin}/ban-hang/ghi?lo={lot}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-waiting] li button").first.click()
    expect(page.locator("[data-waiting] strong")).to_have_text("2 việc chờ gửi")
    tab.watch.take()
    context.set_offline(False)
    expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    page.reload()
    expect(page.locator("[data-waiting]")).to_be_hidden()
    assert entries(page, lot) == 2
    times = page.locator(".line time").evaluate_all("all => all.map(e => e.dateTime.slice(0, 10))")
    assert len(times) == 2
    assert all(time.startswith("2026-0") for time in times), "sent with their own time"
    page.click("details.menu summary")
    with page.expect_navigation():
        page.click('form[action$="/dang-xuat"] button')
    assert page.evaluate("caches.keys()") == [], "signing out leaves nothing on the phone"


def test_without_javascript_an_entry_is_a_plain_form(
    open_tab: Callable[..., Tab], lot: str, picture: Path
) -> None:
    page = open_tab("producer@demo.test", java_script_enabled=False).open(f"/ban-hang/ghi?lo={lot}")
    page.click('.big-taps a[href*="/ghi/harvest?lo="]')
    page.fill("#crop", "Củ dong")
    page.set_input_files("#photos", picture)
    page.click("main form button.btn-big")
    assert "Đã ghi vào nhật ký" in page.inner_text("main")
    assert entries(page, lot) == 1
