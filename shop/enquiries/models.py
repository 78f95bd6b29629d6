"""Enquiries, who asked, and what was said."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of
from shop.enquiries.rules import KINDS, SIDES, STATES


class Enquiry(Base):
    """A buyer asks a producer for something that is not put into a basket."""

    __tablename__ = "enquiry"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        CheckConstraint("people IS NULL OR people BETWEEN 1 AND 500", name="people"),
        Index(None, "producer_id", "state", "asked_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    product_id: Mapped[Ref | None] = mapped_column(ForeignKey("product.id"), index=True)
    buyer_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    wanted_on: Mapped[date | None]
    people: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2), default="vi")
    state: Mapped[str] = mapped_column(String(10), default="new")
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class EnquiryContact(Base):
    """How to answer: a side table, so that it can be emptied and the enquiry stay."""

    __tablename__ = "enquiry_contact"

    enquiry_id: Mapped[Ref] = mapped_column(
        ForeignKey("enquiry.id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(200))


class EnquiryMessage(Base):
    """What one side said."""

    __tablename__ = "enquiry_message"
    __table_args__ = (one_of("side", SIDES), Index(None, "enquiry_id", "at"))

    id: Mapped[Id]
    enquiry_id: Mapped[Ref] = mapped_column(ForeignKey("enquiry.id"))
    side: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
