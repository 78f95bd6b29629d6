"""Statements that were uploaded, and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of


class StatementImport(Base):
    """One file of one account. The file's cells lie in the store until they are recorded; of rows
    that had no effect (private money among them) nothing is kept.
    """

    __tablename__ = "statement_import"
    __table_args__ = (
        one_of("state", ("open", "recorded")),
        UniqueConstraint("account_id", "file_sha"),
        Index(None, "producer_id", "made_at"),
        Index(None, "state", "made_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    account_id: Mapped[Ref] = mapped_column(ForeignKey("payee_account.id"))
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    """As the person called it; shown, never used as a path."""
    file_sha: Mapped[str] = mapped_column(String(64))
    cells_name: Mapped[str | None] = mapped_column(String(80))
    header_row: Mapped[int]
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> column, from 0; -1 for none."""
    state: Mapped[str] = mapped_column(String(8), default="open")
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    results: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Of each row with an effect: number, amount in đồng, what it did, the order's code."""
