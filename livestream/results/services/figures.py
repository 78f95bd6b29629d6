"""Figures typed in by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from livestream.results.models import ItemTerms, ResultLine, SessionResult
from livestream.results.queries.sheets import ItemSheet, item_sheets
from livestream.results.rules.settling import AlreadyClosed, ThinkOfMoney, TooManyBack
from livestream.results.services.parts import audit, open_for_figures
from livestream.sessions.models import LiveSession
from shop.core.db import insert_into


@dataclass(frozen=True)
class Figures:
    """A session's own figures; None is not known."""

    viewers: int | None
    peak_viewers: int | None
    watch_seconds: int | None
    comments: int | None
    note: str


@dataclass(frozen=True)
class ItemFigures:
    """What somebody typed for an item; None throughout means: as the files say."""

    clicks: int | None = None
    orders: int | None = None
    units: int | None = None
    returned: int | None = None
    gross_vnd: int | None = None
    platform_vnd: int | None = None
    charged: int | None = None
    """Missing units the club pays for."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that stands instead of files' figures."""
        given = (self.clicks, self.orders, self.units, self.returned, self.gross_vnd)
        return all(one is None for one in (*given, self.platform_vnd))


def save_figures(
    db: Session,
    *,
    live: LiveSession,
    figures: Figures,
    items: Mapping[int, ItemFigures],
    actor_id: int,
    now: datetime,
) -> None:
    """Keep what was typed: per item it stands instead of files' figures; emptied, files count
    again. Saving twice is saving once.

    Raises NotOver, AlreadyClosed, TooManyBack, ThinkOfMoney (field ``units_<item id>``).
    """
    live, whose = open_for_figures(db, live)
    sheets = {row.item.id: row for row in item_sheets(db, live)}
    for item_id, typed in sorted(items.items()):
        row = sheets.get(item_id)
        if row is None:
            continue
        if whose is not None and row.item.producer_id not in whose:
            if _differs(row, typed):
                raise AlreadyClosed
            continue
        _check(item_id, typed)
        _keep(db, live, row, typed, actor_id, now)
    row_of = db.get(SessionResult, live.id)
    if row_of is None:
        row_of = SessionResult(session_id=live.id)
        db.add(row_of)
    row_of.viewers, row_of.peak_viewers = figures.viewers, figures.peak_viewers
    row_of.watch_seconds, row_of.comments = figures.watch_seconds, figures.comments
    row_of.note, row_of.updated_by, row_of.updated_at = figures.note, actor_id, now
    db.flush()
    audit(db, live, "figures", actor_id=actor_id, now=now, items=len(items))


def typed_of(row: ItemSheet) -> ItemFigures:
    """What stands typed for an item now."""
    if row.typed is None:
        return ItemFigures(charged=row.charged or None)
    sold = row.typed.sold
    return ItemFigures(
        row.typed.clicks,
        row.typed.orders,
        sold.units,
        sold.returned,
        sold.gross_vnd,
        sold.platform_vnd,
        row.charged or None,
    )


def _differs(row: ItemSheet, typed: ItemFigures) -> bool:
    known = typed_of(row)
    pairs = zip(vars(known).values(), vars(typed).values(), strict=True)
    return any((one or 0) != (other or 0) for one, other in pairs)


def _check(item_id: int, typed: ItemFigures) -> None:
    units, returned = typed.units or 0, typed.returned or 0
    if returned > units:
        raise TooManyBack(field=f"returned_{item_id}")
    if bool(units) != bool(typed.gross_vnd or 0):
        raise ThinkOfMoney(field=f"gross_{item_id}")


def _keep(
    db: Session,
    live: LiveSession,
    row: ItemSheet,
    typed: ItemFigures,
    actor_id: int,
    now: datetime,
) -> None:
    key = f"typed:{row.item.id}"
    if typed.is_empty:
        db.execute(
            delete(ResultLine).where(ResultLine.session_id == live.id, ResultLine.row_key == key)
        )
    else:
        units, returned, gross = typed.units or 0, typed.returned or 0, typed.gross_vnd or 0
        write_line(
            db,
            session_id=live.id,
            item_id=row.item.id,
            source="typed",
            row_key=key,
            clicks=typed.clicks,
            orders=typed.orders,
            units=units,
            returned=returned,
            gross_vnd=gross,
            returned_vnd=returned_share(gross, units, returned),
            platform_vnd=typed.platform_vnd or 0,
        )
    charged = typed.charged or 0
    if charged != row.charged:
        terms = ensure_terms(db, row, actor_id, now)
        terms.charged_units = charged


def returned_share(gross_vnd: int, units: int, returned: int) -> int:
    """What of the takings went back with the returned units, by their share."""
    return gross_vnd * returned // units if units else 0


def write_line(db: Session, **values: object) -> None:
    """Write a line, or bring the line of the same key to these figures."""
    made = insert_into(db, ResultLine).values(**values)
    fresh = {name: value for name, value in values.items() if name not in {"session_id", "row_key"}}
    db.execute(made.on_conflict_do_update(index_elements=["session_id", "row_key"], set_=fresh))


def ensure_terms(db: Session, row: ItemSheet, actor_id: int, now: datetime) -> ItemTerms:
    """The item's terms as a row; made of what holds anyway when there is none."""
    known = db.get(ItemTerms, row.item.id)
    if known is None:
        known = ItemTerms(
            item_id=row.item.id,
            seller=row.terms.seller,
            money_to=row.terms.money_to,
            platform_by=row.terms.platform_by,
            price_vnd=row.terms.price_vnd,
            fee_bp=row.terms.fee_bp,
            charged_units=0,
            set_by=actor_id,
            set_at=now,
            agreed_by=None,
            agreed_at=now if row.terms.fee_bp == 0 else None,
        )
        db.add(known)
        db.flush()
    return known
