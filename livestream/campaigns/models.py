"""Campaigns: a window in which clubs sell certain products towards a goal."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of


class Campaign(Base):
    """A selling campaign such as lychee in June."""

    __tablename__ = "live_campaign"
    __table_args__ = (
        one_of("state", ("draft", "published", "ended")),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(Text, default="")
    province_code: Mapped[str | None] = mapped_column(ForeignKey("province.code"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    goal_vnd: Mapped[Ref | None]
    goal_kg: Mapped[int | None]
    source_note: Mapped[str] = mapped_column(Text, default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime]


class CampaignProduct(Base):
    """A product of a campaign."""

    __tablename__ = "live_campaign_product"
    __table_args__ = (UniqueConstraint("campaign_id", "product_id"),)

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("live_campaign.id"))
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
