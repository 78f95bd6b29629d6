"""Every page of the application, found by walking ``app.url_map`` and the links between pages."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.e2e.preparing import PRODUCT, Made
from tests.story.browser import Browser

LOGINS = {
    "guest": None,
    "buyer": "buyer@demo.test",
    "producer": "producer@demo.test",
    "producers": "ocop@demo.test",
    "club": "club@demo.test",
    "officer": "officer@demo.test",
    "staff": "staff@demo.test",
    "staff2": "staff2@demo.test",
    "admin": "admin@demo.test",
}
STARTS = {
    "guest": [PRODUCT, "/"],
    "buyer": ["/tai-khoan"],
    "producer": ["/ban-hang"],
    "producers": ["/ban-hang"],
    "club": ["/clb"],
    "officer": ["/can-bo-xa/phien"],
    "staff": ["/can-bo"],
    "staff2": ["/can-bo"],
    "admin": ["/can-bo"],
}
AREAS = {
    "/hoan-tien": "producer",
    "/tai-khoan": "buyer",
    "/ban-hang": "producer",
    "/clb": "club",
    "/can-bo-xa": "officer",
    "/can-bo": "staff",
}

NO_PAGE = {
    "accounts_api.me": "machine",
    "health.alive": "machine",
    "health.ready": "machine",
    "metrics.show": "machine",
    "media.show": "file",
    "places.communes": "fragment of a form",
    "places.find": "fragment of a form",
    "checkout.bill": "fragment of the checkout",
    "marketplaces.download": "file",
    "marketplaces.feed": "file",
    "channel_sheets.download": "file",
    "marketplaces.hand_over_form": "file",
    "marketplaces.report_data": "file",
    "marketplaces.readiness_data": "file",
    "marketplaces.readiness_pdf": "file",
    "catalogue.scan": "file",
    "catalogue.endorsement_scan": "file",
    "sessions.calendar": "file",
    "packs.download": "file",
    "reminders.personal_feed": "file",
    "sheets.template": "file",
    "sheets.faults_file": "file",
    "sheets.ledger_csv": "file",
    "storefront.robots": "file",
    "storefront.suggestions": "fragment of the search field",
    "storefront.site_map": "file",
    "storefront.site_map_part": "file",
    "storefront.share_picture": "file",
    "storefront.producer_share_picture": "file",
    "storefront.paper_scan": "file",
    "sessions.share_picture": "file",
    "onair.news": "machine",
    "onair.on_air": "fragment of a session's page",
    "onair.buy_bill": "fragment of the buyer's page of a draft",
    "trace.share_picture": "file",
    "exchange.epcis": "file",
    "exchange_desk.dossier": "file",
    "exchange_desk.epcis": "file",
    "exchange_desk.period_csv": "file",
    "exchange_desk.period_epcis": "file",
    "inspectors.dossier": "file",
    "inspectors.epcis": "file",
    "trace.anchor": "file",
    "trace.journal_json": "file",
    "trace.qr": "file",
    "resolver.description": "file",
    "payments.transfer_qr": "file",
    "payments.webhook_vnpay": "machine",
    "receipts.buyers_receipt": "file",
    "receipts.sellers_receipt": "file",
    "refunds.proof": "file",
    "results.proof_for_producer": "file",
    "results.proof_for_club": "file",
    "results.producer_paper": "file",
    "results.club_paper": "file",
    "shipping.print_papers": "file",
    "taxes.entries_csv": "file",
    "taxes.sellers_csv": "file",
    "offline.worker": "file",
    "entry.ticket": "file",
    "labels.lot_pdf": "file",
    "labels.pdf": "file",
    "labels.pictures": "file",
    "labels.preview": "file",
    "wholesale.paper": "file",
    "labels.batch_file": "file",
}
"""GET endpoints that answer with no page of their own."""

LEAD_ON = {"resolver.printed", "resolver.item", "resolver.location", "trace.find"} | {
    "accounts.my_members",
    "accounts.my_acts",
    "sessions.open_session",
    "shipping.scan",
    "shipping.scan_upper",
    "refunds.account",
    "channel_sheets.filling",
}
"""GET endpoints that lead on to another page."""


@dataclass(frozen=True)
class Place:
    """A page, and who looks at it."""

    endpoint: str
    role: str
    path: str

    @property
    def name(self) -> str:
        """What a failure is called."""
        return f"{self.endpoint} ({self.role}) {self.path}"


def role_of(path: str) -> str:
    """Who uses the area of this path."""
    for area, role in AREAS.items():
        if f"{path}/".startswith(f"{area}/"):
            return role
    return "guest"


def page_endpoints(app: Flask) -> dict[str, str]:
    """Endpoint -> rule of every page."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint not in {*NO_PAGE, *LEAD_ON}
    }


def find_places(app: Flask, origin: str, made: Made) -> list[Place]:
    """One place for every kind of page that can be reached, and the guest's own pages."""
    wanted = page_endpoints(app)
    adapter = app.url_map.bind(urlsplit(origin).netloc)
    found: dict[str, Place] = {}
    for role, login in LOGINS.items():
        browser = Browser(origin, who=role)
        if login:
            browser.sign_in(login)
        fixed = [rule for rule in wanted.values() if "<" not in rule and _is_for(rule, role)]
        starts = [*STARTS[role], *map(_path, made.starts.get(role, [])), *fixed]
        for place in _walk(browser, adapter, role, starts):
            found.setdefault(place.endpoint, place)
    places = [place for endpoint, place in found.items() if endpoint in wanted]
    places += [Place(_endpoint(adapter, path), "ordered", path) for path in made.guest_pages]
    return sorted(places, key=lambda place: (place.role, place.endpoint))


def _is_for(path: str, role: str) -> bool:
    return role.startswith(role_of(path)) or (role == "admin" and role_of(path) == "staff")


def _endpoint(adapter: MapAdapter, path: str) -> str:
    try:
        return str(adapter.match(path.split("?")[0], method="GET")[0])
    except HTTPException:
        return ""


def _walk(browser: Browser, adapter: MapAdapter, role: str, starts: list[str]) -> Iterator[Place]:
    """Follow links inside the role's own area until no new kind of page turns up."""
    waiting, seen = deque(starts), set[str]()
    while waiting:
        path = waiting.popleft()
        endpoint = _endpoint(adapter, path)
        if endpoint in seen or endpoint in NO_PAGE or not endpoint:
            continue
        page = browser.get(path, expect=None)
        is_html = "html" in page.answer.headers.get("Content-Type", "")
        path = _path(page.url)
        landed = _endpoint(adapter, path)
        if page.status != 200 or not is_html or landed in seen or not _is_for(path, role):
            continue
        seen |= {endpoint, landed}
        yield Place(landed, role, path)
        waiting += [path for path in map(_path, page.links(browser.origin)) if _is_for(path, role)]


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
