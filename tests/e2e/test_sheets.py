"""The sheets as people use them: keys of a spreadsheet in the grid, a file from upload to undo."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shop.core.tables import csv_bytes
from tests.e2e.conftest import LAPTOP, Tab

pytestmark = pytest.mark.browser

LOGIN = "producer@demo.test"
GRID = "/ban-hang/gia-va-kho"


def test_the_grid_by_keyboard(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(LOGIN, LAPTOP)
    page = tab.open(GRID)
    prices = page.locator("[name^=price-]")
    thresholds = page.locator("[name^=low-]")
    status = page.locator("[data-sheet-status]")
    before = prices.first.input_value()
    prices.first.focus()
    page.keyboard.press("ArrowDown")
    expect(prices.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(thresholds.first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("61000")
    expect(prices.first).to_have_class("cell cell-changed")
    expect(status).to_have_text("1 ô đã sửa")
    page.keyboard.press("Enter")
    expect(prices.nth(1)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    expect(prices.first).to_have_value(before)
    expect(status).to_have_text("Chưa sửa ô nào")
    page.keyboard.press("Tab")
    expect(thresholds.first).to_be_focused()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/plain', '11\\r\\n12\\r\\n');
          document.activeElement.dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(thresholds.first).to_have_value("11")
    expect(thresholds.nth(1)).to_have_value("12")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flashes")).to_contain_text("Đã lưu 2 dòng")
    expect(page.locator("[name^=low-]").first).to_have_value("11")
    page.locator("[name^=price-]").first.fill("12%")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cell-err").first).to_contain_text("Không nhận phần trăm")
    assert not [fault for fault in tab.watch.take() if "422" not in fault]


def test_a_file_from_upload_to_undo(open_tab: Callable[..., Tab], tmp_path: Path) -> None:
    tab = open_tab(LOGIN)
    page = tab.open(GRID)
    sku = page.locator("tbody .code").first.inner_text()
    threshold = page.locator("[name^=low-]").first.input_value()
    file = tmp_path / "nguong.csv"
    rows = [[sku, int(threshold) + 5], ["KHONG-CO", "x"]]
    file.write_bytes(csv_bytes(["Mã hàng", "Báo sắp hết khi còn"], rows))
    page = tab.open("/ban-hang/nhap-xuat")
    page.set_input_files("[name=sheet]", file)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.locator("#import")).to_have_attribute("data-state", "judged", timeout=60_000)
    expect(page.locator("[data-status=error]").first).to_contain_text("Báo sắp hết khi còn")
    page.locator("[data-count=changed]").click()
    expect(page.locator(".diff ins").first).to_have_text(str(int(threshold) + 5))
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp có cột lỗi").click()
    assert "Lỗi cần sửa" in Path(str(download.value.path())).read_text("utf-8-sig")
    page.get_by_role("button", name="Ghi vào danh mục").click()
    expect(page.locator("#import")).to_have_attribute("data-state", "committed", timeout=60_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#import")).to_have_attribute("data-state", "undone", timeout=60_000)
    tab.open(GRID)
    expect(page.locator("[name^=low-]").first).to_have_value(threshold)
