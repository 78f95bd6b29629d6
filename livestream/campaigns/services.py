"""Verbs about campaigns."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.campaigns import queries, rules
from livestream.campaigns.models import Campaign, CampaignProduct
from shop.accounts.models import Person
from shop.accounts.services import record_audit
from shop.catalogue.models import ProductFacets
from shop.core.errors import Invalid
from shop.core.text import N_, random_code, slugify


def create_campaign(
    db: Session,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    actor_id: int | None,
    now: datetime,
    **more: Any,
) -> Campaign:
    """A campaign that only staff see until it is published.

    The same person sending the same name and window again, as by a second click, gets the draft
    there is. ``more``: ``name_en about province_code goal_vnd goal_kg source_note is_demo``.
    Raises BadWindow.
    """
    if ends_at <= starts_at:
        raise rules.BadWindow(field="ends_on")
    twin = _draft_twin(db, actor_id, name=name, starts_at=starts_at, ends_at=ends_at)
    if twin is not None:
        return twin
    campaign = Campaign(
        slug=slugify(name), name=name, starts_at=starts_at, ends_at=ends_at, created_at=now, **more
    )
    try:
        with db.begin_nested():
            db.add(campaign)
    except IntegrityError:
        campaign.slug = f"{campaign.slug}-{random_code(5).lower()}"
        db.add(campaign)
        db.flush()
    _audit(db, "campaign.created", campaign.id, actor_id, now)
    return campaign


def _draft_twin(
    db: Session, actor_id: int | None, *, name: str, starts_at: datetime, ends_at: datetime
) -> Campaign | None:
    """A draft of the same name and window; the person's row is the lock of two clicks at once."""
    if actor_id is None:
        return None
    db.execute(select(Person.id).where(Person.id == actor_id).with_for_update())
    return db.scalars(
        select(Campaign)
        .where(
            Campaign.name == name,
            Campaign.starts_at == starts_at,
            Campaign.ends_at == ends_at,
            Campaign.state == "draft",
        )
        .limit(1)
    ).one_or_none()


def change_campaign(
    db: Session, *, campaign_id: int, actor_id: int, now: datetime, **values: Any
) -> Campaign:
    """Change what a campaign says; its address stays. Raises NotFound, BadWindow."""
    campaign = queries.get_campaign(db, campaign_id, lock=True)
    if values["ends_at"] <= values["starts_at"]:
        raise rules.BadWindow(field="ends_on")
    for name, value in values.items():
        setattr(campaign, name, value)
    db.flush()
    _audit(db, "campaign.changed", campaign.id, actor_id, now)
    return campaign


def set_campaign_state(
    db: Session, *, campaign_id: int, state: str, actor_id: int | None, now: datetime
) -> None:
    """Publish, close or open again. Raises NotFound, WrongStep."""
    campaign = queries.get_campaign(db, campaign_id, lock=True)
    if state not in rules.NEXT_STATES[campaign.state]:
        raise rules.WrongStep
    campaign.state = state
    db.flush()
    _audit(db, f"campaign.{state}", campaign.id, actor_id, now)


def add_product(
    db: Session, *, campaign_id: int, product_id: int, actor_id: int | None, now: datetime
) -> None:
    """Put a listed product into a campaign; twice is harmless. Raises Invalid (product_id)."""
    is_listed = db.scalar(
        select(ProductFacets.is_listed).where(ProductFacets.product_id == product_id)
    )
    if not is_listed:
        raise Invalid(N_("Chỉ chọn được sản phẩm đang bán."), field="product_id")
    try:
        with db.begin_nested():
            db.add(CampaignProduct(campaign_id=campaign_id, product_id=product_id))
    except IntegrityError:
        return
    _audit(db, "campaign.product_added", campaign_id, actor_id, now, product_id=product_id)


def remove_product(
    db: Session, *, campaign_id: int, product_id: int, actor_id: int, now: datetime
) -> None:
    """Take a product out of a campaign; taking it out twice is harmless."""
    db.execute(
        delete(CampaignProduct).where(
            CampaignProduct.campaign_id == campaign_id, CampaignProduct.product_id == product_id
        )
    )
    _audit(db, "campaign.product_removed", campaign_id, actor_id, now, product_id=product_id)


def _audit(
    db: Session, action: str, campaign_id: int, actor_id: int | None, now: datetime, **detail: Any
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="live_campaign",
        subject_id=campaign_id,
        now=now,
        detail=detail,
    )
