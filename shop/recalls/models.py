"""Recalls, the lots and buyers of each, and drills."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

BUYER_STATES = ("waiting", "reached", "unreachable")


class Recall(Base):
    """Lots of one producer called back together, for one reason."""

    __tablename__ = "recall"
    __table_args__ = (
        one_of("state", ("open", "closed")),
        one_of("ordered_by", ("producer", "staff")),
        one_of("hazard", ("1", "2", "3")),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        Index(None, "producer_id", "opened_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(8), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    ordered_by: Mapped[str] = mapped_column(String(10))
    hazard: Mapped[str] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text)
    """What a buyer should do."""
    advice_en: Mapped[str] = mapped_column(Text, default="")
    contact_phone: Mapped[str] = mapped_column(String(20))
    opened_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    rounds: Mapped[int] = mapped_column(default=0)
    """How many times those not reached were reminded."""
    reminded_at: Mapped[datetime | None]
    found_ms: Mapped[int] = mapped_column(default=0)
    """How long finding every buyer took."""
    closed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closing_note: Mapped[str] = mapped_column(Text, default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The figures as they were at the closing."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)


class RecallLot(Base):
    """A lot of a recall: chosen, or made from a chosen one. A lot is called back once."""

    __tablename__ = "recall_lot"

    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    recall_id: Mapped[Ref] = mapped_column(ForeignKey("recall.id"), index=True)
    is_chosen: Mapped[bool]


class RecallBuyer(Base):
    """One human being to be told. Names, addresses and numbers stay with the order."""

    __tablename__ = "recall_buyer"
    __table_args__ = (
        UniqueConstraint("recall_id", "recipient"),
        one_of("state", BUYER_STATES),
        CheckConstraint("(state = 'waiting') = (outcome_at IS NULL)", name="outcome_at"),
        Index(None, "recall_id", "state"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """Its name in the link of the message."""
    recall_id: Mapped[Ref] = mapped_column(ForeignKey("recall.id"))
    recipient: Mapped[str] = mapped_column(String(40))
    """``person:3`` or ``contact:5``; ``order:7`` for one whose data were erased."""
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    """The newest of the orders: its contact is the one to call."""
    has_goods: Mapped[bool]
    """Units of the lots had left the house; else they were promised or lay packed."""
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    """None: the buyer, by the link."""
    outcome_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class RecallLine(Base):
    """Units of a lot in a buyer's order line; without a lot, units promised and not packed."""

    __tablename__ = "recall_line"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("returned >= 0 AND returned <= units", name="returned"),
    )

    id: Mapped[Id]
    buyer_id: Mapped[Ref] = mapped_column(ForeignKey("recall_buyer.id"), index=True)
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"))
    is_out: Mapped[bool]
    units: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)


class RecallDrill(Base):
    """A recall that was only practised: nothing was stopped, nobody was told."""

    __tablename__ = "recall_drill"
    __table_args__ = (Index(None, "producer_id", "started_at"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(8), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    lot_codes: Mapped[list[str]] = mapped_column(JSON)
    """Those that were chosen."""
    started_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    found_ms: Mapped[int]
    """How long the search for every buyer took the machine."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was found: lots, buyers, how they can be reached, units sold and in stock."""
    counted: Mapped[int | None]
    """Units that people counted on the shelf."""
    called: Mapped[int | None]
    """Buyers whose number was tried."""
    note: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
