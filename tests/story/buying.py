"""Step 4: one checkout, two producers, three ways to pay, and the goods on their way."""

import io
import re
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image

from tests.story import vietqr
from tests.story.browser import Browser, Page
from tests.story.selling import PRODUCER
from tests.story.world import World

BANK_BIN, ACCOUNT, HOLDER = "970436", "0123456789", "NONG THI MAI"
ADDRESS = {
    "full_name": "Trần Văn Khách",
    "phone": "0987 654 321",
    "province_code": "01",
    "street": "Số 5 phố Thử Nghiệm",
    "note": "Gọi trước khi giao",
}


def buy(world: World) -> None:
    """Step 4."""
    _open_payee_account(world)
    orders = _order_from_two_producers(world)
    _pay_by_transfer(world, orders["vietqr"])
    _confirm_cash_order(world, orders["cod"])
    _pack_and_ship(world, orders["vietqr"])
    _follow(world, orders["vietqr"])
    _pay_by_card(world)


def _open_payee_account(world: World) -> None:
    producer, staff = world.browser("producer"), world.signed_in("staff@demo.test")
    form = producer.get("/ban-hang/tai-khoan-nhan-tien").form(field="holder")
    producer.submit(form, {"bank": BANK_BIN, "number": ACCOUNT, "holder": HOLDER})
    queue = staff.get("/can-bo/tai-khoan-nhan-tien")
    form = next(
        form
        for form in (queue.form(action="/tai-khoan-nhan-tien/", field="decision"),)
        if ACCOUNT[-4:] in queue.text
    )
    staff.submit(form, {"decision": "approve"})
    page = producer.get("/ban-hang/tai-khoan-nhan-tien")
    world.story.check(
        "staff checked the producer's first account", page.has("Đang dùng"), page.text
    )


def _add_to_basket(guest: Browser, product: str, *, variant: str = "", quantity: int = 1) -> Page:
    form = guest.get(product).form(action="/gio-hang", field="variant_id")
    typed = {"quantity": str(quantity)} | ({"variant_id": variant} if variant else {})
    return guest.submit(form, typed)


def _order_from_two_producers(world: World) -> dict[str, Page]:
    story, guest = world.story, world.browser("buyer")
    before = _stock(world)
    _add_to_basket(guest, world.made["product"], variant=world.made["variant_500"], quantity=4)
    other = guest.get("/san-pham", params={"q": "toi den diep bach"})
    _add_to_basket(guest, other.links("/san-pham/")[0], quantity=2)
    basket = guest.get("/gio-hang")
    story.check("the basket holds both producers' goods", basket.has(PRODUCER, "HTX Tây Bắc"))
    checkout = guest.get("/dat-hang")
    form = checkout.form(field="submit_key")
    slug = urlsplit(guest.get(world.made["product"]).links("/nha-san-xuat/")[0]).path.split("/")[-1]
    commune = _commune(guest)
    typed = ADDRESS | {"commune_code": commune, "payment": "cod", f"payment_{slug}": "vietqr"}
    typed = {name: value for name, value in typed.items() if name in form.fields}
    if f"payment_{slug}" not in typed:
        raise AssertionError(f"no payment_{slug} in {form.fields}")
    placed = guest.submit(form, typed)
    again = guest.submit(form, typed)
    story.same("a double click leads to the same orders", again.url, placed.url)
    pages = [guest.get(link) for link in dict.fromkeys(placed.links("/don-hang/")) if "k=" in link]
    orders = {str(page.one("main")["data-status"]): page for page in pages}
    story.same(
        "one checkout made two orders",
        sorted(orders),
        ["awaiting_confirmation", "awaiting_payment"],
    )
    story.same("stock is reserved", _stock(world), before - 4)
    return {"cod": orders["awaiting_confirmation"], "vietqr": orders["awaiting_payment"]}


def _commune(guest: Browser) -> str:
    page = guest.get("/dia-phuong/xa", params={"tinh": ADDRESS["province_code"]})
    return str(page.soup.select('option[value]:not([value=""])')[0]["value"])


def _stock(world: World) -> int:
    """What a guest can still buy of the 500 g bag, as the producer's desk says."""
    page = world.browser("producer").get("/ban-hang/kho")
    cell = page.one(f'[data-variant="{world.made["variant_500"]}"] [data-available]')
    return int(re.sub(r"\D", "", cell.get_text()))


def _code(page: Page) -> str:
    return str(page.one("main")["data-order"])


def _total(page: Page) -> int:
    total = page.one(".total")
    return int(re.sub(r"\D", "", total.get_text()))


