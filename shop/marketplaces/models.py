"""How a product is listed elsewhere, and what was exported when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of


class Listing(Base):
    """A product on a channel: what differs from the catalogue."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("product_id", "channel"),
        CheckConstraint("stock_reserve >= 0", name="stock_reserve"),
        CheckConstraint("price_percent BETWEEN 50 AND 300", name="price_percent"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    channel: Mapped[str] = mapped_column(String(20))
    """Slug of a plug in ``marketplaces/profiles``."""
    is_included: Mapped[bool] = mapped_column(default=True)
    overrides: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``title`` -> the producer's own words. Never changed in place: assign anew."""
    price_percent: Mapped[int] = mapped_column(default=100)
    price_floor_vnd: Mapped[Ref | None]
    """The channel's price never goes out below this; None: no floor."""
    stock_reserve: Mapped[int] = mapped_column(default=0)
    """Units kept back from this channel."""
    updated_at: Mapped[datetime]


class ExportRun(Base):
    """One export: what came out, with its report frozen."""

    __tablename__ = "export_run"
    __table_args__ = (
        one_of("state", ("queued", "done")),
        Index(None, "producer_id", "made_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    profile_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """``done`` once the bundle is stored; how far a queued one is, its task says."""
    task_id: Mapped[Ref | None] = mapped_column(ForeignKey("task.id"))
    bundle_name: Mapped[str | None] = mapped_column(String(80))
    """Name of the zip in the store."""
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
