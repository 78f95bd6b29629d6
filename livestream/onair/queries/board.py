"""The board of a session: what is on, what comes, prices, stock, orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.onair.models import LivePress
from livestream.onair.rules import cues
from livestream.onair.rules.cues import Board, Cue, Press, Slot
from livestream.runsheets.queries import parts_of
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries import ItemRow, item_rows
from shop.orders.models import Order, OrderLine
from shop.stock.models import PriceWindow

NOT_SOLD: Final = ("cancelled", "expired")
SHOWN_ORDERS: Final = 12
_MOST_LINES: Final = 4000


def _presses(db: Session, session_id: int) -> list[Press]:
    rows = db.execute(
        select(
            LivePress.press_key,
            LivePress.kind,
            LivePress.happened_at,
            LivePress.item_id,
            LivePress.minutes,
        ).where(LivePress.session_id == session_id)
    )
    return [Press(*row) for row in rows]


@dataclass(frozen=True)
class _Plan:
    cues: list[Cue]
    tail: int
    """Minutes after the last product."""


def _plan(db: Session, live: LiveSession) -> _Plan:
    """The run sheet as the console walks it: each product once, where it is shown first."""
    found: dict[int, Cue] = {}
    lead = 0
    for part in parts_of(db, live):
        if part.item_id is None or part.item_id in found:
            lead += part.minutes
        else:
            found[part.item_id] = Cue(part.item_id, part.minutes, lead)
            lead = 0
    return _Plan(list(found.values()), lead)


def board_of(db: Session, live: LiveSession) -> Board:
    """Where the session stands, by its presses; three statements."""
    plan = _plan(db, live)
    presses = _presses(db, live.id)
    return cues.replay(plan.cues, presses, ends_at=live.ends_at, tail=plan.tail)


@dataclass(frozen=True)
class Sale:
    """An order with goods of the line-up, made since the session went live; nobody's name."""

    code: str
    placed_at: datetime
    parts: tuple[tuple[str, int], ...]
    """(short code, units)."""

    @property
    def text(self) -> str:
        """``2 × A1, 1 × A3``."""
        return ", ".join(f"{units} × {code}" for code, units in self.parts)


@dataclass(frozen=True)
class CueRow:
    """A line-up item on the console."""

    row: ItemRow
    state: str
    minutes: int
    lead: int
    seconds: int
    slot: Slot | None
    price: PriceWindow | None
    """The live price that holds or is to come."""
    sold: int

    @property
    def item(self) -> SessionItem:
        """The line-up item."""
        return self.row.item

    def is_price_on(self, now: datetime) -> bool:
        """Whether the live price holds at ``now``."""
        return self.price is not None and self.price.starts_at <= now < self.price.ends_at

    @property
    def price_from(self) -> datetime | None:
        """When the live price begins or began."""
        return self.price.starts_at if self.price else None

    @property
    def price_until(self) -> datetime | None:
        """When it ends."""
        return self.price.ends_at if self.price else None


@dataclass(frozen=True)
class View:
    """Everything a console shows."""

    live: LiveSession
    board: Board
    rows: tuple[CueRow, ...]
    over: int
    tail: int
    sales: tuple[Sale, ...]
    sale_count: int

    def find(self, item_id: int | None) -> CueRow | None:
        """The row of an item."""
        return next((row for row in self.rows if row.item.id == item_id), None)

    @property
    def current(self) -> CueRow | None:
        """What is on now."""
        return self.find(self.board.current)

    @property
    def following(self) -> CueRow | None:
        """The first that waits."""
        return next((row for row in self.rows if row.state == "waiting"), None)

    @property
    def pinned(self) -> CueRow | None:
        """What viewers see on top."""
        return self.find(self.board.pinned)


def view_of(db: Session, live: LiveSession, *, now: datetime) -> View:
    """The console's view, in ten statements whatever the length of the line-up."""
    plan = _plan(db, live)
    known = {row.item.id: row for row in item_rows(db, live.id, now=now)}
    rows = [known[cue.item_id] for cue in plan.cues]
    leads = {cue.item_id: cue.lead for cue in plan.cues}
    board = cues.replay(plan.cues, _presses(db, live.id), ends_at=live.ends_at, tail=plan.tail)
    slots = cues.expect(plan.cues, board, starts_at=live.starts_at, now=now)
    by_item = {slot.item_id: slot for slot in slots}
    sales = _sales(db, live, rows)
    sold: dict[str, int] = {}
    for sale in sales:
        for code, units in sale.parts:
            sold[code] = sold.get(code, 0) + units
    return View(
        live=live,
        board=board,
        rows=tuple(
            CueRow(
                row=row,
                state=board.state_of(row.item.id),
                minutes=board.minutes[row.item.id],
                lead=leads[row.item.id],
                seconds=board.seconds.get(row.item.id, 0),
                slot=by_item.get(row.item.id),
                price=row.window_ahead(now),
                sold=sold.get(row.item.short_code, 0),
            )
            for row in rows
        ),
        over=cues.over_minutes(slots, ends_at=live.ends_at, now=now, tail=plan.tail),
        tail=plan.tail,
        sales=tuple(sales[:SHOWN_ORDERS]),
        sale_count=len(sales),
    )


def _sales(db: Session, live: LiveSession, rows: Sequence[ItemRow]) -> list[Sale]:
    """Orders of these goods between going live and the end, the latest first."""
    if live.went_live_at is None:
        return []
    codes = {row.item.variant_id: row.item.short_code for row in rows}
    statement = (
        select(Order.code, Order.placed_at, OrderLine.variant_id, OrderLine.quantity)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            OrderLine.variant_id.in_(codes),
            Order.placed_at >= live.went_live_at,
            Order.state.not_in(NOT_SOLD),
        )
        .order_by(Order.placed_at.desc(), Order.id.desc(), OrderLine.id)
        .limit(_MOST_LINES)
    )
    if live.ended_at is not None:
        statement = statement.where(Order.placed_at <= live.ended_at)
    found: dict[str, tuple[datetime, list[tuple[str, int]]]] = {}
    for code, placed_at, variant_id, quantity in db.execute(statement):
        found.setdefault(code, (placed_at, []))[1].append((codes[variant_id], quantity))
    return [Sale(code, at, tuple(parts)) for code, (at, parts) in found.items()]
