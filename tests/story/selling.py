"""Steps 1 and 2: real data, a new producer, a product that staff approve and people find."""

import io
import json
from datetime import timedelta

from PIL import Image

from tests.story.browser import Browser, Page
from tests.story.world import World, photo, today

NAME = "Miến dong Tài Hoan"
PRODUCER = "Tổ hợp tác Miến dong Côn Minh"
STAFF = "staff@demo.test"


def load_real_data(world: World) -> None:
    """Step 1."""
    story, guest = world.story, world.browser("guest")
    page = guest.get("/san-pham")
    story.check("the list shows products", len(page.links("/san-pham/")) >= 24)
    found = guest.get("/san-pham", params={"q": "mien dong tai hoan"})
    story.check("the real product is there", found.has(NAME), found.text)
    demo = guest.get(_product_link(found, "HTX Tài Hoan"))
    story.check("its figures are marked as illustration", demo.has("Số liệu minh họa"), demo.text)
    story.check("its lapsed recognition gives no stars", not stars_of(demo), stars_of(demo))
    communes = guest.get("/dia-phuong/xa", params={"tinh": "19"})
    story.check("Xã Côn Minh is among Thái Nguyên's communes", "02185" in communes.answer.text)
    world.made["demo_product"] = demo.url


def sell_a_product(world: World) -> None:
    """Step 2."""
    _register_producer(world)
    _enter_product(world)
    _approve(world)
    _find_it(world)
    _lapsed_paper_gives_no_star(world)
    _valid_paper_gives_stars(world)


def stars_of(page: Page) -> list[str]:
    """The stars that stand beside the name of a product page or card."""
    heading = page.soup.find("main")
    found = heading.select(".stars") if heading else []
    return [" ".join(item.get_text(" ").split()) for item in found]


def _product_link(page: Page, producer: str) -> str:
    for card in page.soup.select("article"):
        if producer in card.get_text(" "):
            anchor = card.select_one('a[href*="/san-pham/"]')
            if anchor is not None:
                return str(anchor["href"])
    raise AssertionError(f"no card of {producer} on {page.url}: {page.text[:500]}")


def _register_producer(world: World) -> None:
    story, producer = world.story, world.browser("producer")
    form = producer.get("/dang-ky").form(field="password")
    producer.submit(
        form,
        {"name": "Nông Thị Mai", "login": "0912 345 678", "password": "mien dong rat ngon 26"},
    )
    home = producer.get("/tai-khoan")
    story.check("the producer has an account", home.has("Nông Thị Mai"), home.text)
    form = producer.get("/ban-hang/dang-ky").form(field="commune_code")
    typed = {
        "name": PRODUCER,
        "kind": "cooperative_group",
        "province_code": "19",
        "address": "thôn Chè Cọ",
    }
    listed = producer.submit(form, typed | {"buoc": "xa"} if "buoc" in form.fields else typed)
    sent = producer.submit(listed.form(field="commune_code"), typed | {"commune_code": "02185"})
    story.check("the registration waits for staff", PRODUCER in sent.text, sent.text)
    staff = world.signed_in(STAFF)
    queue = staff.get("/can-bo/nha-san-xuat")
    judged = staff.get(queue.link(PRODUCER))
    _decide(staff, judged, approve=True)
    again = producer.get("/ban-hang/co-so")
    story.check("staff of the province verified it", again.has("Đã xác minh"), again.text)


def _decide(staff: Browser, page: Page, *, approve: bool, note: str = "") -> Page:
    form = page.form(action="/quyet-dinh")
    button = "approve" if approve else "reject"
    if form.tag.select_one('button[name="decision"]') is not None:
        form.tag.append(page.soup.new_tag("input", attrs={"type": "hidden", "name": "decision"}))
    typed: dict[str, object] = {"decision": button, "note": note}
    if approve and "checked" in form.fields:  # each point was compared with the scan
        typed["checked"] = [str(box["value"]) for box in form.tag.select('[name="checked"]')]
    return staff.submit(form, typed)


