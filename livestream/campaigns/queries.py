"""Reading campaigns."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from livestream.campaigns.models import Campaign, CampaignProduct
from livestream.campaigns.rules import NotInCampaign
from livestream.clubs.rules import is_address
from shop.catalogue.models import ProductFacets
from shop.core.errors import NotFound


def get_campaign(db: Session, campaign_id: int, *, lock: bool = False) -> Campaign:
    """Raises NotFound."""
    statement = select(Campaign).where(Campaign.id == campaign_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    campaign = db.scalars(statement).one_or_none()
    if campaign is None:
        raise NotFound
    return campaign


def public_campaign(db: Session, slug: str) -> Campaign:
    """A published (or ended) campaign by its address. Raises NotFound."""
    if not is_address(slug):
        raise NotFound
    campaign = db.scalars(
        select(Campaign).where(Campaign.slug == slug, Campaign.state != "draft")
    ).one_or_none()
    if campaign is None:
        raise NotFound
    return campaign


def open_campaigns(now: datetime) -> Select[Campaign]:
    """Published campaigns that are not over, soonest first."""
    return (
        select(Campaign)
        .where(Campaign.state == "published", Campaign.ends_at > now)
        .order_by(Campaign.starts_at, Campaign.id)
    )


def campaigns_of(provinces: Collection[str] | None) -> Select[Campaign]:
    """Campaigns that staff of these provinces look after (None: all), newest first."""
    statement = select(Campaign).order_by(Campaign.starts_at.desc(), Campaign.id.desc())
    return (
        statement if provinces is None else statement.where(Campaign.province_code.in_(provinces))
    )


def require_open_campaign(
    db: Session, campaign_id: int, *, starts_at: datetime, ends_at: datetime
) -> Campaign:
    """The campaign, if a session at these times may belong to it. Raises NotInCampaign."""
    campaign = db.get(Campaign, campaign_id)
    if campaign is None or campaign.state != "published":
        raise NotInCampaign(field="campaign_id")
    if not campaign.starts_at <= starts_at < ends_at <= campaign.ends_at:
        raise NotInCampaign(field="campaign_id")
    return campaign


def products_of(db: Session, campaign_id: int, *, listed_only: bool = True) -> list[ProductFacets]:
    """The campaign's products as lists show them, by name."""
    statement = (
        select(ProductFacets)
        .join(CampaignProduct, CampaignProduct.product_id == ProductFacets.product_id)
        .where(CampaignProduct.campaign_id == campaign_id)
        .order_by(ProductFacets.search_name, ProductFacets.product_id)
    )
    if listed_only:
        statement = statement.where(ProductFacets.is_listed)
    return list(db.scalars(statement))


def product_id_of(db: Session, key: int | str) -> int:
    """The id of a product given by number or address; 0 for none."""
    if isinstance(key, str) and not is_address(key):
        return 0
    column = ProductFacets.product_id if isinstance(key, int) else ProductFacets.slug
    return db.scalar(select(ProductFacets.product_id).where(column == key)) or 0
