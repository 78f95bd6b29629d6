"""Order exports of marketplaces, the orders in them, and what their lines took from stock.

Nothing that names a buyer is kept: no name, phone or address.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of
from shop.sheets.models import Preview

ORDER_STATES = ("open", "shipped", "completed", "cancelled", "returned")


class OrderImport(Preview, Base):
    """One export file. Its cells, without the buyers' columns, lie in the store until recorded."""

    __tablename__ = "channel_order_import"
    __table_args__ = (
        one_of("state", ("open", "recorded")),
        UniqueConstraint("producer_id", "channel", "file_sha"),
        Index(None, "producer_id", "made_at"),
        Index(None, "state", "made_at"),
    )

    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    results: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How many lines did what, and the rows that nothing could be done for."""


class ChannelOrder(Base):
    """An order on a marketplace, once however often it is exported."""

    __tablename__ = "channel_order"
    __table_args__ = (
        UniqueConstraint("producer_id", "channel", "number"),
        one_of("state", ORDER_STATES),
        Index(None, "producer_id", "ordered_at"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    told_state: Mapped[str] = mapped_column(String(120))
    """In the channel's own words."""
    ordered_at: Mapped[datetime]
    month: Mapped[str] = mapped_column(String(7))
    """``2026-11``: of ``ordered_at`` in Vietnam."""
    changed_at: Mapped[datetime]


class ChannelOrderLine(Base):
    """A line of such an order. ``taken`` units left stock for it, ``given_back`` came back."""

    __tablename__ = "channel_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line_key"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("taken IN (0, quantity)", name="taken"),
        CheckConstraint("given_back BETWEEN 0 AND taken", name="given_back"),
        Index(None, "variant_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("channel_order.id"))
    line_key: Mapped[str] = mapped_column(String(64))
    """The channel's own line number, or a digest of SKU and place among its equals."""
    sku: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(300))
    variant_id: Mapped[Ref | None] = mapped_column(ForeignKey("variant.id"))
    quantity: Mapped[Ref]
    revenue_vnd: Mapped[Ref]
    """What the buyer pays for the goods of this line that they keep, in đồng."""
    taken: Mapped[Ref] = mapped_column(default=0)
    given_back: Mapped[Ref] = mapped_column(default=0)
