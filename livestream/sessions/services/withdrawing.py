"""What the shop tells: a product left the sale, a lot must not be sold, lots are called back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries import COMING, items_showing, owner_key
from livestream.sessions.services.changing import club_people, record, tell, tell_next_sessions
from shop.catalogue.services import set_next_session
from shop.core.clock import today_vn
from shop.stock.queries import good_units, held_by, levels
from shop.stock.rules import Want
from shop.stock.services import drop_price_windows, lower_price_caps, release, reserve


def withdraw_product(db: Session, *, product_id: int, now: datetime) -> int:
    """Take a product out of every coming session: no page to buy, no goods held, no live price.

    Runs inside the transaction of the withdrawal, which holds the product's row; touches no
    session row, so it waits for no booking. Returns how many items it took out.
    """
    rows = db.execute(
        select(SessionItem, LiveSession)
        .join(LiveSession, LiveSession.id == SessionItem.session_id)
        .where(
            SessionItem.product_id == product_id,
            SessionItem.withdrawn_at.is_(None),
            LiveSession.state.in_(COMING),
        )
        .order_by(SessionItem.id)
    ).all()
    for item, live in rows:
        _withdraw(db, item, live, now)
    db.flush()
    keys = [owner_key(item.id) for item, _live in rows]
    release(db, owner_keys=keys, now=now)
    set_next_session(db, product_id, starts_at=None, slug=None)
    return len(rows)


def _withdraw(db: Session, item: SessionItem, live: LiveSession, now: datetime) -> None:
    """The item stays as history; its live price ends and the club is told."""
    item.withdrawn_at = now
    detail = {"item_id": item.id}
    event = record(db, live, "item_withdrawn", actor_id=None, now=now, detail=detail)
    tell(
        db,
        live,
        "session.item_withdrawn",
        club_people(db, live),
        now=now,
        about=event,
        code=item.short_code,
    )
    drop_price_windows(db, owner_key=owner_key(item.id))


def take_off_recalled(
    db: Session, *, variant_ids: Collection[int], lot_ids: Collection[int], now: datetime
) -> int:
    """Lots were called back: nothing of them may be set aside, shown or sold on air.

    Every set-aside of the variants is given back, so that the recalled units in it leave the
    shelf. A variant of which no good unit is left is taken out of the line-ups, with its price; of
    the others each session gets back what the good lots still cover, the soonest first. The clubs
    are told either way. Returns how many items were touched.
    """
    rows = items_showing(db, variant_ids)
    keys = [owner_key(item.id) for item, _live in rows]
    held = held_by(db, keys)
    release(db, owner_keys=keys, now=now)
    good = good_units(db, variant_ids, today=today_vn(now))
    for item, live in rows:
        if good[item.variant_id] <= 0:
            _withdraw(db, item, live, now)
            continue
        _set_aside_again(db, item, held.get(owner_key(item.id), 0), live.ends_at, now)
        detail = {"lot_ids": sorted(lot_ids), "item_id": item.id}
        event = record(db, live, "lot_recalled", actor_id=None, now=now, detail=detail)
        tell(
            db,
            live,
            "session.lot_recalled",
            club_people(db, live),
            now=now,
            about=event,
            code=item.short_code,
        )
    db.flush()
    tell_next_sessions(db, {item.product_id for item, _live in rows}, now=now)
    return len(rows)


def _set_aside_again(
    db: Session, item: SessionItem, before: int, ends_at: datetime, now: datetime
) -> None:
    """As many as before, if the good lots have them; the item says what it got."""
    if before == 0:
        return
    key = owner_key(item.id)
    left = min(before, max(levels(db, [item.variant_id])[item.variant_id].available, 0))
    if left:
        wants = [Want(key, item.variant_id, left)]
        reserve(db, wants=wants, expires_at=ends_at, now=now)
    if left < before:
        item.set_aside = max(item.set_aside - (before - left), 0)
        lower_price_caps(db, owner_key=key, units=before - left)


def flag_held_lot(db: Session, *, variant_id: int, lot_id: int, now: datetime) -> int:
    """Tell the clubs of coming sessions that a lot of their product must not be sold for now.

    Stock has taken the lot's units away already; the page of each session shows what is left.
    """
    rows = db.execute(
        select(LiveSession, SessionItem.short_code)
        .join(SessionItem, SessionItem.session_id == LiveSession.id)
        .where(
            SessionItem.variant_id == variant_id,
            SessionItem.withdrawn_at.is_(None),
            LiveSession.state.in_(COMING),
        )
        .order_by(LiveSession.id)
    ).all()
    for live, code in rows:
        event = record(db, live, "lot_held", actor_id=None, now=now, detail={"lot_id": lot_id})
        tell(
            db,
            live,
            "session.lot_held",
            club_people(db, live),
            now=now,
            about=event,
            code=code,
            lot=lot_id,
        )
    return len(rows)
