"""Step 6: bundles for four marketplaces, opened again and compared with the catalogue."""

import io
import json
import time
import zipfile

from python_calamine import CalamineWorkbook

from tests.story.browser import Page
from tests.story.selling import NAME
from tests.story.world import World

CHANNELS = ("shopee", "lazada", "voso", "postmart")
DRAFTS = ("shopee", "lazada")
DRAFT_MARK = "bản nháp – chưa khớp mẫu của gian hàng"
WAIT_SECONDS = 40
FAULT = "MIẾN DONG SỐ 1 GIẢM GIÁ SỐC"


def list_elsewhere(world: World) -> None:
    """Step 6."""
    _plant_a_fault(world)
    for channel in CHANNELS:
        _export(world, channel)
    _same_by_command(world)


def _plant_a_fault(world: World) -> None:
    """A title with promotion words: the report must name it and say how to mend it."""
    producer = world.browser("producer")
    page = producer.get("/ban-hang/kenh-ban/shopee")
    listing = next(link for link in page.links("/ban-hang/kenh-ban/shopee/"))
    form = producer.get(listing).form(field="title")
    producer.submit(form, {"title": FAULT})


def _export(world: World, channel: str) -> None:
    story, producer = world.story, world.browser("producer")
    page = producer.submit(producer.get(f"/ban-hang/kenh-ban/{channel}").form(action="/xuat"))
    page = _wait(world, page)
    story.same(f"{channel}: the bundle is made", page.one("#run")["data-state"], "done")
    content = producer.get(page.link("Tải gói về")).answer.content
    world.made[f"bundle-{channel}"] = content
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = bundle.namelist()
        report = json.loads(bundle.read(_one(names, "report.json")))
        rows = _cells(bundle, names)
    text = json.dumps(report, ensure_ascii=False)
    flat = {str(cell) for row in rows for cell in row}
    story.check(f"{channel}: the sheet holds the price 65.000", flat & {"65000", "65000.0"}, flat)
    story.check(
        f"{channel}: and the name",
        any("iến dong" in cell.lower() or FAULT in cell for cell in flat),
        flat,
    )
    if channel in DRAFTS:
        marked = any(DRAFT_MARK in cell.lower() for cell in flat)
        story.check(f"{channel}: it says that it is a draft", marked, sorted(flat)[:20])
    else:
        pictures = [name for name in names if name.endswith((".jpg", ".jpeg"))]
        story.check(f"{channel}: photos lie in the bundle", pictures, names)
    if channel == "shopee":
        story.check("the report names the fault", "GIẢM GIÁ" in text.upper(), text[:800])
        story.check("and how to fix it", '"fix"' in text or '"how"' in text, text[:800])


def _wait(world: World, page: Page) -> Page:
    deadline = time.monotonic() + WAIT_SECONDS
    while page.one("#run")["data-state"] in {"queued", "running"}:
        if time.monotonic() > deadline:
            raise AssertionError(f"the export still waits: {page.text}")
        time.sleep(0.5)
        page = world.browser("producer").get(page.url)
    return page


def _one(names: list[str], suffix: str) -> str:
    found = [name for name in names if name.endswith(suffix)]
    if not found:
        raise AssertionError(f"no {suffix} among {names}")
    return found[0]


def _cells(bundle: zipfile.ZipFile, names: list[str]) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(bundle.read(_one(names, ".xlsx"))))
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


def _same_by_command(world: World) -> None:
    """The command makes the very same bytes as the page."""
    producer = world.browser("producer")
    slug = producer.get(world.made["product"]).links("/nha-san-xuat/")[0].rsplit("/", 1)[-1]
    out = world.folder / "exports"
    world.server.flask("marketplaces", "export", "voso", "--producer", slug, "--out", str(out))
    made = [path for path in out.rglob("*") if path.is_file()]
    zips = [path for path in made if path.suffix == ".zip"]
    world.story.check("the command makes the bundle too", zips or made, str(out))
    if zips:
        same = zips[0].read_bytes() == world.made["bundle-voso"]
        world.story.check("byte for byte the page's", same, NAME)
