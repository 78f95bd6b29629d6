"""What matters works without JavaScript, and by keyboard alone with it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import LAPTOP, Tab
from tests.e2e.preparing import PRODUCT
from tests.story.browser import Browser
from tests.story.server import Server
from tests.story.world import photo

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const e = document.activeElement;
  const box = (e.closest('.card, .live, .find, .pick') || e).getBoundingClientRect();
  const outlined = [e, e.closest('.card'), e.closest('.find')].some(x => {
    const style = x && getComputedStyle(x);
    return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return outlined && seen ? '' : e.outerHTML.slice(0, 160);
}"""

COMMUNES = "() => document.querySelector('#commune_code')?.options.length > 2"


def press_to(page: Page, selector: str, *, at_most: int = 90) -> None:
    """Press Tab until what ``selector`` names has the focus; the focus must always be seen."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            continue
        assert not page.evaluate(FOCUS), f"focus is hidden: {page.evaluate(FOCUS)}"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


def enter(page: Page) -> None:
    """Press Enter where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, selector: str, text: str) -> None:
    """Reach a field by Tab and type."""
    press_to(page, selector)
    page.keyboard.type(text)


def is_placed(page: Page) -> bool:
    """Whether the page is that of one order waiting for the seller's call."""
    main = page.locator("main[data-order]")
    return main.get_attribute("data-status") == "awaiting_confirmation"


def fill_checkout(page: Page, name: str) -> None:
    """Everything but the commune, which needs the province first."""
    page.fill("#full_name", name)
    page.fill("#phone", "0987 654 321")
    page.fill("#street", "Số 5 phố Thử Nghiệm")
    page.select_option("#province_code", "01")


