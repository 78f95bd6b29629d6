"""Screenshots of the key pages, phone and laptop, both languages, into docs/gallery (small WebP).

Starts its own server on a throw-away SQLite file with the demo data and drives Debian's chromium.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.preparing import order  # noqa: E402
from tests.story.browser import Browser as Visitor  # noqa: E402
from tests.story.server import Server  # noqa: E402

TARGET = ROOT / "docs" / "gallery"
QUALITY = 62
WIDTHS = {360: 740, 1280: 860}
MAX_HEIGHT = 2000
SHOW_ALL = """() => Promise.all([...document.images].map(image => {
  image.loading = 'eager';
  return image.decode().catch(() => null);
}))"""

PUBLIC = {
    "home": "/",
    "list": "/san-pham",
    "search": "/san-pham?q=mien+dong",
    "product": "/san-pham/mien-dong-tai-hoan",
    "sessions": "/phien-live",
    "basket": "/gio-hang",
    "sign-in": "/dang-nhap",
    "track": "/tra-cuu-don",
}
WORKSPACES = {
    "desk-producer": ("producer@demo.test", "/ban-hang"),
    "desk-orders": ("producer@demo.test", "/ban-hang/don-hang"),
    "desk-lots": ("producer@demo.test", "/ban-hang/lo"),
    "desk-stock": ("producer@demo.test", "/ban-hang/kho"),
    "desk-channels": ("producer@demo.test", "/ban-hang/kenh-ban"),
    "desk-new-product": ("producer@demo.test", "/ban-hang/san-pham/moi"),
    "desk-club": ("club@demo.test", "/clb"),
    "desk-week": ("club@demo.test", "/clb/phien"),
    "desk-booking": ("club@demo.test", "/clb/phien/moi"),
    "desk-staff": ("staff@demo.test", "/can-bo"),
    "desk-staff-sessions": ("staff2@demo.test", "/can-bo/phien"),
}


def shoot(page: Page, name: str) -> None:
    """Save what the page shows with all its pictures, cut at MAX_HEIGHT."""
    page.evaluate(SHOW_ALL)
    raw = page.screenshot(full_page=True)
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, MAX_HEIGHT)))
    picture.save(TARGET / f"{name}.webp", quality=QUALITY, method=6)


def shoot_public(browser: Browser, origin: str, order_page: str) -> None:
    """Every public page, both languages, both widths, seen by a guest with a full basket."""
    for width, height in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        pages = PUBLIC | found_pages(page, origin) | {"order": order_page, "checkout": "/dat-hang"}
        page.goto(origin + PUBLIC["product"])
        page.click("form.buy button[type=submit]")
        for language, prefix in (("vi", ""), ("en", "/en")):
            for name, path in pages.items():
                page.goto(origin + prefix + path, wait_until="networkidle")
                shoot(page, f"{name}-{language}-{width}")
        context.close()


def found_pages(page: Page, origin: str) -> dict[str, str]:
    """Pages whose address only the data knows: a trace page, a producer, a coming session."""
    found = {}
    page.goto(origin + PUBLIC["product"])
    parts = {"trace": "/t/", "producer": "/nha-san-xuat/", "session": "/phien-live/"}
    for name, part in parts.items():
        links = page.locator(f'main a[href*="{part}"]')
        if links.count():
            address = links.first.get_attribute("href") or ""
            found[name] = address.removeprefix(origin)
    return found


def an_order(origin: str) -> str:
    """Buy something as a guest; gives the signed address of the order page."""
    return order(Visitor(origin, who="guest")).url.removeprefix(origin).split("#")[0]


def shoot_workspaces(browser: Browser, origin: str) -> None:
    """Every workspace page, signed in, both widths, both languages."""
    for width, height in WIDTHS.items():
        for login in sorted({login for login, _ in WORKSPACES.values()}):
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            page.goto(f"{origin}/dang-nhap")
            page.fill('input[name="login"]', login)
            page.fill('input[name="password"]', "chophien-demo")
            page.press('input[name="password"]', "Enter")
            page.wait_for_url(lambda url: "/dang-nhap" not in url)
            for name, (who, path) in WORKSPACES.items():
                for language, prefix in (("vi", ""), ("en", "/en")):
                    if who == login:
                        page.goto(origin + prefix + path, wait_until="networkidle")
                        shoot(page, f"{name}-{language}-{width}")
            context.close()


def main() -> int:
    """Make all pictures anew."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is missing (Debian's package chromium)")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), f"sqlite:///{folder}/gallery.db", RATE_LIMITS="false")
        server.flask("db", "upgrade")
        server.flask("demo", "load")
        with server.running(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            shoot_public(browser, server.url, an_order(server.url))
            shoot_workspaces(browser, server.url)
            browser.close()
    print(f"{len(list(TARGET.glob('*.webp')))} pictures in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
