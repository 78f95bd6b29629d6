"""Return requests, their lines, and each step; what people typed stands apart to be erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, Id, Ref, append_only, one_of
from shop.returns.rules import OPEN, REASONS, SIDE_WORDS, STATES

_IS_OPEN = f"state IN ({', '.join(repr(state) for state in sorted(OPEN))})"


class ReturnRequest(Base):
    """A buyer wants money back for goods that came. One open request an order, by constraint."""

    __tablename__ = "return_request"
    __table_args__ = (
        one_of("state", STATES),
        one_of("reason", REASONS),
        CheckConstraint("refund_vnd IS NULL OR refund_vnd > 0", name="refund_vnd"),
        CheckConstraint("state <> 'settled' OR refund_vnd IS NOT NULL", name="settled_sum"),
        Index(
            "uq_return_request_open",
            "order_id",
            unique=True,
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
        Index(None, "producer_id", "state", "changed_at"),
        Index(None, "state", "changed_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"), index=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    state: Mapped[str] = mapped_column(String(12), default="asked")
    reason: Mapped[str] = mapped_column(String(20))
    refusal: Mapped[str] = mapped_column(String(20), default="")
    """Code of the latest refusal."""
    refund_vnd: Mapped[Ref | None]
    """What the seller (or staff) agreed to give back."""
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["ReturnLine"]] = relationship(order_by="ReturnLine.id", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class ReturnLine(Base):
    """Units of an order line that the request is about, and what became of them."""

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint("return_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "restocked >= 0 AND written_off >= 0 AND restocked + written_off <= quantity",
            name="came_back",
        ),
    )

    id: Mapped[Id]
    return_id: Mapped[Ref] = mapped_column(ForeignKey("return_request.id"), index=True)
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int]
    restocked: Mapped[int] = mapped_column(default=0)
    written_off: Mapped[int] = mapped_column(default=0)


class ReturnStep(Base):
    """One step: who took the request where. Append-only; codes and amounts, no words."""

    __tablename__ = "return_step"
    __table_args__ = (one_of("side", SIDE_WORDS), Index(None, "return_id", "id"))

    id: Mapped[Id]
    return_id: Mapped[Ref] = mapped_column(ForeignKey("return_request.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    """The state after it."""
    side: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[Ref | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class ReturnWords(Base):
    """What was typed and photographed with a step. Erasure empties this row."""

    __tablename__ = "return_words"

    step_id: Mapped[Ref] = mapped_column(
        ForeignKey("return_step.id"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text, default="")
    photos: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Up to three of ``{"sha", "width", "height"}``. Never changed in place: assign anew."""


append_only("return_step")
