"""Results of sessions, goods handed over, statements, and codes that credit orders."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from livestream.results.rules.settling import (
    MOST_FEE_BP,
    NOTE_KINDS,
    NOTE_STATES,
    PAYMENT_STATES,
    SETTLEMENT_STATES,
    SIDES,
    VIAS,
)
from shop.core.db import Base, Id, Ref, one_of
from shop.sheets.models import Preview

RESULT_SOURCES = ("typed", "file", "order")


class ClubTerms(Base):
    """What a club keeps of what it sells. No row: nothing."""

    __tablename__ = "live_club_terms"
    __table_args__ = (CheckConstraint(f"fee_bp BETWEEN 0 AND {MOST_FEE_BP}", name="fee_bp"),)

    club_id: Mapped[Ref] = mapped_column(
        ForeignKey("live_club.id"), primary_key=True, autoincrement=False
    )
    fee_bp: Mapped[int] = mapped_column(default=0)
    updated_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime]


class ItemTerms(Base):
    """Of a line-up item: whose shop sells it, who receives the money, what the producer gets."""

    __tablename__ = "live_item_terms"
    __table_args__ = (
        one_of("seller", SIDES),
        one_of("money_to", SIDES),
        one_of("platform_by", SIDES),
        CheckConstraint(f"fee_bp BETWEEN 0 AND {MOST_FEE_BP}", name="fee_bp"),
        CheckConstraint("price_vnd >= 0", name="price_vnd"),
        CheckConstraint("charged_units >= 0", name="charged_units"),
    )

    item_id: Mapped[Ref] = mapped_column(
        ForeignKey("live_session_item.id"), primary_key=True, autoincrement=False
    )
    seller: Mapped[str] = mapped_column(String(10), default="producer")
    money_to: Mapped[str] = mapped_column(String(10), default="producer")
    platform_by: Mapped[str] = mapped_column(String(10), default="producer")
    price_vnd: Mapped[Ref]
    """What the producer gets for a unit sold on the channel."""
    fee_bp: Mapped[int] = mapped_column(default=0)
    charged_units: Mapped[int] = mapped_column(default=0)
    """Missing units the club pays for."""
    set_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    agreed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None]


class SessionResult(Base):
    """A session's own figures. None is not known, zero is zero."""

    __tablename__ = "live_result"
    __table_args__ = (
        CheckConstraint(
            "(viewers IS NULL OR viewers >= 0) AND (peak_viewers IS NULL OR peak_viewers >= 0) "
            "AND (watch_seconds IS NULL OR watch_seconds >= 0) "
            "AND (comments IS NULL OR comments >= 0)",
            name="counts",
        ),
    )

    session_id: Mapped[Ref] = mapped_column(
        ForeignKey("live_session.id"), primary_key=True, autoincrement=False
    )
    viewers: Mapped[Ref | None]
    peak_viewers: Mapped[Ref | None]
    watch_seconds: Mapped[Ref | None]
    """Average per viewer."""
    comments: Mapped[Ref | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    updated_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime]
    closed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    short_units: Mapped[int] = mapped_column(default=0)
    """Units told as sold that the ledger of stock did not have at closing."""


class ResultImport(Preview, Base):
    """One file of one channel: the same file twice leads to the import it already is."""

    __tablename__ = "live_result_import"
    __table_args__ = (
        one_of("state", ("open", "recorded")),
        UniqueConstraint("session_id", "file_sha"),
    )

    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    channel_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_resource.id"))
    """The channel account it tells of; None in a session on one channel only. Rows of two channels
    are two sales, however alike they look."""
    row_count: Mapped[int] = mapped_column(default=0)


