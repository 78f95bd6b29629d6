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
        CheckConstraint("lost BETWEEN 0 AND quantity", name="lost"),
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
    lost: Mapped[int] = mapped_column(default=0)
    """How much of the quantity was destroyed, in ``uom``: neither used up nor sold."""
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
    """Labels that were made: how many, in which format, by whom; unit codes come in batches."""

    __tablename__ = "label_batch"
    __table_args__ = (
        one_of("level", ("product", "lot", "unit", "box")),
        one_of("state", ("making", "ready", "printed", "void")),
        CheckConstraint("count > 0", name="count"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"), index=True)
    level: Mapped[str] = mapped_column(String(8), default="lot")
    """What each label's code stands for; only unit codes are one to a label."""
    state: Mapped[str] = mapped_column(String(10), default="printed")
    """Unit codes: being made, made, given out for printing, taken back."""
    count: Mapped[int]
    template: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(4), default="pdf")
    skip: Mapped[int] = mapped_column(default=0)
    """Places left empty on the first sheet."""
    file_name: Mapped[str | None] = mapped_column(String(80))
    """The stored sheet of a batch of unit codes; other sheets are drawn when asked for."""
    task_id: Mapped[Ref | None]
    submit_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class BoxLine(Base):
    """How many units of a lot lie in a box."""

    __tablename__ = "box_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    box_code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), primary_key=True)
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True)
    quantity: Mapped[int]


class BoxUnit(Base):
    """A unit with a code of its own, and the one box it lies in."""

    __tablename__ = "box_unit"

    unit_code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), primary_key=True)
    box_code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), index=True)


class EntryTemplate(Base):
    """What a producer often records of a product: a kind of event with its usual facts."""

    __tablename__ = "entry_template"
    __table_args__ = (UniqueConstraint("product_id", "title"),)

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Some or all facts of the kind, as the journal would keep them."""
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


class CodeOpening(Base):
    """Buyers said that they opened the goods with this code: when first, how often. Not who."""

    __tablename__ = "code_opening"

    code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), primary_key=True)
    first_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)


class CloneAlert(Base):
    """A code that may have been copied: which rule says so, and what people made of it."""

    __tablename__ = "clone_alert"
    __table_args__ = (
        one_of("level", ("amber", "red")),
        one_of("state", ("open", "closed")),
        Index(
            "uq_clone_alert_open",
            "code",
            "rule",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(ForeignKey("trace_code.code"), index=True)
    rule: Mapped[str] = mapped_column(String(20))
    """Slug of ``rules.clones.RULES``."""
    level: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(6), default="open")
    number: Mapped[int] = mapped_column(default=0)
    """What was counted when the rule struck: days, scans or reports."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(300), default="")


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
