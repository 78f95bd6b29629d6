"""What a company asks for, and what it is offered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, Id, Ref, one_of
from shop.wholesale.rules import QUOTE_STATES


class WholesaleRequest(Base):
    """What a wholesale enquiry says beyond its words. The contact stands beside the enquiry."""

    __tablename__ = "wholesale_request"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    enquiry_id: Mapped[Ref] = mapped_column(
        ForeignKey("enquiry.id"), primary_key=True, autoincrement=False
    )
    company: Mapped[str] = mapped_column(String(160))
    tax_code: Mapped[str | None] = mapped_column(String(14))
    quantity: Mapped[int]
    province_code: Mapped[str] = mapped_column(String(2))
    """Where the goods are wanted."""


class Quote(Base):
    """An offer to one enquiry, good until a day. Accepted it has exactly one order."""

    __tablename__ = "quote"
    __table_args__ = (
        one_of("state", QUOTE_STATES),
        UniqueConstraint("enquiry_id", "seq"),
        CheckConstraint("shipping_vnd >= 0", name="shipping_vnd"),
        CheckConstraint("(state = 'accepted') = (order_id IS NOT NULL)", name="accepted"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    enquiry_id: Mapped[Ref] = mapped_column(ForeignKey("enquiry.id"))
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="offered")
    shipping_vnd: Mapped[Ref]
    payment: Mapped[str] = mapped_column(String(20))
    """Slug of a way to pay."""
    valid_until: Mapped[date]
    terms: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("shop_order.id"), unique=True)

    tiers: Mapped[list["QuoteTier"]] = relationship(
        order_by="QuoteTier.variant_id, QuoteTier.from_quantity", lazy="raise_on_sql"
    )


class QuoteTier(Base):
    """A price a unit from so many units on; the smallest of a size is its minimum quantity."""

    __tablename__ = "quote_tier"
    __table_args__ = (
        UniqueConstraint("quote_id", "variant_id", "from_quantity"),
        CheckConstraint("from_quantity > 0", name="from_quantity"),
        CheckConstraint("unit_price_vnd > 0", name="unit_price_vnd"),
    )

    id: Mapped[Id]
    quote_id: Mapped[Ref] = mapped_column(ForeignKey("quote.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"), index=True)
    from_quantity: Mapped[int]
    unit_price_vnd: Mapped[Ref]
