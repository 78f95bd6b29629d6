"""What the pages need to be worth a look: orders, drafts, papers and applications that wait.

Made over HTTP without JavaScript, by people with the roles for it.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from tests.factories import templates
from tests.story.browser import Browser, Page
from tests.story.world import photo, today

ADDRESS = {
    "full_name": "Trần Văn Khách",
    "phone": "0987 654 321",
    "province_code": "01",
    "street": "Số 5 phố Thử Nghiệm",
    "payment": "cod",
}
PRODUCT = "/san-pham/mien-dong-tai-hoan"
SOLD_OUT = "/san-pham/bup-be-em-gai-cac-dan-toc"
PUBLIC_ID = "0123456789ABCDEF"
"""As long as the name of a session in addresses."""
WAIT_SECONDS = 30


@dataclass
class Made:
    """Addresses that no page links to."""

    guest: Browser
    """Ordered of two producers and has something in the basket again."""
    guest_pages: list[str] = field(default_factory=list)
    """Basket, checkout, the page after it, the signed order page, as this guest sees them."""
    starts: dict[str, list[str]] = field(default_factory=dict)
    """Role -> addresses that no page leads to in the state in which the walk finds it."""


def order(browser: Browser, *products: str) -> Page:
    """Buy one piece of each, paid on delivery; gives the page after the checkout."""
    for product in products or (PRODUCT,):
        browser.submit(browser.get(product).form(action="/gio-hang", field="variant_id"))
    form = browser.get("/dat-hang").form(field="submit_key")
    communes = browser.get("/dia-phuong/xa", params={"tinh": ADDRESS["province_code"]})
    commune = str(communes.soup.select('option[value]:not([value=""])')[0]["value"])
    return browser.submit(form, ADDRESS | {"commune_code": commune})


def prepare(origin: str) -> Made:
    """Make everything once."""
    made = Made(Browser(origin, who="guest"))
    producer = _signed_in(origin, "producer@demo.test")
    _orders(origin, producer, made)
    _what_came(origin, producer, made)
    _a_recall(origin, made)
    _a_refund(producer, made)
    _codes(producer, made)
    _papers(producer)
    _an_export(producer)
    _channel_files(producer)
    _applications(origin)
    _an_invitation(producer)
    _an_inspection(producer, made)
    _a_campaign(origin, made)
    _what_is_asked(origin, made)
    _around_a_session(origin, made)
    return made


def _what_is_asked(origin: str, made: Made) -> None:
    """The form for a visit, an enquiry, and what the mails about a sold-out size lead to."""
    buyer = _signed_in(origin, "buyer@demo.test")
    buyer.submit(buyer.get(SOLD_OUT).form(action="/bao-khi-co-hang"))
    saved = buyer.get("/yeu-thich")
    code = saved.form(action="/tai-khoan/cho-hang/").action.split("/")[-2]
    service = saved.links("/san-pham/du-lich")[0].rsplit("/", 1)[-1]
    asked = buyer.get("/tai-khoan/hoi-dat").links(f"{origin}/hoi-dat/")
    starts = made.starts.setdefault("guest", [])
    starts += [f"{origin}/hoi-dat/moi/{service}", *asked]
    starts += [f"{origin}/bao-khi-co-hang/{code}", f"{origin}/bao-khi-co-hang/{code}/thoi"]
    coming = buyer.get("/phien-live").links(f"{origin}/phien-live/")
    pages = (buyer.get(link) for link in coming)
    followed = next(page for page in pages if page.soup.select('form[action$="/nhac-toi"]'))
    buyer.submit(followed.form(action="/nhac-toi"))
    code = buyer.get("/tai-khoan/lich-live").form(action="/nhac-toi/").action.split("/")[-2]
    starts += [f"{origin}/nhac-toi/{code}", f"{origin}/nhac-toi/{code}/thoi"]


def _around_a_session(origin: str, made: Made) -> None:
    """A viewer's complaint, and the demo's orders read out of comments."""
    viewer = Browser(origin, who="viewer")
    live = viewer.get("/phien-live").links(f"{origin}/phien-live/")[0]
    form = viewer.get(f"{live}/khieu-nai").form(field="words")
    told = viewer.submit(form, {"kind": "price", "words": "Giá trên sóng khác giá trên trang."})
    made.starts.setdefault("guest", []).append(told.url)
    club = _signed_in(origin, "club@demo.test")
    weeks = [(today() - timedelta(days=days)).isoformat() for days in (0, 7)]
    pages = [club.get("/clb/phien", params={"tuan": week}) for week in weeks]
    codes = {urlsplit(link).path for page in pages for link in page.links(f"{origin}/clb/phien/")}
    for path in sorted(one for one in codes if len(one.rsplit("/", 1)[-1]) == len(PUBLIC_ID)):
        drafts = club.get(f"{path}/binh-luan").links(f"{origin}{path}/binh-luan/")
        made.starts.setdefault("club", []).extend(drafts)
        results = club.get(f"{path}/ket-qua", expect=None)
        made.starts["club"].extend(results.links(f"{path}/ket-qua/tep/"))
    drafts = [link for link in made.starts["club"] if "/binh-luan/" in link]
    sent = (link for draft in drafts for link in club.get(draft).links("/chot-don/"))
    address = urlsplit(next(link for link in sent if link.startswith("http")))
    made.guest_pages.append(f"{address.path}?{address.query}")


def _signed_in(origin: str, login: str) -> Browser:
    browser = Browser(origin, who=login)
    browser.sign_in(login)
    return browser


def _orders(origin: str, producer: Browser, made: Made) -> None:
    """A packed order of a person, and a guest's fresh ones of two producers."""
    done = order(_signed_in(origin, "buyer@demo.test"))
    link = f"/ban-hang/don-hang/{done.one('main')['data-order']}"
    for button in ("/xac-nhan", "/dong-goi"):
        producer.submit(producer.get(link).form(action=button))
    made.starts["producer"] = [link]
    guest = made.guest
    found = guest.get("/san-pham", params={"q": "toi den diep bach"}).links("/san-pham/")
    done = order(guest, PRODUCT, found[0])
    guest.submit(guest.get(PRODUCT).form(action="/gio-hang", field="variant_id"))
    signed = [link.split("#")[0] for link in done.links("/don-hang/") if "k=" in link]
    pages = [done.url, signed[0], "/gio-hang", "/dat-hang"]
    made.guest_pages = [page.removeprefix(origin) for page in pages]


