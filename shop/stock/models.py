"""How many there are, who holds some, and at which price they go while someone is on air."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of

RESERVATION_STATES = ("held", "committed", "released")


class StockLevel(Base):
    """Sellable units of a variant. ``on_hand`` is the sum of its movements, cached."""

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        CheckConstraint("on_hand <= 1000000000", name="on_hand"),
        CheckConstraint("shop_floor >= 0", name="shop_floor"),
    )

    variant_id: Mapped[Ref] = mapped_column(
        ForeignKey("variant.id"), primary_key=True, autoincrement=False
    )
    on_hand: Mapped[Ref] = mapped_column(default=0)
    reserved: Mapped[Ref] = mapped_column(default=0)
    shop_floor: Mapped[Ref] = mapped_column(default=0)
    """Free units that no other channel may be given: the shop's own reserve."""


class LotLevel(Base):
    """Units of a variant that lie in one lot; the rest of the variant's stock has no lot."""

    __tablename__ = "stock_lot_level"
    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"),)

    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"), index=True)
    on_hand: Mapped[Ref] = mapped_column(default=0)


class StockMovement(Base):
    """The ledger: every unit that came or went, with the reason. Append-only."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="quantity"),
        Index(None, "variant_id", "at"),
    )

    id: Mapped[Id]
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"))
    quantity: Mapped[Ref]
    """Units; positive came in, negative went out."""
    reason: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Names the cause, so that recording it twice is refused."""
    actor_id: Mapped[Ref | None]
    at: Mapped[datetime]


class StockReservation(Base):
    """Units held for an owner: an order line, or a livestream line-up item (a set-aside).

    ``owner_key`` is opaque here, e.g. ``order_line:12`` or ``session_item:5``.
    """

    __tablename__ = "stock_reservation"
    __table_args__ = (
        UniqueConstraint("owner_key", "variant_id"),
        one_of("state", RESERVATION_STATES),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "variant_id", "state"),
    )

    id: Mapped[Id]
    owner_key: Mapped[str] = mapped_column(String(60))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    quantity: Mapped[Ref]
    state: Mapped[str] = mapped_column(String(10), default="held")
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PriceWindow(Base):
    """A price that holds for a while: set by livestream, read by checkout, ends by itself."""

    __tablename__ = "price_window"
    __table_args__ = (
        UniqueConstraint("owner_key", "variant_id"),
        CheckConstraint("price_vnd >= 1000", name="price_vnd"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("sold >= 0 AND (cap IS NULL OR sold <= cap)", name="cap"),
        Index(None, "variant_id", "starts_at", "ends_at"),
    )

    id: Mapped[Id]
    owner_key: Mapped[str] = mapped_column(String(60))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    price_vnd: Mapped[Ref]
    cap: Mapped[int | None]
    sold: Mapped[int] = mapped_column(default=0)
    per_buyer: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_dropped: Mapped[bool] = mapped_column(default=False)
    """Ended before its time; the row stays, because order lines point at it."""


TAKE_STATES = ("open", "done", "dropped")


class StockTake(Base):
    """A count sheet of a producer: what was found where, and when it was written to the ledger."""

    __tablename__ = "stock_take"
    __table_args__ = (one_of("state", TAKE_STATES), Index(None, "producer_id", "opened_at"))

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    opened_by: Mapped[Ref]
    opened_at: Mapped[datetime]
    closed_by: Mapped[Ref | None]
    closed_at: Mapped[datetime | None]


class StockTakeLine(Base):
    """A pile on the sheet: a variant's units of one lot, or those in no lot.

    ``counted - booked`` is what the ledger lacked at the moment of counting, whatever was sold
    since; ``seen_movement_id`` tells whether somebody else corrected the pile meanwhile.
    """

    __tablename__ = "stock_take_line"
    __table_args__ = (
        CheckConstraint("counted IS NULL OR counted >= 0", name="counted"),
        CheckConstraint(
            "(counted IS NULL) = (booked IS NULL) AND (counted IS NULL) = (counted_at IS NULL)",
            name="counted_whole",
        ),
        Index(None, "take_id"),
    )

    id: Mapped[Id]
    take_id: Mapped[Ref] = mapped_column(ForeignKey("stock_take.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"))
    counted: Mapped[Ref | None]
    booked: Mapped[Ref | None]
    """What the ledger said when it was counted."""
    seen_movement_id: Mapped[Ref] = mapped_column(default=0)
    """The pile's newest movement at that moment."""
    reason: Mapped[str] = mapped_column(String(20), default="")
    counted_by: Mapped[Ref | None]
    counted_at: Mapped[datetime | None]


append_only("stock_movement")