def _enter_product(world: World) -> None:
    story, producer = world.story, world.browser("producer")
    form = producer.get("/ban-hang/san-pham/moi").form(field="subgroup")
    page = producer.submit(
        form,
        {
            "name": NAME,
            "name_en": "Tai Hoan canna vermicelli",
            "subgroup": "F32",
            "summary": "Miến từ củ dong riềng trồng ở Côn Minh, phơi trên giàn, không phẩm màu.",
            "summary_en": "Vermicelli of canna root grown in Con Minh, dried on racks.",
        },
    )
    base = "/".join(page.url.split("?")[0].split("/")[:6])
    told = producer.get(f"{base}/chuyen-va-mua").form(field="story")
    producer.submit(told, {"story": "Sợi miến màu nâu trong của củ dong vùng cao."})
    world.made["desk_product"] = base
    label = producer.get(f"{base}/nhan").form(field="ingredients")
    producer.submit(
        label,
        {
            "ingredients": "Tinh bột củ dong riềng 100%, nước.",
            "net_content": "500 g",
            "origin": "Xã Côn Minh, Tỉnh Thái Nguyên, Việt Nam",
            "usage": "Ngâm nước lạnh 10 phút, nấu hoặc xào.",
            "storage": "Nơi khô ráo, thoáng mát.",
            "shelf_life_days": "365",
            "is_lot_tracked": "y",
        },
    )
    for size, price, weight, packed in (
        ("Túi 500 g", "65.000", "500", "540"),
        ("Túi 1 kg", "125.000", "1000", "1060"),
    ):
        form = producer.get(f"{base}/quy-cach").form(action="/quy-cach", field="price_vnd")
        typed = {
            "label": size,
            "price_vnd": price,
            "net_weight_g": weight,
            "packed_weight_g": packed,
        }
        producer.submit(form, typed)
    photos = producer.get(f"{base}/anh")
    form = photos.form(action="/anh", field="photo")
    raw = photo()
    shown = producer.submit(
        form,
        {"alt": "Bó miến dong trên mẹt", "has_right_to_use": "y"},
        files={"photo": ("mien.jpg", raw, "image/jpeg")},
    )
    picture = shown.soup.select_one('main img[src*="/media/"]')
    assert picture is not None, shown.text
    stored = producer.get(str(picture["src"])).answer.content
    opened = Image.open(io.BytesIO(stored))
    story.check("the photo was turned upright", opened.height > opened.width, opened.size)
    story.check("its EXIF is gone", not opened.getexif() and b"Exif" not in stored[:200])
    form = producer.get(f"{base}/anh").form(action="/anh", field="photo")
    refused = producer.submit(
        form,
        {"has_right_to_use": "y"},
        files={"photo": ("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")},
        expect=422,
    )
    story.check("what is no picture is refused", refused.has("không phải ảnh"), refused.text)
    review = producer.get(base)
    producer.submit(review.form(action="/gui-duyet"))
    world.browser("guest").get("/san-pham/" + "mien-dong-tai-hoan-khong-co", expect=404)
    story.check("the product waits for staff", producer.get(base).has("Chờ duyệt"))


def _approve(world: World) -> None:
    staff = world.signed_in(STAFF)
    queue = staff.get("/can-bo/san-pham")
    _decide(staff, staff.get(queue.link(NAME)), approve=True)
    other = world.signed_in("staff2@demo.test")
    world.story.check(
        "staff of another province do not see it", not other.get("/can-bo/san-pham").has(PRODUCER)
    )


def _find_it(world: World) -> None:
    story, guest = world.story, world.browser("guest")
    page = guest.get("/san-pham", params={"q": "mien dong"})
    story.check("typed without accents it is found", page.has(PRODUCER), page.text)
    product = guest.get(_product_link(page, PRODUCER))
    world.made["product"] = product.url
    story.check("both sizes and prices are there", product.has("65.000", "125.000"), product.text)
    english = guest.get(product.url.replace(world.server.url, world.server.url + "/en"))
    story.check("it has an English page", english.has("Tai Hoan canna vermicelli"), english.text)
    data = [json.loads(tag.get_text()) for tag in product.soup.select('[type*="ld+json"]')]
    kinds = json.dumps(data)
    story.check("it carries schema.org Product data", '"Product"' in kinds, kinds[:300])


def _paper(world: World, *, issued_on: str, expires_on: str, is_illustration: bool) -> Page:
    producer, base = world.browser("producer"), world.made["desk_product"]
    form = producer.get(f"{base}/chung-nhan").form(action="/chung-nhan", field="stars")
    typed = {
        "kind": "ocop",
        "stars": "5",
        "issuer": "Bộ Nông nghiệp",
        "issuer_level": "national",
        "issued_on": issued_on,
        "expires_on": expires_on,
        "product_name_printed": NAME,
    }
    if is_illustration:
        typed |= {"is_illustration": "y", "certificate_no": "MINH HỌA 01"}
    scan = ("giay.jpg", photo(words="giấy"), "image/jpeg")
    producer.submit(form, typed, files={} if is_illustration else {"scan": scan})
    staff = world.signed_in(STAFF)
    queue = staff.get("/can-bo/chung-nhan")
    _decide(staff, staff.get(queue.link_beside("/can-bo/chung-nhan/", PRODUCER)), approve=True)
    return world.browser("guest-" + issued_on).get(world.made["product"])


def _lapsed_paper_gives_no_star(world: World) -> None:
    page = _paper(world, issued_on="2021-12-28", expires_on="2024-12-28", is_illustration=False)
    world.story.check("the real, lapsed certificate shows no star", not stars_of(page), page.text)


def _valid_paper_gives_stars(world: World) -> None:
    story = world.story
    issued = today() - timedelta(days=40)
    expires = today() + timedelta(days=1000)
    page = _paper(
        world,
        issued_on=issued.isoformat(),
        expires_on=expires.isoformat(),
        is_illustration=True,
    )
    story.check("a valid certificate shows five stars", stars_of(page), page.text)
    story.check("it is visibly an illustration", page.has("minh họa"), page.text)
    listed = world.browser("late guest").get("/san-pham", params={"q": "mien dong"})
    card = next(card for card in listed.soup.select("article") if PRODUCER in card.get_text(" "))
    story.check("the list shows the stars too", card.select(".stars"), card.get_text(" "))
