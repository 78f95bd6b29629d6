"""Ordering from a mountain road: 2G, and every way people have of pressing twice."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.conftest import Tab
from tests.e2e.preparing import PRODUCT
from tests.e2e.test_flows import COMMUNES, fill_checkout, is_placed
from tests.e2e.test_weight import KB, weigh
from tests.story.browser import Browser
from tests.story.server import Server

pytestmark = pytest.mark.browser

BITS_DOWN, BITS_UP, LATENCY_MS = 50_000, 20_000, 500
"""Edge of a village's 2G: 50 kbit/s down, 20 up, half a second there and back."""
PATIENCE_MS = 60_000
ORDERED = "Bạn vừa đặt hàng lúc"
LIMIT_KB = {"/gio-hang": 70, "/dat-hang": 78}


def slow_down(page: Page) -> None:
    page.set_default_timeout(PATIENCE_MS)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BITS_DOWN / 8,
            "uploadThroughput": BITS_UP / 8,
        },
    )


def at_checkout(tab: Tab, name: str, *, is_slow: bool = True) -> Page:
    """A filled form on a slow line, one press before the order."""
    page = tab.open(PRODUCT)
    page.click("form.buy button[type=submit]")
    page.wait_for_url("**/gio-hang")
    if is_slow:
        slow_down(page)
    fill_in(page, name)
    return page


def fill_in(page: Page, name: str) -> None:
    page.goto(urljoin(page.url, "/dat-hang"))
    fill_checkout(page, name)
    page.wait_for_function(COMMUNES)
    page.select_option("#commune_code", index=1)


def ordered(server: Server, name: str) -> int:
    """How many orders the producer has of a buyer."""
    producer = Browser(server.url, who="producer")
    producer.sign_in("producer@demo.test")
    return producer.get("/ban-hang/don-hang").text.count(name)


def code_of(page: Page) -> str:
    return page.locator("main[data-order]").get_attribute("data-order") or ""


def test_double_press_reload_and_back_lead_to_one_order(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    page = at_checkout(open_tab(), "Khách Đường Núi")
    form = page.url
    page.dblclick("aside button[type=submit]", no_wait_after=True)
    page.wait_for_url("**/don-hang/**")
    assert is_placed(page)
    code = code_of(page)
    page.reload()
    assert code_of(page) == code
    page.go_back()
    assert page.url == form
    assert ORDERED in page.inner_text("main"), "the form is not offered again"
    page.click("main .note a.btn")
    page.wait_for_url("**/dat-hang/xong/**")
    assert code in page.inner_text("main")
    assert ordered(server, "Khách Đường Núi") == 1


def lose_first(page: Page) -> None:
    """Press; the order is made, its answer is cut off on the way."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.fallback()
            return
        lost.append(route.fetch(max_redirects=0).headers["location"])
        route.abort("connectionreset")

    page.route("**/dat-hang", lose)
    page.click("aside button[type=submit]", no_wait_after=True)
    page.wait_for_function("() => location.protocol === 'chrome-error:'")
    assert lost, "the order was not even asked for"


def test_after_a_lost_answer_back_leads_to_the_order(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    page = at_checkout(open_tab(), "Khách Mất Sóng")
    lose_first(page)
    page.go_back()
    assert ORDERED in page.inner_text("main")
    page.click("main .note a.btn")
    page.wait_for_url("**/dat-hang/xong/**")
    assert ordered(server, "Khách Mất Sóng") == 1


def test_after_stopping_one_may_press_again(open_tab: Callable[..., Tab]) -> None:
    """Nothing tells a page that its loading was stopped by hand; the key makes a press harmless."""
    page = at_checkout(open_tab(), "Khách Bấm Dừng", is_slow=False)
    page.clock.install()
    page.evaluate(
        "() => document.querySelector('form.split')"
        ".addEventListener('submit', event => event.preventDefault())"
    )
    page.click("aside button[type=submit]", no_wait_after=True)
    assert page.locator("form[data-sent]").count() == 1
    page.clock.fast_forward(11_000)
    assert page.locator("form[data-sent]").count() == 0


def test_a_second_tab_is_told_that_the_order_is_made(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab()
    first = at_checkout(tab, "Khách Hai Thẻ")
    second = tab.page.context.new_page()
    second.goto(first.url)
    slow_down(second)
    fill_in(second, "Khách Hai Thẻ")
    first.click("aside button[type=submit]", no_wait_after=True)
    second.click("aside button[type=submit]", no_wait_after=True)
    first.wait_for_load_state()
    second.wait_for_load_state()
    for page in (first, second):
        page.wait_for_function("() => document.querySelector('main[data-order], main .note')")
    shown = sorted(page.locator("main[data-order]").count() for page in (first, second))
    assert shown == [0, 1]
    told = first if second.locator("main[data-order]").count() else second
    assert ORDERED in told.inner_text("main")
    assert ordered(server, "Khách Hai Thẻ") == 1


@pytest.mark.parametrize("path", LIMIT_KB)
def test_what_a_first_visit_weighs(server: Server, open_tab: Callable[..., Tab], path: str) -> None:
    """With one thing in the basket and nothing kept by the browser."""
    filled = open_tab()
    filled.open(PRODUCT).click("form.buy button[type=submit]")
    filled.page.wait_for_url("**/gio-hang")
    fresh = open_tab(storage_state=filled.page.context.storage_state())
    weights = weigh(fresh, path)
    assert weights["total"] <= LIMIT_KB[path] * KB, weights
