"""Taking in what was pressed: each press once, whatever order and however late it arrives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.onair import queries
from livestream.onair.models import LivePress
from livestream.onair.rules import cues
from livestream.onair.rules.cues import NoLivePrice, NotOnAir, PriceWish, UnknownPress
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries import owner_key
from livestream.sessions.services.changing import items_of, lock_session
from shop.catalogue.services import bump_version
from shop.core.db import insert_into
from shop.core.errors import DomainError, NotFound
from shop.stock.services import drop_price_windows, set_price_window

TAKES_PRESSES = ("live", "stopped", "ended")
"""What was pressed without a network arrives after the end too, and counts as when it was made."""


@dataclass(frozen=True)
class PressSent:
    """A press as a console sends it: ``at_ms`` and ``sent_ms`` by the phone's own clock."""

    key: str
    kind: str
    item_id: int | None = None
    minutes: int | None = None
    at_ms: int | None = None
    sent_ms: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a press: taken (also when it was known already), or refused for good."""

    key: str
    refusal: DomainError | None = None


def take_presses(
    db: Session, *, public_id: str, sent: Sequence[PressSent], actor_id: int, now: datetime
) -> list[Outcome]:
    """Store presses, each key once, and let live prices follow. One outcome a press.

    Consoles wait for each other at the session's row. A press that cannot be (a product that is not
    in the line-up, a price nobody agreed to) is refused by itself; the others are taken. Raises
    NotFound, NotOnAir.
    """
    session_id = db.scalar(select(LiveSession.id).where(LiveSession.public_id == public_id))
    if session_id is None:
        raise NotFound
    live = lock_session(db, session_id)
    if live.state not in TAKES_PRESSES or live.went_live_at is None:
        raise NotOnAir
    items = {item.id: item for item in items_of(db, live)}
    outcomes, priced = [], set()
    for one in sent:
        refusal = _take(db, live, items, one, actor_id, now)
        outcomes.append(Outcome(one.key, refusal))
        if refusal is None and one.kind in (cues.PRICE_ON, cues.PRICE_OFF):
            priced.add(one.item_id or 0)
    if priced:
        _follow_prices(db, live, [items[one] for one in sorted(priced)], now)
    bump_version(db)
    return outcomes


def _take(
    db: Session,
    live: LiveSession,
    items: dict[int, SessionItem],
    one: PressSent,
    actor_id: int,
    now: datetime,
) -> DomainError | None:
    """Write one press, unless its key is known; why it cannot be, if it cannot."""
    began = live.went_live_at or now
    at = cues.corrected(one.at_ms, one.sent_ms, now=now, earliest=began)
    refusal = _judge(live, items, one, at)
    if refusal is not None:
        return refusal
    db.execute(
        insert_into(db, LivePress)
        .values(
            session_id=live.id,
            press_key=one.key,
            kind=one.kind,
            item_id=None if one.kind == cues.FIT else one.item_id,
            minutes=one.minutes if one.kind == cues.PRICE_ON else None,
            happened_at=at,
            received_at=now,
            actor_id=actor_id,
        )
        .on_conflict_do_nothing(index_elements=["session_id", "press_key"])
    )
    return None


def _judge(
    live: LiveSession, items: dict[int, SessionItem], one: PressSent, at: datetime
) -> DomainError | None:
    if live.ended_at is not None and at > live.ended_at:
        return NotOnAir()
    if one.kind == cues.FIT:
        return None
    item = items.get(one.item_id or 0)
    if one.kind not in cues.KINDS or item is None:
        return UnknownPress()
    if one.kind == cues.PRICE_ON:
        return _judge_price(item, one.minutes)
    return None


def _judge_price(item: SessionItem, minutes: int | None) -> DomainError | None:
    if not 1 <= (minutes or 0) <= cues.MAX_PRICE_MINUTES:
        return UnknownPress()
    if item.live_price_vnd is None or item.consent != "agreed":
        return NoLivePrice(code=item.short_code)
    return None


def _follow_prices(
    db: Session, live: LiveSession, items: Collection[SessionItem], now: datetime
) -> None:
    """Bring the price windows to what the presses say last; the price is the agreed one."""
    board = queries.board_of(db, live)
    for item in items:
        wish = board.prices.get(item.id)
        if wish is not None:
            _set_price(db, live, item, wish, now)


def _set_price(
    db: Session, live: LiveSession, item: SessionItem, wish: PriceWish, now: datetime
) -> None:
    until = min(wish.until, live.ends_at)
    if live.state != "live" or not wish.is_on or until <= now or item.live_price_vnd is None:
        drop_price_windows(db, owner_key=owner_key(item.id))
        return
    set_price_window(
        db,
        owner_key=owner_key(item.id),
        variant_id=item.variant_id,
        price_vnd=item.live_price_vnd,
        starts_at=wish.since,
        ends_at=until,
        cap=item.price_cap or item.set_aside or None,
        per_buyer=item.per_buyer,
    )