class ResultLine(Base):
    """What sold of an item, by one source. A typed line of an item stands instead of files' lines;
    lines of our own orders are counted beside them. ``row_key`` keeps a row from counting twice.
    """

    __tablename__ = "live_result_line"
    __table_args__ = (
        one_of("source", RESULT_SOURCES),
        UniqueConstraint("session_id", "row_key"),
        CheckConstraint("units >= 0 AND returned >= 0 AND returned <= units", name="units"),
        CheckConstraint(
            "gross_vnd >= 0 AND returned_vnd >= 0 AND returned_vnd <= gross_vnd "
            "AND platform_vnd >= 0",
            name="amounts",
        ),
        Index(None, "item_id"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("live_session_item.id"))
    source: Mapped[str] = mapped_column(String(6))
    import_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_result_import.id"))
    row_key: Mapped[str] = mapped_column(String(60))
    clicks: Mapped[Ref | None]
    orders: Mapped[Ref | None]
    units: Mapped[Ref] = mapped_column(default=0)
    returned: Mapped[Ref] = mapped_column(default=0)
    gross_vnd: Mapped[Ref] = mapped_column(default=0)
    returned_vnd: Mapped[Ref] = mapped_column(default=0)
    platform_vnd: Mapped[Ref] = mapped_column(default=0)


class GoodsNote(Base):
    """Goods given to the club before a session or brought back after it, signed by both sides.

    Whoever writes it signs for their side; a person of the other side signs or refuses.
    """

    __tablename__ = "live_goods_note"
    __table_args__ = (
        one_of("kind", NOTE_KINDS),
        one_of("state", NOTE_STATES),
        one_of("written_by_side", SIDES),
        CheckConstraint(
            "producer_signed_by IS NULL OR club_signed_by IS NULL "
            "OR producer_signed_by <> club_signed_by",
            name="two_people",
        ),
        CheckConstraint(
            "(state = 'signed') = (producer_signed_by IS NOT NULL AND club_signed_by IS NOT NULL)",
            name="signed_by_both",
        ),
        Index(None, "session_id", "producer_id"),
        Index(None, "producer_id", "state"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    written_by_side: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(String(300), default="")
    producer_signed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    producer_signed_at: Mapped[datetime | None]
    club_signed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    club_signed_at: Mapped[datetime | None]
    answer_note: Mapped[str] = mapped_column(String(300), default="")


class GoodsNoteLine(Base):
    """So many units of an item."""

    __tablename__ = "live_goods_note_line"
    __table_args__ = (
        UniqueConstraint("note_id", "item_id"),
        CheckConstraint("units > 0", name="units"),
    )

    id: Mapped[Id]
    note_id: Mapped[Ref] = mapped_column(ForeignKey("live_goods_note.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("live_session_item.id"), index=True)
    units: Mapped[int]


class Settlement(Base):
    """What a club and a producer owe each other for one session.

    ``owed_vnd`` above zero: the club pays; below: the producer pays the club its fee.
    """

    __tablename__ = "live_settlement"
    __table_args__ = (
        one_of("state", SETTLEMENT_STATES),
        UniqueConstraint("session_id", "producer_id"),
        CheckConstraint(
            "paid_vnd >= 0 AND paid_vnd <= sent_vnd AND sent_vnd <= abs(owed_vnd)", name="money"
        ),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
        CheckConstraint("state <> 'settled' OR paid_vnd = abs(owed_vnd)", name="settled_is_paid"),
        CheckConstraint("state NOT IN ('issued','disputed') OR sent_vnd = 0", name="paid_late"),
        Index(None, "producer_id", "state"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """What both sides call it: QT-…"""
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="issued")
    revision: Mapped[int] = mapped_column(default=1)
    owed_vnd: Mapped[Ref]
    sent_vnd: Mapped[Ref] = mapped_column(default=0)
    """Payments told, those not yet confirmed included."""
    paid_vnd: Mapped[Ref] = mapped_column(default=0)
    issued_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    answered_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer_note: Mapped[str] = mapped_column(String(500), default="")
    settled_at: Mapped[datetime | None]


class SettlementLine(Base):
    """One item over one way, as it was settled: a snapshot."""

    __tablename__ = "live_settlement_line"
    __table_args__ = (
        one_of("via", VIAS),
        one_of("seller", SIDES),
        one_of("money_to", SIDES),
        UniqueConstraint("settlement_id", "item_id", "via"),
        CheckConstraint("units >= 0 AND returned >= 0 AND returned <= units", name="units"),
        CheckConstraint(
            "owed_vnd = (CASE WHEN money_to = 'club' THEN goods_vnd ELSE 0 END) "
            "+ missing_vnd - fee_vnd + platform_share_vnd",
            name="owed",
        ),
    )

    id: Mapped[Id]
    settlement_id: Mapped[Ref] = mapped_column(ForeignKey("live_settlement.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("live_session_item.id"))
    via: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(260))
    seller: Mapped[str] = mapped_column(String(10))
    money_to: Mapped[str] = mapped_column(String(10))
    units: Mapped[Ref]
    returned: Mapped[Ref]
    gross_vnd: Mapped[Ref]
    price_vnd: Mapped[Ref]
    """Agreed per unit; 0 for our own orders, which count what buyers paid."""
    goods_vnd: Mapped[Ref]
    charged: Mapped[int] = mapped_column(default=0)
    missing_vnd: Mapped[Ref]
    fee_bp: Mapped[int]
    fee_vnd: Mapped[Ref]
    platform_vnd: Mapped[Ref]
    platform_share_vnd: Mapped[Ref]
    owed_vnd: Mapped[Ref]


class SettlementPayment(Base):
    """Money that one side says it sent, with its proof; the other side says whether it came."""

    __tablename__ = "live_settlement_payment"
    __table_args__ = (
        one_of("state", PAYMENT_STATES),
        CheckConstraint("amount_vnd > 0", name="amount_vnd"),
        CheckConstraint("answered_by IS NULL OR answered_by <> made_by", name="two_people"),
        Index(None, "settlement_id"),
    )

    id: Mapped[Id]
    settlement_id: Mapped[Ref] = mapped_column(ForeignKey("live_settlement.id"))
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    amount_vnd: Mapped[Ref]
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    proof_sha: Mapped[str | None] = mapped_column(String(64))
    is_proof_pdf: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="sent")
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    answered_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer_note: Mapped[str] = mapped_column(String(300), default="")


class ShareCode(Base):
    """A code in an address that says which host's word in which session led to an order."""

    __tablename__ = "live_share_code"
    __table_args__ = (UniqueConstraint("session_id", "host_id"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    host_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    made_at: Mapped[datetime]
