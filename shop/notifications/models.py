"""The inbox: messages a person reads inside the application."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref


class InboxItem(Base):
    """A message in a person's inbox; its words are made from kind and payload when shown."""

    __tablename__ = "inbox_item"
    __table_args__ = (Index(None, "person_id", "read_at", "at"),)

    id: Mapped[Id]
    outbox_key: Mapped[str] = mapped_column(String(200), unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
