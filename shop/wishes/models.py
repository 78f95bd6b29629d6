"""Wish lists, and who wants to be told when something is back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of
from shop.notifications.models import Following
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


class StockAlert(Following, Base):
    """Someone wants to hear, once, that a size can be bought again."""

    ACTIVE = "waiting"

    __tablename__ = "stock_alert"
    __table_args__ = (
        one_of("state", ALERT_STATES),
        Index(None, "variant_id", "state"),
        Index(None, "recipient", "state"),
        Index(None, "state", "asked_at"),
        Index(
            "uq_stock_alert_open",
            *("variant_id", "recipient"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