def _what_came(origin: str, producer: Browser, made: Made) -> None:
    """An order that a guest may judge, and a case that a guest follows; their links are signed."""
    guest = Browser(origin, who="judge")
    done = order(guest)
    signed = next(link for link in done.links("/don-hang/") if "k=" in link)
    link = f"/ban-hang/don-hang/{urlsplit(signed).path.rsplit('/', 1)[-1]}"
    for button in ("/xac-nhan", "/dong-goi", "/gui", "/da-giao"):
        form = producer.get(link).form(action=button)
        producer.submit(form, {"carrier": "VNPost"} if button == "/gui" else None)
    made.guest_pages.append(guest.get(signed).links("/danh-gia/")[0].removeprefix(origin))
    ask = guest.get(guest.get(signed).links("/tra-hang?")[0])
    made.guest_pages.append(ask.url.removeprefix(origin))
    sent = guest.submit(ask.form(field="reason"), {"text": "Gói bị hở khi tới nơi."})
    made.guest_pages.append(sent.url.removeprefix(origin))
    form = guest.get(guest.get(PRODUCT).links("/bao-vi-pham/san-pham/")[0]).form(field="reason")
    case = guest.submit(form, {"reason": "unsafe", "note": "Gói bị hở khi tới nơi."})
    made.guest_pages.append(case.url.removeprefix(origin))


def _a_recall(origin: str, made: Made) -> None:
    """The demo's recall as one of its buyers answers it: by a signed link from their order."""
    buyer = _signed_in(origin, "buyer@demo.test")
    for number in range(1, 6):
        for link in buyer.get(f"/tai-khoan/don-hang?trang={number}").links("/don-hang/"):
            found = buyer.get(link).links("/thu-hoi/xac-nhan/")
            if found:
                made.guest_pages.append(found[0].removeprefix(origin))
                return
    raise LookupError("no order of the demo buyer is touched by a recall")


def _a_refund(producer: Browser, made: Made) -> None:
    """The form that gives money back, from an order that has some."""
    tabs = producer.get("/ban-hang/don-hang").links("/ban-hang/don-hang?")
    for link in (order for tab in tabs for order in producer.get(tab).links("/ban-hang/don-hang/")):
        found = producer.get(link).links("/hoan-tien/moi/")
        if found:
            made.starts["producer"] = [*made.starts.get("producer", []), found[0]]
            return
    raise LookupError("no order of the demo producer can be refunded")


def _codes(producer: Browser, made: Made) -> None:
    """The demo's lot with boxes and codes of single jars: the one a buyer reported."""
    lot = producer.get("/ban-hang/ma-nghi-van").links("/t/")[0].rsplit("/", 1)[1]
    made.starts["producer"] = [
        *made.starts.get("producer", []),
        *(f"/ban-hang/lo/{lot}/{page}" for page in ("thung", "nhan")),
    ]


