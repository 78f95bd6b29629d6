"""Statements, payments and notes of goods: of a session, of a club, of a producer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.results.models import (
    GoodsNote,
    GoodsNoteLine,
    ItemTerms,
    Settlement,
    SettlementLine,
    SettlementPayment,
)
from livestream.sessions.models import LiveSession, SessionItem
from shop.accounts.models import Person
from shop.catalogue.models import Producer, Product, Variant
from shop.core.errors import NotFound


@dataclass(frozen=True)
class StatementRow:
    """A statement with the names around it."""

    settlement: Settlement
    live: LiveSession
    club: Club
    producer: Producer

    @property
    def left_vnd(self) -> int:
        """What is not yet confirmed as paid."""
        return abs(self.settlement.owed_vnd) - self.settlement.paid_vnd


@dataclass(frozen=True)
class PaymentRow:
    """A payment and who told it."""

    payment: SettlementPayment
    made_by: str


@dataclass(frozen=True)
class NoteLine:
    """A line of a note as people read it."""

    item_id: int
    code: str
    name: str
    name_en: str
    """Empty when the product has no English name, as everywhere here."""
    units: int


@dataclass(frozen=True)
class NoteRow:
    """A note of goods with its lines."""

    note: GoodsNote
    live: LiveSession
    club: Club
    producer: Producer
    lines: tuple[NoteLine, ...]
    signers: dict[int, str]
    """Person id -> name."""

    @property
    def units(self) -> int:
        """Units on it."""
        return sum(line.units for line in self.lines)


def _rows(db: Session, *conditions: ColumnElement[bool], limit: int) -> list[StatementRow]:
    found = db.execute(
        select(Settlement, LiveSession, Club, Producer)
        .join(LiveSession, LiveSession.id == Settlement.session_id)
        .join(Club, Club.id == Settlement.club_id)
        .join(Producer, Producer.id == Settlement.producer_id)
        .where(*conditions)
        .order_by(Settlement.issued_at.desc(), Settlement.id.desc())
        .limit(limit)
    )
    return [StatementRow(*row) for row in found]


def statements_of(
    db: Session,
    *,
    producer_ids: Collection[int] | None = None,
    club_ids: Collection[int] | None = None,
    session_id: int | None = None,
    limit: int = 100,
) -> list[StatementRow]:
    """Statements that fit everything given, the newest first."""
    conditions: list[ColumnElement[bool]] = []
    if producer_ids is not None:
        conditions.append(Settlement.producer_id.in_(producer_ids))
    if club_ids is not None:
        conditions.append(Settlement.club_id.in_(club_ids))
    if session_id is not None:
        conditions.append(Settlement.session_id == session_id)
    return _rows(db, *conditions, limit=limit)


def statement_called(
    db: Session,
    public_id: str,
    *,
    producer_ids: Collection[int] = (),
    club_ids: Collection[int] = (),
) -> StatementRow:
    """A statement that one of the sides may see. Raises NotFound."""
    rows = _rows(
        db,
        Settlement.public_id == public_id[:26],
        or_(Settlement.producer_id.in_(producer_ids), Settlement.club_id.in_(club_ids)),
        limit=1,
    )
    if not rows:
        raise NotFound
    return rows[0]


_NAMES: tuple[Any, ...] = (Product.name, Variant.label, Product.name_en, Variant.label_en)


def _both_names(
    name: str, label: str, name_en: str | None, label_en: str | None
) -> tuple[str, str]:
    """Product and size in Vietnamese, and in English."""
    english = f"{name_en} {label_en or label}".strip() if name_en else ""
    return f"{name} {label}".strip(), english


def english_names(db: Session, settlement_id: int) -> dict[int, str]:
    """Item id -> code and product in English as they are called today. What was frozen stays as it
    was written; a reader of English reads these beside the frozen sums."""
    rows = db.execute(
        select(SessionItem.id, SessionItem.short_code, *_NAMES)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Variant, Variant.id == SessionItem.variant_id)
        .where(
            SessionItem.id.in_(
                select(SettlementLine.item_id).where(SettlementLine.settlement_id == settlement_id)
            )
        )
    )
    named = ((item_id, code, _both_names(*names)[1]) for item_id, code, *names in rows)
    return {item_id: f"{code} · {english}" for item_id, code, english in named if english}


def lines_of(db: Session, settlement_id: int) -> list[SettlementLine]:
    """The lines, in the order of the line-up."""
    return list(
        db.scalars(
            select(SettlementLine)
            .join(SessionItem, SessionItem.id == SettlementLine.item_id)
            .where(SettlementLine.settlement_id == settlement_id)
            .order_by(SessionItem.position, SessionItem.id, SettlementLine.via)
        )
    )


def payments_of(db: Session, settlement_id: int) -> list[PaymentRow]:
    """Payments told, the oldest first."""
    rows = db.execute(
        select(SettlementPayment, Person.name)
        .join(Person, Person.id == SettlementPayment.made_by)
        .where(SettlementPayment.settlement_id == settlement_id)
        .order_by(SettlementPayment.id)
    )
    return [PaymentRow(*row) for row in rows]


def payment_called(db: Session, settlement_id: int, payment_id: int) -> SettlementPayment:
    """A payment of this statement. Raises NotFound."""
    found = db.get(SettlementPayment, payment_id)
    if found is None or found.settlement_id != settlement_id:
        raise NotFound
    return found


def count_waiting(
    db: Session, *, producer_ids: Collection[int] = (), club_ids: Collection[int] = ()
) -> dict[str, int]:
    """How many statements of these sides are in each state."""
    rows = db.execute(
        select(Settlement.state, func.count())
        .where(or_(Settlement.producer_id.in_(producer_ids), Settlement.club_id.in_(club_ids)))
        .group_by(Settlement.state)
    )
    return {row[0]: row[1] for row in rows}


def notes_of(
    db: Session,
    *,
    session_id: int | None = None,
    producer_ids: Collection[int] | None = None,
    public_id: str | None = None,
    limit: int = 100,
) -> list[NoteRow]:
    """Notes of goods with their lines, the newest first; three statements."""
    statement = (
        select(GoodsNote, LiveSession, Club, Producer)
        .join(LiveSession, LiveSession.id == GoodsNote.session_id)
        .join(Club, Club.id == LiveSession.club_id)
        .join(Producer, Producer.id == GoodsNote.producer_id)
        .order_by(GoodsNote.id.desc())
        .limit(limit)
    )
    if session_id is not None:
        statement = statement.where(GoodsNote.session_id == session_id)
    if producer_ids is not None:
        statement = statement.where(GoodsNote.producer_id.in_(producer_ids))
    if public_id is not None:
        statement = statement.where(GoodsNote.public_id == public_id[:26])
    rows = db.execute(statement).all()
    lines = note_lines(db, [row[0].id for row in rows])
    people = {
        person
        for row in rows
        for person in (row[0].producer_signed_by, row[0].club_signed_by)
        if person is not None
    }
    who = db.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names = {row.id: row.name for row in who}
    return [
        NoteRow(note, live, club, producer, tuple(lines.get(note.id, ())), names)
        for note, live, club, producer in rows
    ]


def note_lines(db: Session, note_ids: Sequence[int]) -> dict[int, list[NoteLine]]:
    """The lines of these notes in the order of the line-up."""
    found: dict[int, list[NoteLine]] = {}
    for note_id, item_id, code, units, *names in db.execute(
        select(
            GoodsNoteLine.note_id,
            SessionItem.id,
            SessionItem.short_code,
            GoodsNoteLine.units,
            *_NAMES,
        )
        .join(SessionItem, SessionItem.id == GoodsNoteLine.item_id)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Variant, Variant.id == SessionItem.variant_id)
        .where(GoodsNoteLine.note_id.in_(note_ids))
        .order_by(SessionItem.position, SessionItem.id)
    ):
        found.setdefault(note_id, []).append(NoteLine(item_id, code, *_both_names(*names), units))
    return found


def count_unsigned(db: Session, producer_ids: Collection[int]) -> int:
    """Notes of clubs that wait for these producers."""
    return (
        db.scalar(
            select(func.count())
            .select_from(GoodsNote)
            .where(
                GoodsNote.producer_id.in_(producer_ids),
                GoodsNote.state == "waiting",
                GoodsNote.written_by_side == "club",
            )
        )
        or 0
    )


@dataclass(frozen=True)
class TermsRow:
    """Terms that a club set for a producer's item and nobody has answered."""

    terms: ItemTerms
    item: SessionItem
    live: LiveSession
    club: Club
    name: str
    name_en: str


