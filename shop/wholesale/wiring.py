"""How wholesale joins an application: messages, and its place in the pages of enquiries."""

from datetime import datetime

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.core.text import N_
from shop.enquiries.signals import enquiry_erased
from shop.enquiries.slots import ENQUIRY_PANELS
from shop.notifications.rules import Payload, UrlOf
from shop.notifications.services import register_message
from shop.places.queries import get_province
from shop.web.access import sign, signature
from shop.web.slots import Panel
from shop.web.workspaces import PRODUCER_PANELS, PRODUCT_PANELS
from shop.wholesale import queries, rules, services
from shop.wholesale.erasing import erase_company


def init_app(app: Flask) -> None:
    """Declare the messages, fill the slot, listen; again is harmless."""
    enquiry_erased.connect(erase_company, weak=False)
    link = quote_link(app.config["SECRET_KEY"])
    register_message(
        services.QUOTED,
        title=N_("Có báo giá %(code)s cho bạn, hiệu lực đến %(until)s"),
        body=N_("Xem đơn giá, đồng ý là thành đơn đúng giá đã báo. Không cần tài khoản."),
        url=link,
        importance="important",
    )
    register_message(
        services.WITHDRAWN,
        title=N_("Báo giá %(code)s đã được người bán rút lại"),
        url=link,
        importance="important",
    )
    ENQUIRY_PANELS.fill(enquiry_panel)
    PRODUCT_PANELS.fill(product_panel)
    PRODUCER_PANELS.fill(producer_panel)


def quote_link(secret_key: str) -> UrlOf:
    """The quote's signed address; the signature is made when the message goes out."""

    def link(payload: Payload) -> str:
        code = str(payload["code"])
        return f"/bao-gia/{code}?k={signature(secret_key, 'quote', code)}"

    return link


def product_panel(db: Session, product_id: int, _now: datetime) -> list[Panel]:
    """The way to ask for a wholesale price of a product."""
    return _ask_panel(queries.ask_at_product(db, product_id))


def producer_panel(db: Session, producer_id: int, _now: datetime) -> list[Panel]:
    """The way to ask a producer for a wholesale price."""
    return _ask_panel(queries.ask_at_producer(db, producer_id))


def _ask_panel(at: queries.AskAt | None) -> list[Panel]:
    return [Panel("wholesale/ask_panel.html", {"at": at}, is_below=True)] if at else []


def enquiry_panel(db: Session, enquiry_id: int, is_desk: bool, now: datetime) -> list[Panel]:
    """What a company asked for and what it was offered; nothing for other enquiries."""
    wanted = queries.request_of(db, enquiry_id)
    if wanted is None:
        return []
    quotes = queries.quotes_of(db, enquiry_id, now)
    links = {
        view.quote.code: url_for(
            "wholesale.quote", code=view.quote.code, k=sign("quote", view.quote.code)
        )
        for view in quotes
    }
    context: dict[str, object] = {
        "wanted": wanted,
        "code": queries.enquiry_code(db, enquiry_id),
        "quotes": quotes,
        "links": links,
        "rules": rules,
        "province": get_province(db, wanted.province_code).name,
    }
    template = "wholesale/desk_panel.html" if is_desk else "wholesale/asker_panel.html"
    return [Panel(template, context)]
