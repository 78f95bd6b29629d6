"""The withholding ledger: each fact of the payment ledger once, with the rate it was judged by."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only


class Withholding(Base):
    """What one fact about money adds to (or, given back, takes from) a period's figures, in đồng.

    ``base_vnd`` is signed; the taxes are those of all the order's money so far less what earlier
    entries hold, so that an order's entries always add up to the rounded tax of its sum.
    """

    __tablename__ = "withholding"
    __table_args__ = (
        UniqueConstraint("txn_row_id", "activity"),
        CheckConstraint("vat_bp >= 0 AND pit_bp >= 0", name="rates"),
        Index(None, "producer_id", "period"),
        Index(None, "order_id"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    txn_row_id: Mapped[Ref] = mapped_column(ForeignKey("payment_txn.id"))
    activity: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(7))
    """Month in Vietnam, ``2026-11``."""
    occurred_at: Mapped[datetime]
    base_vnd: Mapped[Ref]
    vat_vnd: Mapped[Ref]
    pit_vnd: Mapped[Ref]
    vat_bp: Mapped[int]
    pit_bp: Mapped[int]
    """Rates in hundredths of a percent."""
    rate_code: Mapped[str] = mapped_column(String(40))
    """The reference entry; empty: no rate applied to this seller."""
    rate_revision: Mapped[int]
    seller_kind: Mapped[str] = mapped_column(String(20))
    """What kind of seller it was then."""
    is_held_by_us: Mapped[bool]
    """Whether the money went through the operator's account, so that it could be withheld."""
    booked_at: Mapped[datetime]


append_only("withholding")
