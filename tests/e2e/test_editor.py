"""The product editor in a real browser: by keyboard, without a network, with many photos."""

import gzip
import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import LAPTOP, PHONE, Tab
from tests.e2e.test_flows import enter, press_to, type_into
from tests.e2e.watching import accessibility, layout
from tests.story.browser import Browser
from tests.story.server import Server
from tests.story.world import photo

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)

LOGIN = "producer@demo.test"
SCRIPT_LIMIT_KB, STYLE_LIMIT_KB = 25, 11  # public pages: 10, see test_weight.py
Open = Callable[..., Tab]


@pytest.fixture
def maker(server: Server) -> Browser:
    """The maker's desk over plain HTTP, to prepare things."""
    browser = Browser(server.url, who="producer")
    browser.sign_in(LOGIN)
    return browser


def draft(maker: Browser, name: str) -> str:
    """A new draft; its address."""
    form = maker.get("/ban-hang/san-pham/moi").form(field="subgroup")
    page = maker.submit(form, {"name": name, "subgroup": "F32", "summary": "Sợi dai."})
    return "/".join(page.url.removeprefix(maker.origin).split("/")[:4])


def grain(size: tuple[int, int] = (4000, 3000), seed: int = 40) -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((size[0] // 8, size[1] // 8), seed).resize(size)
    picture.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


def files(*named: tuple[str, bytes]) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "image/jpeg", "buffer": raw} for name, raw in named]