def terms_waiting(db: Session, session_id: int) -> list[tuple[str, str, str | None, str]]:
    """(code, product, the same in English, producer) of the line-up whose terms were set and not
    agreed to yet."""
    rows = db.execute(
        select(SessionItem.short_code, Product.name, Product.name_en, Producer.name)
        .join(ItemTerms, ItemTerms.item_id == SessionItem.id)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Producer, Producer.id == SessionItem.producer_id)
        .where(
            SessionItem.session_id == session_id,
            SessionItem.withdrawn_at.is_(None),
            ItemTerms.agreed_at.is_(None),
        )
        .order_by(SessionItem.position, SessionItem.id)
    )
    return [(code, product, english, producer) for code, product, english, producer in rows]


def open_terms(db: Session, producer_ids: Collection[int], *, limit: int = 100) -> list[TermsRow]:
    """Terms that wait for these producers, the soonest session first."""
    rows = db.execute(
        select(ItemTerms, SessionItem, LiveSession, Club, *_NAMES)
        .join(SessionItem, SessionItem.id == ItemTerms.item_id)
        .join(LiveSession, LiveSession.id == SessionItem.session_id)
        .join(Club, Club.id == LiveSession.club_id)
        .join(Product, Product.id == SessionItem.product_id)
        .join(Variant, Variant.id == SessionItem.variant_id)
        .where(
            SessionItem.producer_id.in_(producer_ids),
            SessionItem.withdrawn_at.is_(None),
            ItemTerms.agreed_at.is_(None),
            LiveSession.state.in_(("draft", "proposed", "confirmed", "live", "ended")),
        )
        .order_by(LiveSession.starts_at, SessionItem.position)
        .limit(limit)
    )
    return [
        TermsRow(terms, item, live, club, *_both_names(*names))
        for terms, item, live, club, *names in rows
    ]
