"""Who asks which club for a slot."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.bookings.models import SlotRequest
from livestream.campaigns.models import Campaign
from livestream.campaigns.queries import open_campaigns
from livestream.clubs.models import Club
from livestream.sessions.models import LiveSession
from shop.catalogue.models import Producer, Product, Variant


@dataclass(frozen=True)
class RequestRow:
    """A request with the names people know."""

    request: SlotRequest
    club: str
    producer: str | None
    product: str | None
    product_en: str | None
    session: str | None
    """Public id of the session that came of it."""
    campaign: str | None = None
    campaign_en: str | None = None


def requests_to(db: Session, club_ids: Collection[int]) -> list[RequestRow]:
    """What is asked of these clubs, unanswered first."""
    return _rows(db, _named().where(SlotRequest.club_id.in_(club_ids)))


def requests_of(db: Session, producer_ids: Collection[int]) -> list[RequestRow]:
    """What these producers asked for."""
    return _rows(db, _named().where(SlotRequest.producer_id.in_(producer_ids)))


def invitations_by(db: Session, person_id: int) -> list[RequestRow]:
    """What a member of staff asked clubs to hold."""
    chosen = _named().where(SlotRequest.kind == "staff", SlotRequest.asked_by == person_id)
    return _rows(db, chosen)


def _named() -> Any:
    return (
        select(
            SlotRequest,
            *(Club.name.label("club"), Producer.name.label("producer")),
            *(Product.name, Product.name_en, Variant.label.label("size"), Variant.label_en),
            LiveSession.public_id,
            *(Campaign.name.label("campaign"), Campaign.name_en.label("campaign_en")),
        )
        .join(Club, Club.id == SlotRequest.club_id)
        .outerjoin(Producer, Producer.id == SlotRequest.producer_id)
        .outerjoin(Variant, Variant.id == SlotRequest.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .outerjoin(LiveSession, LiveSession.id == SlotRequest.session_id)
        .outerjoin(Campaign, Campaign.id == SlotRequest.campaign_id)
        .order_by(SlotRequest.state != "asked", SlotRequest.id.desc())
        .limit(50)
    )


def _rows(db: Session, statement: Any) -> list[RequestRow]:
    return [
        RequestRow(
            request=row.SlotRequest,
            club=row.club,
            producer=row.producer,
            product=f"{row.name} {row.size}".strip() if row.name else None,
            product_en=f"{row.name_en} {row.label_en or row.size}".strip() if row.name_en else None,
            session=row.public_id,
            campaign=row.campaign,
            campaign_en=row.campaign_en,
        )
        for row in db.execute(statement)
    ]


def inviting_campaigns(
    db: Session, provinces: Collection[str] | None, *, now: datetime
) -> list[Campaign]:
    """Published campaigns that are not over, of these provinces and of the whole country."""
    statement = open_campaigns(now).limit(100)
    if provinces is not None:
        statement = statement.where(
            Campaign.province_code.in_(provinces) | Campaign.province_code.is_(None)
        )
    return list(db.scalars(statement))


def verified_clubs(db: Session, provinces: Collection[str] | None = None) -> list[Club]:
    """Clubs one may ask (of some provinces): not producers' own channels."""
    statement = (
        select(Club)
        .where(Club.state == "verified", Club.producer_id.is_(None))
        .order_by(Club.name, Club.id)
        .limit(300)
    )
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return list(db.scalars(statement))


def sellable(db: Session, producer_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """Published things of these producers: variant id, name, producer id."""
    rows = db.execute(
        select(Variant.id, Product.name, Variant.label, Variant.producer_id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Variant.producer_id.in_(producer_ids),
            Variant.is_active,
            Product.state == "published",
        )
        .order_by(Product.name, Variant.position, Variant.id)
        .limit(200)
    )
    return [(row[0], f"{row[1]} {row[2]}".strip(), row[3]) for row in rows]
