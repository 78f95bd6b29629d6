"""Closing a session: figures become final, stock goes back once, statements go out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from livestream.results.models import ResultLine, SessionResult
from livestream.results.queries.sheets import ItemSheet, result_sheet, shop_lines
from livestream.results.rules.settling import (
    AlreadyClosed,
    NoFigures,
    NotesOpen,
    NotOver,
    TooManyCharged,
)
from livestream.results.services.settling import issue_settlement
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import give_back, open_for_change, set_state
from shop.core.clock import today_vn
from shop.stock import services as stock
from shop.stock.queries import levels, pick_fefo
from shop.stock.rules import SOLD_ELSEWHERE, Want


def close_result(
    db: Session,
    *,
    public_id: str,
    takes_stock: bool,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> LiveSession:
    """Settle an ended session; it can be done once, whoever presses at the same moment.

    What is still set aside goes back. With ``takes_stock`` units sold on the channel leave the
    producer's stock (goods that another page of ours counted already would leave twice; then the
    person unticks it). One statement per producer goes out.

    Raises NotOver, AlreadyClosed, NoFigures, NotesOpen, TooManyCharged, Outdated.
    """
    live = open_for_change(db, public_id, version=version)
    if live.state == "reconciled":
        raise AlreadyClosed
    if live.state != "ended":
        raise NotOver
    _freeze_orders(db, live)
    sheet = result_sheet(db, live)
    if not sheet.has_figures:
        raise NoFigures
    if sheet.waiting_notes:
        raise NotesOpen
    for row in sheet.items:
        if row.charged > max(row.missing, 0):
            raise TooManyCharged(field=f"charged_{row.item.id}", most=max(row.missing, 0))
    give_back(db, live, now=now)
    set_state(db, live, "reconciled", "reconciled", actor_id=actor_id, now=now)
    short = _take_sold(db, sheet.items, actor_id, now) if takes_stock else 0
    result = sheet.result or SessionResult(session_id=live.id, updated_at=now)
    result.closed_by, result.closed_at, result.short_units = actor_id, now, short
    db.add(result)
    db.flush()
    for producer_id in sorted({row.item.producer_id for row in sheet.items}):
        issue_settlement(
            db,
            live=live,
            producer_id=producer_id,
            rows=[row for row in sheet.items if row.item.producer_id == producer_id],
            actor_id=actor_id,
            now=now,
        )
    return live


def _freeze_orders(db: Session, live: LiveSession) -> None:
    """Write our own shop's orders of the session down, so that later changes leave them alone."""
    for item_id, line_id, units, total in shop_lines(db, live.id):
        db.add(
            ResultLine(
                session_id=live.id,
                item_id=item_id,
                source="order",
                row_key=f"order_line:{line_id}",
                orders=1,
                units=units,
                gross_vnd=total,
            )
        )
    db.flush()


def _take_sold(db: Session, rows: Sequence[ItemSheet], actor_id: int, now: datetime) -> int:
    """Let units sold on the channel leave the stock, first expired first out.

    What the ledger does not have cannot leave; returns how many units those are.
    """
    sold = [(row, row.channel.kept) for row in rows if row.channel.kept > 0]
    stock.lock_levels(db, [row.item.variant_id for row, _units in sold])
    known = levels(db, [row.item.variant_id for row, _units in sold])
    wants, short = [], 0
    for row, units in sold:
        there = max(min(units, known[row.item.variant_id].available), 0)
        picks = pick_fefo(db, row.item.variant_id, there, today_vn(now)) if there else []
        there = sum(pick[1] for pick in picks)
        short += units - there
        if there:
            key = f"session_sale:{row.item.id}"
            wants.append((Want(key, row.item.variant_id, there), picks))
    if wants:
        stock.reserve(db, wants=[want for want, _picks in wants], expires_at=None, now=now)
    for want, picks in wants:
        stock.commit(
            db,
            owner_key=want.owner_key,
            variant_id=want.variant_id,
            picks=picks,
            reason=SOLD_ELSEWHERE,
            actor_id=actor_id,
            now=now,
        )
    return short
