"""What the pages of on air share."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import Blueprint, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.onair.forms import DraftForm
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import get_session
from shop.accounts.rules import require_club
from shop.payments import services as payments
from shop.payments.configuration import config_of
from shop.payments.provider import Provider
from shop.places import queries as places
from shop.places.rules import is_code
from shop.web.access import actor, sign
from shop.web.i18n import gettext
from shop.web.request import database, house

bp = Blueprint("onair", __name__)

DRAFT_LINK: Final = "live_draft"

Page = tuple[str, int] | str | Response


def seen_by_club(db: Session, public_id: str) -> LiveSession:
    """A session of one of the actor's clubs. Raises NotFound."""
    live = get_session(db, public_id)
    require_club(actor(), live.club_id)
    return live


def order_link(code: str) -> str:
    """The buyer's own page of an order, to be sent to them."""
    return f"{house().public_url}{url_for('orders.show', code=code, k=sign('order', code))}"


def buy_link(draft_id: int) -> str:
    """Where the buyer of a draft says where it goes and confirms it; whoever holds it may."""
    signed = sign(DRAFT_LINK, str(draft_id))
    return f"{house().public_url}{url_for('onair.buy', draft_id=draft_id, k=signed)}"


def fill_places(db: Session, form: DraftForm) -> None:
    """The pick lists of provinces and, once one is chosen, of its communes."""
    code = form.province_code.data or ""
    form.province_code.choices = [
        ("", gettext("Chọn tỉnh, thành phố")),
        *places.province_options(db),
    ]
    communes = places.commune_options(db, code) if is_code(code, 2) else ()
    form.commune_code.choices = [("", gettext("Chọn xã, phường")), *communes]


def ways_to_pay(db: Session, producer_ids: Sequence[int], now: datetime) -> list[Provider]:
    """Every way at least one of the producers takes, in the order to offer them."""
    config = config_of(database())
    offered = payments.offered_providers(db, producer_ids=producer_ids, config=config, now=now)
    union = {one.slug: one for ways in offered.values() for one in ways}
    return sorted(union.values(), key=lambda one: one.order)


def fresh_key() -> str:
    """What makes a press sent twice one press, without JavaScript."""
    return secrets.token_hex(16)