def _pay_by_transfer(world: World, page: Page) -> None:
    story, guest, producer = world.story, world.browser("buyer"), world.browser("producer")
    code = _code(page)
    key = urlsplit(page.url).query
    picture = guest.get(f"/don-hang/{code}/ma-qr.png?{key}").answer.content
    with Image.open(io.BytesIO(picture)) as opened:
        decoded = zxingcpp.read_barcodes(opened)
    story.same("the QR picture decodes", len(decoded), 1)
    transfer = vietqr.read(decoded[0].text)
    story.same("QR: bank", transfer.bank_bin, BANK_BIN)
    story.same("QR: account", transfer.account, ACCOUNT)
    story.same("QR: amount", int(transfer.amount), _total(page))
    story.same("QR: currency and country", (transfer.currency, transfer.country), ("704", "VN"))
    story.check("QR: the memo stands on the page too", transfer.memo in page.text, transfer.memo)
    form = producer.get(f"/ban-hang/don-hang/{code}/nhan-tien").form(field="amount")
    producer.submit(form)
    producer.submit(form)
    paid = guest.get(page.url)
    story.same("the order is paid", paid.one("main")["data-payment"], "paid")
    story.same("and confirmed", paid.one("main")["data-status"], "confirmed")


def _confirm_cash_order(world: World, page: Page) -> None:
    story, code = world.story, _code(page)
    seller = world.signed_in("producer2@demo.test")
    seller.submit(seller.get(f"/ban-hang/don-hang/{code}").form(action="/xac-nhan"))
    now = world.browser("buyer").get(page.url)
    story.same(
        "the cash order is confirmed by its producer", now.one("main")["data-status"], "confirmed"
    )
    story.same("nothing is paid yet", now.one("main")["data-payment"], "unpaid")
    world.browser("producer").get(f"/ban-hang/don-hang/{code}", expect=404)
    story.check("another producer does not see it", True)


def _pack_and_ship(world: World, page: Page) -> None:
    story, producer, code = world.story, world.browser("producer"), _code(page)
    desk = producer.get(f"/ban-hang/don-hang/{code}")
    form = desk.form(action="/dong-goi")
    picks = {str(i["data-lot"]): str(i["value"]) for i in form.tag.select("input[data-lot]")}
    older = producer.get(f"/ban-hang/lo/{world.made['older_lot']}").text
    newer = producer.get(f"/ban-hang/lo/{world.made['lot']}").text
    proposed = {
        "older": next(units for lot, units in picks.items() if lot in older),
        "newer": next(units for lot, units in picks.items() if lot in newer and lot not in older),
    }
    story.same("first expired, first out", proposed, {"older": "3", "newer": "1"})
    producer.submit(form)
    desk = producer.get(f"/ban-hang/don-hang/{code}")
    producer.submit(
        desk.form(field="carrier"), {"carrier": "Viettel Post", "tracking_no": "VTP123456"}
    )


def _follow(world: World, page: Page) -> None:
    story, guest = world.story, world.browser("buyer")
    now = guest.get(page.url)
    story.same("the goods are on their way", now.one("main")["data-fulfilment"], "shipped")
    story.check("the guest reads the tracking number", now.has("VTP123456"), now.text)
    story.check("the lot's trace link is there", now.links(f"/T/{world.made['lot']}"), now.text)
    world.browser("stranger").get(page.url.split("?")[0], expect=404)
    story.check("without the signed link it is not found", True)


def _pay_by_card(world: World) -> None:
    story, guest = world.story, world.browser("card buyer")
    _add_to_basket(guest, world.made["product"], variant=world.made["variant_500"])
    form = guest.get("/dat-hang").form(field="submit_key")
    typed = ADDRESS | {"commune_code": _commune(guest), "payment": "stripe"}
    placed = guest.submit(form, {k: v for k, v in typed.items() if k in form.fields})
    if not placed.soup.select("main[data-order]"):
        placed = guest.get(next(link for link in placed.links("/don-hang/") if "k=" in link))
    code = _code(placed)
    link = str(placed.one("[data-pay-url]")["href"])
    story.check("the order page leads to the card page", link.startswith(world.stripe.api_base))
    session = link.rsplit("/", 1)[-1].split("?")[0]
    created = world.stripe.sessions[session]
    story.same("metadata names the order", created["metadata"]["order_id"], code)
    story.same("the amount is the order's total", created["amount_total"], _total(placed))
    calls = [call for call in world.stripe.state()["calls"] if call["method"] == "POST"]
    keys = {call["key"] for call in calls}
    story.check("it was created with an idempotency key", keys and all(keys), calls)
    story.same("the signed webhook is taken", world.stripe.pay(session), [200])
    replays = world.stripe.send(session, "checkout.session.completed", times=3)
    story.same("three replays are answered calmly", replays, [200, 200, 200])
    paid = guest.get(placed.url)
    story.same("the signed webhook paid it", paid.one("main")["data-payment"], "paid")
    story.same("three replays changed nothing", paid.one("main")["data-status"], "confirmed")
