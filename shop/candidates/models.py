"""What a producer is working towards, and which papers it has for it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

KINDS = ("ocop", "gtin", "trace")
STATES = ("open", "achieved", "stopped")
PAPER_STATES = ("missing", "ready", "handed_in", "accepted", "returned", "waived")


class Candidate(Base):
    """One goal of a producer, for one product or (without ``product_id``) for all it makes."""

    __tablename__ = "candidate"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        CheckConstraint("target_stars IS NULL OR target_stars BETWEEN 3 AND 5", name="stars"),
        Index(
            "uq_candidate_open_product",
            *("kind", "product_id"),
            unique=True,
            sqlite_where=text("state = 'open' AND product_id IS NOT NULL"),
            postgresql_where=text("state = 'open' AND product_id IS NOT NULL"),
        ),
        Index(
            "uq_candidate_open_producer",
            *("kind", "producer_id"),
            unique=True,
            sqlite_where=text("state = 'open' AND product_id IS NULL"),
            postgresql_where=text("state = 'open' AND product_id IS NULL"),
        ),
        Index(None, "producer_id", "state"),
        Index(None, "state", "deadline"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(8))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    product_id: Mapped[Ref | None] = mapped_column(ForeignKey("product.id"))
    target_stars: Mapped[int | None]
    stage: Mapped[str] = mapped_column(String(16))
    """A step of ``rules.STAGES[kind]``."""
    deadline: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    stage_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CandidatePaper(Base):
    """Where one required paper of a candidate stands; no row: missing."""

    __tablename__ = "candidate_paper"
    __table_args__ = (
        UniqueConstraint("candidate_id", "code"),
        one_of("state", PAPER_STATES),
    )

    id: Mapped[Id]
    candidate_id: Mapped[Ref] = mapped_column(ForeignKey("candidate.id"))
    code: Mapped[str] = mapped_column(String(40))
    """A paper of the required-document matrix."""
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="")
    changed_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
