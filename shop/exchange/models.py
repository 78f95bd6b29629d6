"""Partners' documents that were taken in, and links handed to inspectors."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref


class PartnerDocument(Base):
    """A partner's EPCIS document as it was understood; the same bytes are kept once a producer."""

    __tablename__ = "partner_document"
    __table_args__ = (UniqueConstraint("producer_id", "sha256"),)

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    sender: Mapped[str] = mapped_column(String(300), default="")
    event_count: Mapped[int]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    uploaded_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]


class PartnerReceipt(Base):
    """A partner's lot that became a raw lot here: once an event, whatever document tells of it."""

    __tablename__ = "partner_receipt"
    __table_args__ = (UniqueConstraint("producer_id", "event_digest"),)

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    document_id: Mapped[Ref] = mapped_column(ForeignKey("partner_document.id"), index=True)
    event_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the partner's event id and name of the lot."""
    class_id: Mapped[str] = mapped_column(String(300))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"), index=True)
    taken_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime]


class InspectorLink(Base):
    """A read-only look at a lot and its relatives, for somebody without an account, for a time."""

    __tablename__ = "inspector_link"
    __table_args__ = (Index(None, "lot_id"),)

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"))
    label: Mapped[str] = mapped_column(String(120))
    """For whom, in the producer's words: "Chi cục Quản lý chất lượng tỉnh"."""
    created_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class InspectorVisit(Base):
    """That a link was used, on which page, when. Not by whom: no address, no browser."""

    __tablename__ = "inspector_visit"

    id: Mapped[Id]
    link_id: Mapped[Ref] = mapped_column(ForeignKey("inspector_link.id"), index=True)
    page: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
