"""Lots, the journal of each, and the codes printed on what is sold."""

from datetime import date, datetime
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
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of

LOT_STATES = ("open", "released", "on_hold", "recalled", "closed")
LOT_KINDS = ("raw", "semi", "finished")


class Lot(Base):
    """A quantity made together. Finished lots are sold as one variant's units."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("product_id", "lot_no"),
        one_of("kind", LOT_KINDS),
        one_of("state", LOT_STATES),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("head_seq >= 0", name="head_seq"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(10), unique=True)
    """Its public name: the lot-level trace code, and what the journal's first hash comes from."""
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[Ref | None] = mapped_column(ForeignKey("variant.id"))
    """What a finished lot is sold as; None for raw and semi-finished ones."""
    lot_no: Mapped[str] = mapped_column(String(20))
    material: Mapped[str] = mapped_column(String(120), default="")
    """What a raw or semi-finished lot is: "Củ dong riềng". Empty for finished ones."""
    kind: Mapped[str] = mapped_column(String(10), default="finished")
    quantity: Mapped[int]
    """In ``uom``; whole sellable units for a finished lot."""
    uom: Mapped[str] = mapped_column(String(12), default="unit")
    made_on: Mapped[date]
    packed_on: Mapped[date | None]
    best_before: Mapped[date | None]
    site: Mapped[str] = mapped_column(String(160), default="")
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_note: Mapped[str] = mapped_column(String(300), default="")
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64))
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class LotLink(Base):
    """How much of a parent lot went into a child lot, in the parent's ``uom``."""

    __tablename__ = "lot_link"
    __table_args__ = (
        UniqueConstraint("parent_id", "child_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("parent_id <> child_id", name="not_itself"),
    )

    id: Mapped[Id]
    parent_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"))
    child_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"), index=True)
    quantity: Mapped[int]


class LotEvent(Base):
    """One entry of a lot's journal, chained to the one before it. Never changed, never removed."""

    __tablename__ = "lot_event"
    __table_args__ = (
        UniqueConstraint("lot_id", "seq"),
        UniqueConstraint("lot_id", "previous_hash"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("corrects_seq < seq", name="corrects_seq"),
    )

    id: Mapped[Id]
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    """Slug of a plug in ``traceability/events``."""
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[Ref]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What everybody may read."""
    attachments: Mapped[list[str]] = mapped_column(JSON)
    """Photos that belong to the event, by the SHA-256 the photo store gave them."""
    inner_facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What only the producer may read; the chain holds its seal."""
    salt: Mapped[str] = mapped_column(String(26))
    sealed: Mapped[str] = mapped_column(String(64))
    corrects_seq: Mapped[int | None]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class TraceCode(Base):
    """A printed code: ten Crockford symbols, the last one a check symbol. Lives for ever."""

    __tablename__ = "trace_code"
    __table_args__ = (
        one_of("level", ("product", "lot", "unit", "box")),
        one_of("state", ("unprinted", "active", "void", "reported")),
        CheckConstraint("(level = 'product') = (lot_id IS NULL)", name="target"),
        Index("ix_trace_code_lot", "lot_id", "level"),
        Index("ix_trace_code_product", "product_id", "level"),
        Index(
            "uq_trace_code_one_per_product",
            "product_id",
            unique=True,
            sqlite_where=text("level = 'product'"),
            postgresql_where=text("level = 'product'"),
        ),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    level: Mapped[str] = mapped_column(String(8))
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"))
    batch_id: Mapped[Ref | None] = mapped_column(ForeignKey("label_batch.id"))
    state: Mapped[str] = mapped_column(String(10), default="unprinted")
    created_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]


class LabelBatch(Base):
    """A label sheet that was made: how many, in which format, by whom."""

    __tablename__ = "label_batch"

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"))
    count: Mapped[int]
    template: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class ScanStat(Base):
    """Scans of a code on a day: a count, nothing about who scanned."""

    __tablename__ = "scan_stat"

    code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Anchor(Base):
    """The Merkle root over the journal heads that moved on a day and the root before it.

    Published at ``/moc/<date>.json``; as each root covers the one before, the newest covers all.
    """

    __tablename__ = "anchor"

    day: Mapped[date] = mapped_column(primary_key=True)
    merkle_root: Mapped[str] = mapped_column(String(64))
    leaves: Mapped[list[Any]] = mapped_column(JSON)
    count: Mapped[int]
    published_at: Mapped[datetime]


class ScanReport(Base):
    """A buyer's word that something about a code looks wrong."""

    __tablename__ = "scan_report"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), index=True)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class Gs1Key(Base):
    """A GS1 number of a producer: the GTIN of a variant (AI 01), the GLN of the place (AI 414).

    Only verified ones are resolved and printed. A verified row outlives the variant's number, as
    printed codes live for ever; only staff end one, when it was verified by mistake.
    """

    __tablename__ = "gs1_key"
    __table_args__ = (
        one_of("ai", ("01", "414")),
        one_of("state", ("declared", "verified", "refused", "ended")),
        CheckConstraint("(ai = '01') = (variant_id IS NOT NULL)", name="variant"),
        Index(
            "uq_gs1_key_one_owner",
            "ai",
            "value",
            unique=True,
            sqlite_where=text("state = 'verified'"),
            postgresql_where=text("state = 'verified'"),
        ),
    )

    id: Mapped[Id]
    ai: Mapped[str] = mapped_column(String(3))
    value: Mapped[str] = mapped_column(String(14))
    """All digits of the key: 14 of a GTIN, 13 of a GLN."""
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[Ref | None] = mapped_column(ForeignKey("variant.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


append_only("lot_event")
append_only("anchor")
