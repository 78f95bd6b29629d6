"""Step 3: a lot with its journal, printed labels whose QR leads to the page that tells it all."""

import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.story.browser import Page
from tests.story.selling import NAME
from tests.story.world import World, photo, today

UNITS = 40


def trace_a_lot(world: World) -> None:
    """Step 3."""
    code = world.made["lot"] = _open_lot(world, days_ago=30, units=UNITS)
    _record_journal(world, code)
    _release(world, code)
    _print_and_scan(world, code)
    _read_the_page(world, code)
    world.made["older_lot"] = _open_lot(world, days_ago=60, units=3)
    _record_journal(world, world.made["older_lot"])
    _release(world, world.made["older_lot"])


def _open_lot(world: World, *, days_ago: int, units: int) -> str:
    producer = world.browser("producer")
    form = producer.get("/ban-hang/lo/moi").form(field="variant_id")
    options = {o.get_text(): str(o["value"]) for o in form.tag.select("option[value]")}
    wanted = next(value for label, value in options.items() if NAME in label and "500 g" in label)
    made_on = today() - timedelta(days=days_ago)
    typed = {
        "variant_id": wanted,
        "quantity": str(units),
        "made_on": made_on.isoformat(),
        "packed_on": (made_on + timedelta(days=2)).isoformat(),
        "site": "Xưởng thôn Chè Cọ",
    }
    world.made["variant_500"] = wanted
    page = producer.submit(form, typed)
    return str(page.one("main")["data-lot"])


def _record_journal(world: World, code: str) -> None:
    producer = world.browser("producer")
    for kind, facts in (
        ("harvest", {"crop": "Củ dong riềng", "quantity_kg": "1.250,5"}),
        ("processing", {"step": "Tráng bánh, phơi, cắt sợi"}),
        ("packing", {"units": str(UNITS), "package": "Túi 500 g hàn kín"}),
    ):
        form = producer.get(f"/ban-hang/lo/{code}/ghi/{kind}").form(field="submit_key")
        files = {"photos": ("viec.jpg", photo(words=kind, size=(900, 700)), "image/jpeg")}
        page = producer.submit(form, facts, files=files if "photos" in form.fields else None)
        twice = producer.submit(form, facts)
        world.story.same(
            f"{kind} is recorded once though sent twice",
            twice.one("main")["data-entries"],
            page.one("main")["data-entries"],
        )


def _release(world: World, code: str) -> None:
    producer = world.browser("producer")
    page = producer.submit(producer.get(f"/ban-hang/lo/{code}").form(action="/mo-ban"))
    world.story.same("the lot is on sale", page.one("main")["data-state"], "released")


def _print_and_scan(world: World, code: str) -> None:
    story, producer = world.story, world.browser("producer")
    form = producer.get(f"/ban-hang/lo/{code}").form(action="/nhan", field="mau")
    sheet = producer.submit(form, {"so": "24"})
    if "pdf" not in sheet.answer.headers["Content-Type"]:
        sheet = producer.get(sheet.links(".pdf")[0])
    content = sheet.answer.content
    story.check("the label sheet is a PDF", content.startswith(b"%PDF"), content[:20])
    found = _decode(content, world.folder)
    wanted = f"{world.server.url}/T/{code}"
    story.same("labels on the sheet that decode", len(found), 24)
    story.same("all of them say", {text.lower() for text in found}, {wanted.lower()})
    world.made["printed"] = found[0]


def _decode(pdf: bytes, folder: Path) -> list[str]:
    (folder / "sheet.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "200", "-png", str(folder / "sheet.pdf"), str(folder / "sheet")]
    subprocess.run(command, check=True)
    texts = []
    for page in sorted(folder.glob("sheet*.png")):
        with Image.open(page) as picture:
            texts += [item.text for item in zxingcpp.read_barcodes(picture)]
    return texts


def _read_the_page(world: World, code: str) -> None:
    story, guest = world.story, world.browser("scanner")
    vietnamese = guest.get("/" + world.made["printed"].split("/", 3)[3])
    story.check(
        "the page shows product, lot and journey",
        vietnamese.has(NAME, "Thu hoạch", "Đóng gói", "Củ dong riềng"),
        vietnamese.text,
    )
    english = guest.get(f"/en/T/{code}")
    story.check("and in English", english.has("Harvest", "Packing"), english.text)
    size = len(vietnamese.answer.content)
    story.check(f"the page is {size / 1000:.0f} kB, under 30", size < 30_000)
    upper = guest.get(f"/t/{code.lower()}")
    story.check("lower case works as well", upper.has(NAME))
    wrong = code[:3] + ("A" if code[3] != "A" else "B") + code[4:]
    mistyped = guest.get(f"/T/{wrong}", expect=404)
    story.check("a mistyped code is told so", mistyped.has("gõ sai"), mistyped.text)
    _verify_chain(world, guest.get(f"/lo/{code}/nhat-ky.json"))


def _verify_chain(world: World, page: Page) -> None:
    """With the stand-alone verifier of the docs, as a stranger would."""
    file = world.folder / "journal.json"
    file.write_bytes(page.answer.content)
    done = subprocess.run(
        ["python3", "docs/verify_journal.py", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    world.story.check(
        "the published journal verifies from genesis to head", done.returncode == 0, done.stdout
    )
    journal = json.loads(page.answer.content)
    text = json.dumps(journal, ensure_ascii=False).replace("1250.5", "9999.5")
    file.write_text(text, encoding="utf-8")
    forged = subprocess.run(
        ["python3", "docs/verify_journal.py", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    world.story.check("a changed figure is found out", forged.returncode != 0, forged.stdout)
    world.made["journal_digest"] = hashlib.sha256(page.answer.content).hexdigest()
