"""How a product is listed elsewhere, and what was exported when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of

EXPORT_SCOPES = ("all", "changed")
SIGHTINGS = ("listed", "seen", "gone")


class Listing(Base):
    """A product on a channel: what differs from the catalogue."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("product_id", "channel"),
        CheckConstraint("stock_reserve >= 0", name="stock_reserve"),
        CheckConstraint("price_percent BETWEEN 50 AND 300", name="price_percent"),
        CheckConstraint("price_step_vnd BETWEEN 1 AND 1000000", name="price_step_vnd"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    channel: Mapped[str] = mapped_column(String(20))
    """Slug of a plug in ``marketplaces/profiles``."""
    is_included: Mapped[bool] = mapped_column(default=True)
    overrides: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the producer says instead of the catalogue; keys: see ``rules.choices``. Never changed
    in place: assign anew."""
    price_percent: Mapped[int] = mapped_column(default=100)
    price_fixed_vnd: Mapped[Ref] = mapped_column(default=0, server_default="0")
    """Added after the percentage."""
    price_step_vnd: Mapped[int] = mapped_column(default=1000, server_default="1000")
    """The channel's price is rounded up to a multiple of it; 1 leaves it as it comes."""
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
        one_of("scope", EXPORT_SCOPES),
        Index(None, "producer_id", "made_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    profile_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """``done`` once the bundle is stored; how far a queued one is, its task says."""
    scope: Mapped[str] = mapped_column(String(10), default="all", server_default="all")
    """``changed``: only what differs from the export before."""
    template_sha: Mapped[str | None] = mapped_column(String(64))
    """Digest of the seller's template that was filled; None: no template."""
    task_id: Mapped[Ref | None] = mapped_column(ForeignKey("task.id"))
    bundle_name: Mapped[str | None] = mapped_column(String(80))
    """Name of the zip in the store."""
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class ExportSchedule(Base):
    """A channel that is exported again every week, on a weekday in the morning of Vietnam."""

    __tablename__ = "export_schedule"
    __table_args__ = (
        UniqueConstraint("producer_id", "channel"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        Index(None, "next_at"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    weekday: Mapped[int]
    """0 is Monday."""
    next_at: Mapped[datetime]
    set_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class KeptFeed(Base):
    """A public feed as it was last written, so that a fetch costs no more than reading a file."""

    __tablename__ = "kept_feed"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    """``google.xml``, ``meta.csv``."""
    stored_name: Mapped[str] = mapped_column(String(80))
    """Name of the file in the store."""
    stamp: Mapped[str] = mapped_column(String(64))
    """Digest of what it depends on, see ``services.kept_feeds``."""
    day: Mapped[date]
    """The calendar day of Vietnam whose certificates and lots it was judged by."""
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    """When it was last found to be as it should."""


class ListingSighting(Base):
    """Somebody saw where a product stands on a channel, or that it stands there no more.

    The newest row of a product on a channel is what counts. Append-only.
    """

    __tablename__ = "listing_sighting"
    __table_args__ = (
        one_of("what", SIGHTINGS),
        Index(None, "product_id", "channel", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    channel: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(10))
    """``listed`` with its address, ``seen`` again, or ``gone``."""
    address: Mapped[str] = mapped_column(String(500))
    on_day: Mapped[date]
    helped_by: Mapped[str] = mapped_column(String(120))
    """Who helped to list it, in words; empty: nobody."""
    recorded_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


append_only("listing_sighting")
