"""The search field: suggestions by keyboard and by pointer, and the same search without script."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import LAPTOP, PHONE, Tab

pytestmark = pytest.mark.browser

FIRST = ".hints [role=option]"


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_suggestions_by_keyboard(open_tab: Callable[..., Tab], size: tuple[int, int]) -> None:
    tab = open_tab(size=size)
    page = tab.open("/")
    field = page.locator("#q")
    field.focus()
    field.press_sequentially("mie")
    page.wait_for_selector(FIRST)
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".hints [aria-selected=true]")
    assert chosen.count() == 1
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide
    page.keyboard.press("Escape")
    assert page.locator(FIRST).first.is_hidden()
    assert field.input_value() == "mie"
    page.keyboard.press("ArrowDown")
    url = page.locator(".hints [aria-selected=true]").get_attribute("data-url")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{tab.origin}{url}"


def test_suggestions_by_pointer_and_enter_as_typed(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.open("/san-pham")
    page.locator("#q").press_sequentially("mien")
    with page.expect_navigation():
        page.locator(FIRST).first.click()
    assert "/san-pham/" in page.url
    page.locator("#q").press_sequentially("mien")
    page.wait_for_selector(FIRST)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/san-pham?q=mien")


def test_search_without_script(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(java_script_enabled=False)
    page = tab.open("/")
    assert page.locator("#q").get_attribute("role") is None
    page.fill("#q", "mien")
    with page.expect_navigation():
        page.press("#q", "Enter")
    assert page.url.endswith("/san-pham?q=mien")
    assert page.locator(".card-name").count() >= 1
