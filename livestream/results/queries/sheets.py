"""A session's result as its page shows it: plan against actual, item by item."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.onair.models import OrderDraft
from livestream.results.models import (
    ClubTerms,
    GoodsNote,
    GoodsNoteLine,
    ItemTerms,
    ResultImport,
    ResultLine,
    SessionResult,
    ShareCode,
)
from livestream.results.rules.columns import Known
from livestream.results.rules.settling import Sold, Terms, missing_units
from livestream.sessions.models import LiveSession, SessionItem
from shop.catalogue.models import Producer, Product, Variant
from shop.core.text import fold
from shop.orders.models import Order, OrderLine
from shop.stock.models import PriceWindow

COUNTED = ("confirmed", "completed")
"""Orders whose goods were truly bought."""
PENDING = ("awaiting_payment", "awaiting_confirmation")


@dataclass(frozen=True)
class Piece:
    """What one source says of an item."""

    source: str
    clicks: int | None
    orders: int | None
    sold: Sold


@dataclass(frozen=True)
class ItemSheet:
    """One item of the line-up: what was planned, agreed, handed over and sold."""

    item: SessionItem
    name: str
    name_en: str | None
    label: str
    label_en: str | None
    sku: str
    producer_name: str
    list_price_vnd: int
    terms: Terms
    charged: int
    is_agreed: bool
    """Whether the producer agreed to terms under which somebody owes somebody."""
    has_terms: bool
    pieces: tuple[Piece, ...] = ()
    given: int = 0
    brought_back: int = 0
    typed: Piece | None = None

    @property
    def channel(self) -> Sold:
        """What sold on the channel: typed figures stand instead of those from files."""
        return _sum([one.sold for one in self.channel_pieces])

    @property
    def channel_pieces(self) -> list[Piece]:
        """The sources that count for the channel."""
        if self.typed is not None:
            return [self.typed]
        return [one for one in self.pieces if one.source == "file"]

    @property
    def shop(self) -> Sold:
        """What sold in our own shop."""
        return _sum([one.sold for one in self.pieces if one.source == "order"])

    @property
    def units(self) -> int:
        """Units that stayed sold, both ways."""
        return self.channel.kept + self.shop.kept

    @property
    def gross_vnd(self) -> int:
        """Takings net of returns, both ways."""
        return sum(one.gross_vnd - one.returned_vnd for one in (self.channel, self.shop))

    @property
    def is_known(self) -> bool:
        """Whether anybody said how it went."""
        return self.typed is not None or bool(self.pieces)

    @property
    def missing(self) -> int:
        """Goods the club had and neither sold nor brought back."""
        sold = self.channel.kept if self.terms.seller == "club" else 0
        return missing_units(self.given, self.brought_back, sold)

    @property
    def full_name(self) -> str:
        """Product and variant."""
        return f"{self.name} {self.label}".strip()

    @property
    def full_name_en(self) -> str:
        """The same in English; empty when the product has no English name."""
        return f"{self.name_en} {self.label_en or self.label}".strip() if self.name_en else ""


def _sum(pieces: Sequence[Sold]) -> Sold:
    return Sold(
        units=sum(one.units for one in pieces),
        returned=sum(one.returned for one in pieces),
        gross_vnd=sum(one.gross_vnd for one in pieces),
        returned_vnd=sum(one.returned_vnd for one in pieces),
        platform_vnd=sum(one.platform_vnd for one in pieces),
    )


@dataclass(frozen=True)
class ResultSheet:
    """A session's result: its own figures and its items."""

    live: LiveSession
    club: Club
    result: SessionResult | None
    items: tuple[ItemSheet, ...]
    imports: tuple[ResultImport, ...] = ()
    waiting_notes: int = 0
    pending_orders: int = 0
    """Orders of the session that are neither confirmed nor over."""

    @property
    def is_closed(self) -> bool:
        """Whether the figures are final."""
        return self.live.state == "reconciled"

    @property
    def has_figures(self) -> bool:
        """Whether somebody said how it went."""
        return self.result is not None or any(row.is_known for row in self.items)


def club_fee(db: Session, club_id: int) -> int:
    """What the club keeps, in basis points; nothing unless it said so."""
    return db.scalar(select(ClubTerms.fee_bp).where(ClubTerms.club_id == club_id)) or 0


def result_sheet(db: Session, live: LiveSession) -> ResultSheet:
    """Everything about a session's result; nine statements."""
    items = item_sheets(db, live)
    notes = db.scalar(
        select(func.count())
        .select_from(GoodsNote)
        .where(GoodsNote.session_id == live.id, GoodsNote.state == "waiting")
    )
    pending = db.scalar(
        select(func.count(func.distinct(Order.id)))
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(of_session(live.id), Order.state.in_(PENDING))
    )
    imports = db.scalars(
        select(ResultImport)
        .where(ResultImport.session_id == live.id)
        .order_by(ResultImport.made_at.desc(), ResultImport.id.desc())
    ).all()
    return ResultSheet(
        live=live,
        club=db.get_one(Club, live.club_id),
        result=db.get(SessionResult, live.id),
        items=tuple(items),
        imports=tuple(imports),
        waiting_notes=notes or 0,
        pending_orders=pending or 0,
    )


