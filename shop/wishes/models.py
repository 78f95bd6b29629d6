"""Wish lists, and who wants to be told when something is back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of
from shop.wishes.rules import ALERT_STATES

_OPEN = text("state IN ('unconfirmed','waiting')")


class WishList(Base):
    """A visitor's list: the cookie holds a random token, this row its SHA-256."""

    __tablename__ = "wish_list"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Wish(Base):
    """A product on a list."""

    __tablename__ = "wish"
    __table_args__ = (UniqueConstraint("list_id", "product_id"),)

    id: Mapped[Id]
    list_id: Mapped[Ref] = mapped_column(ForeignKey("wish_list.id"))
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    added_at: Mapped[datetime]


class StockAlert(Base):
    """Someone wants to hear, once, that a size can be bought again.

    A signed-in person is told in the inbox; a guest at the e-mail address, which is confirmed
    first and emptied as soon as it is not needed any more.
    """

    __tablename__ = "stock_alert"
    __table_args__ = (
        one_of("state", ALERT_STATES),
        CheckConstraint(
            "person_id IS NULL OR (address IS NULL AND address_digest IS NULL)", name="one_way"
        ),
        CheckConstraint(
            "state NOT IN ('unconfirmed','waiting') OR person_id IS NOT NULL"
            " OR address IS NOT NULL",
            name="someone_to_tell",
        ),
        Index(None, "variant_id", "state"),
        Index(None, "state", "asked_at"),
        Index(
            "uq_stock_alert_open_person",
            *("variant_id", "person_id"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_stock_alert_open_address",
            *("variant_id", "address_digest"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """Names the alert in signed links."""
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(200))
    address_digest: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