def test_buy_without_javascript(server: Server, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(java_script_enabled=False)
    page = tab.open(PRODUCT)
    page.click("form.buy button[type=submit]")
    page.wait_for_url("**/gio-hang")
    page.click('main button[name="dat"]')
    fill_checkout(page, "Khách Tắt Mã")
    page.click('button[name="lam"]')
    assert page.input_value("#full_name") == "Khách Tắt Mã"
    page.select_option("#commune_code", index=1)
    page.check('input[name="payment"][value="cod"]')
    page.click("aside button[type=submit]")
    page.wait_for_url("**/don-hang/**")
    assert is_placed(page)
    page.click("details.fold-red summary")
    page.select_option("#reason", "wrong_order")
    page.click('form[action*="/huy"] button[type=submit]')
    page.wait_for_load_state()
    assert page.locator("main").get_attribute("data-status") == "cancelled"
    assert not tab.watch.take()


def test_buy_by_keyboard(server: Server, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    page = tab.open(PRODUCT)
    press_to(page, "form.buy button[type=submit]")
    enter(page)
    press_to(page, 'main button[name="dat"]')
    enter(page)
    type_into(page, "#full_name", "Khách Bàn Phím")
    type_into(page, "#phone", "0987654321")
    press_to(page, "#province_code")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(COMMUNES)
    press_to(page, "#commune_code")
    page.keyboard.press("ArrowDown")
    type_into(page, "#street", "Số 5")
    press_to(page, "aside button[type=submit]")
    enter(page)
    assert "/don-hang/" in page.url, page.locator(".err").all_inner_texts()
    assert is_placed(page)
    assert not tab.watch.take()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_double_click_makes_one_order(
    server: Server, open_tab: Callable[..., Tab], has_javascript: bool
) -> None:
    name = f"Khách Bấm Đúp {'A' if has_javascript else 'B'}"
    page = open_tab(java_script_enabled=has_javascript).open(PRODUCT)
    page.click("form.buy button[type=submit]")
    page.wait_for_url("**/gio-hang")
    page.click('main button[name="dat"]')
    fill_checkout(page, name)
    if has_javascript:
        page.wait_for_function(COMMUNES)
    else:
        page.click('button[name="lam"]')
    page.select_option("#commune_code", index=1)
    page.dblclick("aside button[type=submit]", no_wait_after=True)
    page.wait_for_url("**/don-hang/**")
    assert is_placed(page)
    producer = Browser(server.url, who="producer")
    producer.sign_in("producer@demo.test")
    assert producer.get("/ban-hang/don-hang").text.count(name) == 1


def test_publish_a_product_without_javascript(server: Server, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("producer@demo.test", java_script_enabled=False)
    page = tab.open("/ban-hang/san-pham/moi")
    page.fill("#name", "Bột dong riềng tắt mã")
    page.select_option("#subgroup", "F32")
    page.fill("#summary", "Bột từ củ dong riềng trồng ở Côn Minh.")
    page.click('main form button[type="submit"] >> nth=0')
    page.wait_for_url(lambda url: "/moi" not in url)
    base = "/".join(page.url.removeprefix(server.url).split("?")[0].split("/")[:4])
    _label(tab, base)
    tab.open(f"{base}/quy-cach")
    page.fill("#label", "Túi 500 g")
    page.fill("#price_vnd", "45.000")
    page.fill("#net_weight_g", "500")
    page.fill("#packed_weight_g", "540")
    page.click('main form:has(#price_vnd) button[type="submit"]')
    tab.open(f"{base}/anh")
    page.set_input_files(
        "#photo", {"name": "bot.jpg", "mimeType": "image/jpeg", "buffer": photo(words="bột")}
    )
    page.fill("#alt", "Bột dong trong bát")
    page.check("#has_right_to_use")
    page.click('main form:has(#photo) button[type="submit"]')
    page.wait_for_selector('main img[src*="/media/"]')
    tab.open(base)
    page.click('form[action$="/gui-duyet"] button')
    assert "Chờ duyệt" in page.inner_text("main")
    _approve(open_tab, "Bột dong riềng tắt mã")
    guest = open_tab(java_script_enabled=False).open("/san-pham?q=bot+dong+rieng+tat+ma")
    assert guest.locator("article.card").count() == 1


def _label(tab: Tab, base: str) -> None:
    page = tab.open(f"{base}/nhan")
    page.fill("#ingredients", "Củ dong riềng.")
    page.fill("#net_content", "500 g")
    page.fill("#origin", "Xã Côn Minh, Tỉnh Thái Nguyên, Việt Nam")
    page.fill("#usage", "Nấu chín.")
    page.fill("#storage", "Nơi khô ráo.")
    page.fill("#shelf_life_days", "365")
    page.click('main form:has(#ingredients) button[type="submit"]')


def _approve(open_tab: Callable[..., Tab], name: str) -> None:
    page = open_tab("staff@demo.test", java_script_enabled=False).open("/can-bo/san-pham")
    page.click(f'main a:has-text("{name}")')
    page.click('form[action$="/quyet-dinh"] button[value="approve"]')
    page.wait_for_load_state()
    assert page.locator(".note-ok").count()


def test_book_a_session_by_keyboard(server: Server, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("club@demo.test", size=LAPTOP)
    page = tab.open("/clb/phien")
    for _ in range(2):
        press_to(page, 'nav a.btn[href*="tuan="]:last-child')
        enter(page)
    press_to(page, "a.slot-free")
    enter(page)
    starts_at = page.input_value("#starts_at")
    assert starts_at
    type_into(page, "#find-product", "mien dong")
    enter(page)
    page.wait_for_selector('input[type="checkbox"][name="variant_id"]')
    press_to(page, 'input[type="checkbox"][name="variant_id"]')
    page.keyboard.press("Space")
    press_to(page, 'form[role="search"] .actions button')
    enter(page)
    page.wait_for_selector('input[name^="item_minutes_"]')
    assert page.input_value("#starts_at") == starts_at
    type_into(page, "#title", "Phiên đặt bằng bàn phím")
    for field in ("#host_id", "#channel_id"):
        press_to(page, field)
        if not page.input_value(field):
            page.keyboard.press("ArrowDown")
    press_to(page, 'button[name="action"][value="propose"]')
    enter(page)
    assert page.locator("main").get_attribute("data-status") == "proposed"
    assert not tab.watch.take()
