"""What carriers paid back, parcel by parcel, and what they call places."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of

SETTLEMENT_STATES = ("draft", "applying", "applied", "cancelled")
STEP_KINDS = ("file", "fee", "received", "written_off", "matched")


class CodSettlement(Base):
    """A carrier's file about money collected on delivery: uploaded, looked at, then booked once."""

    __tablename__ = "cod_settlement"
    __table_args__ = (
        one_of("state", SETTLEMENT_STATES),
        one_of("file_kind", ("xlsx", "csv")),
        Index(None, "producer_id", "made_at"),
        Index(
            "uq_cod_settlement_booked_file",
            "producer_id",
            "file_sha",
            unique=True,
            sqlite_where=text("state IN ('applying', 'applied')"),
            postgresql_where=text("state IN ('applying', 'applied')"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    submit_key: Mapped[str] = mapped_column(String(120), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    carrier: Mapped[str] = mapped_column(String(20))
    """Slug of a plug in ``shipping/carriers``, or ``other``."""
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    file_kind: Mapped[str] = mapped_column(String(4))
    file_sha: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    cells_name: Mapped[str | None] = mapped_column(String(80))
    """The file's cells in the store, for 30 days."""
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Field -> column, as guessed and then confirmed by a person."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    task_id: Mapped[Ref | None] = mapped_column(ForeignKey("task.id"))
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class CodSettlementLine(Base):
    """What a carrier says of one parcel's money, in đồng; once per parcel and tracking number.

    expected = remitted + fee + written off + difference: a difference is open until it is told
    what became of it.
    """

    __tablename__ = "cod_settlement_line"
    __table_args__ = (
        UniqueConstraint("producer_id", "carrier", "tracking_no"),
        UniqueConstraint("shipment_id"),
        CheckConstraint("fee_vnd >= 0 AND expected_vnd >= 0", name="amounts"),
        CheckConstraint("posted_vnd >= 0", name="posted_vnd"),
        CheckConstraint(
            "expected_vnd = remitted_vnd + fee_vnd + written_off_vnd + difference_vnd",
            name="adds_up",
        ),
        CheckConstraint("(shipment_id IS NULL) = (order_id IS NULL)", name="parcel_has_order"),
        Index(None, "order_id"),
        Index(None, "settlement_id", "id"),
        Index(
            "ix_cod_settlement_line_open",
            "producer_id",
            "id",
            sqlite_where=text("difference_vnd <> 0"),
            postgresql_where=text("difference_vnd <> 0"),
        ),
    )

    id: Mapped[Id]
    settlement_id: Mapped[Ref] = mapped_column(ForeignKey("cod_settlement.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    carrier: Mapped[str] = mapped_column(String(20))
    tracking_no: Mapped[str] = mapped_column(String(60))
    """Upper case, without blanks."""
    row_number: Mapped[int]
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipment.id"))
    """None: no parcel of the producer carries this number yet."""
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("shop_order.id"))
    expected_vnd: Mapped[Ref]
    remitted_vnd: Mapped[Ref]
    """Negative when a fee was taken off although nothing was collected."""
    fee_vnd: Mapped[Ref]
    written_off_vnd: Mapped[Ref] = mapped_column(default=0)
    difference_vnd: Mapped[Ref]
    posted_vnd: Mapped[Ref] = mapped_column(default=0)
    """What this line brought into the payment ledger."""
    steps: Mapped[int] = mapped_column(default=0)


class CodSettlementStep(Base):
    """Why a line's figures are what they are: the file's row, then each decision. Append-only."""

    __tablename__ = "cod_settlement_step"
    __table_args__ = (
        UniqueConstraint("line_id", "seq"),
        one_of("kind", STEP_KINDS),
    )

    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("cod_settlement_line.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    amount_vnd: Mapped[Ref]
    posted_vnd: Mapped[Ref] = mapped_column(default=0)
    actor_id: Mapped[Ref]
    at: Mapped[datetime]


class CarrierArea(Base):
    """A carrier's names of a commune; the newest row counts, a producer's own before staff's."""

    __tablename__ = "carrier_area"
    __table_args__ = (Index(None, "carrier", "commune_code", "producer_id"),)

    id: Mapped[Id]
    carrier: Mapped[str] = mapped_column(String(20))
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"))
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"))
    """None: kept by staff, for everybody."""
    province: Mapped[str] = mapped_column(String(80))
    district: Mapped[str] = mapped_column(String(80))
    ward: Mapped[str] = mapped_column(String(80))
    changed_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


append_only("cod_settlement_step")
append_only("carrier_area")
