"""Statements that were uploaded, and what became of them."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Ref, one_of
from shop.sheets.models import Preview


class StatementImport(Preview, Base):
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

    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    account_id: Mapped[Ref] = mapped_column(ForeignKey("payee_account.id"))
    results: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Of each row with an effect: number, amount in đồng, what it did, the order's code."""
