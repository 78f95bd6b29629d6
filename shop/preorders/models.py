"""Expected harvests, the windows they are sent in, and who has a place in them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of
from shop.preorders.rules import ANSWERS, DEPOSIT_KINDS, PLACE_STATES, REST, WINDOW_STATES


class Harvest(Base):
    """What a producer expects of one size of one product in one season."""

    __tablename__ = "harvest"
    __table_args__ = (
        CheckConstraint("expected_units > 0", name="expected_units"),
        CheckConstraint("held_back_percent BETWEEN 0 AND 90", name="held_back_percent"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"), index=True)
    season: Mapped[str] = mapped_column(String(80))
    """As people call it, e.g. "Vụ vải tháng 6"."""
    expected_units: Mapped[int]
    held_back_percent: Mapped[int]
    """Not promised to anybody, for the case that the weather takes some."""
    outlook: Mapped[str] = mapped_column(Text, default="")
    """What buyers should know: how sure it is, what happens in bad weather."""
    created_at: Mapped[datetime]


class ShipWindow(Base):
    """Days on which a part of a harvest is sent. ``taken`` is the sum of its places, cached."""

    __tablename__ = "ship_window"
    __table_args__ = (
        one_of("state", WINDOW_STATES),
        one_of("deposit_kind", DEPOSIT_KINDS),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("price_vnd >= 1000", name="price_vnd"),
        CheckConstraint("deposit_amount >= 0", name="deposit_amount"),
        CheckConstraint("from_on <= to_on", name="days"),
        CheckConstraint("per_buyer IS NULL OR per_buyer > 0", name="per_buyer"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    harvest_id: Mapped[Ref] = mapped_column(ForeignKey("harvest.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    closes_on: Mapped[date]
    """The last day on which it can be ordered."""
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    price_vnd: Mapped[Ref]
    per_buyer: Mapped[int | None]
    deposit_kind: Mapped[str] = mapped_column(String(8))
    deposit_amount: Mapped[Ref] = mapped_column(default=0)
    """Percent of the goods, or đồng a unit, by ``deposit_kind``."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    end_reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it was cancelled: a code of the rules."""
    moves: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class WindowMove(Base):
    """One change of a window's days, for ever: buyers are shown what was promised before."""

    __tablename__ = "ship_window_move"
    __table_args__ = (UniqueConstraint("window_id", "seq"),)

    id: Mapped[Id]
    window_id: Mapped[Ref] = mapped_column(ForeignKey("ship_window.id"))
    seq: Mapped[int]
    old_from_on: Mapped[date]
    old_to_on: Mapped[date]
    new_from_on: Mapped[date]
    new_to_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[Ref]
    at: Mapped[datetime]


class Preorder(Base):
    """An order's place in a window."""

    __tablename__ = "preorder"
    __table_args__ = (
        one_of("state", PLACE_STATES),
        one_of("rest_by", REST),
        one_of("answer", ANSWERS),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("deposit_vnd >= 0", name="deposit_vnd"),
        Index(None, "window_id", "state"),
    )

    order_id: Mapped[Ref] = mapped_column(
        ForeignKey("shop_order.id"), primary_key=True, autoincrement=False
    )
    window_id: Mapped[Ref] = mapped_column(ForeignKey("ship_window.id"))
    quantity: Mapped[int]
    rest_by: Mapped[str] = mapped_column(String(10))
    """How what the deposit leaves open is paid."""
    deposit_vnd: Mapped[Ref]
    """What was agreed to be paid first; 0: nothing."""
    state: Mapped[str] = mapped_column(String(10), default="held")
    answer: Mapped[str] = mapped_column(String(8), default="none")
    first_from_on: Mapped[date]
    first_to_on: Mapped[date]
    """The days promised when it was ordered."""


append_only("ship_window_move")
