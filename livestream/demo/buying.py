"""Orders that demo sessions brought: from a host's address, and from a comment."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.demo.clubs import MAIN_CLUB, MANAGERS
from livestream.onair import queries
from livestream.onair.services.ordering import place_draft
from livestream.results.services import share_codes
from livestream.sessions.models import LiveSession, SessionItem
from shop.checkout.services import (
    CheckoutRequest,
    add_to_basket,
    open_basket,
    place_checkout,
    set_origin,
)
from shop.core.text import random_code
from shop.demo.people import person_id
from shop.orders.models import CheckoutGroup, Order
from shop.orders.services import confirm_order
from shop.payments.provider import PaymentConfig
from shop.places.queries import list_communes

PROVINCE: Final = "01"
CAME_BY: Final = (("past", 30, 0), ("past", 50, 1), ("now", 10, 0), ("now", 22, 1))
"""Orders of people who followed a host's address: session, minute on air, place in the line-up."""


def load_demo_buying(db: Session, *, config: PaymentConfig, now: datetime) -> int:
    """Orders of people who watched; says how many are new."""
    known = set(db.scalars(select(CheckoutGroup.submit_key)))
    made = 0
    for place, (session, minute, item) in enumerate(CAME_BY):
        key, live = f"demo-live-buying-{place}", _find(db, session)
        if key not in known:
            at = min(live.starts_at + timedelta(minutes=minute), now)
            _buy_by_code(db, live, item, key=key, config=config, now=at)
            made += 1
    return made + _confirm_comment(db, _find(db, "now"), config, now)


def _find(db: Session, key: str) -> LiveSession:
    return db.scalars(
        select(LiveSession).where(
            LiveSession.is_demo, LiveSession.submit_key.startswith(f"demo-{key}-")
        )
    ).one()


def _buy_by_code(
    db: Session, live: LiveSession, place: int, *, key: str, config: PaymentConfig, now: datetime
) -> None:
    """One pack, by the address of the session's host."""
    code = share_codes(db, live=live, now=now)[0][0].code
    variant_id = db.scalars(
        select(SessionItem.variant_id)
        .where(SessionItem.session_id == live.id)
        .order_by(SessionItem.position)
    ).all()[place]
    token = hashlib.sha256(random_code(26).encode()).hexdigest()
    basket = open_basket(db, token_hash=token, new_token_hash=token, person_id=None, now=now)
    set_origin(db, basket=basket, code=code)
    add_to_basket(db, basket=basket, variant_id=variant_id, quantity=1, now=now)
    placed = place_checkout(
        db,
        basket=basket,
        request=CheckoutRequest(
            submit_key=key,
            full_name="Đỗ Người Mua Demo",
            phone=f"090000002{key[-1]}",
            email=None,
            **_where(db),
        ),
        buyer_id=None,
        config=config,
        now=now,
    )
    _confirm(db, placed.orders[0], now)


def _where(db: Session) -> dict[str, Any]:
    return {
        "province_code": PROVINCE,
        "commune_code": list_communes(db, PROVINCE)[0].code,
        "street": "Số 1 phố Minh Họa",
        "note": "",
        "payment": "cod",
    }


def _confirm(db: Session, order: Order, now: datetime) -> None:
    order.is_demo = True
    seller = person_id(db, "producer@demo.test")
    confirm_order(db, order_id=order.id, actor_id=seller, now=now + timedelta(minutes=2))


def _confirm_comment(db: Session, live: LiveSession, config: PaymentConfig, now: datetime) -> int:
    """The first comment of the session on air became an order; says how many did now."""
    if queries.draft_rows(db, live.id, states=("placed",)):
        return 0
    row = queries.draft_rows(db, live.id, states=("open",))[0]
    item_id = db.scalars(
        select(SessionItem.id)
        .where(SessionItem.session_id == live.id)
        .order_by(SessionItem.position)
    ).first()
    placed = place_draft(
        db,
        live=live,
        draft_id=row.draft.id,
        quantities={item_id or 0: 1},
        request=CheckoutRequest(
            submit_key="",
            full_name="Lan Anh (minh họa)",
            phone="0900000001",
            email=None,
            **_where(db),
        ),
        actor_id=person_id(db, MANAGERS[MAIN_CLUB]),
        config=config,
        now=now,
    )
    placed.orders[0].is_demo = True
    return 1