def _papers(producer: Browser) -> None:
    """A change of a published product, a certificate and a payee account that wait for staff."""
    own = producer.get("/ban-hang/san-pham").links("/ban-hang/san-pham/")
    product = next(link for link in own if link.rsplit("/", 1)[-1].isdigit())
    form = producer.get(f"{product}/thong-tin").form(field="summary")
    producer.submit(form, {"summary": "Sợi miến dai, phơi trên giàn tre ở Côn Minh."})
    producer.submit(producer.get(product).form(action="/gui-duyet"))
    form = producer.get(f"{product}/chung-nhan").form(action="/chung-nhan", field="stars")
    producer.submit(
        form,
        {
            "stars": "4",
            "issuer": "UBND tỉnh Thái Nguyên",
            "issued_on": (today() - timedelta(days=30)).isoformat(),
            "is_illustration": "y",
        },
        files={"scan": ("giay.jpg", photo(words="giấy"), "image/jpeg")},
    )
    form = producer.get("/ban-hang/tai-khoan-nhan-tien").form(field="holder")
    producer.submit(form, {"bank": "970436", "number": "0123456789", "holder": "NONG VAN DEMO"})


def _an_export(producer: Browser) -> None:
    page = producer.submit(producer.get("/ban-hang/kenh-ban/voso").form(action="/xuat"))
    deadline = time.monotonic() + WAIT_SECONDS
    while page.one("#run")["data-state"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.3)
        page = producer.get(page.url)


def _channel_files(producer: Browser) -> None:
    """A shop's template, filled once; what a channel said; orders, recorded and not yet."""
    home = producer.get("/ban-hang/mau-kenh")
    sheet = ("Shopee_mau_trong.xlsx", templates.shopee(), "application/octet-stream")
    page = producer.submit(home.form(field="sheet"), files={"sheet": sheet})
    page = producer.submit(page.form(action="/lua-chon"), {"delivery": "channel_id.5001"})
    producer.submit(page.form(action="/dien"))
    told = "SKU,Trạng thái,Lý do\nMIEN-DONG-TAI-HOAN-500G,Thất bại,Ảnh bìa có chữ\nLA-1,Live,\n"
    form = producer.get("/ban-hang/ket-qua-san").form(field="sheet")
    producer.submit(form, files={"sheet": ("ket-qua.csv", told.encode(), "text/csv")})
    orders = "Mã đơn hàng,Trạng thái,SKU,Số lượng\nSP000001,Đang giao,LA-1,1\n"
    form = producer.get("/ban-hang/don-tu-san").form(field="sheet")
    page = producer.submit(form, files={"sheet": ("don.csv", orders.encode(), "text/csv")})
    producer.submit(page.form(field="digest"))
    more = {"sheet": ("don-2.csv", f"{orders}\n".encode(), "text/csv")}
    producer.submit(producer.get("/ban-hang/don-tu-san").form(field="sheet"), files=more)


def _applications(origin: str) -> None:
    """A newcomer asks to sell and to run a club."""
    newcomer = Browser(origin, who="newcomer")
    form = newcomer.get("/dang-ky").form(field="password")
    phone = f"09{time.time_ns() // 1000 % 10**8:08d}"
    newcomer.submit(
        form, {"name": "Nông Thị Mới", "login": phone, "password": "mien dong rat ngon 26"}
    )
    typed = {"name": f"Tổ hợp tác {phone}", "kind": "cooperative_group", "province_code": "19"}
    form = newcomer.get("/ban-hang/dang-ky").form(field="commune_code")
    listed = newcomer.submit(form, typed | {"buoc": "xa"})
    newcomer.submit(listed.form(field="commune_code"), typed | {"commune_code": "02185"})
    form = newcomer.get("/clb/dang-ky").form(field="place")
    newcomer.submit(
        form, {"name": f"CLB Livestream {phone}", "province_code": "19", "place": "Xã Côn Minh"}
    )


def _an_invitation(producer: Browser) -> None:
    """The owner asks a buyer to work along."""
    form = producer.get("/ban-hang/thanh-vien").form(field="login")
    producer.submit(form, {"login": "buyer@demo.test", "role": "member"})


def _an_inspection(producer: Browser, made: Made) -> None:
    """The owner hands out a link to a lot's records."""
    lot = producer.get("/ban-hang/lo").links("/ban-hang/lo/")
    code = next(part for part in (link.rsplit("/", 1)[-1] for link in lot) if len(part) == 10)
    form = producer.get(f"/ban-hang/lo/{code}/ho-so").form(field="label")
    page = producer.submit(form, {"label": "Chi cục Quản lý chất lượng", "days": "7"})
    made.starts.setdefault("guest", []).extend(page.links("/thanh-tra/"))


def _a_campaign(origin: str, made: Made) -> None:
    staff = _signed_in(origin, "staff@demo.test")
    form = staff.get("/can-bo/chien-dich/moi").form(field="starts_on")
    page = staff.submit(
        form,
        {
            "name": f"Tuần hàng Thái Nguyên {time.time_ns() % 10**6}",
            "name_en": "Thai Nguyen goods week",
            "starts_on": today().isoformat(),
            "ends_on": (today() + timedelta(days=10)).isoformat(),
            "goal_vnd": "100.000.000",
        },
    )
    page = staff.submit(page.form(field="state"), {"state": "published"})
    made.starts.setdefault("guest", []).extend(page.links(f"{origin}/chien-dich/"))