def said(page: Page, words: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(words)


def order(maker: Browser, at: str) -> list[str]:
    """The product's pictures as the server has them."""
    return [str(one["data-sha"]) for one in maker.get(f"{at}/anh").soup.select("li[data-sha]")]


def test_publish_a_product_by_keyboard(server: Server, open_tab: Open) -> None:
    tab = open_tab(LOGIN, size=LAPTOP)
    page = tab.open("/ban-hang/san-pham/moi")
    type_into(page, "#name", "Miến gõ bằng bàn phím")
    press_to(page, "#subgroup")
    page.keyboard.type("Chế biến từ gạo")
    type_into(page, "#summary", "Sợi dai, phơi trên giàn.")
    press_to(page, "form[data-keep] .actions button")
    enter(page)
    assert page.url.endswith("/nhan")
    for field, text in {
        "#ingredients": "Củ dong riềng.",
        "#net_content": "500 g",
        "#origin": "Xã Côn Minh, Thái Nguyên, Việt Nam",
        "#shelf_life_days": "365",
        "#usage": "Nấu chín.",
        "#storage": "Nơi khô ráo.",
    }.items():
        type_into(page, field, text)
    press_to(page, "form[data-keep] .actions button")
    enter(page)
    type_into(page, "#story", "Làm từ củ dong vùng cao.")
    press_to(page, "form[data-keep] .actions button")
    enter(page)
    for field, text in {
        "#label": "Túi 500 g",
        "#price_vnd": "65.000",
        "#packed_weight_g": "540",
    }.items():
        type_into(page, field, text)
    press_to(page, "form[data-keep] .actions button")
    enter(page)
    press_to(page, 'main .actions a[href$="/anh"]')
    enter(page)
    press_to(page, "#photo")
    page.set_input_files("#photo:focus", files(("mien.jpg", photo())))  # type: ignore[arg-type]
    press_to(page, "#has_right_to_use")
    page.keyboard.press("Space")
    press_to(page, "form[data-upload] .actions button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sort-list li")
    press_to(page, "[data-marks] li:last-child a", at_most=150)
    enter(page)
    press_to(page, 'form[action$="/gui-duyet"] button')
    enter(page)
    assert "Chờ duyệt" in page.inner_text("main")
    assert not tab.watch.take()


def test_words_survive_a_lost_connection(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến mất mạng")
    tab = open_tab(LOGIN)
    page = tab.open(f"{at}/chuyen-va-mua")
    page.fill("#story", "Câu đầu tiên.")
    said(page, "Đã lưu lúc")
    page.context.set_offline(True)
    page.fill("#story", "Câu đầu tiên. Câu thứ hai khi mất mạng.")
    page.check('[name="season_months"][value="11"]')
    said(page, "Chưa gửi được, giữ trên máy")
    page.click("form[data-keep] .actions button")
    said(page, "Chưa có mạng")
    assert page.input_value("#story").endswith("khi mất mạng.")
    page.goto("about:blank")
    page.context.set_offline(False)
    tab.watch.take()
    page = tab.open(f"{at}/chuyen-va-mua")
    assert page.input_value("#story") == "Câu đầu tiên. Câu thứ hai khi mất mạng."
    assert page.is_checked('[name="season_months"][value="11"]')
    # sent now, or as the page was left: the browser may hold that request until it is online
    page.wait_for_function("() => !Object.keys(localStorage).some(k => k.startsWith('phien:'))")
    page = tab.open(f"{at}/chuyen-va-mua")
    assert page.input_value("#story").endswith("khi mất mạng.")
    assert page.locator("#resumed").is_visible()
    page.click("form[data-keep] .actions button")
    page.wait_for_url("**/quy-cach")
    assert "Câu thứ hai" in maker.get(f"{at}/chuyen-va-mua").text
    assert not tab.watch.take()


def test_coming_back_online_sends_what_was_kept(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến có mạng lại")
    tab = open_tab(LOGIN)
    page = tab.open(f"{at}/thong-tin")
    page.context.set_offline(True)
    page.fill("#summary", "Gõ lúc không có mạng.")
    said(page, "Chưa gửi được, giữ trên máy")
    page.context.set_offline(False)
    said(page, "Đã lưu lúc")
    assert "Gõ lúc không có mạng." in maker.get(f"{at}/xem-truoc").text


def test_two_windows_choose_which_words_stay(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến hai cửa sổ")
    tab = open_tab(LOGIN)
    first = tab.open(f"{at}/thong-tin")
    second = first.context.new_page()
    second.goto(f"{tab.origin}{at}/thong-tin")
    first.fill("#summary", "Chữ của cửa sổ một.")
    said(first, "Đã lưu lúc")
    second.evaluate("() => localStorage.clear()")
    second.fill("#summary", "Chữ của cửa sổ hai.")
    second.wait_for_selector("[data-clash]:not([hidden])")
    assert accessibility(second) == []
    second.click("[data-clash-mine]")
    said(second, "Đã lưu lúc")
    first.fill("#summary", "Lại gõ ở cửa sổ một.")
    first.wait_for_selector("[data-clash]:not([hidden])")
    first.click("[data-clash-theirs]")
    first.wait_for_function(
        "() => document.querySelector('#summary')?.value === 'Chữ của cửa sổ hai.'"
    )


def test_remarks_and_preview_follow_the_typing(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến xem trước")
    tab = open_tab(LOGIN, size=LAPTOP)
    page = tab.open(f"{at}/thong-tin")
    page.fill("#name", "Miến OCOP 5 sao")
    page.fill("#summary", "Chữa đau dạ dày.")
    page.wait_for_selector('#summary-hint [data-finding="claims_healing"]')
    page.wait_for_selector('#name-hint [data-finding="claims_ocop_rank"]')
    pane = page.locator("[data-pane] .pane")
    expect(pane.locator("h1")).to_have_text("Miến OCOP 5 sao")
    expect(pane.locator(".as-card article.card")).to_contain_text("Miến OCOP 5 sao")
    expect(pane.locator(".product")).to_contain_text("Chữa đau dạ dày.")
    assert accessibility(page) + layout(page) == []
    page.fill("#name", "Miến xem trước")
    page.fill("#summary", "Sợi dai.")
    page.wait_for_function(
        "() => document.querySelector('#summary-hint')?.textContent.trim() === ''"
    )
    assert not tab.watch.take()


def test_photos_go_up_one_by_one_each_with_its_bar(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến nhiều ảnh")
    tab = open_tab(LOGIN)
    page = tab.open(f"{at}/anh")
    large = grain()
    sent: list[int] = []

    def keep(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/anh"):
            sent.append(len(request.post_data_buffer or b""))

    page.on("request", keep)
    chosen = files(("to.jpg", large), ("hỏng.jpg", b"<svg/>"), ("xoay.jpg", photo()))
    page.set_input_files("#photo", chosen)  # type: ignore[arg-type]
    page.check("#has_right_to_use")
    page.click("form[data-upload] .actions button")
    expect(page.locator(".uploads li")).to_have_count(3)
    expect(page.locator(".uploads progress")).to_have_count(3)
    expect(page.locator(".uploads li.ok")).to_have_count(2)
    expect(page.locator(".uploads li.bad")).to_contain_text("không phải ảnh")
    expect(page.locator(".sort-list > li")).to_have_count(2)
    assert len(sent) == 3
    assert sent[0] < len(large) / 2, "shrunk before it was sent"
    heights = page.eval_on_selector_all(".sort-list img", "all => all.map(e => e.height > e.width)")
    assert heights == [False, True], "the turned one stands upright"
    assert accessibility(page) + layout(page) == []
    assert [line for line in tab.watch.take() if "422" not in line] == []


def test_an_interrupted_photo_can_be_sent_again(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến gửi lại ảnh")
    tab = open_tab(LOGIN)
    page = tab.open(f"{at}/anh")
    page.context.set_offline(True)
    page.set_input_files("#photo", files(("anh.jpg", photo())))  # type: ignore[arg-type]
    page.click("form[data-upload] .actions button")
    expect(page.locator(".uploads li.bad")).to_contain_text("Chưa gửi được")
    page.context.set_offline(False)
    page.click(".uploads button")
    expect(page.locator(".sort-list > li")).to_have_count(1)


@pytest.mark.parametrize("has_javascript", [True, False])
def test_photos_are_put_in_order_by_buttons(
    maker: Browser, open_tab: Open, has_javascript: bool
) -> None:
    at = draft(maker, f"Miến xếp ảnh {'có' if has_javascript else 'không'} mã")
    for seed in (20, 40, 60):
        form = maker.get(f"{at}/anh").form(action="/anh", field="photo")
        maker.submit(form, {}, files={"photo": ("a.jpg", grain((900, 700), seed), "image/jpeg")})
    tab = open_tab(LOGIN, java_script_enabled=has_javascript)
    page = tab.open(f"{at}/anh")
    first, second, third = order(maker, at)
    page.click(f"#xuong-{first[:12]}")
    page.wait_for_selector(f'.sort-list > li:nth-child(2)[data-sha="{first}"]')
    page.click(f"#bia-{third[:12]}")
    page.wait_for_selector(f'.sort-list > li:first-child[data-sha="{third}"]')
    assert order(maker, at) == [third, second, first]
    if has_javascript:
        press_to(page, f"#len-{first[:12]}", at_most=150)
        page.keyboard.press("Enter")
        page.wait_for_selector(f'.sort-list > li:nth-child(2)[data-sha="{first}"]')
        focused = page.evaluate("() => document.activeElement.id")
        assert focused == f"len-{first[:12]}"
        expect(page.locator("[data-announce]")).to_contain_text("vị trí 2 trên 3")
    assert not tab.watch.take()


def test_photos_are_put_in_order_by_dragging(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến kéo ảnh")
    for seed in (20, 40):
        form = maker.get(f"{at}/anh").form(action="/anh", field="photo")
        maker.submit(form, {}, files={"photo": ("a.jpg", grain((900, 700), seed), "image/jpeg")})
    page = open_tab(LOGIN, size=(1280, 2400)).open(f"{at}/anh")
    first, second = order(maker, at)
    page.drag_and_drop(
        f'li[data-sha="{second}"] img',
        f'li[data-sha="{first}"] img',
        target_position={"x": 9, "y": 9},
    )
    page.wait_for_selector(f'.sort-list > li:first-child[data-sha="{second}"]')
    assert order(maker, at) == [second, first]


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_every_step_is_accessible_with_its_remarks(
    maker: Browser, open_tab: Open, size: tuple[int, int]
) -> None:
    at = draft(maker, f"Rượu thuốc ngon nhất {size[0]}")
    tab = open_tab(LOGIN, size=size)
    for tail in (
        "thong-tin",
        "nhan",
        "chuyen-va-mua",
        "quy-cach",
        "anh",
        "chung-nhan",
        "xem-truoc",
    ):
        for prefix in ("", "/en"):
            page = tab.open(f"{prefix}{at}/{tail}")
            page.wait_for_load_state("networkidle")
            assert accessibility(page) + layout(page) + tab.watch.take() == [], (prefix, tail)
    page = tab.open(at)
    assert page.locator('[data-finding="claims_healing"]').count()
    assert accessibility(page) + layout(page) + tab.watch.take() == []


def test_the_editor_weighs_little(maker: Browser, open_tab: Open) -> None:
    at = draft(maker, "Miến cân mã")
    tab = open_tab(LOGIN)
    page = tab.open(f"{at}/anh")
    limits = {
        "script[src]": ("src", SCRIPT_LIMIT_KB),
        "link[rel=stylesheet]": ("href", STYLE_LIMIT_KB),
    }
    for selector, (attribute, most) in limits.items():
        found = page.eval_on_selector_all(selector, f"all => all.map(e => e.{attribute})")
        weight = sum(len(gzip.compress(page.request.get(url).body(), 6)) for url in found)
        assert 0 < weight <= most * 1000, (selector, weight)
