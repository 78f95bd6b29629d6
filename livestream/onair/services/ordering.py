"""A draft becomes an order, or is dropped; by a person, once."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from livestream.onair import queries
from livestream.onair.models import OrderDraft
from livestream.onair.rules.cues import NotOnAir
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import items_of
from shop.checkout.models import Basket, BasketLine
from shop.checkout.services import CheckoutRequest, Placed, place_checkout
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.payments.provider import PaymentConfig

SELLING = ("live", "ended")


class DraftDecided(Conflict):
    message = N_("Đơn nháp này vừa được người khác xử lý. Hãy xem lại danh sách.")


class NothingOrdered(Invalid):
    message = N_("Chưa có sản phẩm nào. Hãy ghi số lượng của ít nhất một mã.")


def place_draft(
    db: Session,
    *,
    live: LiveSession,
    draft_id: int,
    quantities: Mapping[int, int],
    request: CheckoutRequest,
    actor_id: int | None,
    config: PaymentConfig,
    now: datetime,
    buyer_id: int | None = None,
) -> Placed:
    """Make the orders of a draft through the same checkout as everybody's, exactly once.

    ``quantities``: line-up item id -> units, as confirmed by the order taker (``actor_id``), or by
    the buyer with the link they were sent. ``request``'s submit key becomes the draft's own.

    The draft's row is taken by one conditional UPDATE: of two people who confirm at once the second
    waits and is refused; the submit key of the checkout stands behind it. Stock, live price, limits
    and delivery are judged by the checkout. Raises NotFound, DraftDecided, NotOnAir,
    NothingOrdered, and what ``place_checkout`` raises; the caller must not commit then.
    """
    draft = queries.draft_of(db, live.id, draft_id)
    if live.state not in SELLING:
        raise NotOnAir
    items = {item.id: item.variant_id for item in items_of(db, live)}
    if set(quantities) - set(items):
        raise NotFound
    wanted = {items[item_id]: units for item_id, units in quantities.items() if units > 0}
    if not wanted:
        raise NothingOrdered(field="quantity")
    _claim(db, draft_id, actor_id, now)
    placed = place_checkout(
        db,
        basket=_basket(db, wanted, now),
        request=replace(request, submit_key=f"live-draft-{draft.id}"),
        buyer_id=buyer_id,
        config=config,
        now=now,
    )
    db.refresh(draft)
    draft.state, draft.group_id = "placed", placed.group.id
    db.flush()
    return placed


def drop_draft(
    db: Session, *, live: LiveSession, draft_id: int, actor_id: int, now: datetime
) -> None:
    """Put a draft aside: no order comes of it. Raises NotFound, DraftDecided."""
    draft = queries.draft_of(db, live.id, draft_id)
    _claim(db, draft_id, actor_id, now)
    db.refresh(draft)
    draft.state = "dropped"
    db.flush()


def _claim(db: Session, draft_id: int, actor_id: int | None, now: datetime) -> None:
    """Take the open draft; whoever comes second waits here. Raises DraftDecided."""
    taken = db.execute(
        update(OrderDraft)
        .where(OrderDraft.id == draft_id, OrderDraft.state == "open")
        .values(decided_by=actor_id, decided_at=now)
        .returning(OrderDraft.id)
    )
    if taken.one_or_none() is None:
        raise DraftDecided


def _basket(db: Session, wanted: Mapping[int, int], now: datetime) -> Basket:
    """What the checkout takes its goods from; nobody else knows its token."""
    token = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    basket = Basket(token_hash=token, updated_at=now)
    db.add(basket)
    db.flush()
    db.add_all(
        BasketLine(basket_id=basket.id, variant_id=variant_id, quantity=units, added_at=now)
        for variant_id, units in sorted(wanted.items())
    )
    db.flush()
    return basket
