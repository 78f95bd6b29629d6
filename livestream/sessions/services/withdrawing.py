"""What the shop tells: a product left the sale, a lot must not be sold."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries import owner_key
from livestream.sessions.services.changing import club_people, record, tell
from shop.catalogue.services import set_next_session
from shop.stock.services import drop_price_windows, release

COMING = ("draft", "proposed", "confirmed", "live")


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
    db.flush()
    keys = [owner_key(item.id) for item, _live in rows]
    release(db, owner_keys=keys, now=now)
    for key in keys:
        drop_price_windows(db, owner_key=key)
    set_next_session(db, product_id, starts_at=None, slug=None)
    return len(rows)


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