def item_sheets(db: Session, live: LiveSession) -> list[ItemSheet]:
    """The line-up with terms, figures and goods handed over, in order; five statements.

    Withdrawn items are left out unless something of them was sold or handed over.
    """
    rows = db.execute(
        select(
            SessionItem,
            Producer,
            *(Product.name, Product.name_en, Variant.label, Variant.label_en),
            *(Variant.sku, Variant.price_vnd),
        )
        .join(Variant, Variant.id == SessionItem.variant_id)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Producer, Producer.id == SessionItem.producer_id)
        .where(SessionItem.session_id == live.id)
        .order_by(SessionItem.position, SessionItem.id)
    ).all()
    ids = [row[0].id for row in rows]
    terms = {
        one.item_id: one for one in db.scalars(select(ItemTerms).where(ItemTerms.item_id.in_(ids)))
    }
    pieces, typed = _pieces(db, live)
    goods = _goods(db, live.id)
    fee = club_fee(db, live.club_id)
    sheets = []
    for item, producer, name, name_en, label, label_en, sku, price in rows:
        known = terms.get(item.id)
        sheet = ItemSheet(
            item=item,
            name=name,
            name_en=name_en,
            label=label,
            label_en=label_en,
            sku=sku,
            producer_name=producer.name,
            list_price_vnd=price,
            terms=terms_of(known, item, price, fee),
            charged=known.charged_units if known else 0,
            is_agreed=known is None or known.agreed_at is not None,
            has_terms=known is not None,
            pieces=tuple(pieces.get(item.id, ())),
            typed=typed.get(item.id),
            given=goods.get((item.id, "given"), 0),
            brought_back=goods.get((item.id, "returned"), 0),
        )
        if item.withdrawn_at is None or sheet.is_known or sheet.given:
            sheets.append(sheet)
    return sheets


def terms_of(known: ItemTerms | None, item: SessionItem, price_vnd: int, fee_bp: int) -> Terms:
    """What holds for an item: what was agreed, else that the producer's own shop sells."""
    if known is None:
        price = item.live_price_vnd or price_vnd
        return Terms("producer", "producer", price, fee_bp, "producer")
    return Terms(known.seller, known.money_to, known.price_vnd, known.fee_bp, known.platform_by)


def _pieces(db: Session, live: LiveSession) -> tuple[dict[int, list[Piece]], dict[int, Piece]]:
    """Figures by item. Before closing our own orders are counted live, afterwards as frozen."""
    found: dict[int, list[Piece]] = {}
    typed: dict[int, Piece] = {}
    for line in db.scalars(
        select(ResultLine).where(ResultLine.session_id == live.id).order_by(ResultLine.id)
    ):
        piece = Piece(
            line.source,
            line.clicks,
            line.orders,
            Sold(
                line.units,
                line.returned,
                line.gross_vnd,
                line.returned_vnd,
                line.platform_vnd,
            ),
        )
        if line.source == "typed":
            typed[line.item_id] = piece
        else:
            found.setdefault(line.item_id, []).append(piece)
    if live.state != "reconciled":
        for item_id, _line_id, units, total in shop_lines(db, live.id):
            piece = Piece("order", None, 1, Sold(units=units, gross_vnd=total))
            found.setdefault(item_id, []).append(piece)
    return found, typed


def _goods(db: Session, session_id: int) -> dict[tuple[int, str], int]:
    """Units by item and kind of note, of notes that both sides signed."""
    rows = db.execute(
        select(GoodsNoteLine.item_id, GoodsNote.kind, func.sum(GoodsNoteLine.units))
        .join(GoodsNote, GoodsNote.id == GoodsNoteLine.note_id)
        .where(GoodsNote.session_id == session_id, GoodsNote.state == "signed")
        .group_by(GoodsNoteLine.item_id, GoodsNote.kind)
    )
    return {(item_id, kind): int(units) for item_id, kind, units in rows}


def of_session(session_id: int) -> ColumnElement[bool]:
    """Order lines that a session led to: at its live price, or of one of its products in an order
    with one of its codes or made out of its comments. To be used with Order and OrderLine joined.
    """
    windows = (
        select(PriceWindow.id)
        .join(
            SessionItem,
            PriceWindow.owner_key == literal("session_item:") + cast(SessionItem.id, String),
        )
        .where(SessionItem.session_id == session_id)
    )
    codes = select(ShareCode.code).where(ShareCode.session_id == session_id)
    shown = select(SessionItem.variant_id).where(SessionItem.session_id == session_id)
    said = select(OrderDraft.group_id).where(
        OrderDraft.session_id == session_id, OrderDraft.group_id.is_not(None)
    )
    is_led = or_(Order.origin_code.in_(codes), Order.group_id.in_(said))
    return or_(
        OrderLine.price_window_id.in_(windows), and_(is_led, OrderLine.variant_id.in_(shown))
    )


def shop_lines(db: Session, session_id: int) -> list[tuple[int, int, int, int]]:
    """Lines of confirmed orders of our own shop: (item id, order line id, units, đồng)."""
    rows = db.execute(
        select(SessionItem.id, OrderLine.id, OrderLine.quantity, OrderLine.line_total_vnd)
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(
            SessionItem,
            and_(
                SessionItem.session_id == session_id,
                SessionItem.variant_id == OrderLine.variant_id,
            ),
        )
        .where(of_session(session_id), Order.state.in_(COUNTED))
        .order_by(OrderLine.id)
    )
    return [(item_id, line_id, units, total) for item_id, line_id, units, total in rows]


def known_items(sheets: Sequence[ItemSheet]) -> list[Known]:
    """The items as rows of a file may call them."""
    return [
        Known(
            row.item.id,
            tuple(
                {fold(one) for one in (row.item.short_code, row.sku, row.name, row.full_name)}
                - {""}
            ),
        )
        for row in sheets
    ]
